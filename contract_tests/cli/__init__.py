"""What the kit adds to the command line of the emulator, which finds it by its entry points (pyproject.toml).

These modules are imported to list the commands, so nothing of weight is imported before one is used.
"""

"""``bss-mock run``: an emulator around one command, and what it saw of it."""

"""The answers of operations whose business is not built yet: made from the response schema and the sandbox's seed.

Nothing of this is loaded before such an operation is called.
"""

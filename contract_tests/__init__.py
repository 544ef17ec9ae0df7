"""The kit: a pytest plugin, strategies drawn from the schema files, and the suite that drives real clients."""

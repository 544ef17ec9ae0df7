"""The contract: reads ``schemas/`` into Operations and says what breaks their rules.

Knows nothing of HTTP servers and nothing of state.
"""

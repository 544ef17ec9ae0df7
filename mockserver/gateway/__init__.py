"""What stands before every operation: signing, tokens, quotas, callers, the contract's check, the journal."""

"""Where state lives: tables, sandboxes, snapshots, journals. No business here, and nothing of the contract."""

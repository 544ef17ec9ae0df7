"""How a client under test is driven: worlds to call into, scenes to play, and what came of it."""

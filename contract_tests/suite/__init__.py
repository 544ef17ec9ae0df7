"""The suite: real clients against the emulator, for every operation of the contract."""

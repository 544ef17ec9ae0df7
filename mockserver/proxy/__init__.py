"""An HTTPS proxy in which the cloud's host names lead to the emulator: for clients that know no other address."""

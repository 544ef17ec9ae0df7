"""Scenes: what is played with a client under test, so that there is something to check. One function each."""

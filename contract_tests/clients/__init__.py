"""Clients that the suite drives: the official SDKs, and a plain one that can also say what they cannot."""

"""HTTP clients of this process reach the emulator without a socket: one module for each library, over ``wsgi``."""

# Stands in the environ of a request that never was on a network, so that nobody needs to be kept out.
MARK = "bss_mock.in_process"

"""Broken clients, each with one mistake that real ones make and the check that must find it. Page: docs/mutants.md."""

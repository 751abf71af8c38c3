"""Frozen values that describe what was found, and their plain text: no I/O, no Django."""

"""Frozen values that say what is so, and their plain text: no input or output, no Django."""

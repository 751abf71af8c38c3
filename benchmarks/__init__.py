"""Measures what must be fast, and compares it with the same by hand: ``python dev.py bench``."""

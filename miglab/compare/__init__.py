"""Compares two facts and says what changed; nothing is read and nothing is run."""

"""Reads databases and compares their rows, a room for each engine."""

"""Reads the truths of the project that runs in this process, and whether they agree."""

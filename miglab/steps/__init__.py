"""Runs steps in a sandbox: prepares it, runs commands, changes files, and reads the truths."""

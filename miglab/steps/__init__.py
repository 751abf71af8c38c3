"""Takes steps in a sandbox: makes one ready, runs commands, changes files, and reads the truths."""

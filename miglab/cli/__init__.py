"""What is typed in a terminal: ``miglab`` and its commands, one module each."""

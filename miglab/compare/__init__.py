"""Two facts in, what changed out; nothing is read and nothing is run."""

"""The commands of a terminal: ``miglab`` and its subcommands, one module each."""

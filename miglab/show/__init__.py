"""Facts as people read them: plain text, and HTML that every viewer of notebooks shows."""

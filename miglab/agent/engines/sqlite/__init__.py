"""SQLite: what a database file has in it, and what differs from an older copy of it."""

"""PostgreSQL for labs: miglab's own server, and operations on databases of any server."""

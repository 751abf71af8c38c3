"""MariaDB and MySQL: what a database on a server has in it, and what differs from an older copy of
it."""

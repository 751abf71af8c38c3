"""MariaDB and MySQL as an engine."""

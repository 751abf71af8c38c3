"""MariaDB and MySQL for labs: a server of miglab's own, and what is done with databases on any."""

"""The SQL that has a server of miglab's own wait for the disk while migrations are measured, as
every server does that keeps somebody's data. It does not wait otherwise: each copy of a database
would take seconds.

The setting (``fsync``) is the whole server's. A process that measures holds a shared lock until a
copy is made, and the last one sets it back. If a process ended before that, the one that makes the
next copy does. All of this is sent to the database that every server has.
"""

from __future__ import annotations

#: What a server of miglab's own is called (``cluster_name``), and its role: no other is set to
#: anything.
NAME = "miglab"
#: The advisory lock of those who measure.
_LOCK = 6451837

#: Whether this is such a server, asked in any of its databases; and whether the role of labs may.
OURS = "SELECT pg_catalog.current_setting('cluster_name') = '%s' AND current_user = '%s'" % (
    NAME,
    NAME,
)
MAY = OURS + " AND pg_catalog.has_function_privilege('pg_catalog.pg_reload_conf()', 'EXECUTE')"
WAIT = (
    "SELECT pg_catalog.pg_advisory_lock_shared(%d)" % _LOCK,
    "ALTER SYSTEM SET fsync = on",
    "SELECT pg_catalog.pg_reload_conf()",
)
#: Whoever measured does not any more.
LET_GO = "SELECT pg_catalog.pg_advisory_unlock_shared(%d)" % _LOCK
#: Whether it waits though nobody measures: then whoever asks has to send ``SET_BACK``.
FORGOTTEN = (
    "SELECT CASE WHEN pg_catalog.current_setting('fsync') = 'on' AND (%s) "
    "THEN pg_catalog.pg_try_advisory_lock(%d) ELSE false END" % (MAY, _LOCK)
)
SET_BACK = (
    "ALTER SYSTEM RESET fsync",
    "SELECT pg_catalog.pg_reload_conf()",
    "SELECT pg_catalog.pg_advisory_unlock(%d)" % _LOCK,
)
#: What whoever makes such a server sends once, from version 15 on: older ones know no such right.
GRANTS = (
    "GRANT ALTER SYSTEM ON PARAMETER fsync TO %s",
    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO %s",
)

"""The SQL that makes a server of miglab's own wait for the disk while migrations are measured, as
every server with real data does. Otherwise, it does not wait, because each copy of a database would
take seconds.

The setting (``fsync``) applies to the whole server. A process that measures holds a shared lock
until a copy is made, and the last such process resets the setting. If a process ended before that,
the one that makes the next copy resets it. All of this is sent to a database that every server has.
"""

from __future__ import annotations

#: The ``cluster_name`` of a server of miglab's own, and the name of its role. No other server's
#: settings are changed.
NAME = "miglab"
#: The advisory lock of the processes that measure.
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
#: Sent by a process that does not measure any more.
LET_GO = "SELECT pg_catalog.pg_advisory_unlock_shared(%d)" % _LOCK
#: Whether a server waits for the disk although nobody measures. If so, whoever asked must send
#: ``SET_BACK``.
FORGOTTEN = (
    "SELECT CASE WHEN pg_catalog.current_setting('fsync') = 'on' AND (%s) "
    "THEN pg_catalog.pg_try_advisory_lock(%d) ELSE false END" % (MAY, _LOCK)
)
SET_BACK = (
    "ALTER SYSTEM RESET fsync",
    "SELECT pg_catalog.pg_reload_conf()",
    "SELECT pg_catalog.pg_advisory_unlock(%d)" % _LOCK,
)
#: Sent once by the process that makes such a server, from version 15 on: older servers do not know
#: such rights.
GRANTS = (
    "GRANT ALTER SYSTEM ON PARAMETER fsync TO %s",
    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO %s",
)

"""Finds what would be lost if a connection of the project were closed and opened again."""

from __future__ import annotations

from typing import Any

from .opening import rows

#: What Django and the drivers set in each new session.
_SET_ANEW = "'TimeZone', 'DateStyle', 'client_encoding', 'IntervalStyle', 'extra_float_digits'"
_HOLDS = (
    "SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class "
    "WHERE relnamespace = pg_catalog.pg_my_temp_schema()) "
    "OR EXISTS (SELECT 1 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' "
    "AND pid = pg_catalog.pg_backend_pid()) "
    "OR EXISTS (SELECT 1 FROM pg_catalog.pg_cursors WHERE is_holdable) "
    "OR EXISTS (SELECT 1 FROM pg_catalog.pg_listening_channels()) "
    "OR session_user <> current_user "
    "OR EXISTS (SELECT 1 FROM pg_catalog.pg_settings "
    "WHERE source = 'session' AND name NOT IN (%s))" % _SET_ANEW
)


def can_reopen(connection: Any) -> bool:
    """Whether Django's connection, which is open, holds nothing of its own: no transaction, no
    temporary tables, advisory locks, cursors, channels, roles and settings."""
    if connection.in_atomic_block or not connection.get_autocommit():
        return False
    return not rows(connection.connection, _HOLDS)[0][0]

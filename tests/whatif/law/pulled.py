"""Pulls what a database on a server holds, and all rows of one on PostgreSQL, for ``brute`` to
compare."""

from __future__ import annotations

from typing import Any

from miglab.agent.engines.postgresql import opening

from ...plain import mariadb, postgresql
from . import brute, pulled_from_mariadb


def moment(connection: Any, vendor: str) -> brute.Moment:
    """All that a database holds now, on the engine of this vendor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        record = {(str(app), str(name)) for app, name in cursor.fetchall()}
    pulled = {"postgresql": contents, "mysql": pulled_from_mariadb.contents}[vendor]
    catalogue = {"postgresql": postgresql, "mysql": mariadb}[vendor].catalogue
    return brute.Moment(pulled(connection), record, catalogue(connection))


def contents(connection: Any) -> dict[str, brute.Stored]:
    """All tables, pulled whole: each value as its type's output function writes it, in one time
    zone. A project's connection has the project's own, and has it again afterwards."""
    ((zone,),) = opening.rows(connection, "SELECT current_setting('TimeZone')")
    opening.rows(connection, "SELECT set_config('TimeZone', 'UTC', false)")
    try:
        return _contents(connection)
    finally:
        opening.rows(connection, f"SELECT set_config('TimeZone', {opening.literal(zone)}, false)")


def _contents(connection: Any) -> dict[str, brute.Stored]:
    found = {}
    sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    for (table,) in opening.rows(connection, sql):
        if table in brute.BOOKKEEPING:
            continue
        quoted = opening.quote(table)
        about = opening.rows(
            connection,
            "SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), "
            "coalesce(array_position(i.indkey::smallint[], a.attnum), -1) FROM pg_attribute a "
            "LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary WHERE a.attnum > 0 "
            "AND NOT a.attisdropped AND a.attgenerated = '' "
            f"AND a.attrelid = {opening.literal(quoted)}::regclass",
        )
        types = {name: kind for name, kind, _ in about}
        key = [name for place, name in sorted((p, name) for name, _, p in about) if place >= 0]
        shown = (
            ", ".join(
                f"format('%s', x.{opening.quote(n)}), x.{opening.quote(n)} IS NULL" for n in types
            )
            or "1"
        )
        pulled = opening.rows(connection, f"SELECT {shown} FROM {quoted} x")
        rows = []
        for row in pulled:
            values = {}
            for place, (name, kind) in enumerate(types.items()):
                text, is_null = row[2 * place : 2 * place + 2]
                family = "text" if kind.startswith(("text", "char")) else "other"
                values[name] = ("NoneType", None) if is_null else (family, text)
            rows.append(values)
        found[table] = brute.Stored(types, tuple(key), tuple(rows))
    return found

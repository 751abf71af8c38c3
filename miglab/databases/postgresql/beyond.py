"""Reads what is in a database beside its tables and their rows: functions, types, rights, comments,
where sequences are, large objects. Copies by template have the same numbers for the same things.
"""

from __future__ import annotations

from psycopg import sql

from .connections import connect

#: What a server notes down for itself, in columns and whole catalogues.
_OWN = [
    *("relpages", "reltuples", "relallvisible", "relallfrozen"),
    *("relfilenode", "relfrozenxid", "relminmxid", "relhassubclass", "indcheckxmin"),
]
_LEFT_OUT = ("pg_statistic", "pg_statistic_ext_data", "pg_largeobject")
_CATALOGUES = """
SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relkind = 'r' AND NOT c.relisshared
AND c.relnamespace = 'pg_catalog'::regnamespace AND NOT c.relname = ANY(%s)
AND pg_catalog.has_table_privilege(c.oid, 'SELECT') ORDER BY c.relname
"""
_SEQUENCES = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND c.relpersistence <> 't' ORDER BY c.oid
"""
_LARGE = "SELECT oid, md5(lo_get(oid)) FROM pg_catalog.pg_largeobject_metadata ORDER BY oid"


def beyond(handle: str) -> object:
    """See ``engine.Engine.beyond``."""
    with connect(handle) as connection:
        connection.autocommit, connection.read_only = False, True
        names = [name for (name,) in connection.execute(_CATALOGUES, (list(_LEFT_OUT),)).fetchall()]
        sums = [
            sql.SQL(
                "SELECT {}, coalesce(sum(hashtextextended((to_jsonb(t) - {}::text[])::text, 0)"
                "::numeric), 0)::text FROM pg_catalog.{} t"
            ).format(sql.Literal(name), sql.Literal(_OWN), sql.Identifier(name))
            for name in names
        ]
        catalogue = connection.execute(sql.SQL(" UNION ALL ").join(sums)).fetchall()
        sequences = [
            connection.execute(
                sql.SQL("SELECT last_value, is_called FROM {}").format(sql.Identifier(*name))
            ).fetchall()
            for name in connection.execute(_SEQUENCES).fetchall()
        ]
        return catalogue, sequences, connection.execute(_LARGE).fetchall()

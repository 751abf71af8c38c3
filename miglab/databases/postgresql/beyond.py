"""Reads what is in a database besides its tables and their rows: functions, types, rights,
comments, the positions of sequences, large objects. In a copy that is made by template, the same
objects have the same ids, so two copies can be compared.
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


#: Each with what it is called and how it is made; what an extension brings is its own.
_OTHERS = """
SELECT 'type ' || t.oid::regtype, CASE t.typtype WHEN 'e' THEN (
    SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
    FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
  ELSE format_type(t.typbasetype, t.typtypmod) || ' ' || coalesce(t.typdefault, '') || ' ' || (
    SELECT coalesce(string_agg(pg_get_constraintdef(o.oid), ', ' ORDER BY o.conname), '')
    FROM pg_catalog.pg_constraint o WHERE o.contypid = t.oid) END
FROM pg_catalog.pg_type t WHERE t.typtype IN ('e', 'd') AND t.typnamespace IN (SELECT * FROM own)
AND t.oid NOT IN (SELECT * FROM brought)
UNION ALL
SELECT 'function ' || p.oid::regprocedure, CASE WHEN p.prokind = 'a' THEN p.proname::text
  ELSE pg_get_functiondef(p.oid) END
FROM pg_catalog.pg_proc p WHERE p.pronamespace IN (SELECT * FROM own)
AND p.oid NOT IN (SELECT * FROM brought)
UNION ALL
SELECT 'sequence ' || c.oid::regclass, '' FROM pg_catalog.pg_class c
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND c.relnamespace IN (SELECT * FROM own)
AND c.oid NOT IN (SELECT * FROM brought)
AND NOT EXISTS (
  SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i'))
UNION ALL
SELECT 'extension ' || extname, extversion FROM pg_catalog.pg_extension
UNION ALL
SELECT 'schema ' || quote_ident(n.nspname), '' FROM pg_catalog.pg_namespace n
WHERE n.oid IN (SELECT * FROM own)
UNION ALL
SELECT 'large object ' || oid, md5(lo_get(oid)) FROM pg_catalog.pg_largeobject_metadata
"""
_OWN_AND_BROUGHT = """
WITH own AS (
  SELECT oid FROM pg_catalog.pg_namespace
  WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
brought AS (SELECT objid FROM pg_catalog.pg_depend WHERE deptype = 'e')
"""


def others(handle: str) -> dict[str, str]:
    """See ``engine.Engine.others``."""
    with connect(handle) as connection:
        connection.autocommit, connection.read_only = False, True
        found = connection.execute(_OWN_AND_BROUGHT.encode() + _OTHERS.encode()).fetchall()
        return {str(name): str(made) for name, made in found}

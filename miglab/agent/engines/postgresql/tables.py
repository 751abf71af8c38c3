"""Reads the tables of a database as its own catalogue tells them: columns, indexes, constraints,
views and triggers, in the shape of ``facts.schema``.

A name begins with its schema if the search path does not find it. What belongs to an extension is
left out. So are partitions, whose rows count as those of their parent table.
"""

from __future__ import annotations

from typing import Any, Dict, List

from .opening import rows

#: The name of a relation ``c`` in a schema ``n``, as it is reported.
SHOWN = (
    "CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname::text "
    "ELSE n.nspname || '.' || c.relname END"
)
_OF_USERS = (
    "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)' "
    "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.classid = "
    "'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')"
)
#: What follows ``FROM``: all tables of the user's, as ``c`` in the schema ``n``.
TABLES = (
    "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't' AND "
    + _OF_USERS
)
#: The default of a column, as it is written.
_DEFAULT = "pg_catalog.pg_get_expr(d.adbin, d.adrelid)"
_ACTIONS = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}
#: How an index sorts a column by itself, by the bits of ``indoption``.
_DESCENDING, _NULLS_FIRST = 1, 2


def nothing() -> Dict[str, Any]:
    return {"tables": [], "views": {}, "triggers": {}}


def read_tables(connection: Any) -> Dict[str, Any]:
    """Tables with columns, indexes, foreign keys and checks; views and triggers as SQL."""
    found: Dict[int, Dict[str, Any]] = {}
    sql = (
        "SELECT c.oid, %s, obj_description(c.oid, 'pg_class'), pg_catalog.pg_get_partkeydef(c.oid) "
        "FROM %s ORDER BY 2" % (SHOWN, TABLES)
    )
    for oid, name, comment, parted in rows(connection, sql):
        found[oid] = {
            "name": name,
            "columns": [],
            "indexes": [],
            "foreign_keys": [],
            "checks": [],
            "unreadable": "",
            "comment": comment or "",
        }
        if parted:
            found[oid]["checks"].append("PARTITION BY %s" % parted)
    result = nothing()
    if found:
        oids = ", ".join(map(str, found))
        _columns(connection, oids, found)
        _indexes(connection, oids, found)
        _constraints(connection, oids, found)
    result["tables"] = list(found.values())
    result["views"] = _views(connection)
    result["triggers"] = _triggers(connection, found)
    return result


def _columns(connection: Any, oids: str, found: Dict[int, Dict[str, Any]]) -> None:
    identity_or_own = (
        "a.attidentity <> '' OR EXISTS (SELECT 1 FROM pg_catalog.pg_depend s "
        "JOIN pg_catalog.pg_class q ON q.oid = s.objid AND q.relkind = 'S' "
        "WHERE s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND s.refobjid = a.attrelid "
        "AND s.refobjsubid = a.attnum AND s.deptype = 'a' AND %s LIKE 'nextval(%%')" % _DEFAULT
    )
    collated = (
        "CASE WHEN a.attcollation <> t.typcollation AND a.attcollation <> 0 THEN "
        "(SELECT l.collname FROM pg_catalog.pg_collation l WHERE l.oid = a.attcollation)::text END"
    )
    sql = (
        "SELECT a.attrelid, a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod), "
        "a.attnotnull, %s, coalesce(array_position(k.conkey, a.attnum), 0), a.attgenerated::text, "
        "%s, %s, pg_catalog.col_description(a.attrelid, a.attnum) "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
        "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "LEFT JOIN pg_catalog.pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'p' "
        "WHERE a.attrelid IN (%s) AND a.attnum > 0 AND NOT a.attisdropped "
        "ORDER BY a.attrelid, a.attnum" % (_DEFAULT, collated, identity_or_own, oids)
    )
    for row in rows(connection, sql):
        oid, name, kind, not_null, default, key, generated, collation, counts_up, comment = row
        found[oid]["columns"].append(
            {
                "name": name,
                "type": kind,
                "not_null": not_null,
                # Where it counts up, by an identity or by a sequence of its own, says that.
                "default": None if generated or counts_up else default,
                "key": key,
                "generated": bool(generated),
                "collation": collation or "",
                "counts_up": counts_up,
                "expression": default if generated else None,
                "stored": generated == "s",
                "comment": comment or "",
            }
        )


def _indexes(connection: Any, oids: str, found: Dict[int, Dict[str, Any]]) -> None:
    """Add the indexes; the query has a row for each column of an index. Indexes of exclusion
    constraints are left out, because these are reported as checks."""
    sql = (
        "SELECT i.indrelid, c.relname::text, i.indexrelid, i.indisunique, i.indisprimary, "
        "k.oid IS NOT NULL AND k.contype IN ('u', 'p'), "
        "pg_catalog.pg_get_expr(i.indpred, i.indrelid), "
        "m.amname::text, i.indisvalid, array_to_string(c.reloptions, ', '), "
        "coalesce((to_json(i) ->> 'indnullsnotdistinct')::boolean, false), "
        "coalesce(k.condeferrable, false), coalesce(k.condeferred, false), "
        "p.place, p.place > i.indnkeyatts, a.attname::text, "
        "pg_catalog.pg_get_indexdef(i.indexrelid, p.place, true), "
        "coalesce(i.indoption[p.place - 1], 0)::integer, "
        "CASE WHEN NOT o.opcdefault THEN o.opcname::text END, "
        "CASE WHEN l.oid <> coalesce(nullif(a.attcollation, 0), "
        "(SELECT y.typcollation FROM pg_catalog.pg_attribute x "
        "JOIN pg_catalog.pg_type y ON y.oid = x.atttypid "
        "WHERE x.attrelid = i.indexrelid AND x.attnum = p.place)) THEN l.collname::text END "
        "FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_catalog.pg_am m ON m.oid = c.relam "
        "LEFT JOIN pg_catalog.pg_constraint k "
        "ON k.conindid = i.indexrelid AND k.conrelid = i.indrelid AND k.contype IN ('u', 'p', 'x') "
        "CROSS JOIN generate_series(1, i.indnatts) AS p (place) "
        "LEFT JOIN pg_catalog.pg_attribute a "
        "ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place - 1] AND a.attnum <> 0 "
        "LEFT JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[p.place - 1] "
        "LEFT JOIN pg_catalog.pg_collation l ON l.oid = i.indcollation[p.place - 1] "
        "WHERE i.indrelid IN (%s) AND (k.oid IS NULL OR k.contype <> 'x') "
        "ORDER BY i.indexrelid, p.place" % oids
    )
    made: Dict[int, Dict[str, Any]] = {}
    for row in rows(connection, sql):
        table, name, oid, unique, primary, by_constraint, where, method, valid, options = row[:10]
        same_nulls, deferrable, deferred, _, included, column, expression = row[10:17]
        entry = made.get(oid)
        if entry is None:
            more = [] if method == "btree" else ["USING %s" % method]
            more += ["NULLS NOT DISTINCT"] if same_nulls else []
            more += ["DEFERRABLE"] if deferrable else []
            more += ["INITIALLY DEFERRED"] if deferred else []
            more += ["WITH (%s)" % options] if options else []
            more += [] if valid else ["INVALID"]
            made_by = "pk" if primary else "u" if by_constraint else "c"
            entry = made[oid] = {
                "name": name if made_by == "c" else "",
                "columns": [],
                "unique": unique,
                "where": where,
                "made_by": made_by,
                "expressions": [],
                "orders": [],
                "more": " ".join(more),
            }
            found[table]["indexes"].append(entry)
        if included:
            entry["more"] = (entry["more"] + " INCLUDE (%s)" % column).strip()
            continue
        entry["columns"].append(column)
        entry["expressions"].append(None if column is not None else expression)
        entry["orders"].append(_order(*row[17:]))
    for table in found.values():
        table["indexes"].sort(key=lambda each: (each["made_by"], each["name"], str(each)))


def _order(options: int, opclass: Any, collation: Any) -> str:
    """How a column of an index is sorted, in SQL; ``""`` if as usual."""
    words: List[str] = ["COLLATE %s" % collation] if collation else []
    words += [opclass] if opclass else []
    if options & _DESCENDING:
        words.append("DESC" if options & _NULLS_FIRST else "DESC NULLS LAST")
    elif options & _NULLS_FIRST:
        words.append("NULLS FIRST")
    return " ".join(words)


def _constraints(connection: Any, oids: str, found: Dict[int, Dict[str, Any]]) -> None:
    """Add foreign keys, checks and exclusion constraints. A check that is not validated ends with
    ``NOT VALID``."""

    def names(table: str, numbers: str) -> str:
        return (
            "(SELECT array_agg(a.attname::text ORDER BY u.place) FROM "
            "unnest(k.%s) WITH ORDINALITY AS u (number, place) JOIN pg_catalog.pg_attribute a "
            "ON a.attrelid = k.%s AND a.attnum = u.number)" % (numbers, table)
        )

    sql = (
        "SELECT k.conrelid, k.contype::text, pg_catalog.pg_get_constraintdef(k.oid, true), "
        "%s, %s, %s, k.confdeltype::text, k.confupdtype::text, k.condeferred, k.convalidated "
        "FROM pg_catalog.pg_constraint k "
        "LEFT JOIN pg_catalog.pg_class c ON c.oid = k.confrelid "
        "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE k.conrelid IN (%s) AND k.contype IN ('f', 'c', 'x') ORDER BY k.oid"
        % (names("conrelid", "conkey"), SHOWN, names("confrelid", "confkey"), oids)
    )
    for table, kind, written, columns, to, to_columns, delete, update, deferred, valid in rows(
        connection, sql
    ):
        if kind != "f":
            found[table]["checks"].append(written[len("CHECK ") :] if kind == "c" else written)
            continue
        found[table]["foreign_keys"].append(
            {
                "columns": columns,
                "to_table": to,
                "to_columns": to_columns,
                "on_delete": _ACTIONS[delete],
                "on_update": _ACTIONS[update],
                "deferred": deferred,
                "valid": valid,
            }
        )
    for each in found.values():
        each["checks"].sort()
        each["foreign_keys"].sort(key=str)


def _views(connection: Any) -> Dict[str, str]:
    sql = (
        "SELECT %s, c.relkind::text, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't' AND %s ORDER BY 1"
        % (SHOWN, _OF_USERS)
    )
    return {
        name: ("MATERIALIZED: " if kind == "m" else "") + (written or "")
        for name, kind, written in rows(connection, sql)
    }


def _triggers(connection: Any, found: Dict[int, Dict[str, Any]]) -> Dict[str, str]:
    """The triggers by name. If several tables have a trigger of the same name, the table's name is
    added from the second one on."""
    sql = (
        "SELECT t.tgname::text, %s, pg_catalog.pg_get_triggerdef(t.oid) "
        "|| CASE t.tgenabled WHEN 'D' THEN ' -- disabled' ELSE '' END "
        "FROM pg_catalog.pg_trigger t "
        "JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE NOT t.tgisinternal AND NOT c.relispartition AND %s ORDER BY 1, 2"
        % (SHOWN, _OF_USERS)
    )
    result: Dict[str, str] = {}
    for name, table, written in rows(connection, sql):
        result["%s on %s" % (name, table) if name in result else name] = written
    return result

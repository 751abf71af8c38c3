"""Reads the tables of a database from its server's catalogue: columns, indexes, foreign keys,
checks, views and triggers, in the shape of ``facts.schema``.

What ``facts.schema`` has no place for is reported among the checks of a table: an engine that is
not the usual one, and how rows are partitioned. Sequences and routines are left alone.
"""

from __future__ import annotations

from typing import Any, Dict, Tuple

from .drivers import rows
from .opening import first_known, literal, quote

#: What follows FROM: all tables of the database, as ``t``, without views and sequences.
TABLES = (
    "information_schema.TABLES t WHERE t.TABLE_SCHEMA = %s "
    "AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"
)


def nothing() -> Dict[str, Any]:
    return {"tables": [], "views": {}, "triggers": {}}


def read_tables(connection: Any, database: str) -> Dict[str, Any]:
    """Tables with columns, indexes, foreign keys and checks; views and triggers as SQL."""
    schema, result = literal(database), nothing()
    found: Dict[str, Dict[str, Any]] = {}
    usual, engine = rows(
        connection,
        "SELECT DEFAULT_COLLATION_NAME, @@default_storage_engine FROM information_schema.SCHEMATA "
        "WHERE SCHEMA_NAME = %s" % schema,
    )[0]
    sql = "SELECT t.TABLE_NAME, t.ENGINE, t.TABLE_COMMENT, t.CREATE_OPTIONS FROM %s ORDER BY 1"
    parted = False
    for name, kept_by, comment, options in rows(connection, sql % (TABLES % schema)):
        found[name] = {
            "name": name,
            "columns": [],
            "indexes": [],
            "foreign_keys": [],
            "checks": [] if kept_by in (engine, None) else ["ENGINE=%s" % kept_by],
            # Nobody knows the engine of a table that cannot be opened: its comment says why.
            "unreadable": comment if kept_by is None else "",
            "comment": comment,
        }
        parted = parted or "partitioned" in (options or "")
    _columns(connection, schema, usual, found)
    _indexes(connection, schema, found)
    _foreign_keys(connection, schema, found)
    _checks(connection, schema, found)
    if parted:
        _partitions(connection, schema, found)
    for each in found.values():
        each["checks"].sort()
        each["foreign_keys"].sort(key=str)
    result["tables"] = list(found.values())
    result["views"] = _views(connection, database)
    result["triggers"] = _triggers(connection, schema)
    return result


def _columns(connection: Any, schema: str, usual: str, found: Dict[str, Dict[str, Any]]) -> None:
    sql = (
        "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, "
        "GENERATION_EXPRESSION, COLLATION_NAME, EXTRA, COLUMN_COMMENT "
        "FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s "
        "ORDER BY TABLE_NAME, ORDINAL_POSITION" % schema
    )
    for table, name, kind, nullable, default, made, collation, extra, comment in rows(
        connection, sql
    ):
        if table not in found:
            continue
        said = (extra or "").lower()
        # MariaDB writes NULL as a word; MySQL does not say whether there is a default of NULL.
        default = None if default is None or default == "NULL" else default
        if "on update" in said:
            how = said[said.index("on update") :].upper()
            default = ("%s %s" % (default or "NULL", how)).strip()
        found[table]["columns"].append(
            {
                "name": name,
                "type": kind,
                "not_null": nullable == "NO",
                "default": None if made else default,
                "key": 0,
                "generated": bool(made),
                "collation": collation if collation and collation != usual else "",
                "counts_up": "auto_increment" in said,
                "expression": made or None,
                "stored": "stored" in said or "persistent" in said,
                "comment": comment or "",
            }
        )


def _indexes(connection: Any, schema: str, found: Dict[str, Dict[str, Any]]) -> None:
    """Add the indexes; the query has a row for each column of an index."""
    sql = (
        "SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, SEQ_IN_INDEX, COLUMN_NAME, COLLATION, "
        "SUB_PART, INDEX_TYPE, INDEX_COMMENT, {} FROM information_schema.STATISTICS "
        "WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"
    )
    made: Dict[Tuple[str, str], Dict[str, Any]] = {}
    known = ("NULL, IGNORED", "EXPRESSION, IF(IS_VISIBLE = 'YES', 'NO', 'YES')", "NULL, 'NO'")
    for row in first_known(connection, sql % schema, known):
        table, name, not_unique, place, column, order, part, method, comment = row[:9]
        expression, hidden = row[9:]
        if table not in found:
            continue
        primary = name == "PRIMARY"
        entry = made.get((table, name))
        if entry is None:
            more = [] if method == "BTREE" else ["USING %s" % method]
            more += ["COMMENT %s" % literal(comment)] if comment else []
            more += ["IGNORED"] if hidden == "YES" else []
            entry = made[table, name] = {
                "name": "" if primary else name,
                "columns": [],
                "unique": not int(not_unique),
                "where": None,
                "made_by": "pk" if primary else "c",
                "expressions": [],
                "orders": [],
                "more": " ".join(more),
            }
            found[table]["indexes"].append(entry)
        entry["columns"].append(column)
        entry["expressions"].append(expression)
        words = ["(%d)" % part] if part is not None and method != "SPATIAL" else []
        words += ["DESC"] if order == "D" else []
        entry["orders"].append(" ".join(words))
        if primary:
            key = next(each for each in found[table]["columns"] if each["name"] == column)
            key["key"] = int(place)


def _foreign_keys(connection: Any, schema: str, found: Dict[str, Dict[str, Any]]) -> None:
    sql = (
        "SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA = %s, "
        "k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, "
        "r.DELETE_RULE, r.UPDATE_RULE FROM information_schema.KEY_COLUMN_USAGE k "
        "JOIN information_schema.REFERENTIAL_CONSTRAINTS r ON r.CONSTRAINT_SCHEMA = %s "
        "AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND r.TABLE_NAME = k.TABLE_NAME "
        "WHERE k.TABLE_SCHEMA = %s AND k.REFERENCED_TABLE_NAME IS NOT NULL "
        "ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION" % (schema, schema, schema)
    )
    made: Dict[Tuple[str, str], Dict[str, Any]] = {}
    for table, name, column, here, other, to, to_column, delete, update in rows(connection, sql):
        if table not in found:
            continue
        entry = made.get((table, name))
        if entry is None:
            entry = made[table, name] = {
                "columns": [],
                "to_table": to if here else "%s.%s" % (other, to),
                "to_columns": [],
                "on_delete": delete,
                "on_update": update,
                "deferred": False,
                "valid": True,
            }
            found[table]["foreign_keys"].append(entry)
        entry["columns"].append(column)
        entry["to_columns"].append(to_column)


def _checks(connection: Any, schema: str, found: Dict[str, Dict[str, Any]]) -> None:
    sql = "SELECT {} AND c.CONSTRAINT_SCHEMA = %s" % schema
    of_mariadb = (
        "c.TABLE_NAME, c.CHECK_CLAUSE, 'YES' FROM information_schema.CHECK_CONSTRAINTS c WHERE 1"
    )
    of_mysql = (
        "k.TABLE_NAME, c.CHECK_CLAUSE, k.ENFORCED FROM information_schema.CHECK_CONSTRAINTS c "
        "JOIN information_schema.TABLE_CONSTRAINTS k ON k.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA "
        "AND k.CONSTRAINT_NAME = c.CONSTRAINT_NAME WHERE k.CONSTRAINT_TYPE = 'CHECK'"
    )
    there = first_known(connection, sql, (of_mariadb, of_mysql))
    # Of an unsigned column this says nothing, and MariaDB drops it where the column is modified.
    says_nothing = {
        (name, "%s >= 0" % quote(each["name"]))
        for name, table in found.items()
        for each in table["columns"]
        if "unsigned" in each["type"]
    }
    for table, clause, enforced in there:
        if table in found and (table, clause) not in says_nothing:
            more = "" if enforced == "YES" else " NOT ENFORCED"
            found[table]["checks"].append("(%s)%s" % (clause, more))


def _partitions(connection: Any, schema: str, found: Dict[str, Dict[str, Any]]) -> None:
    sql = (
        "SELECT DISTINCT TABLE_NAME, PARTITION_METHOD, PARTITION_EXPRESSION "
        "FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = %s "
        "AND PARTITION_METHOD IS NOT NULL" % schema
    )
    for table, method, expression in rows(connection, sql):
        if table in found:
            found[table]["checks"].append("PARTITION BY %s (%s)" % (method, expression or ""))


def _views(connection: Any, database: str) -> Dict[str, str]:
    sql = (
        "SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION FROM information_schema.VIEWS "
        "WHERE TABLE_SCHEMA = %s ORDER BY 1" % literal(database)
    )
    # A view names its database: another one that has the same has the same view.
    own = "`%s`." % database.replace("`", "``")
    return {
        name: (written or "").replace(own, "")
        + ("" if checked == "NONE" else " WITH %s CHECK OPTION" % checked)
        for name, written, checked in rows(connection, sql)
    }


def _triggers(connection: Any, schema: str) -> Dict[str, str]:
    sql = (
        "SELECT TRIGGER_NAME, ACTION_TIMING, EVENT_MANIPULATION, EVENT_OBJECT_TABLE, "
        "ACTION_STATEMENT FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = %s "
        "ORDER BY TRIGGER_NAME" % schema
    )
    return {
        name: "%s %s ON %s FOR EACH ROW %s" % (timing, event, table, statement)
        for name, timing, event, table, statement in rows(connection, sql)
    }

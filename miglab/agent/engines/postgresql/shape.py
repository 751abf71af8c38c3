"""What the shapes of a database's tables tell: columns that hold stored values, keys, the two
tables that an automatic many-to-many table joins, and the parent table that a table's rows
extend."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ...common import known
from . import drivers
from .catalogue import place
from .opening import literal, rows
from .tables import SHOWN, TABLES


class Column(NamedTuple):
    """A column that is stored. ``number`` stays through renames; ``kind`` is its type as it is
    written, ``base`` the name of the type that a domain is made of, or the type's own. If it is
    ``plain``, values that the server calls equal are stored alike: its own hash is exact."""

    name: str
    number: int
    kind: str
    base: str
    not_null: bool
    plain: bool


#: Types whose columns are ``plain``; for texts, this is true only with a deterministic collation.
_PLAIN = (
    *("int2", "int4", "int8", "bool", "text", "varchar", "bytea", "uuid"),
    *("date", "time", "timestamp", "timestamptz"),
)
#: The first version that hashes records.
_HASHES_RECORDS = 140000


class ForeignKey(NamedTuple):
    """``to`` is the other table's ``oid``."""

    columns: List[str]
    to: int
    to_columns: List[str]


class Table:
    """A table; ``source`` is what follows FROM, and ``oid`` stays through renames."""

    def __init__(self, oid: int, name: str, source: str) -> None:
        self.oid, self.name, self.source = oid, name, source
        self.columns: Dict[str, Column] = {}
        self.key: List[str] = []
        self.uniques: List[List[str]] = []
        self.foreign_keys: List[ForeignKey] = []
        self.is_pointed_at = False

    @property
    def bare_name(self) -> str:
        """The table's name without that of its schema."""
        return self.source.rpartition('".')[2][1:-1].replace('""', '"')


class Shape:
    """All tables of a database, by the names under which they are reported."""

    def __init__(self, connection: Any) -> None:
        self.tables: Dict[str, Table] = {}
        sql = "SELECT c.oid, %s, n.nspname::text, c.relname::text, c.relkind::text FROM %s"
        for oid, name, schema, table, kind in rows(connection, sql % (SHOWN, TABLES)):
            self.tables[name] = Table(oid, name, place(schema, table, kind))
        self.tables = {name: self.tables[name] for name in sorted(self.tables)}
        self.by_oid = {each.oid: each for each in self.tables.values()}
        if self.by_oid:
            oids = ", ".join(map(str, self.by_oid))
            self._read_columns(connection, oids)
            self._read_constraints(connection, oids)
        self.encoding = rows(connection, "SELECT current_setting('server_encoding')")[0][0]

    def _read_columns(self, connection: Any, oids: str) -> None:
        base = "coalesce(bb.typname, b.typname, t.typname)::text"
        plain = "false"
        if drivers.server_version(connection) >= _HASHES_RECORDS:
            plain = (
                "%s IN (%s) AND coalesce(bb.typnamespace, b.typnamespace, t.typnamespace) = "
                "'pg_catalog'::pg_catalog.regnamespace AND (a.attcollation = 0 OR "
                "(SELECT l.collisdeterministic FROM pg_catalog.pg_collation l "
                "WHERE l.oid = a.attcollation))" % (base, ", ".join(map(literal, _PLAIN)))
            )
        sql = (
            "SELECT a.attrelid, a.attname::text, a.attnum, "
            "pg_catalog.format_type(a.atttypid, a.atttypmod), "
            "%s, a.attnotnull, %s "
            "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
            "LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd' "
            "LEFT JOIN pg_catalog.pg_type bb ON bb.oid = b.typbasetype AND b.typtype = 'd' "
            "WHERE a.attrelid IN (%s) AND a.attnum > 0 AND NOT a.attisdropped "
            "AND a.attgenerated = '' ORDER BY a.attrelid, a.attnum" % (base, plain, oids)
        )
        for oid, *column in rows(connection, sql):
            self.by_oid[oid].columns[column[0]] = Column(*column)

    def _read_constraints(self, connection: Any, oids: str) -> None:
        names = (
            "(SELECT array_agg(a.attname::text ORDER BY u.place) FROM unnest(k.%s) WITH ORDINALITY "
            "AS u (number, place) JOIN pg_catalog.pg_attribute a "
            "ON a.attrelid = k.%s AND a.attnum = u.number)"
        )
        sql = (
            "SELECT k.conrelid, k.contype::text, %s, k.confrelid, %s "
            "FROM pg_catalog.pg_constraint k "
            "WHERE k.contype IN ('p', 'u', 'f') AND k.conrelid IN (%s)"
            % (names % ("conkey", "conrelid"), names % ("confkey", "confrelid"), oids)
        )
        for oid, kind, columns, to, to_columns in rows(connection, sql):
            table = self.by_oid[oid]
            if kind == "p":
                table.key = columns
            elif kind == "u":
                table.uniques.append(columns)
            else:
                table.foreign_keys.append(ForeignKey(columns, to, to_columns))
                if to in self.by_oid and to != oid:
                    self.by_oid[to].is_pointed_at = True


def foreign_pair(shape: Shape, table: Table, named: bool) -> Optional[List[str]]:
    """The two foreign keys of an automatic many-to-many table; ``None`` for any other table. Such a
    table has a number of its own and two foreign keys, which are unique together. Its name begins
    with that of a table it points at, or the models name it (``named``). No other table points at
    it."""
    names = list(table.columns)
    if len(names) != 3 or table.key != names[:1] or table.is_pointed_at:
        return None
    pair = sorted(names[1:])
    if sorted(each for key in table.foreign_keys for each in key.columns) != pair:
        return None
    targets = [shape.by_oid.get(key.to) for key in table.foreign_keys]
    called = any(e and table.bare_name.startswith(e.bare_name + "_") for e in targets)
    if not (named or called) or pair not in map(sorted, table.uniques):
        return None
    return names[1:]


def parent_link(shape: Shape, table: Table) -> Optional[Tuple[str, Table, str]]:
    """How the table of a model extends that of a parent model; ``None`` if it does not. Three
    parts: its column that is both its key and a foreign key to the parent's table, that table, and
    the name of the column it points at."""
    if len(table.key) != 1:
        return None
    (key,) = table.key
    if not key.endswith("_ptr_id") and known.parent_links.get(table.bare_name) != key:
        return None
    for each in table.foreign_keys:
        if each.columns == [key] and each.to in shape.by_oid:
            return key, shape.by_oid[each.to], each.to_columns[0]
    return None

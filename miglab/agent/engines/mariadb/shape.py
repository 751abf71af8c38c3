"""What the shapes of a database's tables tell: columns that hold stored values, keys, the two
tables that an automatic many-to-many table joins, and the parent table that a table's rows
extend."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ...common import known
from .drivers import rows
from .opening import literal, quote
from .tables import TABLES


class Column(NamedTuple):
    """A column that is stored. ``kind`` is its type as it is written, ``base`` the type's name;
    ``charset`` and ``collation`` are ``""`` if it has no text."""

    name: str
    kind: str
    base: str
    not_null: bool
    charset: str
    collation: str


class ForeignKey(NamedTuple):
    """``to`` is a table of the same database."""

    columns: List[str]
    to: str
    to_columns: List[str]


class Table:
    """A table; ``source`` is what follows FROM."""

    def __init__(self, name: str, source: str) -> None:
        self.name, self.source = name, source
        self.columns: Dict[str, Column] = {}
        self.key: List[str] = []
        self.uniques: List[List[str]] = []
        self.foreign_keys: List[ForeignKey] = []
        self.is_pointed_at = False


class Shape:
    """All tables of a database, by their names."""

    def __init__(self, connection: Any, database: str) -> None:
        self.tables: Dict[str, Table] = {}
        schema = literal(database)
        for (name,) in rows(
            connection, "SELECT t.TABLE_NAME FROM %s ORDER BY 1" % (TABLES % schema)
        ):
            self.tables[name] = Table(name, "%s.%s" % (quote(database), quote(name)))
        self._read_columns(connection, schema)
        self._read_constraints(connection, schema)

    def _read_columns(self, connection: Any, schema: str) -> None:
        sql = (
            "SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, IS_NULLABLE, "
            "CHARACTER_SET_NAME, COLLATION_NAME FROM information_schema.COLUMNS "
            "WHERE TABLE_SCHEMA = %s AND coalesce(GENERATION_EXPRESSION, '') = '' "
            "ORDER BY TABLE_NAME, ORDINAL_POSITION" % schema
        )
        for table, name, kind, base, nullable, charset, collation in rows(connection, sql):
            if table in self.tables:
                self.tables[table].columns[name] = Column(
                    name, kind, base, nullable == "NO", charset or "", collation or ""
                )

    def _read_constraints(self, connection: Any, schema: str) -> None:
        sql = (
            "SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, "
            "CASE WHEN REFERENCED_TABLE_SCHEMA = %s THEN REFERENCED_TABLE_NAME END, "
            "REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
            "WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION"
            % (schema, schema)
        )
        found: Dict[Tuple[str, str, bool], List[Any]] = {}
        for table, name, column, to, to_column in rows(connection, sql):
            found.setdefault((table, name, to_column is not None), []).append(
                (column, to, to_column)
            )
        for (table_name, name, foreign), parts in found.items():
            table = self.tables.get(table_name)
            if table is None:
                continue
            columns = [each[0] for each in parts]
            to = parts[0][1]
            if foreign:
                if to in self.tables:
                    table.foreign_keys.append(ForeignKey(columns, to, [each[2] for each in parts]))
                    self.tables[to].is_pointed_at |= to != table_name
            elif name == "PRIMARY":
                table.key = columns
            else:
                table.uniques.append(columns)


def foreign_pair(table: Table, named: bool) -> Optional[List[str]]:
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
    called = any(table.name.startswith(each.to + "_") for each in table.foreign_keys)
    if not (named or called) or pair not in map(sorted, table.uniques):
        return None
    return names[1:]


def parent_link(table: Table) -> Optional[Tuple[str, str, str]]:
    """How the table of a model extends that of a parent model; ``None`` if it does not. Three
    names: its column that is both its key and a foreign key to the parent's table, that table, and
    the column it points at."""
    if len(table.key) != 1:
        return None
    (key,) = table.key
    if not key.endswith("_ptr_id") and known.parent_links.get(table.name) != key:
        return None
    for each in table.foreign_keys:
        if each.columns == [key]:
            return key, each.to, each.to_columns[0]
    return None

"""Follows the tables and columns of a SQLite database through statements: where each comes from.

What a statement did is read from the catalogue, before and after it. Only two things are read from
the statement: whether it is an ALTER or a DROP, and from which table it fills another one. A table
that was filled from another, and takes its name when that is dropped, is that table built anew
(``DatabaseSchemaEditor._remake_table`` on SQLite). Otherwise, a table that was filled from another
is a new table. The exception is an automatic many-to-many table: Django renames it by filling a new
table and dropping the old one.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Dict, List

from ..engine import NOTHING_RENAMED
from . import created
from .fills import filled
from .sql import first_word, fold
from .states import Origin, State, followed, read, spelled, version_of

#: Statements that change no name and fill no table from another.
_QUIET = ("SELECT", "UPDATE", "DELETE", "PRAGMA", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "END")
_FILLS = ("INSERT", "REPLACE", "CREATE", "WITH")


class Lineage:
    """Follows the tables of one database from the moment when this object is created. ``name`` is
    the name of the database."""

    def __init__(self, connection: sqlite3.Connection, name: str = "") -> None:
        self.name = name
        version, tables = read(connection)
        #: The tables when this object was created.
        self.first = State(version, tables, {each: Origin(each) for each in tables}, {}, {})
        self._states: List[State] = [self.first]

    @property
    def now(self) -> State:
        return self._states[-1]

    @staticmethod
    def concerns(sql: str) -> bool:
        """Whether a statement may change names, or fill a table from another."""
        word = first_word(sql)
        if word in ("INSERT", "REPLACE"):
            return "SELECT" in sql.upper()
        return word not in _QUIET

    def before(self, connection: sqlite3.Connection) -> None:
        """Called before a statement for which ``concerns`` is true."""
        self.settle(connection)
        if not connection.in_transaction:
            # Nothing that was done before can be rolled back any more.
            del self._states[:-1]

    def after(self, connection: sqlite3.Connection, sql: str, done: bool = True) -> None:
        """Note what a statement changed that has run, or failed."""
        word = first_word(sql)
        if word == "ROLLBACK":
            self.settle(connection)
            return
        if version_of(connection) != self.now.version:
            version, tables = read(connection)
            self._states.append(followed(self.now, version, tables, word))
        if word in _FILLS and "SELECT" in sql.upper():
            self._fill(sql)

    def settle(self, connection: sqlite3.Connection) -> None:
        """Find out what was not seen: what was rolled back, or done without Django."""
        if version_of(connection) == self.now.version:
            return
        version, tables = read(connection)
        for place in range(len(self._states) - 1, -1, -1):
            if self._states[place][:2] == (version, tables):
                del self._states[place + 1 :]
                return
        self._states.append(followed(self.now, version, tables, ""))

    def _fill(self, sql: str) -> None:
        found = filled(sql, self.now.tables)
        if found is not None:
            source, fill = found
            self._states[-1] = self.now._replace(fills={**self.now.fills, source: fill})

    def renames(self) -> Dict[str, Any]:
        """Where the old names are now: ``tables`` {old: new or null}, ``columns`` {old table: {old:
        new or null}}. A name that is not listed is unchanged. Of ``rebuilt`` tables, all columns
        are listed."""
        if self.now is self.first:
            return dict(NOTHING_RENAMED)
        now_of = {origin.table: name for name, origin in self.now.origins.items()}
        result: Dict[str, Any] = {"tables": {}, "columns": {}, "rebuilt": []}
        for folded_name, old in self.first.tables.items():
            place = now_of.get(folded_name)
            if place is None:
                result["tables"][old.name] = None
                continue
            now = self.now.tables[place]
            if now.name != old.name:
                result["tables"][old.name] = now.name
            if now.sql != old.sql and created.virtual(old.sql) is None:
                columns = self.now.origins[place].of(now)
                by_folded = {fold(each): each for each in spelled(now)}
                where = {was: by_folded.get(each) for each, was in columns.items()}
                result["columns"][old.name] = {e: where.get(fold(e)) for e in spelled(old)}
                result["rebuilt"].append(old.name)
        return result

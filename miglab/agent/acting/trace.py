"""Writes down what runs: SQL, through Django's own instrumentation, and migrations as Django's
executor takes them on."""

from __future__ import annotations

import contextlib
import re
import time
from typing import Any, Callable, Dict, Iterator, List, Optional, Set, Tuple

from ..common import phase
from ..common.measuring import measuring
from ..common.protocol import SQL_LIMIT
from ..common.steady import put

#: A name, quoted as Django does it or not: one of its two groups.
_NAME = r'(?:["`\[]([^"`\]]+)["`\]]|([^\s"`\[(;]+))'


def _statement(words: str) -> Any:
    """A pattern for these words, ``%`` for a name, with any case and space between them."""
    pattern = r"\s+".join(words.split()).replace("%", _NAME)
    return re.compile(r"\s*" + pattern, re.I | re.S)


_RENAME_TABLE = _statement(r"ALTER TABLE % RENAME TO %")
_RENAME_COLUMN = _statement(r"ALTER TABLE % RENAME (?:COLUMN\s+)?% TO %")
_DROP_TABLE = _statement(r"DROP TABLE (?:IF\s+EXISTS\s+)?%")
_DROP_COLUMN = _statement(r"ALTER TABLE % DROP (?:COLUMN\s+)?%")
_FILL = _statement(r"INSERT INTO % (?:\(([^)]*)\)) SELECT (.*) FROM %\s*;?\s*$")
#: A value that comes from a column: the column itself, or with a default in place of NULL.
_SOURCE = re.compile(r"(?:coalesce\()?[\"`]?([^\"`(),']+)[\"`]?(?:$|,)", re.I)
_SAVEPOINT = re.compile(r'(SAVEPOINT|ROLLBACK TO SAVEPOINT) "?([^"\s]+)')
_CHANGES_NAMES = ("ALTER TABLE", "INSERT INTO", "DROP TABLE")


class Trace:
    """What ran while it was on.

    Attributes:
        statements: ``[alias, text]``, ``SQL_LIMIT`` of them; ``left_out`` counts the others.
        migrations: one entry for each that was begun: ``alias``, ``key``, ``backwards``,
            ``fake``, ``sql`` (the first of its statements and the one after its last),
            ``seconds`` and ``done``.
        plan: ``[app_label, name, backwards]`` for each that was to run.
        content_types: alias → how many content types were to follow a model's new name.
        telling: called with a few words when a migration is begun.
    """

    def __init__(self, telling: Callable[[str], None]) -> None:
        self.telling = telling
        self.statements: List[List[str]] = []
        self.left_out = 0
        self.migrations: List[Dict[str, Any]] = []
        self.plan: List[List[Any]] = []
        self.content_types: Dict[str, int] = {}
        self._schema: List[Tuple[str, str]] = []
        self._savepoints: Dict[str, int] = {}
        self._on = False

    def start(self) -> None:
        from django.db.backends.signals import connection_created

        self._on = True
        connection_created.connect(self._watch, weak=False, dispatch_uid="miglab trace")
        self._follow_executor()

    def _follow_executor(self) -> None:
        from django.core.management.base import BaseCommand
        from django.db.migrations.executor import MigrationExecutor

        migrate = MigrationExecutor.migrate
        apply, unapply = MigrationExecutor.apply_migration, MigrationExecutor.unapply_migration
        check = BaseCommand.check

        def planned(executor: Any, targets: Any, plan: Any = None, *args: Any, **kw: Any) -> Any:
            if plan is None:
                plan = executor.migration_plan(targets)
            self.plan += [[each.app_label, each.name, bool(back)] for each, back in plan]
            executor.progress_callback = self._noting_fakes(executor.progress_callback)
            return migrate(executor, targets, plan, *args, **kw)

        def checked(command: Any, *args: Any, **kwargs: Any) -> Any:
            with phase.during(phase.CHECKS):
                return check(command, *args, **kwargs)

        def applied(executor: Any, state: Any, migration: Any, *args: Any, **kwargs: Any) -> Any:
            with self._one(executor, migration, False):
                return apply(executor, state, migration, *args, **kwargs)

        def unapplied(executor: Any, state: Any, migration: Any, *args: Any, **kwargs: Any) -> Any:
            with self._one(executor, migration, True):
                return unapply(executor, state, migration, *args, **kwargs)

        put(BaseCommand, "check", checked)
        put(MigrationExecutor, "migrate", planned)
        put(MigrationExecutor, "apply_migration", applied)
        put(MigrationExecutor, "unapply_migration", unapplied)

    def _noting_fakes(self, callback: Any) -> Callable[..., None]:
        """The executor alone knows whether ``--fake-initial`` faked."""

        def note(action: str, migration: Any = None, fake: bool = False) -> None:
            if action.endswith("_success") and migration is not None and self.migrations:
                self.migrations[-1]["fake"] = bool(fake)
            if callback:
                callback(action, migration, fake)

        return note

    @contextlib.contextmanager
    def _one(self, executor: Any, migration: Any, backwards: bool) -> Iterator[None]:
        """Write one migration down. A failed one that was rolled back has renamed nothing."""
        entry: Dict[str, Any] = {
            "alias": executor.connection.alias,
            "key": [migration.app_label, migration.name],
            "backwards": backwards,
            "fake": False,
            "sql": [len(self.statements), 0],
            "done": False,
        }
        self.migrations.append(entry)
        # Put into the plan by the pre_migrate handler of django.contrib.contenttypes.
        renames = [e for e in migration.operations if type(e).__name__ == "RenameContentType"]
        follow = self.content_types.get(entry["alias"], 0)
        self.content_types[entry["alias"]] = follow + len(renames)
        self.telling("%s %s.%s" % ("unapplying" if backwards else "applying", *entry["key"]))
        before, start = len(self._schema), time.perf_counter()
        part = phase.Phase("migration", (migration.app_label, migration.name))
        try:
            with phase.during(part):
                yield
            entry["done"] = True
        except BaseException:
            if migration.atomic and executor.connection.features.can_rollback_ddl:
                del self._schema[before:]
            raise
        finally:
            entry["seconds"] = time.perf_counter() - start
            entry["sql"][1] = len(self.statements)

    def stop(self) -> None:
        self._on = False

    def _watch(self, connection: Any, **kwargs: Any) -> None:
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)

    def _note(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: Dict[str, Any],
    ) -> Any:
        if self._on:
            with measuring("write a statement down"):
                self._keep(context["connection"].alias, str(sql), params, many)
        return execute(sql, params, many, context)

    def _keep(self, alias: str, sql: str, params: Any, many: bool) -> None:
        if sql.lstrip().upper().startswith(_CHANGES_NAMES) and not params:
            self._schema.append((alias, sql))
        mark = _SAVEPOINT.match(sql)
        if mark and mark.group(1) == "SAVEPOINT":
            self._savepoints[mark.group(2)] = len(self._schema)
        elif mark:
            del self._schema[self._savepoints.get(mark.group(2), len(self._schema)) :]
        if len(self.statements) >= SQL_LIMIT:
            self.left_out += 1
            return
        if many:
            sql += " -- for each of several rows"
        elif params:
            sql = _filled(sql, params)
        self.statements.append([alias, sql])

    def renames(self, alias: str) -> Dict[str, Any]:
        """Where the old names of a database are now: ``tables`` {old: new or null}, ``columns``
        {old table: {old: new or null}}. A name that is not there kept its place, but for columns
        of ``rebuilt`` tables, which are all named.

        Read off the statements that ran: renames, drops, and tables that were built anew and
        filled from the old (``DatabaseSchemaEditor._remake_table`` on SQLite).
        """
        names = _Names()
        for sql in (sql for where, sql in self._schema if where == alias):
            for pattern, follow in names.steps:
                found = pattern.match(sql)
                if found:
                    follow(*(each for each in found.groups() if each is not None))
                    break
        return {
            "tables": names.tables,
            "columns": names.columns,
            "rebuilt": sorted(names.rebuilt),
        }


class _Names:
    """Follows the names of tables and columns through statements; keys are the old names."""

    def __init__(self) -> None:
        self.tables: Dict[str, Optional[str]] = {}
        self.columns: Dict[str, Dict[str, Optional[str]]] = {}
        self.rebuilt: Set[str] = set()
        self._filled: Dict[str, Tuple[str, Dict[str, str]]] = {}
        self.steps: List[Tuple[Any, Callable[..., None]]] = [
            (_RENAME_COLUMN, self.rename_column),
            (_DROP_COLUMN, self.drop_column),
            (_RENAME_TABLE, self.rename_table),
            (_DROP_TABLE, self.drop_table),
            (_FILL, self.fill),
        ]

    def old_table(self, name: str) -> Optional[str]:
        """The old name of the table that is called so now; ``None`` for a new table."""
        for old, now in self.tables.items():
            if now == name:
                return old
        return None if name in self.tables else name

    def rename_column(self, table: str, old: str, new: str) -> None:
        first = self.old_table(table)
        if first is not None:
            _move(self.columns.setdefault(first, {}), old, new)

    def drop_column(self, table: str, column: str) -> None:
        first = self.old_table(table)
        if first is not None:
            _move(self.columns.setdefault(first, {}), column, None)

    def rename_table(self, old: str, new: str) -> None:
        _move(self.tables, old, new)

    def fill(self, new: str, into: str, values: str, old: str) -> None:
        """A table is filled from another, which may be dropped next."""
        targets, sources = split(into), split(values)
        found = [(target, _SOURCE.match(source)) for target, source in zip(targets, sources)]
        taken = {source.group(1): target.strip('"`') for target, source in found if source}
        self._filled[old] = (new, taken)

    def drop_table(self, name: str) -> None:
        filled = self._filled.pop(name, None)
        first = self.old_table(name)
        if first is None:
            return
        if filled is None:
            _move(self.tables, name, None)
            return
        new, taken = filled
        columns = self.columns.setdefault(first, {})
        for old, now in list(columns.items()):
            if now is not None:
                columns[old] = taken.pop(now, None)
        if first not in self.rebuilt:
            for source, target in taken.items():
                columns.setdefault(source, target)
            self.rebuilt.add(first)
        _move(self.tables, name, new)


def split(values: str) -> List[str]:
    """The parts of a list in SQL, parted by the commas outside quotes and brackets."""
    parts, depth, quoted, start = [], 0, "", 0
    for place, letter in enumerate(values):
        if quoted:
            quoted = "" if letter == quoted else quoted
        elif letter in "'\"`":
            quoted = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and depth == 0:
            parts.append(values[start:place].strip())
            start = place + 1
    return [*parts, values[start:].strip()]


def _move(names: Dict[str, Optional[str]], old: str, new: Optional[str]) -> None:
    """What is called ``old`` now is called ``new`` from here on."""
    first = next((key for key, now in names.items() if now == old), None)
    if first is None:
        if old in names:
            return
        first = old
    names[first] = new


def _filled(sql: str, params: Any) -> str:
    """The statement with its parameters in place, to be read, not run."""
    try:
        if isinstance(params, dict):
            return sql % {name: _literal(value) for name, value in params.items()}
        return sql % tuple(_literal(value) for value in params)
    except (TypeError, ValueError, KeyError):
        return sql


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int, float)):
        return str(value)
    return "'%s'" % str(value).replace("'", "''")

"""Writes down what runs: SQL, through Django's own instrumentation, and migrations, as Django's
executor runs them."""

from __future__ import annotations

import contextlib
import time
from typing import Any, Callable, Collection, Dict, Iterator, List, Mapping, Optional, Tuple

from ..common import phase
from ..common.measuring import measuring
from ..common.protocol import SQL_LIMIT
from ..common.steady import put
from ..engines import registry
from ..engines.engine import Engine, Lineage, Watch

#: First words of statements that change tables.
_COMMITS = ("ALTER", "CREATE", "DROP", "RENAME", "TRUNCATE")


class Trace:
    """Everything that ran while it was active.

    Attributes:
        statements: ``[alias, text]``, at most ``SQL_LIMIT`` of them; ``left_out`` counts the
        others. migrations: one entry for each that was begun: ``alias``, ``key``, ``backwards``,
        ``fake``, ``sql`` (the first of its statements and the one after its last), ``seconds`` and
        ``done``; ``kept``, how many of its statements changed tables for good although the
        migration may fail; ``locks`` and ``grew`` where the engine tells. plan: ``[app_label, name,
        backwards]`` for each that was to run. content_types: alias → how many content types were to
        follow a model's new name. old: alias → a copy of the database as it is at the beginning, or
        ``None``. telling: called with a few words when a migration is begun. durable: whether locks
        are to be held as long as on a server that waits for the disk.
    """

    def __init__(self, telling: Callable[[str], None], durable: bool) -> None:
        self.telling, self.durable = telling, durable
        self.old: Mapping[str, Optional[str]] = {}
        self.statements: List[List[str]] = []
        self.left_out = 0
        self.migrations: List[Dict[str, Any]] = []
        self.plan: List[List[Any]] = []
        self.content_types: Dict[str, int] = {}
        self._lineages: Dict[str, Lineage] = {}
        self._watches: Dict[str, Watch] = {}
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
        """A progress callback that notes whether a migration was faked, and then calls
        ``callback``. With ``--fake-initial``, only the executor knows this."""

        def note(action: str, migration: Any = None, fake: bool = False) -> None:
            if action.endswith("_success") and migration is not None and self.migrations:
                self.migrations[-1]["fake"] = bool(fake)
            if callback:
                callback(action, migration, fake)

        return note

    @contextlib.contextmanager
    def _one(self, executor: Any, migration: Any, backwards: bool) -> Iterator[None]:
        """A context in which one migration runs, and which notes what it does."""
        entry: Dict[str, Any] = {
            "alias": executor.connection.alias,
            "key": [migration.app_label, migration.name],
            "backwards": backwards,
            "fake": False,
            "sql": [len(self.statements), 0],
            "kept": 0,
            "done": False,
        }
        self.migrations.append(entry)
        # Put into the plan by the pre_migrate handler of django.contrib.contenttypes.
        renames = [e for e in migration.operations if type(e).__name__ == "RenameContentType"]
        follow = self.content_types.get(entry["alias"], 0)
        self.content_types[entry["alias"]] = follow + len(renames)
        self.telling("%s %s.%s" % ("unapplying" if backwards else "applying", *entry["key"]))
        with measuring("measure locks"):
            self._begin_watch(executor.connection, getattr(migration, "atomic", True))
        start = time.perf_counter()
        part = phase.Phase("migration", (migration.app_label, migration.name))
        try:
            with phase.during(part):
                yield
            entry["done"] = True
        finally:
            entry["seconds"] = time.perf_counter() - start
            watch = self._watches.pop(entry["alias"], None)
            if watch is not None:
                with measuring("measure locks"):
                    entry.update(watch.end())
            entry["sql"][1] = len(self.statements)

    def _begin_watch(self, connection: Any, atomic: bool) -> None:
        """Begin to measure the locks of a migration, if its engine can do so."""
        engine = registry.ENGINES.get(connection.vendor)
        if self._on and engine is not None and connection.connection is not None:
            watch = engine.watch(connection, atomic, self.durable)
            if watch is not None:
                self._watches[connection.alias] = watch

    def stop(self) -> None:
        self._on = False

    @property
    def noted(self) -> Tuple[int, int]:
        """How many statements were noted, and how many left out."""
        return len(self.statements), self.left_out

    def forget_after(self, noted: Tuple[int, int]) -> None:
        """Forget the statements that were noted after ``noted``, because they are going to run
        again."""
        count, self.left_out = noted
        del self.statements[count:]

    def _watch(self, connection: Any, **kwargs: Any) -> None:
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)
        engine = registry.ENGINES.get(connection.vendor)
        if self._on and engine is not None and connection.alias not in self._lineages:
            # A database that cannot be read now is begun with its first statement.
            with contextlib.suppress(engine.error):
                self._begin(engine, connection)

    def _begin(self, engine: Engine, connection: Any) -> Lineage:
        lineage = engine.follow(connection, self.old.get(connection.alias))
        return self._lineages.setdefault(connection.alias, lineage)

    def _note(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: Dict[str, Any],
    ) -> Any:
        if not self._on:
            return execute(sql, params, many, context)
        connection, text = context["connection"], str(sql)
        with measuring("note an SQL statement"):
            self._keep(connection.alias, text, params, many)

        def run() -> Any:
            result = execute(sql, params, many, context)
            self._note_kept(connection, text)
            return result

        watch = self._watches.get(connection.alias)
        if watch is None:
            return self._followed(run, connection, text)
        began = time.perf_counter()
        try:
            return self._followed(run, connection, text)
        finally:
            with measuring("measure locks"):
                watch.after(text, began)

    def _note_kept(self, connection: Any, text: str) -> None:
        """Count a statement that has run, if it changes tables and its database commits that at
        once. Such a database also commits what was done before it."""
        last = self.migrations[-1] if self.migrations else None
        if last is None or last["done"] or last["alias"] != connection.alias:
            return
        words = text.split(None, 1)
        if words and words[0].upper() in _COMMITS and not connection.features.can_rollback_ddl:
            last["kept"] += 1

    def _followed(self, run: Callable[[], Any], connection: Any, text: str) -> Any:
        """Run a statement, and follow the names that it changes."""
        engine = registry.ENGINES.get(connection.vendor)
        if engine is None or not engine.may_rename(text):
            return run()
        with measuring("follow the names of tables and columns"):
            self._before(engine, connection)
        done = False
        try:
            result = run()
            done = True
            return result
        finally:
            with measuring("follow the names of tables and columns"):
                self._after(connection, text, done)

    def _before(self, engine: Engine, connection: Any) -> None:
        """Called before a statement that may change names."""
        lineage = self._lineages.get(connection.alias) or self._begin(engine, connection)
        if lineage.name == str(connection.settings_dict["NAME"]):
            lineage.before(connection.connection)

    def _after(self, connection: Any, sql: str, done: bool) -> None:
        """Called after a statement that may change names. ``done`` is false if it failed."""
        lineage = self._lineages.get(connection.alias)
        # Another name is a database of its own that goes by the same alias.
        known = lineage is not None and lineage.name == str(connection.settings_dict["NAME"])
        if lineage is not None and known and connection.connection is not None:
            lineage.after(connection.connection, sql, done)

    def _keep(self, alias: str, sql: str, params: Any, many: bool) -> None:
        if len(self.statements) >= SQL_LIMIT:
            self.left_out += 1
            return
        if many:
            sql += " -- for each of several rows"
        elif params:
            sql = _filled(sql, params)
        self.statements.append([alias, sql])

    def settle(
        self, databases: Mapping[str, str], vendors: Mapping[str, str], written: Collection[str]
    ) -> None:
        """Bring the names up to date when all connections are closed, and what was left open is
        rolled back. ``databases`` maps each alias to its handle, and ``vendors`` to its engine's
        vendor. In databases whose handles are not among the ``written``, no name has changed."""
        for alias, lineage in list(self._lineages.items()):
            if alias in databases and databases[alias] not in written:
                del self._lineages[alias]
            elif alias in databases:
                engine = registry.of_vendor(vendors[alias])
                with contextlib.suppress(engine.error):
                    engine.settle(lineage, databases[alias])

    def renames(self, alias: str) -> Dict[str, Any]:
        """Where the old names of a database are now, as ``Lineage.renames`` has them."""
        lineage = self._lineages.get(alias)
        return lineage.renames() if lineage else {"tables": {}, "columns": {}, "rebuilt": []}


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

"""Goes back one migration at a time in one run, and says at each rung what has been lost so far.

A rung is what one more ``migrate app name`` would unapply. Django computes the states of all
migrations once, for the whole way, and not anew for every rung.
"""

from __future__ import annotations

from typing import Any, Dict, List, Set, Tuple

from ..engines.sqlite import catalogue, rows
from .trace import Trace

Key = Tuple[str, str]


class Ladder:
    """The way down. ``old`` is the copy of the database at the top, ``path`` the one that moves.

    ``rungs`` holds what was found: ``rows`` (lost since the top), ``seconds`` and ``done``.
    """

    def __init__(self, old: str, path: str, trace: Trace, alias: str) -> None:
        self.old, self.path, self.trace, self.alias = old, path, trace, alias
        self.rungs: List[Dict[str, Any]] = []
        self._known: Dict[str, Dict[str, Any]] = {}
        self._seen = 0
        connection = catalogue.connect(old)
        try:
            self._names = catalogue.table_names(connection)
            self._ripples = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'trigger' "
                "OR sql LIKE '%ON DELETE%' OR sql LIKE '%ON UPDATE%'"
            ).fetchone()
        finally:
            connection.close()

    def down(self, rungs: List[List[List[str]]]) -> None:
        """Unapply the migrations of each rung in turn. What Django raises goes through."""
        from django.db import connections
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(connections[self.alias])
        ends = {tuple(keys[-1]): place for place, keys in enumerate(rungs) if keys}
        self.rungs += [{"rows": [], "seconds": 0.0, "done": False} for _ in rungs]
        owner = {tuple(key): place for place, keys in enumerate(rungs) for key in keys}

        def each(entry: Dict[str, Any]) -> None:
            key: Any = tuple(entry["key"])
            self.rungs[owner[key]]["seconds"] += entry["seconds"]
            if key in ends:
                rung = self.rungs[ends[key]]
                rung["rows"] = self.look()
                rung["done"] = True

        self.trace.after_each = each
        plan = [(executor.loader.graph.nodes[tuple(key)], True) for keys in rungs for key in keys]
        if plan:
            executor.migrate(None, plan)

    def look(self) -> List[Dict[str, Any]]:
        """What has been lost since the top. A table of which no statement spoke since it was last
        looked at is not compared again."""
        renames = self.trace.renames(self.alias)
        tables = None
        if self._known or self._seen:
            tables = self._spoken_of(renames)
        self._seen = len(self.trace.statements)
        found = rows.compare(self.old, self.path, renames, tables)
        if tables is None:
            self._known = {}
        else:
            self._known = {n: e for n, e in self._known.items() if n not in tables}
        self._known.update({each["table"]: each for each in found})
        return list(self._known.values())

    def _spoken_of(self, renames: Dict[str, Any]) -> Any:
        """Old names of the tables that new statements name in any way; ``None`` for all."""
        if self._ripples or self.trace.left_out:
            return None
        said = "\n".join(sql for _, sql in self.trace.statements[self._seen :]).lower()
        spoken: Set[str] = set()
        for name in self._names:
            now = renames["tables"].get(name, name)
            if name.lower() in said or (now and now.lower() in said):
                spoken.add(name)
        return spoken

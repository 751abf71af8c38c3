"""All that was lost, as a table or a file, for as long as the lab keeps the copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from ..agent.common.protocol import Message
from ..errors import BadInput, UnknownName
from ..facts.step import Renames, RowChange
from ..facts.view import Rows
from ..runners import answers
from ..sandbox.snapshot import Snapshot
from ..steps.reader import Reader


class Full:
    """The databases before and after, and the agent that compares them."""

    def __init__(
        self,
        reader: Reader,
        before: Snapshot,
        after: Snapshot,
        renames: Mapping[str, Renames],
        changes: tuple[RowChange, ...],
    ) -> None:
        self.reader, self.before, self.after = reader, before, after
        self.renames, self.changes = renames, changes

    @property
    def copies(self) -> set[Path]:
        """The files that are needed."""
        both = [*self.before.databases.values(), *self.after.databases.values()]
        return {path for path in both if path is not None}

    def rows(self, name: str, limit: int) -> Rows:
        """What a table, or with a dot one of its columns, lost: the first ``limit`` rows of it."""
        change, column = self._meant(name)
        return answers.rows(self._ask(change, column, {"limit": limit})["table"], name)

    def csv(self, name: str, path: Path) -> Path:
        """The same, all of it, as a CSV file."""
        change, column = self._meant(name)
        path = path.absolute()
        if not path.parent.is_dir():
            raise BadInput(f"{path.parent} is no folder; give a path in a folder that is there")
        self._ask(change, column, {"to": str(path)})
        return path

    def _meant(self, name: str) -> tuple[RowChange, str | None]:
        known: dict[str, tuple[RowChange, str | None]] = {}
        for change in self.changes:
            if change.lost:
                known[change.table] = (change, None)
            for column in change.lost_values:
                known[f"{change.table}.{column}"] = (change, column)
            for column in change.changed_columns:
                known[f"{change.table}.{column}"] = (change, change.old_names[column])
        if name not in known:
            raise UnknownName("loss", name, sorted(known))
        return known[name]

    def _ask(self, change: RowChange, column: str | None, more: Mapping[str, object]) -> Message:
        old = self.before.databases[change.database]
        new = self.after.databases[change.database]
        if old is None or not old.exists() or (new is not None and not new.exists()):
            raise BadInput("the lab that measured this is closed; ask before it is")
        renames = asdict(self.renames.get(change.database, Renames()))
        request = {
            "do": "list",
            "old": str(old),
            "new": str(new or ""),
            "renames": renames,
            "table": change.table,
            "column": column,
            **more,
        }
        return self.reader.ask("", request)

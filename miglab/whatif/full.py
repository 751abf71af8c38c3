"""Gives everything that was lost as a table or a file, as long as the lab keeps the copies."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from ..agent.common.protocol import Message
from ..databases.engine import Handle
from ..errors import BadInput, UnknownName
from ..facts.step import Renames, RowChange
from ..facts.view import Rows
from ..runners import answers
from ..sandbox.snapshot import Snapshot
from ..steps.reader import Reader


class Lost(NamedTuple):
    """What was lost up to a moment (``after``), and what the names of tables and columns at the
    beginning have become by then."""

    changes: tuple[RowChange, ...]
    after: Snapshot
    renames: Mapping[str, Renames]


class _Named(NamedTuple):
    """One thing that was lost: values of a ``column`` of a table, or, if it is ``None``, rows of
    the table."""

    change: RowChange
    column: str | None
    lost: Lost


#: What ends the name of what only the way back takes.
COMING_BACK = " (on the way back)"


class Full:
    """Lists everything that was lost. It keeps the copies of the databases before and after, and
    the agent that compares them. ``there`` is what the commands lost, and ``back`` what only the
    way back loses."""

    def __init__(self, reader: Reader, before: Snapshot, lost: tuple[Lost, Lost]) -> None:
        self.reader, self.before = reader, before
        self.there, self.back = lost
        self._known = {**_named(self.there, ""), **_named(self.back, COMING_BACK)}

    @property
    def names(self) -> tuple[str, ...]:
        """The names that ``rows`` and ``csv`` take."""
        return tuple(self._known)

    @property
    def copies(self) -> set[Handle]:
        """The copies of databases that must be kept so that losses can be listed."""
        moments = [self.before, self.there.after, *([self.back.after] if self.back.changes else [])]
        return {one for each in moments for one in each.databases.values() if one is not None}

    def rows(self, name: str, limit: int) -> Rows:
        """The first ``limit`` rows of what was lost. ``name`` is one of ``names``: a table, or a
        table and its column with a dot between them."""
        return answers.rows(self._ask(self._meant(name), {"limit": limit})["table"], name)

    def csv(self, name: str, path: Path) -> Path:
        """Write everything that was lost under this name to a CSV file at ``path``."""
        meant = self._meant(name)
        path = path.absolute()
        if not path.parent.is_dir():
            raise BadInput(f"{path.parent} is not a folder; give a path in a folder that exists")
        # The agent writes to its copies alone, and the file may be wanted anywhere.
        made = Path(self.reader.place["root"]) / f"lost-{secrets.token_hex(8)}.csv"
        try:
            self._ask(meant, {"to": str(made)})
            shutil.copyfile(made, path)
        finally:
            made.unlink(missing_ok=True)
        return path

    def _meant(self, name: str) -> _Named:
        if name not in [*self._known]:
            raise UnknownName("loss", name, sorted(self._known))
        return self._known[name]

    def _ask(self, meant: _Named, more: Mapping[str, object]) -> Message:
        change, lost = meant.change, meant.lost
        old = self.before.databases[change.database]
        new = lost.after.databases[change.database]
        exists = self.reader.database_engine(change.database).exists
        if old is None or not exists(old) or (new is not None and not exists(new)):
            raise BadInput("the lab that measured this is closed; ask while it is open")
        renames = asdict(lost.renames.get(change.database, Renames()))
        request = {
            "do": "list",
            "alias": change.database,
            "old": old,
            "new": new or "",
            "renames": renames,
            "table": change.table,
            "column": meant.column,
            **more,
        }
        return self.reader.ask("", request)


def _named(lost: Lost, ending: str) -> dict[str, _Named]:
    """Each thing that was lost, by its name."""
    found: dict[str, _Named] = {}
    for change in lost.changes:
        if change.lost:
            found[f"{change.place}{ending}"] = _Named(change, None, lost)
        for column in change.lost_values:
            found[f"{change.place_of(column)}{ending}"] = _Named(change, column, lost)
        for column in change.overwritten:
            old = change.old_names[column]
            found[f"{change.place_of(column)}{ending}"] = _Named(change, old, lost)
    return found

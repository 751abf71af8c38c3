"""Counts what commands cost, and how much of it the way back restores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import NamedTuple

from ..agent.common.protocol import Message
from ..errors import NotMeasured
from ..facts.outcome import Unknown
from ..facts.step import Renames, RowChange
from ..runners import answers
from ..sandbox.snapshot import Snapshot
from ..steps.comparison import ask_to_compare, compare_rows
from ..steps.reader import Reader


class Counted(NamedTuple):
    """What the way back restored.

    Attributes:
        rows: the tables whose rows differ from the beginning.
        lost: the losses that the commands caused, each with how much of it the way back does not
            restore; ``None`` if that could not be counted.
        unknown: why it could not be counted.
    """

    rows: tuple[RowChange, ...]
    lost: tuple[RowChange, ...] | None
    unknown: tuple[Unknown, ...] = ()


@dataclass(frozen=True)
class Losses:
    """What commands cost, so that it can be counted how much of it comes back.

    Attributes:
        changes: the tables from which something was lost.
        renames: what the commands renamed, by the databases' aliases.
        end: the moment where the commands ended.
    """

    changes: tuple[RowChange, ...]
    renames: Mapping[str, Renames]
    end: Snapshot

    def count(self, reader: Reader, first: Snapshot, back: Snapshot) -> Counted:
        """Compare the rows after the way back with the beginning.

        Args:
            first: the moment before the commands.
            back: the moment after the way back.

        Raises:
            NotMeasured: the rows could not be compared.
        """
        if not self.changes:
            return Counted(compare_rows(reader, first, back, {}), ())
        answer = ask_to_compare(reader, first, back, {}, self._asked())
        rows, told = answers.row_changes(answer["rows"]), answer["not_back"]
        if told["unmeasured"]:
            why = answers.obstacles(told["unmeasured"])[0]
            error = NotMeasured(why.id, why.what, why.do)
            return Counted(rows, None, (not_known(error, "how much of the lost data comes back"),))
        found = zip(self.changes, told["tables"], strict=True)
        return Counted(rows, tuple(_counted(each, entry) for each, entry in found))

    def _asked(self) -> Message:
        return {
            "end": self.end.old,
            "renames": {alias: asdict(each) for alias, each in self.renames.items()},
            "tables": [
                {
                    "database": each.database,
                    "table": each.table,
                    "gone": each.now is None,
                    "rows": bool(each.lost),
                    "dropped": [*each.lost_values],
                    "overwritten": [*_old(each)],
                }
                for each in self.changes
            ],
        }


def _old(change: RowChange) -> dict[str, str]:
    """Maps the old name of each column with overwritten values to its name now."""
    return {old: new for new, old in change.old_names.items()}


def _counted(change: RowChange, told: Message) -> RowChange:
    values = {name: told["columns"][name] for name in change.lost_values}
    values |= {new: told["columns"][old] for old, new in _old(change).items()}
    return replace(change, rows_not_back=told["rows"], values_not_back=values)


def not_known(error: NotMeasured, what: str) -> Unknown:
    """Turn a failure to measure into an ``Unknown``; ``what`` is what is not known because of
    it."""
    return Unknown(error.id, f"{what} is not known: {error.what}", "", error.do)

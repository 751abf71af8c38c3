"""What is lost, counted by table and column, and how much of it does not come back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..facts.step import RowChange
from .agreement import counted, in_words

Samples = Mapping[str, tuple[Mapping[str, object], ...]]


@dataclass(frozen=True)
class Loss:
    """One kind of loss in one table. ``gone`` counts what is missing afterwards, and ``lost`` the
    part of it that the way back does not restore. ``what`` is the word for it in the singular and
    in the plural, as in ``("row", "rows")``. ``coming_back`` is true if only the way back causes
    the loss. ``measured`` is false if no way back was taken: the real number is then at most
    ``lost``.
    """

    id: str
    where: str
    gone: int
    lost: int
    what: tuple[str, str]
    by_handlers: bool = False
    coming_back: bool = False
    measured: bool = True

    @property
    def overwritten(self) -> bool:
        """Whether other values have replaced the values that are lost."""
        return self.id in ("values-changed", "values-retyped")

    def __str__(self) -> str:
        on_the_way = " on the way back" if self.coming_back else ""
        return f"{counted(self.lost, *self.what)} of {self.where}{on_the_way}"


def losses(rows: Iterable[RowChange], *, coming_back: bool = False) -> list[Loss]:
    """The losses in these changes, the largest first, each with how much of it the way back does
    not restore. Derived tables are left out, because they can be built again. If ``coming_back`` is
    true, the losses are marked as those that only the way back causes."""
    stored = [change for change in rows if change.costs and not change.derived]
    found = [loss for change in stored for loss in _of_table(change)]
    ordered = sorted(found, key=lambda each: (-each.lost, -each.gone, each.where))
    return [replace(each, coming_back=coming_back) for each in ordered]


def _of_table(change: RowChange) -> Iterator[Loss]:
    where = change.place
    back = change.values_not_back

    def loss(name: str, column: str, gone: int) -> Loss:
        lost = gone if back is None else min(gone, back.get(column, 0))
        place = change.place_of(column)
        words, known = ("value", "values"), back is not None
        return Loss(name, place, gone, lost, words, change.by_handlers, measured=known)

    if change.lost:
        what = ("link", "links") if change.many_to_many else ("row", "rows")
        name = "rows-deleted"
        if change.now is None:
            name = "links-lost" if change.many_to_many else "rows-lost"
        lost = change.lost if change.rows_not_back is None else change.rows_not_back
        known = change.rows_not_back is not None
        lost = min(lost, change.lost)
        yield Loss(name, where, change.lost, lost, what, change.by_handlers, measured=known)
    for column, number in change.lost_values.items():
        yield loss("values-lost", column, number)
    for column, number in change.overwritten.items():
        yield loss(
            "values-retyped" if column in change.retyped else "values-changed", column, number
        )


def filled(change: RowChange) -> Iterator[tuple[str, str]]:
    """The columns in which values have replaced NULL, each with a sentence about it. In such a
    column, no stored value is lost by that."""
    for column, number in change.filled.items():
        place = change.place_of(column)
        become = "has become a value" if number == 1 else "have become values"
        yield place, f"{counted(number, 'NULL', 'NULLs')} of {place} {become}"


def listed(lost: Sequence[Loss], shown: int = 3) -> str:
    """The first losses in words, and in how many more places data is lost."""
    told = [str(each) for each in lost[:shown]]
    if len(lost) > shown:
        told.append(f"data in {counted(len(lost) - shown, 'more place', 'more places')}")
    return in_words(told)


def loss_lines(
    rows: Iterable[RowChange], words: tuple[str, str] = ("LOST", "OVERWRITTEN")
) -> list[str]:
    """One line for what a step destroyed, and one for what it overwrote, each with how much of it
    is gone for good. A step and a what-if count in the same way. The lines begin with ``words``."""
    found = losses(rows)
    groups = (
        (words[0], [each for each in found if not each.overwritten]),
        (words[1], [each for each in found if each.overwritten]),
    )
    return [_loss_line(word, group) for word, group in groups if group]


def _loss_line(word: str, found: Sequence[Loss]) -> str:
    gone = [f"{counted(each.gone, *each.what)} of {each.where}" for each in found]
    if not all(each.measured for each in found):
        return f"{word}: {', '.join(gone)}. miglab did not measure how much of this comes back"
    if all(each.lost == each.gone for each in found):
        return f"{word} FOR GOOD: {', '.join(gone)}"
    if not any(each.lost for each in found):
        return f"{word}: {', '.join(gone)} (0 for good: the way back restores everything)"
    each_told = zip(gone, found, strict=True)
    return f"{word}: {', '.join(f'{told} ({each.lost:,} for good)' for told, each in each_told)}"


def lost_coming_back(
    there: Iterable[RowChange], back: Iterable[RowChange]
) -> tuple[RowChange, ...]:
    """The changes that only the way back causes and that cost something. What the commands had lost
    and the way back did not restore is left out, and so are NULLs that became values. ``there`` are
    the losses of the commands; ``back`` compares the beginning with the end of the way back."""
    known = {(each.database, each.table): each for each in there}
    found = [_less(change, known.get((change.database, change.table))) for change in back]
    return tuple(each for each in found if each.costs)


def _less(change: RowChange, going: RowChange | None) -> RowChange:
    """A change of the way back, without what the commands had already lost for good."""
    rows = (going.rows_not_back or 0) if going else 0
    values: dict[str, int] = {}
    if going:
        of_now = going.values_not_back or {}
        values = {going.old_names.get(name, name): number for name, number in of_now.items()}
    changed = {name: number - values.get(name, 0) for name, number in change.overwritten.items()}
    lost = {name: number - values.get(name, 0) for name, number in change.lost_values.items()}

    def whole(samples: Samples) -> Samples:
        """Only the samples of columns in which nothing was lost before. Other samples could show
        what was already counted."""
        return {n: each for n, each in samples.items() if not values.get(n)}

    left = {name: number for name, number in changed.items() if number > 0}
    return replace(
        change,
        lost=max(0, change.lost - rows),
        lost_sample=() if rows else change.lost_sample,
        changed=change.changed if left else 0,
        changed_columns=left,
        filled={},
        changed_sample=whole(change.changed_sample),
        lost_values={name: number for name, number in lost.items() if number > 0},
        lost_values_sample=whole(change.lost_values_sample),
    )

"""Measures which of the four truths a command reads to decide, and which ones it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..compare.truths import Moves, compare
from ..facts.lesson import Spine
from ..facts.step import RowChange, Step
from ..facts.truths import NAMES
from ..lab import Lab
from ..runners.base import Tell
from .acts import add_field, by_hand

Act = Callable[[Lab], Step]

_LAST = "store/migrations/0005_tag_product_tags.py"
_NEXT = "store/migrations/0006_next.py"
_NEXT_TEXT = """from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [migrations.RunSQL("SELECT 1", "SELECT 1")]
"""


def _manage(line: str) -> Act:
    return lambda lab: lab.manage(line)


def _sql(line: str) -> Act:
    return lambda lab: by_hand(lab, line)


def _edit_models(lab: Lab) -> Step:
    return add_field(lab, 'colour = models.CharField(max_length=9, default="")')


def _delete_file(lab: Lab) -> Step:
    return lab.delete(_LAST)


def _write_file(lab: Lab) -> Step:
    return lab.write(_NEXT, _NEXT_TEXT)


def _restore_backup(lab: Lab) -> Step:
    """Revert a migration, then copy a backup over the database by hand. Returns what was
    noticed."""
    database = lab.folder / "db.sqlite3"
    backup = database.read_bytes()
    lab.manage("migrate store 0004")
    database.write_bytes(backup)
    lab.truths()
    (noticed,) = lab.take_noticed()
    return noticed


@dataclass(frozen=True)
class _Row:
    """A command, and the acts that come before it. If ``plans`` is true, the command decides
    something from the truths; which truths it reads is measured too."""

    does: str
    act: Act
    before: tuple[Act, ...] = ()
    plans: bool = True


_ROWS = (
    _Row("edit models.py", _edit_models, plans=False),
    _Row("makemigrations", _manage("makemigrations"), (_edit_models,)),
    _Row("showmigrations", _manage("showmigrations store")),
    _Row("migrate --plan", _manage("migrate --plan")),
    _Row("sqlmigrate", _manage("sqlmigrate store 0005")),
    _Row("migrate", _manage("migrate"), (_manage("migrate store 0003"),)),
    _Row("migrate store 0004 (a revert)", _manage("migrate store 0004")),
    _Row("migrate marketplace zero", _manage("migrate marketplace zero")),
    _Row("delete a file", _delete_file, plans=False),
    _Row("migrate --fake store 0004", _manage("migrate --fake store 0004")),
    _Row("migrate --fake store zero", _manage("migrate --fake store zero")),
    _Row(
        "migrate --fake-initial",
        _manage("migrate --fake-initial"),
        (_manage("migrate store 0004"), _manage("migrate --fake store zero")),
    ),
    _Row(
        "migrate store --prune",
        _manage("migrate store --prune"),
        (_write_file, _manage("migrate store"), lambda lab: lab.delete(_NEXT)),
    ),
    _Row("SQL by hand", _sql("DROP TABLE store_product_tags"), plans=False),
    _Row("restore a backup", _restore_backup, plans=False),
)

#: Truth → ways to change only this truth. If one changes nothing, another one may.
_ALONE: dict[str, tuple[Act, ...]] = {
    "models": (lambda lab: lab.replace("store/models.py", "max_length=30", "max_length=31"),),
    "files": (
        _delete_file,
        _write_file,
        lambda lab: lab.delete("media/migrations/0002_photo_alt_text.py"),
    ),
    "record": (
        _manage("migrate --fake store 0004"),
        _manage("migrate --fake media 0001"),
        _sql("DELETE FROM django_migrations WHERE app = 'store' AND name LIKE '0006%'"),
    ),
    "tables": (_sql("DROP TABLE store_product"),),
}


def spine() -> Spine:
    """Which truths each command reads to decide, and which ones it changes. Each cell is measured
    in a lab."""
    columns = ("depends on", *NAMES, "rows")
    with Lab.progress() as tell, Lab("storefront", apps=["store"]) as lab:
        bench, steps = _Bench(lab), {}
        for row in _ROWS:
            tell(f"measuring {row.does}")
            steps[row] = bench.measured(row)
        reads = _reads(bench, {row: _decided(steps[row]) for row in _ROWS if row.plans}, tell)
    rows = (
        (row.does, (", ".join(reads.get(row, ())), *_moved(step))) for row, step in steps.items()
    )
    _measured.append(Spine(columns, tuple(rows)))
    return _measured[-1]


_measured: list[Spine] = []


def looks_at_tables() -> int | None:
    """How many commands decide by the tables, as measured last; ``None`` if that was never
    measured."""
    if not _measured:
        return None
    return sum("tables" in cells[0].split(", ") for _, cells in _measured[-1].rows)


class _Bench:
    """A lab in which each command is measured, after whatever has to be done before it. What has
    been done already is not done again."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        #: The acts so far, each with the moment of the history that it led to.
        self._done: list[tuple[Act, int]] = []

    def measured(self, row: _Row, *changes: Act) -> Step:
        """Run the command of a row, and return its step. ``changes`` are made just before it."""
        wanted = (*row.before, *changes)
        same = 0
        for act, (done, _) in zip(wanted, self._done, strict=False):
            if act is not done:
                break
            same += 1
        del self._done[same:]
        moment = self._done[-1][1] if self._done else 0
        if steps := self._lab.history().position - moment:
            self._lab.rewind(steps)
        for act in wanted[same:]:
            act(self._lab)
            self._done.append((act, self._lab.history().position))
        return row.act(self._lab)


def _reads(bench: _Bench, usual: Mapping[_Row, object], tell: Tell) -> dict[_Row, list[str]]:
    """Command → the truths that it reads: it decides something else if only one of them changes."""
    reads: dict[_Row, list[str]] = {row: [] for row in usual}
    # Commands that need the same acts before them follow each other.
    rows = sorted(usual, key=lambda row: len(row.before))
    for truth, ways in _ALONE.items():
        tell(f"changing only the {truth}")
        for way in ways:
            for row in rows:
                known = truth in reads[row]
                if not known and _decided(bench.measured(row, way)) != usual[row]:
                    reads[row].append(truth)
    return reads


def _moved(step: Step) -> Iterator[str]:
    """A word for each truth that the command changed, and for the rows."""
    moves = compare(step.before, step.after)
    yield "changes" if moves.models else ""
    yield "changes" if moves.files else ""
    yield _direction(moves)
    yield "changes" if moves.tables else ""
    yield _rows(step.rows)


def _direction(moves: Moves) -> str:
    told = []
    if moves.applied:
        told.append(f"{len(moves.applied)} in")
    if moves.unapplied:
        told.append(f"{len(moves.unapplied)} out")
    return ", ".join(told)


def _rows(changes: Iterable[RowChange]) -> str:
    changes = list(changes)
    counts = {
        "lost": sum(each.lost for each in changes),
        "values lost": sum(sum(each.lost_values.values()) for each in changes),
        "changed": sum(each.changed for each in changes),
        "new": sum(each.gained for each in changes),
    }
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)


def _decided(step: Step) -> object:
    """What a command decided to do, however it ended."""
    moves = compare(step.before, step.after)
    faked = {each.key for each in step.ran if each.fake}
    if step.plan:
        return step.plan, faked
    refused = step.refusal.error if step.refusal else None
    return faked, refused, moves.files, moves.record, step.output if not moves.moved else ""

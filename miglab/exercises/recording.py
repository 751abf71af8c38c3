"""Makes an exercise's file from a session in a lab: its start, and a way that repairs it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..compare.truths import compare
from ..errors import BadInput
from ..facts.exercise import Instruction
from ..facts.step import Step
from ..steps.moments import Moment
from . import form
from .typed import TypedLab

#: The first word of a text that still has to be written.
TODO = "TODO"


def record(*, at: str | Sequence[str] | None = None, apps: Sequence[str] = ()) -> RecordingLab:
    """Open a lab in which you make an exercise: break the project, call ``lab.begin_here()``,
    repair the project, and then call ``lab.save("NAME.toml")``.

    Raises:
        UnknownName: there is no such app or migration.
    """
    return RecordingLab("storefront", at=at, apps=apps)


class RecordingLab(TypedLab):
    """A lab that remembers what was typed. Rewound steps are forgotten."""

    _taken: list[tuple[Moment, Instruction]]
    _start: tuple[Instruction, ...] | None = None
    _at: tuple[str, ...] = ()

    def __init__(
        self,
        project: str = "storefront",
        *,
        at: str | Sequence[str] | None = None,
        apps: Sequence[str] = (),
    ) -> None:
        super().__init__(project, at=at, apps=apps)
        self._at = (at,) if isinstance(at, str) else tuple(at or ())
        self._taken = []
        self.watch(self._remember)

    def _remember(self) -> None:
        told = self.typed_now
        if told is None or self.closed:
            return
        with self._turns.one() as stage:
            now, last = stage.moments.now, stage.last
            if last is not None and now.step is last and not any(now is m for m, _ in self._taken):
                self._taken.append((now, Instruction(told.line, told.body, last.refused)))

    def _holding(self) -> tuple[Instruction, ...]:
        with self._turns.one() as stage:
            line = stage.moments
            held = [line.at(place) for place in range(1, line.position + 1)]
        found = [each for moment, each in self._taken if any(moment is one for one in held)]
        if len(found) < len(held):
            raise BadInput(
                "something was done in a terminal, and miglab does not know the commands; "
                "run them again in the notebook, or write them into the file by hand"
            )
        return tuple(found)

    def begin_here(self) -> None:
        """End the exercise's start here; the steps after it are the way that repairs it."""
        self._start = self._holding()
        self._taken = []
        super().begin_here()

    def save(self, path: str | Path) -> Path:
        """Write the exercise's file, with what is still to be written marked as ``TODO``.

        Raises:
            BadInput: nothing was repaired yet, or the file exists already or cannot be written.
        """
        target = Path(path)
        if self._start is None:
            raise BadInput(
                "call lab.begin_here() where the learner begins, then repair the project"
            )
        way = self._holding()
        if not way:
            raise BadInput("nothing has been repaired yet; repair the project, then save")
        with self._turns.one() as stage:
            steps = stage.moments.line
        write_new(target, skeleton(target, self._at, self.apps, self._start, way, steps))
        return target


def write_new(target: Path, text: str) -> None:
    """Write a new file, and check that it can be read as an exercise.

    Raises:
        BadInput: its name does not end in ``.toml``, it exists already or cannot be written, or the
            text is not an exercise.
    """
    if target.suffix != ".toml":
        raise BadInput(
            f"{str(target)!r} is not the file of an exercise; its name must end in .toml"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise BadInput(f"{target} exists already; choose another name") from None
    except OSError as error:
        raise BadInput(f"{target} cannot be written: {error.strerror or error}") from None
    form.read(target)


def skeleton(
    target: Path,
    at: Sequence[str] = (),
    apps: Sequence[str] = (),
    start: Sequence[Instruction] = (),
    way: Sequence[Instruction] = (),
    steps: Sequence[Step] = (),
) -> str:
    """The text of an exercise's file: what a session gave, and ``TODO`` where words are missing."""
    never = "".join(
        f'\n[[goals]]\nnever = true\nsays = "No row of `{table}` is lost or changed."\n'
        f'same = "SELECT {", ".join(columns)} FROM {table} ORDER BY 1"\n'
        for table, columns in sorted(_kept(steps).items())[:2]
    )
    placed = f"at = {json.dumps(list(at))}\n" if at else ""
    return f"""\
title = "{TODO}: {target.stem}"
level = 1
belief = "{TODO}: what wrong belief leads people to a wrong end?"
apps = {json.dumps(list(apps))}
{placed}story = '''
{TODO}: what happened, and what is asked for.
'''
start = '''
{_written(start)}
'''
nothing = "{TODO}: what is said to somebody who has done nothing."
happened = "{TODO}: what the repair did."
why = "{TODO}: why it works."
cost = "{TODO}: what a wrong end would have cost."

[[goals]]
says = "All four truths agree."
agree = true
{never}
[[hints]]
says = ["{TODO}: where to look", "{TODO}: what to think about", "{TODO}: the command"]

[[ways]]
name = "{TODO}: the recorded way"
steps = '''
{_written(way) or "migrate"}
'''

[[ways]]
name = "{TODO}: another way"
steps = '''
showmigrations
{_written(way) or "migrate"}
'''

[[wrong]]
name = "{TODO}: the tempting one"
tempting = true
steps = "migrate --fake"
when = {{ ran = "migrate --fake" }}
says = "{TODO}: why this is not the way."

[[wrong]]
name = "{TODO}: another one"
steps = "migrate"
when = {{ ran = "migrate$" }}
says = "{TODO}: why this is not the way either."
"""


def _kept(steps: Sequence[Step]) -> dict[str, list[str]]:
    """Table → the columns that it has before and after each of the steps.

    Only tables that lost nothing, of apps whose migrations the steps applied or unapplied.
    """
    moves = [compare(step.before, step.after) for step in steps]
    labels = {key.app_label for each in moves for key in (*each.applied, *each.unapplied)}
    costly = {change.table for step in steps for change in step.rows if change.costs}
    moments = [each.known_tables.tables for step in steps for each in (step.before, step.after)]
    found = {}
    for name, table in moments[0].items() if moments else ():
        everywhere = all(name in each for each in moments)
        if name.split("_")[0] in labels and name not in costly and everywhere:
            found[name] = [
                column.name
                for column in table.columns
                if all(column.name in each[name].column_names for each in moments)
            ]
    return {name: columns for name, columns in found.items() if columns}


def _written(steps: Sequence[Instruction]) -> str:
    return "\n".join(each.text for each in steps)

"""Proves an exercise: it begins broken, its ways repair it, and its wrong ends do not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..compare.agreement import counted
from ..errors import BadInput, MiglabError
from ..facts.exercise import Exercise, Instruction
from ..facts.line import one_line
from . import form, judging, proofs, shelf
from .attempt import ExerciseLab
from .recording import TODO
from .search import Searched, search

#: From this level on, an exercise needs several shapes; and how many it needs.
SHAPES_FROM, SHAPES = 2, 3
#: How many wrong ends an exercise needs, besides doing nothing.
WRONG = 2
#: Seconds that a command may take: many, since a slow machine is not a fault of the exercise.
LIMIT = 600.0


@dataclass(frozen=True)
class Fault:
    """What is missing or wrong in an exercise, in one shape of it."""

    exercise: str
    shape: str
    what: str

    def __str__(self) -> str:
        shape = f" ({self.shape})" if self.shape else ""
        return f"{self.exercise}{shape}: {self.what}"


def prove(
    folder: Path, *, only: Iterable[str] = (), every_shape: bool = True, searched: bool = True
) -> Iterator[Fault | str]:
    """Prove the exercises of a folder. Yields a fault for each thing that is wrong, and the name of
    each finished exercise.

    Args:
        only: the names of the exercises to prove; empty means all.
        every_shape: whether to prove each shape, and not only the first.
        searched: whether to look for shorter ways, unless that was done since the exercise changed;
            the result is stored in the folder.
    """
    chosen = [*only]
    for name, path in shelf.files(folder).items():
        if chosen and name not in chosen:
            continue
        try:
            read = [form.read(path, shape) for shape in form.shapes(path)]
        except MiglabError as error:
            yield Fault(name, "", str(error))
            continue
        yield from _written(read[0], len(read))
        lengths: list[int] = []
        for each in read if every_shape else read[:1]:
            others = [other for other in read if other is not each] if every_shape else read[1:2]
            try:
                with ExerciseLab(each, aside=True) as lab:
                    proof = Proof(lab)
                    yield from proof.faults(others)
                    lengths.append(proof.length)
                    if searched and each.digest not in proofs.read(folder):
                        yield from _searched(proof, folder)
            except MiglabError as error:
                if error.by_hand:
                    raise
                yield Fault(name, each.shape, str(error))
        if lengths and max(lengths) - min(lengths) > 1:
            yield Fault(
                name, "", f"the shortest ways of its shapes differ too much in length: {lengths}"
            )
        yield name
    if searched and not chosen:
        proofs.keep_only(folder, _digests(folder))


def _searched(proof: Proof, folder: Path) -> Iterator[Fault]:
    """Look for shorter ways. Yields a fault if there is one, otherwise notes that there is none."""
    exercise, found = proof.exercise, proof.search()
    if found.shorter:
        way = one_line(each.line for each in found.shorter)
        yield Fault(exercise.name, exercise.shape, f"there is a shorter way: {way}")
    else:
        proofs.keep(folder, exercise, proof.length, found.states, proof.loses)


def _digests(folder: Path) -> set[str]:
    """The digests of all exercises in a folder and of all their shapes, if they can be read."""
    found = set()
    for path in shelf.files(folder).values():
        with contextlib.suppress(MiglabError):
            found |= {form.read(path, shape).digest for shape in form.shapes(path)}
    return found


def _written(exercise: Exercise, shapes: int) -> Iterator[Fault]:
    """What is missing in the file."""
    if exercise.level >= SHAPES_FROM and shapes < SHAPES:
        number = counted(shapes, "shape", "shapes")
        yield Fault(exercise.name, "", f"it has {number}; from level 2 on, write {SHAPES}")
    if len(exercise.ways) < 2:
        yield Fault(exercise.name, "", "it has fewer than two ways; write another one")
    if len(exercise.wrong) < WRONG:
        yield Fault(
            exercise.name, "", f"it has fewer than {WRONG} wrong ends besides doing nothing"
        )
    if not any(each.tempting for each in exercise.wrong):
        yield Fault(exercise.name, "", "no wrong end has tempting = true")
    words = [each.says for each in exercise.wrong] + [exercise.nothing]
    if len({*words}) < len(words):
        yield Fault(exercise.name, "", "two wrong ends have the same text")
    if unwritten := _unwritten(exercise):
        yield Fault(exercise.name, "", f"replace {TODO} in: {', '.join(unwritten)}")
    if not exercise.hints:
        yield Fault(exercise.name, "", "it has no hints")


def _unwritten(exercise: Exercise) -> list[str]:
    """The names of the texts that still begin with ``TODO``, so that they have to be written."""
    told: list[tuple[str, str]] = [(name, getattr(exercise, name)) for name in form.TEXTS]
    told += [("a goal", goal.says) for goal in exercise.goals]
    told += [("a hint", each) for hint in exercise.hints for each in hint.says]
    told += [("a way", way.name) for way in exercise.ways]
    told += [("a wrong end", text) for end in exercise.wrong for text in (end.name, end.says)]
    return list(dict.fromkeys(where for where, text in told if text.startswith(TODO)))


class Proof:
    """The proof of an exercise in one shape, in a lab of its own."""

    def __init__(self, lab: ExerciseLab) -> None:
        self.lab, self.exercise = lab, lab.exercise
        lab.time_limit = LIMIT
        self.length = 0
        #: Table → how many rows of it a way loses at most.
        self.loses: dict[str, int] = {}
        self._hints: set[int] = set()
        self._ends: list[tuple[Instruction, ...]] = []

    def faults(self, others: Iterable[Exercise] = ()) -> Iterator[Fault]:
        """What is wrong with the exercise. ``others`` are its other shapes; their ways must not
        solve this shape."""
        yield from self._start()
        lengths = []
        for way in self.exercise.ways:
            yield from self._way(way.name, way.steps, its_own=True)
            lengths.append(self.lab.moves)
        self.length = min(lengths, default=0)
        # Whatever was proven before, from here on this is what a way may lose.
        self.lab.proven = {"loses": self.loses}
        yield from self._way(
            "the first way, with a backup before it and a note after it", _extra(self.exercise)
        )
        yield from self._wrong_ends()
        for other in others:
            for way in other.ways:
                self._take(way.steps)
                if self.lab.goals().done:
                    yield self._fault(
                        f"the way {way.name!r} of the shape {other.shape!r} solves this one too"
                    )
        for place, hint in enumerate(self.exercise.hints):
            if place not in self._hints:
                yield self._fault(f"the hint for {dict(hint.when)!r} is never shown")

    def search(self) -> Searched:
        """Look for shorter ways."""
        answers = tuple(e for e in self.exercise.ways[0].steps if e.word == "answer")
        return search(self.lab, self.length, answers)

    def _fault(self, what: str) -> Fault:
        return Fault(self.exercise.name, self.exercise.shape, what)

    def _start(self) -> Iterator[Fault]:
        standing = self.lab.goals()
        if standing.done:
            yield self._fault("it is solved before anything is done")
        for goal in standing.goals:
            if goal.kind == "never" and not goal.done:
                yield self._fault(
                    f"{goal.says!r} must be true all the time, but is not true at the start"
                )
            if not goal.done and (not goal.expected or not goal.found):
                yield self._fault(f"the goal {goal.says!r} does not say what is expected or found")
        if standing.remark != self.exercise.nothing:
            yield self._fault("the text 'nothing' is not shown at the start")
        yield from self._hinted("the start")

    def _way(
        self, name: str, steps: tuple[Instruction, ...], *, its_own: bool = False
    ) -> Iterator[Fault]:
        self.lab.restart()
        for place, each in enumerate(steps):
            step = self.lab.take(each)
            refused = step.refusal if step is not None else None
            if (refused is not None) != each.refused:
                said = str(refused or "it was not refused")
                yield self._fault(f"the way {name!r} goes wrong at {each.line!r}: {said}")
                return
            if place + 1 < len(steps):
                yield from self._hinted(f"{name!r} after {each.line!r}")
        if its_own:
            with self.lab._turns.one() as stage:
                for table, rows in self.lab._look_of(stage).lost.items():
                    self.loses[table] = max(rows, self.loses.get(table, 0))
        standing = self.lab.goals()
        for goal in standing.goals:
            if not goal.done and goal.says != judging.NEEDLESS:
                yield self._fault(
                    f"the way {name!r} does not reach {goal.says!r}: "
                    f"expected {goal.expected}; found {goal.found}"
                )

    def _wrong_ends(self) -> Iterator[Fault]:
        for end in self.exercise.wrong:
            error = self._take(end.steps)
            if error:
                yield self._fault(f"the wrong end {end.name!r} cannot be reached: {error}")
                continue
            standing = self.lab.goals()
            if standing.done:
                yield self._fault(f"the wrong end {end.name!r} reaches all goals")
            elif not standing.remark.endswith(end.says):
                yield self._fault(
                    f"the wrong end {end.name!r} gets another text: {standing.remark or 'none'}"
                )
            else:
                yield from self._hinted(f"the wrong end {end.name!r}")

    def _take(self, steps: tuple[Instruction, ...]) -> str:
        """Run steps from the start. Returns why one failed or was wrongly accepted; else empty."""
        self.lab.restart()
        try:
            for each in steps:
                step = self.lab.take(each)
                if each.refused and step is not None and step.refusal is None:
                    return f"{each.line!r} was not refused"
        except MiglabError as error:
            if error.by_hand:
                raise
            return str(error)
        return ""

    def _hinted(self, where: str) -> Iterator[Fault]:
        with self.lab._turns.one() as stage:
            look = self.lab._look_of(stage)
            try:
                place, _ = judging.hint(self.exercise, look)
            except BadInput:
                yield self._fault(f"no hint fits {where}")
                return
        self._hints.add(place)


def _extra(exercise: Exercise) -> tuple[Instruction, ...]:
    """The first way with two harmless steps added: a backup before it, and a note after it."""
    backup = Instruction("copy db.sqlite3 harmless.sqlite3")
    note = Instruction("write harmless.txt", "Nothing of this matters.\n")
    return (backup, *exercise.ways[0].steps, note)

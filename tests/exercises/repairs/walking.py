"""Walks at random over an exercise: what is done, where it ends, and whether an end that reaches
all goals is as good as that of a way."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass

from miglab.errors import BadInput, MiglabError
from miglab.exercises.attempt import ExerciseLab
from miglab.exercises.search import alphabet
from miglab.facts.exercise import Exercise, Instruction, Standing
from miglab.facts.truths import Truths, value_or

#: How many commands a walk has at most.
LENGTH = 5
#: Tables that Django fills by itself.
_DJANGOS = ("django_", "auth_permission")


@dataclass(frozen=True)
class End:
    """What must not be worse where a walk solves an exercise than where a way does: how many rows
    each table has, and whether the record tells the truth of the tables and of the files."""

    rows: Mapping[str, int]
    record: tuple[object, object]


@dataclass(frozen=True)
class Walk:
    """A walk and its end.

    Attributes:
        lines: what was done, in order.
        missing: the goals that are not reached.
        words: what is said about the end, or ``""``.
        beyond: the goals that are not reached, though the wrong end that has these words reaches
            them: more is wrong than the words tell of.
        false: what is worse at the end than at that of any way, though all goals are reached.
        trouble: what the exercise could not say or look at.
    """

    exercise: str
    shape: str
    lines: tuple[str, ...]
    missing: tuple[str, ...]
    words: str
    beyond: tuple[str, ...] = ()
    false: str = ""
    trouble: str = ""


def common(exercise: Exercise, truths: Truths) -> list[Instruction]:
    """What anybody may type anywhere: each target, each fake, each file deleted, and the commands
    that people try when they do not know what to do."""
    lines = ["migrate", "migrate --fake", "makemigrations", "makemigrations --merge --noinput"]
    lines += ["migrate --fake-initial", "migrate --run-syncdb", "sql DELETE FROM django_migrations"]
    for label in exercise.apps:
        lines += [f"migrate {label}", f"migrate {label} --fake", f"migrate {label} --prune"]
        lines += [f"migrate {label} zero", f"migrate {label} zero --fake"]
        lines += [f"makemigrations {label} --noinput"]
        lines += [f"sql DELETE FROM django_migrations WHERE app = '{label}'"]
    for key in sorted(truths.known_files.migrations):
        if key.app_label in exercise.apps:
            lines += [f"migrate {key.app_label} {key.name}"]
            lines += [f"migrate {key.app_label} {key.name} --fake"]
            lines += [f"delete {key.app_label}/migrations/{key.name}.py"]
    return [Instruction(line) for line in lines]


class Walker:
    """Walks over one exercise, in a lab of it."""

    def __init__(self, lab: ExerciseLab, chance: random.Random) -> None:
        self.lab, self._chance = lab, chance
        # Nobody reads what a step of a walk costs, and to find out is most of the work.
        lab._counts = False
        exercise = lab.exercise
        self._answers = [each for each in exercise.ways[0].steps if each.word == "answer"]
        self._own = alphabet(exercise)
        self._common = common(exercise, lab.truths().truths)
        self._ends = [self._end_of(way.steps) for way in exercise.ways]
        self._leaves = {end.says: self._left_by(end.steps) for end in exercise.wrong}

    def walk(self) -> Walk:
        """Take steps at random until the exercise is solved, or for a while."""
        lab, lines = self.lab, []
        lab.restart()
        # Half of them know the answers at once, and so may be done before their last step.
        known = self._chance.random() < 0.5
        taken = [self._taken(each) for each in self._answers] if known else []
        while len(lines) < LENGTH and not lab.goals().done:
            # Two of three steps are those that the exercise is about.
            letters = self._own if self._chance.random() < 0.67 else self._common
            taken.append(self._taken(self._chance.choice(letters)))
            lines.append(taken[-1])
        troubles = [lab.trouble, self._hinted()]
        for each in self._answers:
            self._taken(each)
        standing = lab.goals()
        missing = _missing(standing)
        known_to_miss = self._leaves.get(standing.remark, missing)
        troubles += [each for goal in standing.goals for each in _broken(goal.found)]
        return Walk(
            lab.exercise.name,
            lab.exercise.shape,
            tuple(lines),
            missing,
            standing.remark,
            tuple(each for each in missing if each not in known_to_miss),
            self._false(standing),
            "; ".join(filter(None, troubles)),
        )

    def _taken(self, each: Instruction) -> str:
        """Take a step; its line, marked where it could not be taken or was refused."""
        try:
            step = self.lab.take(each)
        except MiglabError:
            return f"({each.line})"
        return f"! {each.line}" if step is not None and step.refusal else each.line

    def _hinted(self) -> str:
        """Why there is no hint at the end of a walk, or an empty text."""
        if self.lab.goals().done:
            return ""
        try:
            self.lab.hint(1)
        except BadInput as error:
            return str(error)
        return ""

    def _end_of(self, steps: tuple[Instruction, ...]) -> End:
        self._take(steps)
        return self._end()

    def _left_by(self, steps: tuple[Instruction, ...]) -> tuple[str, ...]:
        """The goals that a wrong end does not reach, whatever is answered after it."""
        self._take(steps)
        for each in self._answers:
            self.lab.take(each)
        return _missing(self.lab.goals())

    def _take(self, steps: tuple[Instruction, ...]) -> None:
        self.lab.restart()
        for each in steps:
            self.lab.take(each)

    def _end(self) -> End:
        view = self.lab.truths()
        rows = value_or(view.truths.rows, {})
        kept = {name: rows[name] for name in rows if not name.startswith(_DJANGOS)}
        agreed = view.agreements
        return End(kept, (agreed.record_tables.verdict, agreed.files_record.verdict))

    def _false(self, standing: Standing) -> str:
        if not standing.done:
            return ""
        found = [worse(self._end(), end) for end in self._ends]
        return "" if "" in found else min(found, key=len)


def worse(end: End, way: End) -> str:
    """In what an end is not that of a way."""
    apart = {name for name in {*end.rows, *way.rows} if end.rows.get(name) != way.rows.get(name)}
    told = [f"{name}: {end.rows.get(name)}, not {way.rows.get(name)}" for name in sorted(apart)]
    pairs = zip(end.record, way.record, strict=True)
    # A walk may leave more in agreement than a way does.
    if any(right is True and now is not True for now, right in pairs):
        told.append(f"the record: {json.dumps(end.record)}, not {json.dumps(way.record)}")
    return "; ".join(told)


def _missing(standing: Standing) -> tuple[str, ...]:
    return tuple(goal.says for goal in standing.goals if not goal.done)


def _broken(found: str) -> list[str]:
    """A text that nobody should meet in a goal."""
    return [found] if "Traceback" in found or "unexpected" in found.lower() else []

"""Looks for a way that is shorter than the intended ones: it tries the steps of a declared
alphabet, and looks at each state once."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import Interrupted, MiglabError, Unanswered
from ..facts.exercise import Exercise, Instruction
from ..steps.looks import fingerprint
from .attempt import ExerciseLab
from .look import digest


@dataclass(frozen=True)
class Searched:
    """What a search found.

    Attributes:
        shorter: a way that is shorter than the intended ones, or ``()``.
        states: how many states were looked at.
        depth: the largest number of changing commands that were tried in a row.
    """

    shorter: tuple[Instruction, ...]
    states: int
    depth: int


def search(lab: ExerciseLab, length: int, answers: tuple[Instruction, ...]) -> Searched:
    """Try everything that is shorter than ``length``, the number of changing commands in the
    shortest intended way. Backups and answers do not count, so they come first.

    Raises:
        Interrupted: a command did not come to its end.
    """
    lab.restart()
    letters = alphabet(lab.exercise)
    free = [each for each in letters if is_backup(each)]
    for each in (*free[:1], *answers):
        lab.take(each)
    letters = [each for each in letters if not is_backup(each)]
    seen: dict[tuple[str, str], int] = {}
    found: list[Instruction] = []

    def state() -> tuple[str, str]:
        with lab._turns.one() as stage:
            return digest(stage.truths()), fingerprint(stage) + stage.moments.now.snapshot.digest

    def deeper(left: int, path: tuple[Instruction, ...]) -> bool:
        for each in letters:
            before = lab.history().position
            try:
                lab.take(each)
            except MiglabError as error:
                if isinstance(error, Interrupted) and not isinstance(error, Unanswered):
                    # Where it leads is not known, so nobody could say that it is no way.
                    raise
                continue
            moved = lab.history().position - before
            if not moved:
                continue
            if lab.standing.done:
                found.extend((*path, each))
                return True
            now = state() if left > 1 else ("", "")
            if left > 1 and seen.get(now, 0) < left - 1:
                seen[now] = left - 1
                if deeper(left - 1, (*path, each)):
                    return True
            elif left == 1:
                seen.setdefault((str(len(seen)), ""), 0)
            lab.rewind(moved)
        return False

    if length > 1:
        deeper(length - 1, ())
    lab.restart()
    return Searched(tuple(found), len(seen), max(length - 1, 0))


def is_backup(each: Instruction) -> bool:
    """Whether an instruction only makes a backup of the database."""
    return each.line.startswith("copy db.sqlite3 ")


def alphabet(exercise: Exercise) -> list[Instruction]:
    """The steps of all ways and wrong ends, the declared steps of the exercise, and plain
    ``migrate``."""
    taken = [way.steps for way in exercise.ways] + [end.steps for end in exercise.wrong]
    found = [each for steps in taken for each in steps]
    found += [*exercise.alphabet, Instruction("migrate")]
    looks = ("showmigrations", "sqlmigrate", "answer", "moment", "! ")
    kept = [
        Instruction(each.line, each.body)
        for each in found
        if not each.line.startswith(looks) and "--plan" not in each.line.split()
    ]
    return list(dict.fromkeys(kept))

"""Ends that nobody thought of: who solves an exercise by accident is no worse off than by a way."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from miglab.errors import MiglabError
from miglab.exercises import form, shelf
from miglab.exercises.attempt import ExerciseLab
from miglab.exercises.search import alphabet
from miglab.facts.truths import value_or

from ...budgets import examples
from .proving import FOLDER, NAMES

#: How many walks, and how many commands each has at most.
WALKS, LENGTH = examples(1, 100), 5
#: In a run of every day, these alone.
SOME = NAMES[5::8]


def counts(lab: ExerciseLab) -> Mapping[str, int]:
    """The rows of all tables but those that Django fills by itself."""
    rows = value_or(lab.truths().truths.rows, {})
    return {name: rows[name] for name in rows if not name.startswith(("django_", "auth_"))}


def walk(lab: ExerciseLab, chance: random.Random) -> list[str]:
    """Take steps at random until it is solved, or for a while."""
    lab.restart()
    taken: list[str] = []
    letters = alphabet(lab.exercise)
    while len(taken) < LENGTH and not lab.goals().done:
        each = chance.choice(letters)
        try:
            lab.take(each)
        except MiglabError:
            continue
        finally:
            taken.append(each.line)
    return taken


@pytest.mark.parametrize(
    "name", [each if each in SOME else pytest.param(each, marks=pytest.mark.long) for each in NAMES]
)
def test_who_solves_it_by_accident_has_lost_nothing_and_tells_no_lies(name: str) -> None:
    with ExerciseLab(form.read(shelf.find(name, FOLDER)), aside=True) as lab:
        ends = []
        for way in lab.exercise.ways:
            lab.restart()
            for each in way.steps:
                lab.take(each)
            ends.append((counts(lab), lab.truths().agreements.record_tables.verdict))
        lab.restart()
        answers = [each for each in lab.exercise.ways[0].steps if each.word == "answer"]
        chance = random.Random(name)
        for _ in range(WALKS):
            taken = walk(lab, chance)
            for each in answers:
                lab.take(each)
            if lab.goals().done:
                end = counts(lab), lab.truths().agreements.record_tables.verdict
                assert end in ends, taken

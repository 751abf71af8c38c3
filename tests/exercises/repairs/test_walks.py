"""Ends that nobody thought of: who solves an exercise by accident is no worse off than by a way."""

from __future__ import annotations

import random

import pytest

from miglab.exercises import form, shelf
from miglab.exercises.attempt import ExerciseLab

from ...budgets import examples
from .proving import FOLDER, NAMES
from .walking import End, Walker, worse

#: How many walks over each.
WALKS = examples(1, 100)
#: In a run of every day, these alone.
SOME = NAMES[5::8]


@pytest.mark.parametrize(
    "name", [each if each in SOME else pytest.param(each, marks=pytest.mark.long) for each in NAMES]
)
def test_who_solves_it_by_accident_has_lost_nothing_and_tells_no_lies(name: str) -> None:
    with ExerciseLab(form.read(shelf.find(name, FOLDER)), aside=True) as lab:
        walker = Walker(lab, random.Random(name))
        walks = [walker.walk() for _ in range(WALKS)]
    assert [each for each in walks if each.false or each.trouble] == []


@pytest.mark.parametrize(
    ("rows", "record", "said"),
    [
        (24, (True, False), ""),
        (24, (True, True), ""),
        (23, (True, False), "store_product: 23, not 24"),
        (24, (False, True), "the record: [false, true], not [true, false]"),
        (24, (None, False), "the record: [null, false], not [true, false]"),
    ],
)
def test_an_end_is_worse_with_other_rows_or_a_lie_and_not_where_more_agrees(
    rows: int, record: tuple[object, object], said: str
) -> None:
    way = End({"store_product": 24}, (True, False))
    assert worse(End({"store_product": rows}, record), way) == said

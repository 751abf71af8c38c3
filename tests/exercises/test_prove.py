"""A proof finds what is missing or wrong in an exercise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from miglab.errors import TimeLimit
from miglab.exercises import form, proofs
from miglab.exercises.attempt import ExerciseLab
from miglab.exercises.prove import Fault, prove
from miglab.exercises.search import search


def faults(path: Path, *, searched: bool = False) -> list[str]:
    found = prove(path.parent, searched=searched)
    return [str(each) for each in found if isinstance(each, Fault)]


def test_a_good_exercise_is_proven_and_what_was_found_is_kept(
    written: Callable[..., Path],
) -> None:
    path = written()
    assert faults(path, searched=True) == []
    ((_, kept),) = proofs.read(path.parent).items()
    assert (kept["exercise"], kept["shortest"]) == ("undo", 1)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('start = ""', 'start = "migrate store 0004"', "solved before anything is done"),
        (
            'name = "at once"\nsteps = "migrate store 0004"',
            'name = "at once"\nsteps = "migrate"',
            "does not reach",
        ),
        ('steps = "migrate store 0003"', 'steps = "migrate store 0004"', "reaches all goals"),
        (
            'when = { not_applied = "store.0004" }',
            'when = { applied = "store.0004" }',
            "gets another text",
        ),
        ("tempting = true\n", "", "no wrong end has tempting"),
        ("level = 1", "level = 2", "it has 1 shape; from level 2 on"),
        ("That was one too many.", "The name says where to arrive.", "have the same text"),
        (
            "[[hints]]\n",
            '[[hints]]\nwhen = { applied = "blog.0099" }\nsays = ["a", "b", "c"]\n\n[[hints]]\n',
            "is never shown",
        ),
        ('at = { store = "0004" }', 'sql = "SELECT 1"\ngives = 1\nat = { store = "0004" }\n', ""),
    ],
)
def test_what_is_wrong_is_found(written: Callable[..., Path], old: str, new: str, why: str) -> None:
    found = faults(written((old, new)))
    assert (not found) if not why else any(why in each for each in found)


def test_a_shorter_way_that_is_not_meant_is_found(written: Callable[..., Path]) -> None:
    longer = 'steps = """\nsql UPDATE store_tag SET name = upper(name)\nmigrate store {}\n"""'
    path = written(
        ('steps = "migrate store 0004"', longer.format("0004")),
        (
            'steps = "migrate store 0004_add_discount_field"',
            longer.format("0004_add_discount_field"),
        ),
    )
    assert any(
        "there is a shorter way: migrate store 0004" in each for each in faults(path, searched=True)
    )
    assert proofs.read(path.parent) == {}


def test_a_file_that_cannot_be_read_is_a_fault_and_the_others_are_proven(
    written: Callable[..., Path],
) -> None:
    written(("level = 1", "level = 9"), name="bad")
    found = list(prove(written(name="good").parent, searched=False))
    assert [str(each) for each in found] == [
        "bad: bad.toml: level=9; give a number from 1 to 5",
        "good",
    ]


def test_a_search_that_could_not_try_something_finds_nothing_out(
    written: Callable[..., Path],
) -> None:
    # Commands are tried in the order of the ways: this one before the one that solves it.
    longer = 'steps = "shell import time; time.sleep(600)\\nmigrate store 0004"'
    with ExerciseLab(
        form.read(written(('steps = "migrate store 0004"', longer))), aside=True
    ) as lab:
        lab.time_limit = 10
        with pytest.raises(TimeLimit):
            search(lab, 2, ())

"""How an exercise begins is kept, and the next one begins with it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from miglab.exercises import ahead, beginning, form, shelf
from miglab.exercises.ahead import begin_ahead
from miglab.exercises.attempt import ExerciseLab
from miglab.exercises.beginning import place_of
from miglab.exercises.look import digest
from miglab.facts.exercise import Exercise, Instruction
from miglab.project import bundled
from miglab.steps.looks import ask_all, fingerprint

from ..waiting import until
from .repairs.proving import FOLDER, NAMES

#: In a run of every day, one with much to do and one with two databases.
SOME = ("who-destroyed-the-prices", "the-file-you-may-delete")
RECORD = "SELECT id, app, name, applied FROM django_migrations ORDER BY id"


def read(name: str, shape: str | None = None) -> Exercise:
    return form.read(shelf.find(name, FOLDER), shape)


def seen(lab: ExerciseLab) -> object:
    """All that can be told of how a lab is, and what its exercise knows."""
    with lab._turns.one() as stage:
        truths = digest(stage.truths())
        entries = stage.moments.now.snapshot.entries
        record = ask_all(stage, [("default", RECORD)])
        return truths, dict(entries), fingerprint(stage), record, lab._began, lab.goals()


def forgotten(exercise: Exercise) -> Path:
    """The folder of a beginning, which is not kept any more."""
    with ExerciseLab(exercise, aside=True) as lab:
        place = kept_at(lab, exercise)
    shutil.rmtree(place)
    return place


def kept_at(lab: ExerciseLab, exercise: Exercise) -> Path:
    with lab._turns.one() as stage:
        return place_of(stage.project, exercise)


@pytest.mark.parametrize(
    "name", [each if each in SOME else pytest.param(each, marks=pytest.mark.long) for each in NAMES]
)
def test_one_that_was_kept_is_what_taking_the_start_gives(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = form.shapes(shelf.find(name, FOLDER))
    for shape in shapes if os.environ.get("MIGLAB_LONG") else shapes[:1]:
        exercise = read(name, shape)
        place = forgotten(exercise)
        with ExerciseLab(exercise, aside=True) as lab:
            taken = seen(lab)
        assert place.is_dir()
        with monkeypatch.context() as patch:
            patch.setattr(beginning, "take", None)
            with ExerciseLab(exercise, aside=True) as lab:
                assert seen(lab) == taken


def test_its_first_moment_can_be_gone_back_to() -> None:
    with ExerciseLab(read(SOME[0]), aside=True):
        pass
    with ExerciseLab(read(SOME[0]), aside=True) as lab:
        before = seen(lab)
        lab.manage("migrate store 0003")
        lab.rewind()
        assert seen(lab)[:4] == before[:4]  # type: ignore[index]
        assert lab.folder.joinpath("friday.sqlite3").is_file()


@pytest.mark.parametrize("damage", ["told", "database"])
def test_where_it_is_damaged_the_start_is_taken(damage: str) -> None:
    exercise = read("the-ghost")
    place = forgotten(exercise)
    with ExerciseLab(exercise, aside=True) as lab:
        taken = digest(lab.truths().truths)
    if damage == "told":
        (place / "kept.json").write_text("{", encoding="utf-8")
    else:
        (place / "default.sqlite3").unlink()
    with ExerciseLab(exercise, aside=True) as lab:
        assert digest(lab.truths().truths) == taken
    assert (place / "default.sqlite3").is_file(), "it is kept again"


def test_it_belongs_to_the_start_alone() -> None:
    with (
        ExerciseLab(read("the-ghost", "approvals"), aside=True) as one,
        ExerciseLab(read("the-ghost", "phones"), aside=True) as other,
    ):
        assert kept_at(one, one.exercise) == kept_at(other, one.exercise)
        assert kept_at(one, one.exercise) != kept_at(one, other.exercise)


def test_one_that_was_taken_ahead_is_kept_for_whoever_opens_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exercise = read("the-ghost")
    place = forgotten(exercise)
    assert list(begin_ahead([exercise])) == ["the-ghost"]
    assert place.is_dir()
    monkeypatch.setattr(beginning, "take", None)
    with ExerciseLab(exercise, aside=True) as lab:
        assert lab.goals().goals
    # What is kept is not opened again.
    monkeypatch.setattr(ahead, "ExerciseLab", None)
    assert list(begin_ahead([exercise])) == ["the-ghost"]


def test_one_that_cannot_begin_keeps_no_other_from_being_taken_ahead() -> None:
    broken = replace(read("the-ghost"), start=(Instruction("migrate nowhere"),))
    exercise = read("a-colour-for-the-chairs")
    place = forgotten(exercise)
    assert list(begin_ahead([broken, exercise])) == ["the-ghost", "a-colour-for-the-chairs"]
    assert place.is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="a signal is sent")
def test_the_process_that_takes_them_ahead_leaves_nothing_when_it_is_interrupted(
    own_home: Path,
) -> None:
    told = json.dumps({"first": shelf.find("the-ghost", FOLDER).stem, "place": None, "seed": "Ada"})
    shape = shelf.shape_for("Ada", "the-ghost", form.shapes(shelf.find("the-ghost", FOLDER)))
    place = place_of(bundled("storefront"), read("the-ghost", shape))
    process = subprocess.Popen([sys.executable, "-m", "miglab.exercises.ahead", told])
    until(place.is_dir)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert place.is_dir()
    assert [*own_home.glob("labs/*")] == []

"""A number, a name, a part of one or a path says which notebook opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.errors import BadInput, UnknownName
from miglab.workbook import choose, deliver, offered

from .samples import notebook, write


@pytest.fixture
def many(lessons: Path) -> Path:
    """Four lessons."""
    for name in ("05_revert", "15_models"):
        write(lessons / f"{name}.ipynb", notebook(name))
    return lessons


def chosen(lessons: Path, work: Path, asked: str | None) -> str:
    return choose(offered(lessons, work), work, asked)


def test_without_a_name_the_first_lesson_opens(many: Path, work: Path) -> None:
    deliver(many, work, "1.0")
    assert chosen(many, work, None) == "00_start_here.ipynb"


@pytest.mark.parametrize("asked", ["05", "5", "revert", "05_revert", "notebooks/05_revert.ipynb"])
def test_a_number_a_name_or_a_path_will_do(many: Path, work: Path, asked: str) -> None:
    deliver(many, work, "1.0")
    assert chosen(many, work, asked) == "05_revert.ipynb"


def test_a_path_in_a_folder_of_the_copy_will_do(many: Path, work: Path) -> None:
    deliver(many, work, "1.0")
    for asked in (
        "drift",
        "explore/drift",
        "explore/drift.ipynb",
        str(work / "explore/drift.ipynb"),
    ):
        assert chosen(many, work, asked) == "explore/drift.ipynb"


def test_the_answer_is_known_before_anything_is_copied(many: Path, work: Path) -> None:
    assert chosen(many, work, "05") == "05_revert.ipynb"
    with pytest.raises(UnknownName):
        chosen(many, work, "99")
    assert not work.exists()


def test_an_unknown_lesson_is_answered_with_all_there_are(many: Path, work: Path) -> None:
    with pytest.raises(UnknownName) as error:
        chosen(many, work, "nonsense")
    assert str(error.value) == (
        "there is no lesson 'nonsense'; choose from: 00_start_here, 05_revert, 15_models, "
        "explore/drift"
    )


def test_what_fits_several_lessons_is_answered_with_those(many: Path, work: Path) -> None:
    with pytest.raises(BadInput) as error:
        chosen(many, work, "5_")
    assert str(error.value) == "'5_' matches more than one lesson: 05_revert, 15_models"


def test_of_an_updated_lesson_the_newest_copy_opens_and_the_others_by_their_path(
    many: Path, work: Path
) -> None:
    deliver(many, work, "1.0")
    write(many / "05_revert.ipynb", notebook("changed"))
    deliver(many, work, "1.1")
    assert chosen(many, work, "05") == "05_revert (updated).ipynb"
    assert chosen(many, work, str(work / "05_revert.ipynb")) == "05_revert.ipynb"
    (work / "05_revert (updated).ipynb").unlink()
    assert chosen(many, work, "05") == "05_revert.ipynb"


def test_a_notebook_of_the_learners_own_opens_too(many: Path, work: Path) -> None:
    deliver(many, work, "1.0")
    write(work / "my experiments.ipynb", notebook("mine"))
    write(work / "05 notes.ipynb", notebook("mine"))
    assert chosen(many, work, "experiments") == "my experiments.ipynb"
    assert chosen(many, work, "05") == "05_revert.ipynb"

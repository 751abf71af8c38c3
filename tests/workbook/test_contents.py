"""The contents page of a copy ticks what is done, and says what is next."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.progress import Journal, new_event
from miglab.workbook import (
    bundled_lessons,
    deliver,
    journal_of,
    progress,
    summary,
    tick,
    workbook_of,
)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "lessons"
    deliver(bundled_lessons(), folder, "1.0")
    return folder


@pytest.fixture
def copy(delivered: Path) -> Path:
    """A learner's copy in which nothing was done yet."""
    journal_of(delivered).unlink(missing_ok=True)
    tick(bundled_lessons(), delivered)
    return delivered


def page(copy: Path) -> str:
    tick(bundled_lessons(), copy)
    return (copy / "README.md").read_text(encoding="utf-8")


def done(copy: Path, kind: str, **data: object) -> None:
    Journal(journal_of(copy)).append(new_event(kind, **data))


def test_at_first_no_lesson_is_begun_and_the_first_is_next(copy: Path) -> None:
    told = page(copy)
    assert "**0 of 20 lessons are done**" in told
    assert "**Next:** [Start here: one change, there and back](00_start_here.ipynb) (not" in told
    assert told.count("| ○ ") == 20


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("predicted", {"question": "which-truths-move", "chosen": None}),
        ("begun", {"task": "there-and-back"}),
        ("checked", {"task": "there-and-back", "done": False, "missing": ["x"]}),
    ],
)
def test_what_was_done_in_a_lesson_begins_it(
    copy: Path, kind: str, data: dict[str, object]
) -> None:
    done(copy, kind, **data)
    told = page(copy)
    assert "| ◐ 0 | [Start here" in told
    assert "(00_start_here.ipynb) (its task is still to do)." in told


def test_a_judged_claim_begins_its_lesson(copy: Path) -> None:
    done(copy, "judged", claim="C24", chosen="holds")
    assert "| ◐ 5 | [Revert" in page(copy)


def test_a_solved_task_ticks_its_lesson_for_good_and_the_next_one_is_next(copy: Path) -> None:
    done(copy, "checked", task="there-and-back", done=True, missing=[])
    done(copy, "checked", task="there-and-back", done=False, missing=["x"])
    told = page(copy)
    assert "| ✓ 0 | [Start here" in told
    assert "**1 of 20 lessons is done**" in told
    assert "**Next:** [What a migration is" in told


def test_events_that_are_not_about_lessons_change_nothing(copy: Path) -> None:
    before = page(copy)
    done(copy, "checked", task="of a class of long ago", done=True)
    done(copy, "exercise", steps=3)
    assert page(copy) == before


def test_when_every_task_is_solved_it_says_so(copy: Path) -> None:
    found = progress(bundled_lessons(), copy, [])
    assert len(found) == 20
    solved = [type(each)(each.number, each.title, each.path, True, True) for each in found]
    assert summary(solved).endswith("You have solved every task.")


def test_without_marks_the_page_is_the_one_of_the_lessons(copy: Path) -> None:
    lines = page(copy).replace("| ○ ", "| ").splitlines()
    original = (bundled_lessons() / "README.md").read_text(encoding="utf-8").splitlines()
    added = [line for line in lines if line not in original]
    assert [line[:4] for line in added] == ["**0 "]
    assert [line for line in original if line not in lines] == []


def test_a_page_that_the_learner_changed_stays_as_it_is(copy: Path) -> None:
    before = (copy / "README.md").read_bytes()
    (copy / "README.md").write_text("mine", encoding="utf-8")
    done(copy, "checked", task="there-and-back", done=True)
    assert page(copy) == "mine"
    (copy / "README.md").write_bytes(before)


def test_a_lesson_that_arrived_beside_the_learners_own_is_the_one_that_is_linked(
    copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "00_start_here (updated).ipynb").write_text("{}", encoding="utf-8")
    (tmp_path / ".lessons.json").write_text(
        '{"00_start_here.ipynb": {"as": "00_start_here (updated).ipynb"}}', encoding="utf-8"
    )
    assert "(00_start_here%20%28updated%29.ipynb)" in page(tmp_path)


def test_a_copy_knows_itself_from_every_folder_in_it(copy: Path, tmp_path: Path) -> None:
    assert workbook_of(copy / "explore") == workbook_of(copy) == copy
    assert workbook_of(tmp_path) is None

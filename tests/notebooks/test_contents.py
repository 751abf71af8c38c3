"""The table of contents says what the lessons are, and all that the documents say is taught."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from miglab import Lab
from miglab.lessons.claims import CLAIMS
from miglab.lessons.looks import applied
from miglab.lessons.predictions import _QUESTIONS
from miglab.lessons.tasks import _TASKS

from .contents import LESSONS, PAGE, PICTURES, PRINTED, ROOT, lessons, page, printed

NUMBERED = sorted(LESSONS.glob("*.ipynb"))

#: W1 to W26 are the workflows that the lessons are about.
WORKFLOWS = {f"W{number}" for number in range(1, 27)}
#: What the kit is named for has a lesson each.
NAMED_FOR = ("make", "apply", "show", "revert", "zero", "delete_file", "fake", "reset")

every_lesson = pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)


def sources(path: Path, kind: str) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]


def named(function: str) -> list[str]:
    """What the lessons give to one of the functions of miglab.lessons, in reading order."""
    code = "\n".join(each for path in NUMBERED for each in sources(path, "code"))
    return re.findall(rf'\b{function}\("([^"]+)"\)', code)


def test_the_page_is_what_the_lessons_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_cheat_sheet_for_a_printer_is_the_one_to_read() -> None:
    assert PRINTED.read_text(encoding="utf-8") == printed()


def test_each_lesson_has_a_picture_in_the_contents_and_it_is_one_of_its_own() -> None:
    for lesson in lessons():
        picture = PICTURES / f"{lesson.path.stem}.svg"
        assert picture.read_bytes() == lesson.picture != b"", lesson.path.name
        assert lesson.alt
    assert len(list(PICTURES.glob("*.svg"))) == len(lessons())


PAGES = ("README.md", "CHEAT_SHEET.md", "GLOSSARY.md")
ABOVE = ("../README.md", "../TEACHING.md", "../CONTRIBUTING.md")


@pytest.mark.parametrize("name", [*PAGES, *ABOVE])
def test_the_links_of_the_pages_lead_somewhere(name: str) -> None:
    page = LESSONS / name
    for links in re.findall(r'\]\(([^)#]+)\)|src(?:set)?="([^"]+)"', page.read_text("utf-8")):
        link = "".join(links)
        assert link.startswith("https:") or (page.parent / link).exists(), link


def test_the_lessons_are_numbered_without_a_gap() -> None:
    assert [path.name[:3] for path in NUMBERED] == [
        f"{number:02}_" for number in range(len(NUMBERED))
    ]


def test_each_workflow_the_kit_is_named_for_has_a_lesson() -> None:
    assert set(NAMED_FOR) <= {path.stem[3:] for path in NUMBERED}


def test_each_lesson_leads_to_the_next() -> None:
    for here, after in pairwise(NUMBERED):
        assert f"]({after.name})" in sources(here, "markdown")[-1].splitlines()[-1], here.name
        assert f"]({here.name})" in sources(after, "markdown")[0] or here.stem == "18_in_a_terminal"


def test_every_workflow_is_taught() -> None:
    taught = [
        workflow
        for path in NUMBERED
        for workflow in json.loads(path.read_text("utf-8"))["metadata"]["miglab"]["workflows"]
    ]
    assert set(taught) == WORKFLOWS


def test_every_claim_is_tried_once() -> None:
    assert sorted(named("try_claim")) == sorted(CLAIMS)


def test_every_question_is_asked_and_answered_in_a_lesson() -> None:
    assert sorted(named("predict")) == sorted(named("reveal")) == sorted(_QUESTIONS)


def test_every_task_is_set_and_checked_in_a_lesson() -> None:
    assert sorted(named("your_turn")) == sorted(named("check")) == sorted(_TASKS)


@every_lesson
def test_it_takes_10_to_25_minutes(path: Path) -> None:
    about = json.loads(path.read_text("utf-8"))["metadata"]["miglab"]
    assert 10 <= about["minutes"] <= 25
    assert f"About {about['minutes']} minutes." in sources(path, "markdown")[0]


@every_lesson
def test_it_says_what_one_will_be_able_to_do(path: Path) -> None:
    assert "At the end you will be able to" in sources(path, "markdown")[0]


@every_lesson
def test_it_asks_at_most_three_times(path: Path) -> None:
    asked = [each for each in sources(path, "code") if each.startswith("predict(")]
    assert len(asked) <= 3


@every_lesson
def test_it_ends_with_a_turn_of_the_learners_own(path: Path) -> None:
    code = sources(path, "code")
    assert "## Your turn" in "\n".join(sources(path, "markdown"))
    assert code[-2] == "# Try it here."
    assert code[-1].startswith("check(")
    assert any("your_turn(" in each for each in code)


@every_lesson
def test_its_code_cells_are_short(path: Path) -> None:
    assert max(len(each.splitlines()) for each in sources(path, "code")) <= 12


def test_teachers_are_told_about_every_lesson() -> None:
    guide = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    sections = guide.split("\n### ")[1:]
    assert len(sections) == len(lessons())
    for lesson, section in zip(lessons(), sections, strict=True):
        heading = section.splitlines()[0]
        assert f"(notebooks/{lesson.path.name}), {lesson.minutes} minutes" in heading
        for told in ("**Ask:**", "**Usual wrong answers:**", "**Catch up:**"):
            assert told in section, (lesson.path.name, told)


def test_the_labs_that_teachers_are_told_to_open_can_be_opened() -> None:
    guide = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    states = sorted(set(re.findall(r'Lab\(at="([^"]+)"', guide)))
    assert len(states) >= 6
    for state in states:
        with Lab("storefront", at=state) as lab:
            label, _, name = state.partition(".")
            done = applied(lab, label)
            assert done == [] if name == "zero" else done[-1].startswith(name)


def test_the_glossary_is_in_the_order_of_the_alphabet() -> None:
    text = (LESSONS / "GLOSSARY.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\*\*(.+?)\*\*", text, re.MULTILINE)
    assert terms == sorted(terms, key=str.casefold)

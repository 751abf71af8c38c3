"""A learner's copy of the lessons gets what is new, and is never overwritten."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from miglab.errors import BadInput, MiglabError
from miglab.workbook import bundled_lessons, deliver, is_workbook
from miglab.workbook.lessons import cleared, fingerprint, read_object, write_object

from .samples import notebook, read, write


def arrived(lessons: Path, work: Path, version: str = "1.0") -> list[str]:
    """The paths of what arrives."""
    return [each.path for each in deliver(lessons, work, version)]


def test_the_first_time_all_lessons_arrive(lessons: Path, work: Path) -> None:
    assert not is_workbook(work)
    assert arrived(lessons, work) == ["00_start_here.ipynb", "explore/drift.ipynb"]
    assert (work / "explore" / "drift.ipynb").exists()
    assert not (work / ".ipynb_checkpoints").exists()
    assert is_workbook(work)


def test_a_copy_looks_as_if_never_run_and_knows_its_version(lessons: Path, work: Path) -> None:
    deliver(lessons, work, "1.0")
    copy, lesson = read(work / "00_start_here.ipynb"), notebook("one")
    assert copy["cells"][0] == lesson["cells"][0]
    assert copy["cells"][1] == {
        **lesson["cells"][1],
        "outputs": [],
        "execution_count": None,
        "metadata": {"tags": ["raises-exception"]},
    }
    assert copy["metadata"] == {"kernelspec": {"name": "python3"}, "miglab": {"version": "1.0"}}


def test_the_second_time_nothing_arrives_whatever_the_version(lessons: Path, work: Path) -> None:
    deliver(lessons, work, "1.0")
    before = (work / "00_start_here.ipynb").read_bytes()
    assert arrived(lessons, work, "1.0") == arrived(lessons, work, "2.0") == []
    assert (work / "00_start_here.ipynb").read_bytes() == before


def test_outputs_alone_do_not_make_a_lesson_a_changed_one(lessons: Path, work: Path) -> None:
    deliver(lessons, work, "1.0")
    write(lessons / "00_start_here.ipynb", cleared(notebook("one"), "1.0"))
    assert arrived(lessons, work) == []


def test_several_write_one_file_at_once_and_it_is_whole_at_every_moment(tmp_path: Path) -> None:
    path = tmp_path / "pages.json"
    contents = [{name: "x" * 5000} for name in "abcd"]
    write_object(path, contents[0])

    def write(content: dict[str, str]) -> list[dict[str, str]]:
        found = []
        for _ in range(50):
            write_object(path, content)
            found.append(read_object(path))
        return found

    with ThreadPoolExecutor() as pool:
        seen = [each for found in pool.map(write, contents) for each in found]
    assert all(each in contents for each in seen)
    assert [each.name for each in tmp_path.iterdir()] == ["pages.json"]


def test_a_new_lesson_arrives(lessons: Path, work: Path) -> None:
    deliver(lessons, work, "1.0")
    write(lessons / "01_migrate.ipynb", notebook("new"))
    assert arrived(lessons, work) == ["01_migrate.ipynb"]


@pytest.mark.parametrize("touched", [True, False], ids=["worked on", "untouched"])
def test_a_changed_lesson_arrives_beside_the_old_and_says_so(
    lessons: Path, work: Path, touched: bool
) -> None:
    deliver(lessons, work, "1.0")
    mine = work / "explore" / "drift.ipynb"
    if touched:
        write(mine, {**read(mine), "cells": notebook("two", "my own")["cells"]})
    before = mine.read_bytes()
    write(lessons / "explore" / "drift.ipynb", notebook("changed"))
    (first,) = deliver(lessons, work, "1.1")
    write(lessons / "explore" / "drift.ipynb", notebook("changed again"))
    (second,) = deliver(lessons, work, "1.2")
    assert str(first) == (
        "explore/drift (updated).ipynb (explore/drift.ipynb, from 1.0, is unchanged)"
    )
    assert str(second) == (
        "explore/drift (updated 2).ipynb (explore/drift (updated).ipynb, from 1.1, is unchanged)"
    )
    assert deliver(lessons, work, "1.2") == []
    assert mine.read_bytes() == before
    copy = read(work / "explore" / "drift (updated).ipynb")
    assert copy["cells"][1]["source"] == ["changed"]
    assert copy["metadata"]["miglab"]["version"] == "1.1"


def test_a_copy_from_before_versions_were_noted_is_updated_like_any_other(
    lessons: Path, work: Path
) -> None:
    """As miglab 0.1.0 left it in my-work/ before ``miglab lab`` was there."""
    old = write(work / "00_start_here.ipynb", notebook("zero"))
    known = {"sources": fingerprint(notebook("zero")), "as": "00_start_here.ipynb"}
    write(work / ".lessons.json", {"00_start_here.ipynb": known})
    before = old.read_bytes()
    first, _ = deliver(lessons, work, "1.0")
    assert str(first) == "00_start_here (updated).ipynb (00_start_here.ipynb is unchanged)"
    assert old.read_bytes() == before


def test_a_lesson_that_the_learner_removed_comes_back_fresh(lessons: Path, work: Path) -> None:
    deliver(lessons, work, "1.0")
    (work / "00_start_here.ipynb").unlink()
    assert arrived(lessons, work) == ["00_start_here.ipynb"]


@pytest.mark.parametrize("damaged", ["{half", '{"00_start_here.ipynb": 7}', "[]"])
def test_without_its_list_it_still_overwrites_nothing(
    lessons: Path, work: Path, damaged: str
) -> None:
    deliver(lessons, work, "1.0")
    mine = write(work / "00_start_here.ipynb", notebook("my own"))
    before = mine.read_bytes()
    (work / ".lessons.json").write_text(damaged, encoding="utf-8")
    assert arrived(lessons, work) == ["00_start_here (updated).ipynb"]
    assert mine.read_bytes() == before


def test_a_file_of_the_learners_own_stays(lessons: Path, work: Path) -> None:
    mine = write(work / "00_start_here.ipynb", {"not": "a lesson"})
    assert "00_start_here (updated).ipynb" in arrived(lessons, work)
    assert read(mine) == {"not": "a lesson"}


def test_a_lesson_that_is_not_a_notebook_is_named(lessons: Path, work: Path) -> None:
    (lessons / "01_broken.ipynb").write_text("<<<<<<< ours", encoding="utf-8")
    with pytest.raises(MiglabError, match=r"01_broken\.ipynb is not a notebook"):
        deliver(lessons, work, "1.0")


def test_a_folder_that_cannot_be_written_is_named(lessons: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"file/below: .*; give a folder that you may write to"):
        deliver(lessons, tmp_path / "file" / "below", "1.0")


def test_the_lessons_themselves_are_not_a_learners_copy(lessons: Path) -> None:
    before = sorted(lessons.rglob("*"))
    with pytest.raises(BadInput, match="is the folder that the lessons come from"):
        deliver(lessons, lessons, "1.0")
    assert sorted(lessons.rglob("*")) == before


def test_pages_arrive_with_their_pictures_and_changed_ones_stay(lessons: Path, work: Path) -> None:
    (lessons / "pictures").mkdir()
    (lessons / "README.md").write_text("contents", encoding="utf-8")
    (lessons / "GLOSSARY.md").write_text("words", encoding="utf-8")
    (lessons / "pictures" / "a.svg").write_text("<svg/>", encoding="utf-8")
    deliver(lessons, work, "1.0")
    assert (work / "pictures" / "a.svg").read_text(encoding="utf-8") == "<svg/>"
    (work / "GLOSSARY.md").write_text("my own words", encoding="utf-8")
    for page in ("README.md", "GLOSSARY.md"):
        (lessons / page).write_text("new", encoding="utf-8")
    deliver(lessons, work, "1.0")
    assert (work / "README.md").read_text(encoding="utf-8") == "new"
    assert (work / "GLOSSARY.md").read_text(encoding="utf-8") == "my own words"


def test_the_bundled_lessons_arrive_whole(work: Path) -> None:
    """Each one is a notebook, and its links to the others lead to a file of the copy."""
    deliver(bundled_lessons(), work, "1.0")
    copies = list(work.rglob("*.ipynb"))
    assert len(copies) == len([*bundled_lessons().rglob("[!.]*.ipynb")])
    for copy in copies:
        text = json.dumps(read(copy)["cells"])
        linked = {part.split(")")[0].split("#")[0] for part in text.split("](")[1:]}
        local = {each for each in linked if each.endswith((".ipynb", ".md"))}
        assert [each for each in local if not (copy.parent / each).exists()] == []

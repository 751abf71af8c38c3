"""The journal of an attempt, and its replay in a lab of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from miglab.errors import BadInput
from miglab.exercises import exercise
from miglab.exercises.journal import Entry, entries, solved
from miglab.exercises.replaying import attempts, left_off, replay, take_up
from miglab.progress import Journal


def kept(path: Path) -> list[Entry]:
    return entries(Journal(path).read())


def test_an_attempt_with_every_kind_of_step_is_taken_again(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("renamed-not-replaced", shape="discount", journal=journal) as lab:
        lab.manage("makemigrations store", answers=["n"])
        lab.rewind()
        lab.manage("migrate store 0099")
        lab.write("note.txt", "    no line end, and an indent")
        lab.shell("for each in Product.objects.all():\n    each.sku")
        lab.what_if("migrate store 0003")
        lab.manage("makemigrations store", answers=["y"])
        lab.manage("migrate store")
        assert lab.standing.done
    found = replay(kept(journal))
    assert found.differs == ""
    assert found.proven
    assert solved(Journal(journal).read()) == {"renamed-not-replaced"}


def test_a_fresh_process_replays_it(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("undo-only-the-last", journal=journal) as lab:
        lab.manage("migrate store 0004")
    command = [sys.executable, "-m", "miglab", "exercise", "replay", str(journal)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert done.returncode == 0
    assert "undo-only-the-last: solved, 1 step replayed" in done.stdout


def test_a_journal_that_was_tampered_with_is_found_out(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("undo-only-the-last", journal=journal) as lab:
        lab.manage("migrate store 0003")
    began, step = kept(journal)
    found = replay([began, replace(step, text="migrate store 0004", solved=True)])
    assert not found.proven
    assert "differ from those in the journal" in found.differs


def test_no_path_of_this_machine_is_in_it(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("the-hole-in-the-middle", shape="price", journal=journal) as lab:
        lab.manage("migrate")
        lab.copy_file("colleague/0003_change_price_field.txt", "x.txt")
        folder = str(lab.folder)
    text = journal.read_text(encoding="utf-8")
    assert "NodeNotFoundError" not in text
    assert folder not in text
    assert str(tmp_path) not in text


def test_two_notebooks_of_one_exercise_at_once_are_two_attempts(tmp_path: Path) -> None:
    """Each takes its steps while the other one has begun and not ended."""
    journal, code = (
        tmp_path / "progress.jsonl",
        (
            "import sys\n"
            "from miglab.exercises import exercise\n"
            "with exercise('undo-only-the-last', journal=sys.argv[1]) as lab:\n"
            "    print('open', flush=True)\n"
            "    for line in sys.stdin:\n"
            "        print(lab.manage(line.strip()).line, flush=True)\n"
        ),
    )
    command = [sys.executable, "-c", code, str(journal)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
    with subprocess.Popen(command, **pipes) as one, subprocess.Popen(command, **pipes) as two:
        for notebook, line in (
            *((one, ""), (two, "")),
            *((one, "migrate store 0003"), (two, "migrate store 0004")),
            (one, "migrate store 0004"),
        ):
            assert notebook.stdin is not None
            assert notebook.stdout is not None
            if line:
                print(line, file=notebook.stdin, flush=True)
            assert notebook.stdout.readline().strip() == (line or "open")
    found = sorted((replay(each) for each in attempts(kept(journal))), key=lambda each: each.steps)
    assert [(each.steps, each.proven) for each in found] == [(1, True), (2, False)]
    assert [each.differs for each in found] == ["", ""]


def test_a_progress_file_on_another_machine_says_the_same(tmp_path: Path) -> None:
    journal, there = tmp_path / "progress.jsonl", tmp_path / "there"
    with exercise("undo-only-the-last", journal=journal) as lab:
        lab.manage(f"dumpdata store --output {lab.folder}/store.json")
        lab.manage("migrate store 0004")
    there.mkdir()
    journal.rename(there / "theirs.jsonl")
    variables = {**os.environ, "MIGLAB_HOME": str(there / "labs")}
    for what, said in (
        (["replay", "theirs.jsonl"], "undo-only-the-last: solved, 2 steps replayed"),
        (["list", "--progress", "theirs.jsonl"], "✓ 1.4  undo-only-the-last"),
    ):
        command = [sys.executable, "-m", "miglab", "exercise", *what]
        done = subprocess.run(
            command, cwd=there, env=variables, capture_output=True, encoding="utf-8"
        )
        assert (done.returncode, said in done.stdout) == (0, True), done.stdout


def test_who_opens_an_exercise_again_goes_on_where_it_was_left_off(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("renamed-not-replaced", shape="discount", journal=journal) as lab:
        lab.manage("migrate store 0003")
        lab.rewind()
        lab.manage("makemigrations store", answers=["y"])
    with exercise("renamed-not-replaced", shape="discount", journal=journal) as lab:
        assert take_up(lab, left_off(Journal(journal).read(), lab)) == ""
        lab.manage("migrate store")
        assert lab.standing.done
    assert replay(attempts(kept(journal))[-1]).proven
    with exercise("renamed-not-replaced", shape="discount", journal=journal) as lab:
        assert left_off(Journal(journal).read(), lab) == []


def test_a_step_that_leads_elsewhere_now_is_named_and_those_before_it_hold(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("undo-only-the-last", journal=journal) as lab:
        lab.manage("migrate store 0003")
        lab.manage("migrate store 0002")
    began, first, second = kept(journal)
    with exercise("undo-only-the-last") as lab:
        told = take_up(lab, [began, first, replace(second, truths="others")])
        assert told.startswith("migrate store 0002: the truths differ")
        assert lab.history().lines == ("migrate store 0003", "migrate store 0002")


def test_what_a_terminal_ran_is_taken_again(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("undo-only-the-last", journal=journal) as lab:
        command = [sys.executable, "manage.py", "migrate", "store", "0004"]
        subprocess.run(command, cwd=lab.folder, check=True, capture_output=True)
        assert lab.goals().done
    assert replay(kept(journal)).proven


def test_several_commands_that_a_terminal_ran_are_taken_again_one_by_one(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("undo-only-the-last", journal=journal) as lab:
        for name in ("0003", "0004"):
            command = [sys.executable, "manage.py", "migrate", "store", name]
            subprocess.run(command, cwd=lab.folder, check=True, capture_output=True)
        lab.goals()
        assert lab.history().lines == ("migrate store 0003 && migrate store 0004",)
    assert replay(kept(journal)).differs == ""


def test_what_another_program_did_cannot_be_taken_again_and_it_says_so(tmp_path: Path) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("undo-only-the-last", journal=journal) as lab:
        with closing(sqlite3.connect(lab.folder / "db.sqlite3")) as connection:
            connection.execute("UPDATE store_product SET name = 'x' WHERE id = 1")
            connection.commit()
        lab.manage("migrate store 0004")
        assert lab.goals().done
    found = replay(kept(journal))
    assert "done outside miglab" in found.differs
    assert not found.proven


def test_a_journal_that_cannot_be_written_loses_no_step(
    tmp_path: Path, written: Callable[..., Path]
) -> None:
    (tmp_path / "progress.jsonl").mkdir()
    with pytest.raises(BadInput, match="cannot be"):
        exercise("undo", folder=written().parent, journal=tmp_path / "progress.jsonl")
    journal = tmp_path / "later.jsonl"
    with exercise("undo", folder=written().parent, journal=journal) as lab:
        journal.unlink()
        journal.mkdir()
        lab.manage("migrate store 0004")
        assert "cannot be written" in lab.trouble
        assert lab.goals().done

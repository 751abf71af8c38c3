"""``miglab lab`` and ``miglab app``: what is wrong is said in one line, before a server starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.cli import lab
from miglab.cli.main import main, parser
from miglab.progress import Journal, new_event
from miglab.workbook import bundled_lessons, deliver, journal_of


def line(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of the error."""
    assert main(words) == 1
    captured = capsys.readouterr()
    assert "Opening" not in captured.out
    assert captured.err.count("\n") == 1
    return captured.err


def test_an_unknown_lesson_is_answered_with_the_lessons_and_nothing_is_copied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = line(["lab", "99", "--folder", str(tmp_path / "mine")], capsys)
    assert said.startswith(
        "miglab: there is no lesson '99'; choose from: 00_start_here, 01_what_a_migration"
    )
    assert not (tmp_path / "mine").exists()


def test_a_folder_that_cannot_be_written_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    said = line(["lab", "--folder", str(tmp_path / "file")], capsys)
    assert f"the lessons cannot be copied to {tmp_path / 'file'}: " in said
    assert said.endswith("give a folder that you may write to, with --folder\n")


def test_a_page_of_no_project_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no manage.py in" in line(["app", str(tmp_path)], capsys)
    assert "does not exist; give the folder" in line(["app", str(tmp_path / "nowhere")], capsys)


def test_app_says_which_exercise_it_cannot_open_and_what_does_not_go_with_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "the-ghots" in line(["app", "--exercise", "the-ghots"], capsys)
    for words, said in (
        ([str(tmp_path), "--exercise", "3.1"], "--exercise and a project's folder cannot be"),
        (
            ["--exercise", "3.1", "--database", "sqlite"],
            "--exercise and --database cannot be combined: an exercise",
        ),
        (["--seed", "Ada"], "--seed belongs to an exercise"),
    ):
        assert main(["app", *words]) == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
@pytest.mark.parametrize("command", ["lab", "app"])
def test_what_is_not_a_port_is_not_understood(
    command: str, port: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, f"--port={port}"])
    assert stopped.value.code == 2
    assert f"'{port}' is not a port; give a number from 1 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["lab", "demo", "app", "whatif", "doctor"])
def test_every_command_has_a_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        parser().parse_args([command, "--help"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: miglab {command} ")


def test_a_copy_that_is_there_already_names_the_next_lesson(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(bundled_lessons(), tmp_path, "1.0")
    journal = Journal(journal_of(tmp_path))
    for task, done in (("there-and-back", True), ("read-and-mend", False)):
        journal.append(new_event("checked", task=task, done=done, missing=[]))
    lab._say_next(bundled_lessons(), tmp_path)
    told = capsys.readouterr().out
    assert told.startswith("Next: What a migration is")
    assert told.endswith("(its task is still to do). Open it with: miglab lab 01\n")

"""``miglab exercise``: what it prints, what it writes, and its exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miglab.cli.main import main
from miglab.exercises import ExerciseLab, exercise, form, notebooks, shelf


def test_the_list_has_all_levels_and_marks_what_was_solved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "progress.jsonl"
    with exercise("1.4", journal=journal) as lab:
        lab.manage("migrate store 0004")
    assert main(["exercise", "list", "--progress", str(journal)]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"1 of {len(shelf.files(shelf.sets()['repairs']))} exercises is solved.")
    assert "  ✓ 1.4  undo-only-the-last: Undo only the last\n" in said
    assert [f"Level {level}:" in said for level in range(1, 6)] == [True] * 5


def test_new_writes_a_file_that_can_be_read_and_never_over_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "set" / "my-own.toml"
    assert main(["exercise", "new", str(path)]) == 0
    assert form.read(path).name == "my-own"
    before = path.read_text(encoding="utf-8")
    assert main(["exercise", "new", str(path)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == before


def test_check_names_each_fault_and_its_status_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my-own.toml"
    main(["exercise", "new", str(path)])
    assert main(["exercise", "check", str(tmp_path), "--no-search"]) == 1
    said = capsys.readouterr().out
    assert "✗ my-own: it is solved before anything is done\n" in said
    assert "1 exercise, " in said


def test_check_of_a_good_folder_is_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = shelf.find("undo-only-the-last")
    (tmp_path / source.name).write_bytes(source.read_bytes())
    assert main(["exercise", "check", str(tmp_path)]) == 0
    assert "✓ undo-only-the-last\n1 exercise, 0 faults.\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "why"),
    [
        (["check", "nowhere"], 1, "'nowhere' is not a folder"),
        (["replay", "nowhere.jsonl"], 2, "there is no file 'nowhere.jsonl'"),
        (["list", "nowhere"], 1, "'nowhere' is not a folder"),
        (["new", "my-own.py"], 1, "its name must end in .toml"),
        (["open", "the-goat"], 1, "no exercise 'the-goat'"),
    ],
)
def test_what_is_not_there_is_named_in_a_line(
    words: list[str], status: int, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["exercise", *words]) == status
    told = capsys.readouterr().err
    assert why in told
    assert told.count("\n") == 1


def test_notebooks_are_made_once_and_name_the_exercise_and_its_progress(tmp_path: Path) -> None:
    made = notebooks.make(tmp_path, seed="Ada")
    assert len(made) == len(shelf.exercises()) + 1
    ghost = json.loads((tmp_path / "3-1-the-ghost.ipynb").read_text(encoding="utf-8"))
    source = ghost["cells"][1]["source"]
    assert 'exercise("the-ghost", journal="progress.jsonl", seed=\'Ada\')' in source
    (tmp_path / "3-1-the-ghost.ipynb").write_text("mine", encoding="utf-8")
    assert notebooks.make(tmp_path) == []
    assert (tmp_path / "3-1-the-ghost.ipynb").read_text(encoding="utf-8") == "mine"


def test_a_code_cell_of_a_notebook_opens_the_exercise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebooks.make(tmp_path, seed="Ada")
    told = json.loads((tmp_path / "1-4-undo-only-the-last.ipynb").read_text(encoding="utf-8"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(told["cells"][1]["source"], names)
    lab = names["lab"]
    assert isinstance(lab, ExerciseLab)
    with lab:
        lab.manage("migrate store 0004")
    page = json.loads((tmp_path / notebooks.PAGE).read_text(encoding="utf-8"))
    code = page["cells"][1]["source"].replace("\noverview(", "\nfound = overview(")
    exec(code, names)
    assert any(row.solved for row in names["found"].rows)  # type: ignore[attr-defined]

"""A lab's lock says whether its owner lives."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from miglab.home import home
from miglab.sandbox.owners import forget_old, sweep, take_lock, throwaway

MONTH = 30 * 24 * 60 * 60


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIGLAB_HOME", str(tmp_path / "there"))
    assert home() == tmp_path / "there"


def test_without_it_the_folder_is_this_systems_for_what_can_be_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MIGLAB_HOME")
    assert home().is_absolute()
    assert "miglab" in home().parts


def lab_in(labs: Path) -> tuple[Path, object]:
    """The folder of a lab that has a file, and what holds its lock."""
    lock, held = take_lock(labs)
    folder = lock.with_suffix("")
    folder.mkdir()
    (folder / "file").touch()
    return folder, held


def test_a_lab_whose_owner_lives_is_not_swept(tmp_path: Path) -> None:
    folder, held = lab_in(tmp_path)
    sweep(tmp_path)
    assert (folder / "file").exists()
    held.close()  # type: ignore[attr-defined]


def test_a_lab_whose_owner_let_go_is_swept_with_its_lock(tmp_path: Path) -> None:
    folder, held = lab_in(tmp_path)
    held.close()  # type: ignore[attr-defined]
    sweep(tmp_path)
    assert [*tmp_path.iterdir()] == []
    assert not folder.exists()


def test_a_lab_of_a_process_that_was_killed_is_swept(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, signal, sys; from miglab.sandbox.owners import take_lock; "
        "lock, held = take_lock(pathlib.Path(sys.argv[1])); lock.with_suffix('').mkdir(); "
        "os.kill(os.getpid(), signal.SIGTERM)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len([*tmp_path.iterdir()]) == 2
    sweep(tmp_path)
    assert [*tmp_path.iterdir()] == []


def test_a_throwaway_folder_goes_at_the_end_with_its_lock(own_home: Path) -> None:
    with throwaway() as folder:
        (folder / "inside").mkdir()
        sweep(own_home / "labs")
        assert (folder / "inside").exists()
    assert [*(own_home / "labs").iterdir()] == []


def test_a_throwaway_folder_of_a_process_that_was_killed_is_swept(own_home: Path) -> None:
    code = (
        "import os, signal; from miglab.sandbox.owners import throwaway\n"
        "with throwaway(): os.kill(os.getpid(), signal.SIGTERM)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert len([*(own_home / "labs").iterdir()]) == 2
    sweep(own_home / "labs")
    assert [*(own_home / "labs").iterdir()] == []


def test_two_labs_have_two_locks(tmp_path: Path) -> None:
    (one, held), (other, also_held) = take_lock(tmp_path), take_lock(tmp_path)
    assert one != other
    held.close()
    also_held.close()


def test_what_was_not_written_for_a_month_is_forgotten(tmp_path: Path) -> None:
    for name, age in (("old", MONTH + 60), ("new", MONTH - 3600)):
        (tmp_path / name).touch()
        (tmp_path / f"{name} folder").mkdir()
        (tmp_path / f"{name} folder" / "file").touch()
        for path in (tmp_path / name, tmp_path / f"{name} folder"):
            os.utime(path, (time.time() - age,) * 2)
    forget_old(tmp_path, tmp_path / "there is none")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["new", "new folder"]

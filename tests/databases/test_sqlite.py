"""A database is copied whole, and nothing beside the original tells that it was read."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from miglab.databases import sqlite


def made(folder: Path, left: str) -> Path:
    """A database in WAL mode with two rows: ``clean``, or as a crash leaves it, with its log and
    its shared memory, or with its log alone."""
    folder.mkdir()
    living, path = folder / "living.db", folder / "db.sqlite3"
    with closing(sqlite3.connect(living, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE a (b)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("INSERT INTO a VALUES (1), (2)")
        endings = {"clean": (), "log": ("", "-wal"), "crash": ("", "-wal", "-shm")}[left]
        for ending in endings:
            shutil.copyfile(f"{living}{ending}", f"{path}{ending}")
    if left == "clean":
        living.rename(path)
    else:
        living.unlink()
    return path


def seen(folder: Path) -> dict[str, tuple[object, ...]]:
    """Content, time of writing, mode, owner and inode; run by root, SQLite gives a log to the
    owner that it has, which changes its other time."""
    found = {}
    for each in [folder, *folder.iterdir()]:
        state = each.stat()
        content = each.read_bytes() if each.is_file() else b""
        found[each.name] = (state.st_mtime_ns, state.st_mode, state.st_uid, state.st_ino, content)
    return found


@pytest.mark.parametrize("left", ["clean", "log", "crash"])
def test_reading_leaves_no_trace(left: str, tmp_path: Path) -> None:
    path = made(tmp_path / "site", left)
    before = seen(path.parent)
    copy = tmp_path / "copy.db"
    sqlite.copy(path, copy)
    assert seen(path.parent) == before
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == ["copy.db"]
    assert sqlite.rows(copy, "SELECT b FROM a") == [(1,), (2,)]


def test_one_that_another_connection_has_open_is_copied_with_its_log(tmp_path: Path) -> None:
    path = made(tmp_path / "site", "clean")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("INSERT INTO a VALUES (3)")
        names = sorted(os.listdir(path.parent))
        sqlite.copy(path, tmp_path / "copy.db")
        assert sorted(os.listdir(path.parent)) == names
    assert sqlite.rows(tmp_path / "copy.db", "SELECT count(*) FROM a") == [(3,)]

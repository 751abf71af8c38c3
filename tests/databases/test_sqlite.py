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


def test_one_that_another_process_has_locked_is_waited_for_and_not_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "WORD", 0.0)
    monkeypatch.setattr(sqlite, "PATIENCE", 0.5)
    path, told = tmp_path / "db.sqlite3", list[str]()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(OSError, match="another process has had it locked"):
            sqlite.copy(path, tmp_path / "copy.db", told.append)
        connection.execute("ROLLBACK")
        assert set(told) == {"waiting for db.sqlite3: another process has it locked"}
        (tmp_path / "copy.db").unlink(missing_ok=True)
        sqlite.copy(path, tmp_path / "copy.db")
    assert sqlite.rows(tmp_path / "copy.db", "SELECT count(*) FROM a") == [(0,)]


def test_what_a_crash_left_half_written_is_copied_as_its_application_would_find_it(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    site.mkdir()
    living, path = site / "living.db", site / "db.sqlite3"
    with closing(sqlite3.connect(living, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.execute("INSERT INTO a VALUES (1)")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        # More than the cache holds: it is written to the file before it is committed.
        connection.executemany("INSERT INTO a VALUES (?)", [("x" * 1000,)] * 2000)
        for ending in ("", "-journal"):
            shutil.copyfile(f"{living}{ending}", f"{path}{ending}")
        connection.execute("ROLLBACK")
    living.unlink()
    before = seen(site)
    sqlite.copy(path, tmp_path / "copy.db")
    assert seen(site) == before
    assert sqlite.rows(tmp_path / "copy.db", "SELECT b FROM a") == [(1,)]


@pytest.mark.parametrize("size", [0, 50, 4096, 6000])
def test_a_broken_one_is_copied_as_broken_as_it_is(tmp_path: Path, size: int) -> None:
    path = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.executemany("INSERT INTO a VALUES (?)", [("x" * 100,)] * 200)
        connection.commit()
    os.truncate(path, size)
    content = path.read_bytes()
    sqlite.copy(path, tmp_path / "copy.db")
    assert path.read_bytes() == content
    assert (tmp_path / "copy.db").exists()


def test_one_that_is_written_to_all_the_time_is_copied_at_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_PAGES", 5)
    path, told = tmp_path / "db.sqlite3", list[str]()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE a (b)")
        connection.executemany("INSERT INTO a VALUES (?)", [("x" * 1000,)] * 200)

        def write_more(text: str) -> None:
            told.append(text)
            connection.execute("INSERT INTO a VALUES (1)")

        sqlite.copy(path, tmp_path / "copy.db", write_more)
    assert len(told) > 1
    copied = sqlite.rows(tmp_path / "copy.db", "SELECT count(*) FROM a")[0][0]
    assert 200 < copied <= 200 + len(told)

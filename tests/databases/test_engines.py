"""Each engine keeps what ``databases/engine.py`` says of it, on real databases."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from miglab.databases.engine import Engine, Handle
from miglab.databases.postgresql.binaries import embedded
from miglab.databases.registry import ENGINES, begins_database, of_vendor, of_version

from ..plain.engines import need
from .writing import WRITE

MADE = ("CREATE TABLE shop (id integer PRIMARY KEY, name text)", "INSERT INTO shop VALUES (1, 'a')")
NAMES = "SELECT name FROM shop ORDER BY id"


@pytest.fixture(params=ENGINES, ids=lambda each: each.vendor)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    need(found.vendor)
    return found


def made(engine: Engine, folder: Path, *more: str) -> Handle:
    handle = engine.handle(folder, engine.place("shop"))
    engine.make_room(handle)
    WRITE[engine.vendor](handle, *MADE, *more)
    return handle


def test_what_is_not_there_has_no_state_and_an_empty_mark(engine: Engine, tmp_path: Path) -> None:
    handle = engine.handle(tmp_path, engine.place("shop"))
    assert not engine.exists(handle)
    assert engine.state(handle) is None
    assert engine.mark(handle) == ()


def test_two_folders_have_two_databases_of_the_same_place(engine: Engine, tmp_path: Path) -> None:
    place = engine.place("shop")
    assert engine.handle(tmp_path / "a", place) != engine.handle(tmp_path / "b", place)
    assert engine.handle(tmp_path / "a", place) == engine.handle(tmp_path / "a", place)


def test_a_write_changes_the_mark_and_reading_does_not(engine: Engine, tmp_path: Path) -> None:
    handle = made(engine, tmp_path)
    mark = engine.mark(handle)
    assert engine.rows(handle, NAMES) == [("a",)]
    assert engine.mark(handle) == mark
    WRITE[engine.vendor](handle, "UPDATE shop SET name = 'b'")
    assert engine.mark(handle) != mark


@pytest.mark.skipif(os.name == "nt", reason="needs a shell of POSIX")
def test_a_backup_by_hand_brings_all_back_and_nothing_that_came_since_stays(
    engine: Engine, tmp_path: Path
) -> None:
    if engine.vendor == "sqlite" and not shutil.which("sqlite3"):
        pytest.skip("needs sqlite3")
    handle = made(engine, tmp_path, "CREATE TABLE kept (id integer PRIMARY KEY)")
    by_hand = engine.by_hand(handle)
    # These users have no password, and nobody is here to be asked for one.
    for command, *between in (
        (
            by_hand.back_up,
            "CREATE TABLE came (id integer PRIMARY KEY, shop integer REFERENCES shop (id))",
            "DELETE FROM shop",
            "DROP TABLE kept",
        ),
        (by_hand.restore,),
    ):
        subprocess.run(
            command.replace("--password", ""),
            cwd=tmp_path,
            shell=True,
            env={**os.environ, "PATH": os.pathsep.join([*_programs(engine), os.environ["PATH"]])},
            check=True,
        )
        if between:
            WRITE[engine.vendor](handle, *between)
    assert engine.rows(handle, NAMES) == [("a",)]
    assert engine.rows(handle, "SELECT count(*) FROM kept") == [(0,)]
    with pytest.raises(Exception, match=r"(?i)came"):
        engine.rows(handle, "SELECT * FROM came")


def _programs(engine: Engine) -> list[str]:
    """Where the tools of the tests' own server are."""
    found = embedded() if engine.vendor == "postgresql" else None
    return [str(found.folder)] if found is not None else []


def test_a_query_cannot_write(engine: Engine, tmp_path: Path) -> None:
    handle = made(engine, tmp_path)
    with pytest.raises(Exception, match=r"(?i)readonly|read[- ]only"):
        engine.rows(handle, "DELETE FROM shop")
    assert engine.rows(handle, NAMES) == [("a",)]


def test_a_copy_is_put_back_and_stays(engine: Engine, tmp_path: Path) -> None:
    handle, copy = made(engine, tmp_path), engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    assert list(engine.all_kept(tmp_path)) == [copy]
    WRITE[engine.vendor](handle, "UPDATE shop SET name = 'b'")
    assert engine.rows(copy, NAMES) == [("a",)]
    engine.restore(copy, handle)
    assert engine.rows(handle, NAMES) == engine.rows(copy, NAMES) == [("a",)]
    engine.restore(None, handle)
    assert not engine.exists(handle)
    assert engine.exists(copy)


def test_a_renamed_copy_takes_the_place_of_another_and_a_removed_one_is_gone(
    engine: Engine, tmp_path: Path
) -> None:
    handle = made(engine, tmp_path)
    first, second = engine.kept(tmp_path, "1"), engine.kept(tmp_path, "2")
    engine.copy(handle, first)
    WRITE[engine.vendor](handle, "UPDATE shop SET name = 'b'")
    engine.copy(handle, second)
    engine.rename(second, first)
    assert list(engine.all_kept(tmp_path)) == [first]
    assert engine.rows(first, NAMES) == [("b",)]
    engine.remove(first)
    assert not list(engine.all_kept(tmp_path))


def test_the_state_says_how_big_it_is(engine: Engine, tmp_path: Path) -> None:
    handle = made(engine, tmp_path)
    state = engine.state(handle)
    assert state is not None
    assert state.size > 0
    # A server does not know when a database was written to.
    assert bool(engine.files(handle)) == (state.changed is not None)
    assert state.changed is None or state.changed.tzinfo is not None


def test_its_files_begin_as_it_says_and_the_first_is_the_database(
    engine: Engine, tmp_path: Path
) -> None:
    handle = made(engine, tmp_path)
    files = engine.files(handle)
    assert bool(files) == bool(engine.magic)
    assert all(begins_database(each.read_bytes()) for each in files[:1])


def test_it_is_found_by_its_vendor_and_by_its_version(engine: Engine) -> None:
    assert of_vendor(engine.vendor) is engine
    assert of_version(f"{engine.name} 1.2") is engine


def test_an_unknown_vendor_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(ValueError, match=r"no engine 'oracle'; miglab knows: sqlite"):
        of_vendor("oracle")

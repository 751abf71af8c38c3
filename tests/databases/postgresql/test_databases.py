"""Databases on real servers: copied, marked, renamed, swept. What is not ours is left alone."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from miglab.databases.engine import Handle
from miglab.databases.naming import lab_of, name_in, owner_of
from miglab.databases.postgresql import moments
from miglab.databases.postgresql.address import (
    beside,
    handle_of,
    keep_password,
    name_of,
    parameters_of,
)
from miglab.databases.postgresql.connections import connect, named
from miglab.databases.postgresql.ready import READY
from miglab.databases.postgresql_engine import PostgreSQL
from miglab.databases.server import meanwhile
from miglab.databases.server.meanwhile import Meanwhile
from miglab.errors import NoServer
from miglab.home import home

from ..alive import alive
from . import servers


@pytest.fixture(params=servers.KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostgreSQL]:
    found = PostgreSQL(servers.server(request.param))
    with alive(tmp_path):
        yield found
        found.clear(tmp_path)


@pytest.fixture
def handle(engine: PostgreSQL, tmp_path: Path) -> Handle:
    """A database with a table, a sequence and a row."""
    made = engine.handle(tmp_path, engine.place("shop"))
    engine.make_room(made)
    with connect(made) as connection:
        connection.execute("CREATE TABLE shop (id serial PRIMARY KEY, name text)")
        connection.execute("INSERT INTO shop (name) VALUES ('a')")
    return made


WRITES = {
    "a row": "INSERT INTO shop (name) VALUES ('b')",
    "a value": "UPDATE shop SET name = 'c'",
    "a row that goes": "DELETE FROM shop",
    "an emptied table": "TRUNCATE shop",
    "a number that was drawn": "SELECT nextval('shop_id_seq')",
    "a number that was set": "SELECT setval('shop_id_seq', 1, false)",
    "a table": "CREATE TABLE other (id int)",
    "a column": "ALTER TABLE shop ADD COLUMN price int",
    "an index": "CREATE INDEX named ON shop (name)",
    "a comment": "COMMENT ON TABLE shop IS 'of all'",
    "a large object": "SELECT lo_create(0)",
    "a type": "CREATE TYPE mood AS ENUM ('good')",
    "a view": "CREATE VIEW seen AS SELECT 1 AS one",
}


@pytest.mark.parametrize("engine", ["embedded", "installed"], indirect=True)
@pytest.mark.parametrize("stays", [False, True], ids=["that has ended", "that stays"])
@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES.keys())
def test_every_kind_of_write_by_a_session_moves_the_mark(
    engine: PostgreSQL, handle: Handle, sql: str, stays: bool
) -> None:
    with connect(handle) as connection:
        if not stays:
            connection.close()
            connection = connect(handle)
        before = engine.mark(handle)
        connection.execute(sql.encode())
        if not stays:
            connection.close()
        assert engine.mark(handle) != before


def test_reading_and_looking_move_no_mark(engine: PostgreSQL, handle: Handle) -> None:
    before = engine.mark(handle)
    for _ in range(3):
        with connect(handle) as connection:
            connection.execute("SELECT * FROM shop").fetchall()
            connection.execute("SELECT last_value FROM shop_id_seq").fetchall()
        assert engine.mark(handle) == before
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
    assert engine.mark(handle) == before


def test_a_write_by_another_process_that_has_ended_moves_the_mark_at_once(
    engine: PostgreSQL, handle: Handle
) -> None:
    before = engine.mark(handle)
    code = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
    sql = "SELECT nextval('shop_id_seq')"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, handle, sql], check=True)
    assert engine.mark(handle) != before


def test_a_copy_has_rows_sequences_and_what_alter_database_has_set(
    engine: PostgreSQL, handle: Handle, tmp_path: Path
) -> None:
    with connect(handle) as connection:
        name = name_of(handle)
        connection.execute(f'ALTER DATABASE "{name}" SET statement_timeout TO 12345'.encode())
        connection.execute(f'ALTER DATABASE "{name}" SET search_path TO "A b", public'.encode())
    copy = engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    with connect(copy) as connection:
        for sql, found in (
            ("SELECT id, name FROM shop", (1, "a")),
            ("SELECT nextval('shop_id_seq')", (2,)),
            ("SHOW statement_timeout", ("12345ms",)),
            ("SHOW search_path", ('"A b", public',)),
        ):
            assert connection.execute(sql.encode()).fetchone() == found


def test_sessions_that_stay_are_ended_before_a_copy(
    engine: PostgreSQL, handle: Handle, tmp_path: Path
) -> None:
    with connect(handle) as connection:
        connection.execute("SELECT 1")
        engine.copy(handle, engine.kept(tmp_path, "1"))
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_database_that_others_use_is_replaced(
    engine: PostgreSQL, handle: Handle, tmp_path: Path
) -> None:
    copy = engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    with connect(handle) as connection:
        connection.execute("DROP TABLE shop")
        engine.restore(copy, handle)
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
    # Nothing of the one that was in place is left.
    meanwhile.finish()
    assert len(moments.names(handle, name_of(handle))) == 1


TOLD = """
import json, sys
from miglab.agent.engines.postgresql.engine import PostgreSQL
engine = PostgreSQL()
with engine.together():
    engine.read(sys.argv[1])
    told = engine.last_mark(sys.argv[1])
print(json.dumps(told))
"""


def told(handle: Handle) -> object:
    """What an agent's engine says at its end, as it comes over the wire."""
    ran = subprocess.run(
        [sys.executable, "-c", TOLD, handle], capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)


def test_what_the_agent_told_is_the_mark_without_another_look(
    engine: PostgreSQL, handle: Handle, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = engine.mark(handle)
    engine.hear_mark(handle, told(handle))
    monkeypatch.setattr("miglab.databases.postgresql.marks.connect", lambda handle: 1 / 0)
    assert engine.mark(handle) == before


@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES)
def test_what_the_agent_told_does_not_hide_what_was_written_since(
    engine: PostgreSQL, handle: Handle, sql: str
) -> None:
    before, heard = engine.mark(handle), told(handle)
    with connect(handle) as connection:
        connection.execute(sql.encode())
    engine.hear_mark(handle, heard)
    assert engine.mark(handle) != before


def test_a_copy_that_is_put_back_has_the_mark_of_its_sequences(
    engine: PostgreSQL, handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, mark = engine.kept(tmp_path, "1"), engine.mark(handle)
    engine.copy(handle, copy)
    engine.restore(copy, handle)
    with monkeypatch.context() as patch:
        patch.setattr("miglab.databases.postgresql.marks.connect", lambda handle: 1 / 0)
        found = engine.mark(handle)
    assert found[-1] == mark[-1]
    with connect(handle) as connection:
        connection.execute("SELECT nextval('shop_id_seq')")
    assert engine.mark(handle) != found


def with_second(folder: Path) -> list[str]:
    """The copies of a folder that have a second one."""
    return [each for each in READY.made if name_of(each).startswith(owner_of(folder))]


def test_what_was_put_back_once_is_there_a_second_time_at_once_and_leaves_nothing(
    engine: PostgreSQL, handle: Handle, tmp_path: Path
) -> None:
    copy = engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    for value in "bcd":
        with connect(handle) as connection:
            connection.execute("UPDATE shop SET name = %s", (value,))
        engine.restore(copy, handle)
        assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
        assert engine.rows(copy, "SELECT name FROM shop") == [("a",)]
    assert with_second(tmp_path) == [copy]
    READY.made[copy].join()
    assert READY.take(copy, handle)
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
    READY.prepare(copy)
    engine.clear(tmp_path)
    assert moments.names(handle, owner_of(tmp_path)) == []


def test_a_copy_that_goes_takes_its_second_one_along(
    engine: PostgreSQL, handle: Handle, tmp_path: Path
) -> None:
    copies = [engine.kept(tmp_path, name) for name in "123"]
    for each in copies:
        engine.copy(handle, each)
    for each in copies:
        engine.expect(each)
    assert with_second(tmp_path) == copies[1:]
    for each in copies:
        engine.remove(each)
    meanwhile.finish()
    assert moments.names(handle, owner_of(tmp_path)) == [name_of(handle)]


class SlowToBegin:
    """Databases whose names other threads are told only when somebody lets them go."""

    def __init__(self, real: Any) -> None:
        self._real, self.begun, self.let_go = real, threading.Event(), threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def name_of(self, handle: str) -> str:
        if threading.current_thread() is not threading.main_thread():
            self.begun.set()
            assert self.let_go.wait(60)
        return str(self._real.name_of(handle))


def begun_slowly(
    engine: PostgreSQL, handle: Handle, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[SlowToBegin, Meanwhile, list[Handle]]:
    """Three copies: what holds up the second one of the first, which has begun, what makes that,
    and the two others."""
    slow = SlowToBegin(READY._databases)
    monkeypatch.setattr(READY, "_databases", slow)
    copies = [engine.kept(folder, name) for name in "123"]
    for each in copies:
        engine.copy(handle, each)
    engine.expect(copies[0])
    first = READY.made[copies[0]]
    assert slow.begun.wait(60)
    return slow, first, copies[1:]


def test_a_second_copy_that_is_not_wanted_any_more_does_not_wait_for_what_drops_it(
    engine: PostgreSQL, handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, first, others = begun_slowly(engine, handle, tmp_path, monkeypatch)
    for each in others:
        engine.expect(each)
    slow.let_go.set()
    first.join(60)
    assert not first.is_alive()
    engine.clear(tmp_path)
    assert moments.names(handle, owner_of(tmp_path)) == []


def test_a_second_copy_that_is_being_made_is_waited_for_before_a_lab_is_cleared(
    engine: PostgreSQL, handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, first, others = begun_slowly(engine, handle, tmp_path, monkeypatch)
    # What drops the first one waits until nobody is at work, and is called off before.
    with meanwhile.at_work():
        for each in others:
            engine.expect(each)
        threading.Timer(0.2, slow.let_go.set).start()
        engine.clear(tmp_path)
        assert not first.is_alive()
    assert moments.names(handle, owner_of(tmp_path)) == []


def test_two_statements_are_not_a_query(engine: PostgreSQL, handle: Handle) -> None:
    with pytest.raises(psycopg.Error, match="multiple commands"):
        engine.rows(handle, "COMMIT; DELETE FROM shop")
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]


def test_what_is_not_ours_is_neither_dropped_nor_renamed_nor_made(engine: PostgreSQL) -> None:
    other = beside(engine.handle(home() / "labs" / "a", "databases/x"), "somebodys")
    for act in (engine.remove, engine.make_room, lambda it: engine.restore(None, it)):
        with pytest.raises(AssertionError, match="is not touched"):
            act(other)
    assert not engine.exists(other)


def test_a_sweep_drops_what_dead_labs_left_and_old_templates(
    engine: PostgreSQL, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("miglab.databases.naming.home", lambda: tmp_path)
    labs, templates = tmp_path / "labs", tmp_path / "templates"
    alive = engine.handle(labs / "aaaa", "databases/x")
    dead = [engine.handle(labs / "bbbb", "databases/x"), engine.kept(labs / "bbbb" / "store", "1")]
    young, old = engine.kept(templates, "young"), engine.kept(templates, "old")
    second = beside(old, name_of(old).replace("_copy_", "_ready_", 1))
    try:
        for each in (alive, *dead):
            engine.make_room(each)
        for each in (young, old):
            engine.copy(alive, dead[1])
            engine.rename(dead[1], each)
        engine.copy(alive, dead[1])
        engine.copy(alive, second)
        with connect(old) as connection:
            comment = f"COMMENT ON DATABASE \"{name_of(old)}\" IS 'made by miglab on 2020-01-01'"
            connection.execute(comment.encode())
        engine.sweep(labs, "aaaa".__eq__)
        found = [engine.exists(each) for each in (alive, *dead, young, old, second)]
        assert found == [True, False, False, True, False, False]
        assert [*engine.all_kept(templates)] == [young]
    finally:
        for each in (alive, *dead, young, old, second):
            engine.remove(each)


def test_names_are_short_and_those_that_would_be_too_long_differ() -> None:
    folder = home() / "labs" / ("a" * 16)
    names = [name_in(folder, f"db_{alias}") for alias in ("default", "Other one", "x" * 90)]
    assert names[0].endswith("_db_default")
    assert all(len(each) <= 63 for each in names)
    assert {lab_of(each) for each in names} == {"a" * 16}
    assert name_in(folder, "x" * 90) != name_in(folder, "x" * 91)
    assert name_in(folder, "other_one") != name_in(folder, "Other one")


def test_a_handle_is_what_the_library_reads_whatever_is_in_its_names() -> None:
    parameters = {
        "user": "ann@home",
        "dbname": "a/b c?ü",
        "host": "/tmp/with space&more",
        "port": "1",
    }
    handle = handle_of(parameters)
    assert parameters_of(handle) == parameters
    assert beside(beside(handle, "x"), "a/b c?ü") == handle


def test_a_password_is_in_a_file_of_its_own_and_never_in_a_handle(own_home: Path) -> None:
    parameters = {"user": "ann", "host": "h", "port": "1", "password": r"se:cr\et"}
    kept = keep_password(parameters)
    assert "cr" not in handle_of({**kept, "dbname": "x"}).replace("passwords", "")
    path = Path(kept["passfile"])
    assert path.read_text() == "*:1:*:ann:se\\:cr\\\\et\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.is_relative_to(own_home)


def test_a_password_leads_to_the_server_from_its_file(own_home: Path) -> None:
    with admin() as connection:
        connection.execute("CREATE ROLE miglab_test_ann LOGIN CREATEDB PASSWORD 'se:cret'")
        try:
            handle = named("postgresql://miglab_test_ann:se%3Acret@127.0.0.1/postgres")
            assert "cret" not in handle
            with connect(handle) as other:
                assert other.execute("SELECT current_user").fetchone() == ("miglab_test_ann",)
        finally:
            connection.execute("DROP ROLE miglab_test_ann")


def admin() -> psycopg.Connection:
    return psycopg.connect(servers.server("named"), autocommit=True)


def unreachable(tmp_path: Path) -> str:
    return f"postgresql://u:secret@/x?host={tmp_path}"


def unknown(tmp_path: Path) -> str:
    return servers.server("named").replace("//postgres@", "//nobody_at_all:secret@")


@pytest.mark.parametrize("address", [unreachable, unknown])
def test_a_server_that_cannot_be_reached_is_named_without_its_password(
    address: Callable[[Path], str], tmp_path: Path
) -> None:
    with pytest.raises(NoServer, match=r"connection (failed|is bad)") as error:
        named(address(tmp_path))
    assert "secret" not in str(error.value)


def test_a_role_that_may_not_make_databases_is_told_how_it_may() -> None:
    with admin() as connection:
        connection.execute("CREATE ROLE miglab_test_bob LOGIN")
        try:
            with pytest.raises(NoServer, match='ALTER ROLE "miglab_test_bob" CREATEDB'):
                named(servers.server("named").replace("//postgres@", "//miglab_test_bob@"))
        finally:
            connection.execute("DROP ROLE miglab_test_bob")

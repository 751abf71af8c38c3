"""Databases on real servers: copied, marked, renamed, swept. What is not ours is left alone."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pymysql
import pytest

from miglab.databases.engine import Handle
from miglab.databases.mariadb import moments
from miglab.databases.mariadb.address import (
    beside,
    handle_of,
    keep_password,
    name_of,
    option_file,
    parameters_of,
    password_of,
)
from miglab.databases.mariadb.connections import connect, named
from miglab.databases.mariadb.ready import READY
from miglab.databases.mariadb_engine import MariaDB
from miglab.databases.naming import owner_of
from miglab.databases.server import meanwhile
from miglab.errors import BadInput, NoServer
from miglab.home import home

from ..alive import alive
from . import servers
from .servers import run


@pytest.fixture(params=servers.KINDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MariaDB]:
    found = MariaDB(servers.server(request.param))
    with alive(tmp_path):
        yield found
        found.clear(tmp_path)


@pytest.fixture
def handle(engine: MariaDB, tmp_path: Path) -> Handle:
    """A database with a table and a row."""
    made = engine.handle(tmp_path, engine.place("shop"))
    engine.make_room(made)
    run(
        made,
        "CREATE TABLE shop (id int AUTO_INCREMENT PRIMARY KEY, name varchar(9))",
        "INSERT INTO shop (name) VALUES ('a')",
    )
    return made


WRITES = {
    "a row": "INSERT INTO shop (name) VALUES ('b')",
    "a value": "UPDATE shop SET name = 'c'",
    "a row that goes": "DELETE FROM shop",
    "an emptied table": "TRUNCATE shop",
    "a number that was drawn": "ALTER TABLE shop AUTO_INCREMENT = 7",
    "a table": "CREATE TABLE other (id int)",
    "a table without transactions": "CREATE TABLE other (id int) ENGINE = Aria",
    "a column": "ALTER TABLE shop ADD COLUMN price int",
    "a default": "ALTER TABLE shop ALTER COLUMN name SET DEFAULT 'x'",
    "an index": "CREATE INDEX named ON shop (name)",
    "a comment": "ALTER TABLE shop COMMENT 'of all'",
    "a view": "CREATE VIEW seen AS SELECT 1 AS one",
    "a trigger": "CREATE TRIGGER noting BEFORE INSERT ON shop FOR EACH ROW SET NEW.name = 'n'",
    "a function": "CREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1",
    "a charset": "ALTER DATABASE CHARACTER SET latin1",
}


@pytest.mark.parametrize("engine", ["own"], indirect=True)
@pytest.mark.parametrize("stays", [False, True], ids=["that has ended", "that stays"])
@pytest.mark.parametrize("sql", WRITES.values(), ids=WRITES.keys())
def test_every_kind_of_write_by_a_session_moves_the_mark(
    engine: MariaDB, handle: Handle, sql: str, stays: bool
) -> None:
    before = engine.mark(handle)
    connection = connect(handle)
    connection.cursor().execute(sql)
    if not stays:
        connection.close()
    assert engine.mark(handle) != before
    if stays:
        connection.close()


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_what_is_committed_after_it_was_written_moves_the_mark_again(
    engine: MariaDB, handle: Handle
) -> None:
    with connect(handle) as connection, connection.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("UPDATE shop SET name = 'b'")
        open_still = engine.mark(handle)
        connection.commit()
        assert engine.mark(handle) != open_still


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_a_table_that_is_emptied_or_made_anew_moves_the_mark_whatever_keeps_it(
    engine: MariaDB, handle: Handle
) -> None:
    for storage in ("InnoDB", "Aria", "MyISAM"):
        made = f"CREATE TABLE other (id int) ENGINE = {storage}"
        run(handle, made)
        for again in (("TRUNCATE other",), ("DELETE FROM other",), ("DROP TABLE other", made)):
            run(handle, "INSERT INTO other VALUES (1)")
            before = engine.mark(handle)
            run(handle, *again)
            assert engine.mark(handle) != before
        run(handle, "DROP TABLE other")


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_a_column_that_is_made_anew_at_once_moves_the_mark_even_in_the_second_of_the_table(
    engine: MariaDB, handle: Handle
) -> None:
    run(handle, "ALTER TABLE shop ADD COLUMN price int NOT NULL DEFAULT 7")
    run(handle, "ALTER TABLE shop ALTER COLUMN price SET DEFAULT 0")
    before = engine.mark(handle)
    run(handle, "ALTER TABLE shop DROP COLUMN price")
    run(handle, "ALTER TABLE shop ADD COLUMN price int NOT NULL DEFAULT 0")
    assert engine.mark(handle) != before


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_what_moved_the_mark_once_does_not_leave_it_and_the_age_of_a_table_adds_nothing(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    other = engine.handle(tmp_path, engine.place("other"))
    engine.make_room(other)
    before = engine.mark(handle)
    run(handle, "ALTER TABLE shop DROP COLUMN name", "ALTER TABLE shop ADD name varchar(9)")
    seen = [engine.mark(handle)]
    assert seen != [before]
    for number in range(2):
        run(other, f"CREATE TABLE shop{number} (id int)")
        seen.append(engine.mark(handle))
        time.sleep(1.2)
    assert len({*seen}) == 1


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_reading_copying_and_what_happens_elsewhere_move_no_mark(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    before = engine.mark(handle)
    other = engine.handle(tmp_path, engine.place("other"))
    for _ in range(2):
        run(handle, "SELECT * FROM shop ORDER BY name")
        assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
        engine.copy(handle, engine.kept(tmp_path, "1"))
        engine.make_room(other)
        run(other, "CREATE TABLE IF NOT EXISTS shop (id int)", "INSERT INTO shop VALUES (1)")
        assert engine.mark(handle) == before


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_a_write_by_another_process_that_has_ended_moves_the_mark_at_once(
    engine: MariaDB, handle: Handle
) -> None:
    before = engine.mark(handle)
    code = (
        "import sys; from miglab.databases.mariadb.connections import connect; "
        "connect(sys.argv[1]).cursor().execute(sys.argv[2])"
    )
    sql = "UPDATE shop SET name = 'b'"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code, handle, sql], check=True)
    assert engine.mark(handle) != before


#: A database with all that hangs on tables, or beside them.
WHOLE = (
    "CREATE TABLE parent (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20),"
    " twice int GENERATED ALWAYS AS (char_length(name) * 2) STORED,"
    " `we``ird` int AS (char_length(name) + 1) VIRTUAL) DEFAULT CHARSET latin1",
    "CREATE TABLE child (id int AUTO_INCREMENT PRIMARY KEY, parent_id int, hidden int INVISIBLE,"
    " CONSTRAINT of_parent FOREIGN KEY (parent_id) REFERENCES parent (id), CHECK (parent_id > 0))",
    "CREATE TABLE plain (id int PRIMARY KEY) ENGINE = Aria",
    "CREATE TABLE kept (id int) WITH SYSTEM VERSIONING",
    "CREATE TABLE timed (id int, a timestamp(6) GENERATED ALWAYS AS ROW START,"
    " b timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (a, b))"
    " WITH SYSTEM VERSIONING",
    "CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 3",
    "INSERT INTO parent (name) VALUES ('x'), ('y')",
    "INSERT INTO child (parent_id, hidden) VALUES (1, 7)",
    "INSERT INTO kept VALUES (1)",
    "UPDATE kept SET id = 2",
    "INSERT INTO timed (id) VALUES (1)",
    "UPDATE timed SET id = 2",
    "ALTER TABLE parent AUTO_INCREMENT = 100",
    "SELECT nextval(numbers)",
    "CREATE FUNCTION next_of(x int) RETURNS int DETERMINISTIC RETURN x + 1",
    "CREATE PROCEDURE say() SELECT '%s'",
    "CREATE VIEW z_first AS SELECT * FROM parent",
    "CREATE VIEW a_second AS SELECT next_of(id) AS n, name FROM z_first",
    "CREATE TRIGGER one BEFORE INSERT ON parent FOR EACH ROW SET NEW.name = 'of one'",
    "CREATE TRIGGER two BEFORE INSERT ON parent FOR EACH ROW SET NEW.name = concat(NEW.name, '+')",
    "CREATE EVENT daily ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE DO SELECT 1",
)


def everything(handle: str) -> list[object]:
    """All that is in a database, with its rows, without the names of databases and users."""
    found: list[object] = []
    for name, kind in run(handle, "SHOW FULL TABLES"):
        of_all = " FOR SYSTEM_TIME ALL" if kind == "SYSTEM VERSIONED" else ""
        what = f"`{name}`{of_all} ORDER BY 1, 2, 3"
        hidden = "*, hidden" if name == "child" else "*"
        (shown,) = run(handle, f"SHOW CREATE TABLE `{name}`")
        found.append((kind, shown[1]))
        if kind == "SEQUENCE":
            found.append(run(handle, f"SELECT next_not_cached_value FROM `{name}`"))
        else:
            rows = run(handle, f"SELECT {hidden} FROM {what.split(' ORDER')[0]}")
            found.append(sorted(map(repr, rows)))
    found.append([each[:4] for each in run(handle, "SHOW TRIGGERS")])
    where = f"WHERE routine_schema = '{name_of(handle)}' ORDER BY 1"
    found.append(
        run(
            handle,
            "SELECT routine_name, routine_definition, sql_mode, is_deterministic"
            f" FROM information_schema.routines {where}",
        )
    )
    found.append(
        run(
            handle,
            "SELECT event_name, status, starts FROM information_schema.events"
            f" WHERE event_schema = '{name_of(handle)}'",
        )
    )
    return found


def test_a_copy_has_all_that_hangs_on_tables_and_is_put_back_with_it(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    run(handle, *WHOLE)
    before, copy = everything(handle), engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    assert everything(copy) == before
    run(handle, "INSERT INTO child (parent_id) VALUES (1)", "DROP VIEW a_second")
    engine.restore(copy, handle)
    assert everything(handle) == before
    run(handle, "INSERT INTO parent (name) VALUES ('new')")
    assert run(handle, "SELECT id, name FROM parent WHERE id > 2") == [(100, "of one+")]
    engine.restore(copy, handle)
    assert everything(handle) == before
    assert everything(copy) == before


def test_a_view_that_refers_to_what_is_not_there_is_named(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    run(handle, "CREATE VIEW seen AS SELECT name FROM shop", "DROP TABLE shop")
    with pytest.raises(NoServer, match="these views refer to something that does not exist: seen"):
        engine.copy(handle, engine.kept(tmp_path, "1"))


def test_a_copy_that_cannot_be_put_back_leaves_the_database_as_it_was(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    copy = engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    run(copy, "CREATE VIEW seen AS SELECT name FROM shop", "DROP TABLE shop")
    with pytest.raises(NoServer, match="these views refer to something that does not exist: seen"):
        engine.restore(copy, handle)
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
    meanwhile.finish()
    assert len(moments.names(handle, owner_of(tmp_path))) == 2


def test_a_session_that_holds_a_lock_is_ended_when_its_database_is_replaced(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    copy = engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    with connect(handle) as connection, connection.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("UPDATE shop SET name = 'b'")
        engine.restore(copy, handle)
        with pytest.raises(pymysql.Error):
            cursor.execute("SELECT 1")
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
    meanwhile.finish()
    READY.forget_all(owner_of(tmp_path))
    # Nothing of the one that was in place is left.
    assert len(moments.names(handle, owner_of(tmp_path))) == 2


def test_an_idle_session_goes_on_in_the_database_that_is_put_back(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    copy = engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    with connect(handle) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE shop SET name = 'b'")
        engine.restore(copy, handle)
        cursor.execute("SELECT name FROM shop")
        assert cursor.fetchall() == (("a",),)


def test_what_was_put_back_once_is_there_a_second_time_at_once_and_leaves_nothing(
    engine: MariaDB, handle: Handle, tmp_path: Path
) -> None:
    copy = engine.kept(tmp_path, "1")
    engine.copy(handle, copy)
    for value in "bcd":
        run(handle, f"UPDATE shop SET name = '{value}'")
        engine.restore(copy, handle)
        assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
        assert engine.rows(copy, "SELECT name FROM shop") == [("a",)]
    assert [each for each in READY.made if name_of(each).startswith(owner_of(tmp_path))] == [copy]
    READY.made[copy].join()
    assert READY.take(copy, handle)
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
    READY.prepare(copy)
    engine.clear(tmp_path)
    assert moments.names(handle, owner_of(tmp_path)) == []


def test_two_statements_are_not_a_query(engine: MariaDB, handle: Handle) -> None:
    with pytest.raises(pymysql.Error, match="error in your SQL syntax"):
        engine.rows(handle, "COMMIT; DELETE FROM shop")
    with pytest.raises(pymysql.Error, match="READ ONLY"):
        engine.rows(handle, "CREATE TABLE other (id int)")
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]


def test_what_is_not_ours_is_neither_dropped_nor_renamed_nor_made(engine: MariaDB) -> None:
    other = beside(engine.handle(home() / "labs" / "a", "databases/x"), "somebodys")
    for act in (engine.remove, engine.make_room, lambda it: engine.restore(None, it)):
        with pytest.raises(AssertionError, match="is not touched"):
            act(other)
    assert not moments.exists(other)


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_a_sweep_drops_what_dead_labs_left_and_old_templates(
    engine: MariaDB, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
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
        run(old, "ALTER DATABASE COMMENT 'made by miglab on 2020-01-01'")
        engine.sweep(labs, "aaaa".__eq__)
        found = [engine.exists(each) for each in (alive, *dead, young, old, second)]
        assert found == [True, False, False, True, False, False]
        assert [*engine.all_kept(templates)] == [young]
    finally:
        for each in (alive, *dead, young, old, second):
            engine.remove(each)


@pytest.mark.parametrize("engine", ["own"], indirect=True)
def test_a_database_that_is_still_being_moved_is_not_there_yet(
    engine: MariaDB, handle: Handle
) -> None:
    run(handle, "ALTER DATABASE COMMENT 'miglab is making this database right now'")
    assert not engine.exists(handle)


def test_a_handle_is_read_as_it_was_written_whatever_is_in_its_names() -> None:
    parameters = {
        "user": "ann@home",
        "database": "a/b c?ü&=",
        "unix_socket": "/tmp/with space&more=1",
        "session": "sql_mode='A,B'",
    }
    handle = handle_of(parameters)
    assert parameters_of(handle) == parameters
    assert beside(beside(handle, "x"), "a/b c?ü&=") == handle
    place = {"host": "::1", "port": "3307", "user": "u"}
    assert parameters_of(handle_of(place)) == place


@pytest.mark.parametrize(
    "text", ["mysql://u:secret@h:port/", "oracle://u:secret@h/", "mysql://u:secret@h/?sslmode=x"]
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(text: str) -> None:
    with pytest.raises(BadInput, match="write mysql://USER:PASSWORD@HOST:PORT/") as error:
        named(text)
    assert "secret" not in str(error.value)


def test_a_password_is_in_a_file_of_its_own_and_never_in_a_handle(own_home: Path) -> None:
    password = 'se:cr\\e"t\n'
    kept = keep_password({"user": "ann", "host": "h", "password": password})
    handle = handle_of(kept)
    assert "cr" not in handle
    assert password_of(handle) == password
    path = Path(kept["passfile"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.is_relative_to(own_home)


def test_a_password_leads_to_the_server_and_the_tools_with_all_its_signs(own_home: Path) -> None:
    password = 'se:c"r\\e t#%é'
    admin, user = servers.server("named"), "miglab_test_ann"
    told = password.replace("\\", "\\\\")
    run(
        admin,
        f"CREATE OR REPLACE USER {user} IDENTIFIED BY '{told}'",
        f"GRANT ALL PRIVILEGES ON `miglab\\_%`.* TO {user}",
    )
    try:
        handle = named(servers.HERE.replace("root@", f"{user}:{quote(password)}@"))
        assert "cret" not in handle
        assert run(handle, "SELECT SUBSTRING_INDEX(USER(), '@', 1)") == [(user,)]
        path = own_home / "options"
        path.write_text(option_file(handle))
        command = ["mariadb", f"--defaults-file={path}", "-e", "SELECT 1"]
        subprocess.run(command, check=True, capture_output=True)
    finally:
        run(admin, f"DROP USER {user}")


def test_a_server_that_cannot_be_reached_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(NoServer, match="Can't connect") as error:
        named(f"mysql://u:secret@/?unix_socket={tmp_path}/none")
    assert "secret" not in str(error.value)


def test_a_wrong_password_is_an_error_of_ours_and_is_not_shown() -> None:
    servers.server("named")
    with pytest.raises(NoServer, match="Access denied for user 'nobody_at_all'") as error:
        named(servers.HERE.replace("//root@", "//nobody_at_all:secret@"))
    assert "secret" not in str(error.value)


def test_a_user_that_may_not_make_databases_is_told_how_it_may() -> None:
    admin, user = servers.server("named"), "miglab_test_bob"
    run(admin, f"CREATE OR REPLACE USER {user}")
    try:
        with pytest.raises(NoServer, match=r"GRANT ALL PRIVILEGES ON `miglab\\_%`\.\* TO"):
            named(servers.HERE.replace("//root@", f"//{user}@"))
    finally:
        run(admin, f"DROP USER {user}")


def test_a_second_copy_that_was_not_finished_takes_nobodys_place(
    engine: MariaDB, handle: Handle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(handle, "CREATE TABLE zoo (id int)")
    copy, begun = engine.kept(tmp_path, "1"), threading.Event()

    def half(cursor: object, source: str, to: str) -> None:
        run(handle, f"CREATE DATABASE {to}", f"CREATE TABLE {to}.shop (id int, name varchar(9))")
        begun.set()
        raise pymysql.OperationalError(2013, "Lost connection")

    engine.copy(handle, copy)
    with monkeypatch.context() as patch:
        patch.setattr(moments.by_sql, "duplicate", half)
        READY.prepare(copy)
        assert begun.wait(30)
        READY.made[copy].join()
    engine.restore(copy, handle)
    assert engine.rows(handle, "SELECT name FROM shop") == [("a",)]
    assert engine.rows(handle, "SELECT * FROM zoo") == []

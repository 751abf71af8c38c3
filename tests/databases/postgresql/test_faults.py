"""What happens to a lab when its server stops, its disk is full, or somebody else is in the way."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from miglab import Lab
from miglab.databases.naming import OURS
from miglab.databases.postgresql import binaries, dump, moments
from miglab.databases.postgresql.address import beside, name_of, parameters_of
from miglab.errors import DiskFull, NoServer, ServerStopped, UnknownName
from miglab.home import home

from ...plain import postgresql
from ...waiting import until
from . import servers

ROOT = Path(__file__).parents[3]
STATE = {"store_tag": 6, "store_product": 24}


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One on the server of all tests."""
    with Lab("storefront", apps=["store"], database="postgresql") as found:
        yield found


@pytest.fixture
def alone(own_home: Path) -> Iterator[Lab]:
    """One with a server of its own, which a test may kill."""
    with Lab("storefront", apps=["store"], database="postgresql") as found:
        yield found


def handle(lab: Lab) -> str:
    return next(iter(lab._stage.sandbox.databases.values()))


def server(lab: Lab) -> int:
    """The process id of its server."""
    data = Path(parameters_of(handle(lab))["host"]).parent / "data"
    return int((data / "postmaster.pid").read_text().split()[0])


def rows(lab: Lab) -> dict[str, int]:
    return {table: len(lab.rows(table, 100)) for table in STATE}


#: Says that it is in the middle of a transaction, and stays there.
SLOW = """
import time
from pathlib import Path
from django.db import transaction
with transaction.atomic():
    Product.objects.all().delete()
    Path("begun").touch()
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_server_that_stops_in_the_middle_of_a_command_leaves_the_lab_as_before(
    alone: Lab, number: int
) -> None:
    alone.manage("migrate store 0004")
    alone.manage("migrate store")
    alone.rewind(2)

    def stop() -> None:
        until(lambda: (alone.folder / "begun").exists())
        os.kill(server(alone), number)

    thread = threading.Thread(target=stop)
    thread.start()
    slow = SLOW.replace("time.sleep(60)", "[Product.objects.count() for _ in iter(int, 1)]")
    with pytest.raises(ServerStopped, match="The lab is as it was before the command"):
        alone.shell(slow)
    thread.join()
    assert rows(alone) == STATE
    assert not (alone.folder / "begun").exists()
    assert alone.manage("migrate store 0004").refusal is None
    assert alone.what_if("migrate store").verdict


def test_a_server_that_stopped_between_two_commands_is_started_again(alone: Lab) -> None:
    alone.manage("migrate store 0004")
    os.kill(server(alone), signal.SIGKILL)
    until(lambda: not alone._stage.sandbox.answers())
    alone.rewind()
    assert rows(alone) == STATE


def test_a_connection_that_is_cut_ends_the_command_and_nothing_of_it_stays(lab: Lab) -> None:
    def cut() -> None:
        until(lambda: (lab.folder / "begun").exists())
        with psycopg.connect(beside(handle(lab), "postgres"), autocommit=True) as connection:
            query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            connection.execute(query, (name_of(handle(lab)),))

    thread = threading.Thread(target=cut)
    thread.start()
    forever = SLOW.replace("time.sleep(60)", "[Product.objects.count() for _ in iter(int, 1)]")
    step = lab.shell(forever)
    thread.join()
    assert step.refusal is not None
    assert step.refusal.error == "OperationalError"
    assert rows(lab) == STATE
    assert lab.manage("migrate store 0004").refusal is None


def test_a_servers_disk_that_is_full_ends_a_command_and_the_lab_is_as_before(small: Path) -> None:
    with Lab("storefront", apps=["store"], database="postgresql") as lab:
        filler = small / "filler"
        with open(filler, "wb") as file:
            file.write(bytes(shutil.disk_usage(small).free - 4_000_000))
        with pytest.raises(DiskFull):
            lab.manage("migrate store 0004")
        filler.unlink()
        assert rows(lab) == STATE
        assert lab.history().lines == ()
        assert lab.manage("migrate store 0004").refusal is None


def test_a_tool_that_is_older_than_the_server_is_named_before_anything_is_made(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = servers.server("installed")
    older = [each for each in binaries.installed() if each.major < 18]
    newest = max(each.major for each in older)
    original = beside(handle(lab), f"original_{secrets.token_hex(4)}")
    with psycopg.connect(beside(original, "postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name_of(original)}".encode())
        try:
            monkeypatch.setattr(binaries, "installed", lambda: iter(older))
            monkeypatch.setattr(binaries, "embedded", lambda: None)
            to = beside(target, f"{OURS}older_{secrets.token_hex(4)}")
            with pytest.raises(NoServer, match=rf"it is PostgreSQL 18, .* \(found: .*{newest}"):
                dump.copy(original, to)
            assert not moments.exists(to)
        finally:
            admin.execute(f"DROP DATABASE {name_of(original)}".encode())


def test_what_a_killed_lab_left_is_dropped_by_the_next() -> None:
    code = (
        "import os, signal; from miglab import Lab; lab = Lab(database='postgresql'); "
        "lab.manage('migrate store 0004'); print(lab._stage.sandbox.root.name, flush=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    name = done.stdout.strip()
    assert len(name) == 16
    # The server ends what it was doing for it first.
    until(lambda: not postgresql.busy(home(), name))
    with Lab("storefront", database="postgresql") as lab:
        found = moments.names(handle(lab), OURS)
        assert [each for each in found if name in each] == []


def test_two_labs_on_one_server_do_not_see_each_other(lab: Lab) -> None:
    with Lab("storefront", database="postgresql") as other:
        assert parameters_of(handle(other))["host"] == parameters_of(handle(lab))["host"]
        other.manage("migrate store zero")
        assert rows(lab) == STATE
    lab.manage("migrate store 0004")
    lab.rewind()
    assert rows(lab) == STATE


def test_somebody_who_stays_connected_to_the_copy_does_not_stop_a_lab(lab: Lab) -> None:
    with psycopg.connect(handle(lab), autocommit=True) as connection:
        connection.execute("SELECT * FROM store_product").fetchall()
        lab.manage("showmigrations")
        assert lab.history().lines == ()
        lab.manage("migrate store 0004")
        lab.rewind()
        assert rows(lab) == STATE
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_somebody_who_has_a_table_of_the_copy_locked_does_not_stop_a_lab(lab: Lab) -> None:
    with psycopg.connect(handle(lab), autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute("LOCK TABLE store_product IN ACCESS EXCLUSIVE MODE")
        assert lab.manage("migrate store 0004").refusal is None
        lab.rewind()
        assert rows(lab) == STATE
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


def test_a_terminal_that_writes_makes_a_step(lab: Lab) -> None:
    with psycopg.connect(handle(lab)) as connection:
        connection.execute("DELETE FROM store_product_tags")
        connection.execute("DELETE FROM store_tag")
    assert rows(lab)["store_tag"] == 0
    assert lab.history().lines == ("(done outside the lab)",)
    lab.rewind()
    assert rows(lab) == STATE


def test_manage_py_in_a_terminal_works_on_the_copy(lab: Lab) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "store", "0004"],
        cwd=lab.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Unapplying store.0005" in done.stdout
    assert lab.history().lines == ("migrate store 0004",)
    lab.rewind()
    assert rows(lab) == STATE


def test_nothing_is_left_of_a_lab_that_was_closed(lab: Lab) -> None:
    lab.what_if("migrate store 0004")
    lab.manage("migrate store 0004")
    mine, name = handle(lab), lab._stage.sandbox.root.name
    lab.close()
    found = moments.names(beside(mine, "postgres"), OURS)
    assert [each for each in found if name in each] == []


def test_a_server_that_cannot_be_reached_is_an_error_and_leaves_no_lab(
    own_home: Path, tmp_path: Path
) -> None:
    with pytest.raises(NoServer, match="No such file or directory"):
        Lab("storefront", database=f"postgresql://ann@/?host={tmp_path}")
    assert [*(own_home / "labs").iterdir()] == []


def test_a_database_that_miglab_does_not_know_is_refused_with_those_that_it_knows() -> None:
    with pytest.raises(UnknownName, match="'oracle'; choose from: sqlite, postgresql"):
        Lab("storefront", database="oracle")


def test_the_variable_names_the_server_of_labs(
    monkeypatch: pytest.MonkeyPatch, named: Callable[[], str]
) -> None:
    monkeypatch.setenv("MIGLAB_POSTGRESQL", named())
    with Lab("storefront", database="postgresql") as lab:
        assert parameters_of(handle(lab))["host"] == "127.0.0.1"
        lab.manage("migrate store 0004")
        lab.rewind()
        assert rows(lab) == STATE
        # What labs begin with would be kept there for a month.
        lab._stage.sandbox.engines["default"].clear(home() / "templates")


@pytest.fixture
def named() -> Callable[[], str]:
    """The machine's own server."""

    return lambda: servers.server("named")

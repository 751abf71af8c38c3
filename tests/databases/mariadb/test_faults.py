"""What happens to a lab when its server stops, or somebody else is in the way."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from miglab import Lab
from miglab.databases.mariadb import binaries, moments
from miglab.databases.mariadb.address import parameters_of
from miglab.databases.mariadb.connections import connect
from miglab.databases.naming import OURS
from miglab.errors import DiskFull, NoServer, ServerStopped, UnknownName
from miglab.home import home

from ...waiting import until
from . import servers
from .servers import run

ROOT = Path(__file__).parents[3]
STATE = {"store_tag": 6, "store_product": 24}


@pytest.fixture
def lab() -> Iterator[Lab]:
    """One on the server of all tests."""
    servers.needed()
    with Lab("storefront", apps=["store"], database="mariadb") as found:
        yield found


@pytest.fixture
def alone(own_home: Path) -> Iterator[Lab]:
    """One with a server of its own, which a test may kill."""
    servers.needed()
    with Lab("storefront", apps=["store"], database="mariadb") as found:
        yield found


def handle(lab: Lab) -> str:
    return next(iter(lab._stage.sandbox.databases.values()))


def server(lab: Lab) -> int:
    """The process id of its server."""
    data = Path(parameters_of(handle(lab))["unix_socket"]).parents[1] / "data"
    return int((data / "pid").read_text().split()[0])


def rows(lab: Lab) -> dict[str, int]:
    return {table: len(lab.rows(table, 100)) for table in STATE}


#: Says that it is in the middle of a transaction, and stays there.
SLOW = """
from pathlib import Path
from django.db import transaction
with transaction.atomic():
    Product.objects.all().delete()
    Path("begun").touch()
    [Product.objects.count() for _ in iter(int, 1)]
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
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
    with pytest.raises(ServerStopped, match="The lab is as it was before the command"):
        alone.shell(SLOW)
    thread.join()
    assert rows(alone) == STATE
    assert not (alone.folder / "begun").exists()
    assert alone.manage("migrate store 0004").refusal is None
    assert alone.what_if("migrate store").verdict


def test_a_connection_that_is_cut_in_the_middle_of_a_command_leaves_the_lab_as_before(
    lab: Lab,
) -> None:
    def cut() -> None:
        until(lambda: (lab.folder / "begun").exists())
        mine = parameters_of(handle(lab))["database"]
        query = f"SELECT id FROM information_schema.processlist WHERE db = '{mine}'"
        for (number,) in run(handle(lab), f"{query} AND id <> CONNECTION_ID()"):
            run(handle(lab), f"KILL {number}")

    thread = threading.Thread(target=cut)
    thread.start()
    step = lab.shell(SLOW)
    thread.join()
    assert step.refusal is not None
    assert rows(lab) == STATE


def test_a_server_that_stopped_between_two_commands_is_started_again(alone: Lab) -> None:
    alone.manage("migrate store 0004")
    os.kill(server(alone), signal.SIGKILL)
    until(lambda: not alone._stage.sandbox.answers())
    alone.rewind()
    assert rows(alone) == STATE


def test_a_servers_disk_that_is_full_ends_a_command_and_the_lab_is_as_before(small: Path) -> None:
    servers.needed()
    with Lab("storefront", apps=["store"], database="mariadb") as lab:
        filler = small / "filler"
        with open(filler, "wb") as file:
            file.write(bytes(shutil.disk_usage(small).free - 1_000_000))
        with pytest.raises(DiskFull):
            lab.manage("migrate store 0004")
        filler.unlink()
        assert rows(lab) == STATE
        assert lab.history().lines == ()
        assert lab.manage("migrate store 0004").refusal is None


def test_what_a_killed_lab_left_is_dropped_by_the_next() -> None:
    servers.needed()
    code = (
        "import os, signal; from miglab import Lab; lab = Lab(database='mariadb'); "
        "lab.manage('migrate store 0004'); print(lab._stage.sandbox.root.name, flush=True); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    name = done.stdout.strip()
    assert len(name) == 16
    with Lab("storefront", database="mariadb") as lab:
        found = moments.names(handle(lab), OURS)
        assert [each for each in found if name in each] == []


def test_two_labs_on_one_server_do_not_see_each_other(lab: Lab) -> None:
    with Lab("storefront", database="mariadb") as other:
        where = [parameters_of(handle(each))["unix_socket"] for each in (lab, other)]
        assert where[0] == where[1]
        other.manage("migrate store zero")
        assert rows(lab) == STATE
    lab.manage("migrate store 0004")
    lab.rewind()
    assert rows(lab) == STATE


def test_somebody_who_stays_connected_to_the_copy_does_not_stop_a_lab(lab: Lab) -> None:
    connection = connect(handle(lab))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM store_product")
        lab.manage("showmigrations")
        assert lab.history().lines == ()
        lab.manage("migrate store 0004")
        lab.rewind()
        assert rows(lab) == STATE
    connection.close()


def test_somebody_who_has_a_table_of_the_copy_locked_does_not_stop_a_lab(lab: Lab) -> None:
    with connect(handle(lab)) as connection, connection.cursor() as cursor:
        cursor.execute("LOCK TABLES store_product WRITE")
        assert lab.manage("migrate store 0004").refusal is None
        lab.rewind()
        assert rows(lab) == STATE


def test_a_terminal_that_writes_makes_a_step(lab: Lab) -> None:
    run(handle(lab), "DELETE FROM store_product_tags", "DELETE FROM store_tag")
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
    assert [each for each in moments.names(mine, OURS) if name in each] == []


def test_a_server_that_cannot_be_reached_is_an_error_and_leaves_no_lab(
    own_home: Path, tmp_path: Path
) -> None:
    with pytest.raises(NoServer, match="No such file or directory"):
        Lab("storefront", database=f"mysql://ann@/?unix_socket={tmp_path}/none")
    assert [*(own_home / "labs").iterdir()] == []


def test_where_no_server_is_installed_the_error_says_how_to_get_one(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "servers", lambda: iter(()))
    with pytest.raises(NoServer, match=r"install one .*MIGLAB_MARIADB \('local' means"):
        Lab("storefront", database="mariadb")
    assert [*(own_home / "labs").iterdir()] == []


def test_a_database_that_miglab_does_not_know_is_refused_with_those_that_it_knows() -> None:
    with pytest.raises(UnknownName, match="choose from: sqlite, postgresql, mariadb"):
        Lab("storefront", database="oracle")


@pytest.mark.parametrize("how", ["variable", "address", "local"])
def test_a_server_of_ones_own_has_labs(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    where = servers.server("named")
    if how == "local" and not any(Path(each).exists() for each in SOCKETS):
        pytest.skip("no server has a socket in the usual place here")
    if how != "address":
        monkeypatch.setenv("MIGLAB_MARIADB", where if how == "variable" else "local")
    with Lab("storefront", database=where if how == "address" else "mariadb") as lab:
        known = parameters_of(handle(lab))
        assert ("unix_socket" in known) == (how == "local")
        lab.manage("migrate store 0004")
        lab.rewind()
        assert rows(lab) == STATE
        # What labs begin with would be kept there for a month.
        lab._stage.sandbox.engines["default"].clear(home() / "templates")


SOCKETS = ("/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock")

"""A copy on the original's own server belongs to a role that can change nothing in the original, or
the report says that this is only watched."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from miglab import Lab
from miglab.databases.naming import beginning
from miglab.databases.postgresql import apart
from miglab.databases.postgresql.address import beside, handle_of, keep_password
from miglab.databases.postgresql.connections import named
from miglab.show.lines import fidelity_lines

from ..databases.postgresql import servers
from .test_own_on_postgresql import VERDICT, Live, folder, live

Of = Callable[..., Lab]
__all__ = ["folder", "live"]
ROOT = Path(__file__).parents[2]
BEGINS = (
    "The copy of default is on the original's own server, and its separation from the original is"
)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home that no other lab lives in: all labs of a home go by one role."""
    monkeypatch.setenv("MIGLAB_HOME", str(tmp_path / "home"))


def roles(live: Live) -> list[str]:
    """The roles that the labs of this home made."""
    query = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)"
    return [str(name) for (name,) in live.admin.execute(query, (beginning(),)).fetchall()]


@pytest.mark.usefixtures("alone")
def test_a_role_of_its_own_owns_the_copy_has_no_rights_in_the_original_and_goes_with_it(
    live: Live, folder: Path, of: Of
) -> None:
    with of(folder, on=servers.HERE) as lab:
        handle = next(iter(lab._stage.sandbox.databases.values()))
        with psycopg.connect(beside(handle, live.name), autocommit=True) as connection:
            for sql in ("DELETE FROM shop_item", "CREATE TABLE own (id int)"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.encode())
        found = lab.what_if("migrate shop 0001")
        assert found.verdict == VERDICT
        (told,) = [each for each in fidelity_lines(found) if each.startswith(BEGINS)]
        assert "enforced: its role miglab_" in told
        assert "may change nothing there" in told
        lab.manage("migrate shop 0001")
        lab.rewind()
    assert roles(live) == []


#: A lab on the original's own server, whose process is killed in the middle of a command.
KILLED = """
import os, signal, sys
from miglab import Lab

lab = Lab.of(sys.argv[1], on=sys.argv[2], python=sys.executable)
lab.manage("migrate shop 0001")
print(lab._stage.sandbox.root.name, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.usefixtures("alone")
def test_the_role_and_the_copies_of_a_killed_lab_go_with_the_next(
    live: Live, folder: Path, of: Of
) -> None:
    command = [sys.executable, "-c", KILLED, str(folder), servers.HERE]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    name = done.stdout.strip()
    assert len(name) == 16
    left = "SELECT datname FROM pg_database WHERE datname LIKE %s"
    assert live.admin.execute(left, (f"%{name}%",)).fetchall()
    assert len(roles(live)) == 1
    with of(folder, on=servers.HERE) as lab:
        assert live.admin.execute(left, (f"%{name}%",)).fetchall() == []
        assert lab.what_if("migrate shop 0001").verdict == VERDICT
    assert roles(live) == []


def test_where_nobody_may_connect_to_the_original_that_is_told(
    live: Live, folder: Path, of: Of
) -> None:
    live.admin.execute(f"REVOKE CONNECT ON DATABASE {live.name} FROM PUBLIC".encode())
    with of(folder, on=servers.HERE) as lab:
        told = "\n".join(fidelity_lines(lab.what_if("migrate shop 0001")))
        assert "may not connect to the original" in told


def test_what_everybody_may_change_in_the_original_is_only_watched(
    live: Live, folder: Path, of: Of
) -> None:
    with live.connected() as connection:
        connection.execute("GRANT UPDATE ON shop_item TO PUBLIC")
    with of(folder, on=servers.HERE) as lab:
        told = "\n".join(fidelity_lines(lab.what_if("migrate shop 0001")))
        assert f"{BEGINS} watched, not enforced: its role miglab_" in told
        assert "may write to shop_item there" in told


def test_a_role_that_may_do_everything_on_another_server_is_told() -> None:
    with Lab("storefront", database="postgresql") as lab:
        source = next(iter(lab._stage.sandbox.databases.values()))
        server = named(servers.server("named"))
        (told,) = apart.in_words_of(server, source)
        assert "SQL that starts a program there is not stopped" in told
        assert apart.in_words_of(servers.server("installed"), source) == ()


def test_a_role_that_may_do_everything_beside_the_original_leaves_it_open_to_sql(
    live: Live,
) -> None:
    known = {"host": live.host, "port": str(live.port), "user": live.user, "dbname": live.name}
    source = handle_of(keep_password({**known, "password": "se:cret"}))
    (told,) = apart.in_words_of(named(servers.server("named")), source)
    says = "watched where Python connects, but SQL can still reach the original"
    assert f"{says}: its role postgres may do" in told


@pytest.mark.usefixtures("alone")
def test_without_the_right_to_make_a_role_it_is_watched(live: Live, folder: Path, of: Of) -> None:
    live.admin.execute(f"ALTER ROLE {live.user} CREATEDB".encode())
    address = f"postgresql://{live.user}:se%3Acret@{live.host}:{live.port}/{live.name}"
    with of(folder, on=address) as lab:
        assert roles(live) == []
        told = "\n".join(fidelity_lines(lab.what_if("migrate shop 0001")))
        assert f"{BEGINS} watched, not enforced: both are used by the same role." in told

"""One MariaDB server for all labs of a user: there with the first client, gone with the last."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil
import pymysql
import pytest

from miglab.databases.mariadb import binaries
from miglab.databases.mariadb.address import handle_of
from miglab.databases.mariadb.binaries import version_in
from miglab.databases.mariadb.cluster import ROLE, Cluster, cluster_for
from miglab.databases.server.places import NOBODY, runs_as_nobody

from ...waiting import until
from . import servers
from .servers import run

ROOT = Path(__file__).parents[3]
#: A client that joins, says so, and lives until its input ends.
CLIENT = """
import sys
from miglab.databases.mariadb.originals import own_server
own_server()
print("joined", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """One of this test alone. Each client is a process of its own."""
    servers.needed()
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.setenv("MIGLAB_HOME", str(place))
    made = cluster_for(next(binaries.servers()))
    yield made
    until(lambda: not processes(made))


def processes(cluster: Cluster) -> list[psutil.Process]:
    """The processes of a cluster: its keeper and its server."""
    found = []
    for each in psutil.process_iter(["cmdline"]):
        if any(str(cluster.data) in word for word in each.info["cmdline"] or []):
            found.append(each)
    return found


def server(cluster: Cluster) -> psutil.Process:
    """The server itself."""
    return psutil.Process(int(cluster.pids.read_text().split()[0]))


def running(process: psutil.Process) -> bool:
    """Whether it lives; whoever started it may not have heard of its end."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@contextmanager
def client() -> Iterator[subprocess.Popen[str]]:
    """A client that has joined; it ends at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        said: IO[str] = process.stdout
        assert said.readline() == "joined\n"
        try:
            yield process
        finally:
            process.kill()


def address(cluster: Cluster, name: str = "") -> str:
    socket = str(cluster.socket)
    return handle_of({"user": ROLE, "unix_socket": socket, "database": name, "ssl": "off"})


def test_clients_share_one_server_and_it_is_gone_with_the_last(cluster: Cluster) -> None:
    with client():
        first = server(cluster).pid
        with client():
            assert server(cluster).pid == first
        run(address(cluster), "CREATE DATABASE miglab_kept")
    until(lambda: not processes(cluster))
    with client():
        assert run(address(cluster, "miglab_kept"), "SELECT 1") == [(1,)]
        assert server(cluster).pid != first


@pytest.mark.parametrize("victim", ["keeper", "server"])
def test_what_is_killed_takes_the_server_along_and_the_next_has_what_was_committed(
    cluster: Cluster, victim: str
) -> None:
    with client():
        run(
            address(cluster),
            "CREATE DATABASE miglab_kept",
            "CREATE TABLE miglab_kept.shop (id int)",
            "INSERT INTO miglab_kept.shop VALUES (1)",
        )
        process = server(cluster)
        (process.parent() if victim == "keeper" else process).send_signal(signal.SIGKILL)
        until(lambda: not running(process))
        with client():
            assert run(address(cluster, "miglab_kept"), "SELECT id FROM shop") == [(1,)]


@pytest.mark.parametrize("lost", ["ibdata1", "aria_log_control"])
def test_a_server_that_cannot_be_started_with_its_data_gets_new_data(
    cluster: Cluster, lost: str
) -> None:
    with client():
        pass
    until(lambda: not processes(cluster))
    place = cluster.data / lost
    place.write_bytes(b"nothing" * 1000)
    with client():
        assert run(address(cluster), "SELECT 1") == [(1,)]


def test_the_user_of_labs_has_its_own_databases_and_neither_files_nor_others(
    cluster: Cluster,
) -> None:
    with client():
        run(address(cluster), "CREATE DATABASE miglab_a", "DROP DATABASE miglab_a")
        for sql in (
            "CREATE DATABASE other",
            "SELECT 1 INTO OUTFILE '/tmp/miglab_written'",
            "SELECT * FROM mysql.global_priv",
            "SET GLOBAL userstat = 0",
            "INSTALL SONAME 'x'",
        ):
            with pytest.raises(pymysql.Error, match="denied"):
                run(address(cluster), sql)
        with pytest.raises(pymysql.Error, match="denied"):
            run(address(cluster).replace(f"//{ROLE}@", "//root@"), "SELECT 1")


def test_it_runs_as_this_user_and_for_root_as_nobody(cluster: Cluster) -> None:
    with client():
        mine = psutil.Process().uids().real
        assert server(cluster).uids().real == (NOBODY if runs_as_nobody() else mine)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux filters system calls")
def test_it_does_not_wait_for_the_disk(cluster: Cluster) -> None:
    with client():
        status = Path(f"/proc/{server(cluster).pid}/status").read_text()
        assert "Seccomp:\t2" in status


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu", "MariaDB 10.11"),
        ("mysqldump  Ver 10.19 Distrib 10.11.6-MariaDB, for debian-linux-gnu", "MariaDB 10.11"),
        ("mariadb-dump from 11.4.2-MariaDB, client 10.19 for Linux", "MariaDB 11.4"),
        ("5.5.5-10.6.12-MariaDB", "MariaDB 10.6"),
        ("mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)", "MySQL 8.0"),
        ("8.4.0", "MySQL 8.4"),
        ("nothing", "None"),
    ],
)
def test_a_version_is_read_however_it_is_said(text: str, found: str) -> None:
    assert str(version_in(text)) == found

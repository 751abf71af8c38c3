"""One server for all labs of a user: there with the first client, gone with the last."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import IO

import psutil
import psycopg
import pytest

from miglab.databases.postgresql.binaries import embedded
from miglab.databases.postgresql.cluster import PORT, ROLE, Cluster, cluster_for
from miglab.databases.server.keeper import is_ready
from miglab.databases.server.places import NOBODY

from ...waiting import until

ROOT = Path(__file__).parents[3]
#: A client that joins, says so, and lives until its input ends. For each line of it, it joins again
#: where that is needed, and says whether it was.
CLIENT = """
import sys
from miglab.databases.postgresql.binaries import embedded
from miglab.databases.postgresql.cluster import cluster_for
from miglab.databases.server.serving import join, join_again
cluster = cluster_for(embedded())
join(cluster)
print("joined", flush=True)
for _ in sys.stdin:
    print(join_again(str(cluster.sockets)), flush=True)
"""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """One of this test alone. Each client is a process of its own."""
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.setenv("MIGLAB_HOME", str(place))
    found = embedded()
    assert found is not None
    made = cluster_for(found)
    yield made
    until(lambda: not servers(made))


def servers(cluster: Cluster) -> list[psutil.Process]:
    """The processes of a cluster: its keeper, its server, and what that has started."""
    found = []
    for each in psutil.process_iter(["cmdline"]):
        if any(str(cluster.data) in word for word in each.info["cmdline"] or []):
            found.append(each)
    return found


def server(cluster: Cluster) -> psutil.Process:
    """The server itself."""
    pid = int((cluster.data / "postmaster.pid").read_text().split()[0])
    return psutil.Process(pid)


def running(process: psutil.Process) -> bool:
    """Whether it lives; whoever started it may not have heard of its end."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@contextmanager
def client(python: str = sys.executable, **more: object) -> Iterator[subprocess.Popen[str]]:
    """A client that has joined; it ends at the end."""
    process = subprocess.Popen(
        [python, "-c", CLIENT],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **more,  # type: ignore[call-overload]
    )
    with process:
        said: IO[str] = process.stdout
        assert said.readline() == "joined\n"
        try:
            yield process
        finally:
            process.kill()


def joins_again(asked: subprocess.Popen[str]) -> bool:
    """Have a client join again where that is needed; whether it was."""
    assert asked.stdin is not None
    assert asked.stdout is not None
    asked.stdin.write("\n")
    asked.stdin.flush()
    return {"True\n": True, "False\n": False}[asked.stdout.readline()]


def connected(cluster: Cluster, name: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(
        host=str(cluster.sockets), port=PORT, user=ROLE, dbname=name, autocommit=True
    )


def test_clients_share_one_server_and_it_is_gone_with_the_last(cluster: Cluster) -> None:
    with client():
        first = server(cluster).pid
        with client():
            assert server(cluster).pid == first
        with connected(cluster) as connection:
            connection.execute("CREATE DATABASE kept")
    until(lambda: not servers(cluster))
    with client(), connected(cluster, "kept") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert server(cluster).pid != first


def test_five_clients_at_once_start_one_server(cluster: Cluster) -> None:
    clients = [
        subprocess.Popen(
            [sys.executable, "-c", CLIENT],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    try:
        assert [each.stdout.readline() for each in clients if each.stdout] == ["joined\n"] * 5
        keepers = [each for each in servers(cluster) if "python" in each.name()]
        assert len(keepers) == 1
    finally:
        for each in clients:
            each.kill()
            each.communicate()


@pytest.mark.parametrize("victim", ["keeper", "server"])
def test_what_is_killed_takes_the_server_along_and_the_next_has_what_was_committed(
    cluster: Cluster, victim: str
) -> None:
    with client():
        with connected(cluster) as connection:
            connection.execute("CREATE DATABASE kept")
        with connected(cluster, "kept") as connection:
            connection.execute("CREATE TABLE shop AS SELECT 1 AS id")
        process = server(cluster)
        (process.parent() if victim == "keeper" else process).send_signal(signal.SIGKILL)
        until(lambda: not running(process))
        with client(), connected(cluster, "kept") as connection:
            assert connection.execute("SELECT id FROM shop").fetchone() == (1,)


def test_a_client_whose_server_was_killed_has_it_started_again(cluster: Cluster) -> None:
    with client() as asked:
        assert not joins_again(asked)
        process = server(cluster)
        process.send_signal(signal.SIGKILL)
        until(lambda: not process.is_running())
        assert joins_again(asked)
        with connected(cluster) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_whose_number_is_unknown_here_runs_if_its_socket_goes_on_to_answer(
    tmp_path: Path,
) -> None:
    """As of one in another container, on the same folder."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    pids, place = tmp_path / "pids", str(tmp_path / "s")
    pids.write_text(f"{gone.pid}\nready\n")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        assert is_ready(pids, "ready", place)
    assert not is_ready(pids, "ready", place)


def test_a_server_that_cannot_be_started_with_its_data_gets_new_data(cluster: Cluster) -> None:
    with client():
        pass
    until(lambda: not servers(cluster))
    (cluster.data / "global" / "pg_control").unlink()
    with client(), connected(cluster) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_the_role_of_labs_makes_databases_and_can_neither_write_files_nor_start_programs(
    cluster: Cluster,
) -> None:
    with client(), connected(cluster) as connection:
        connection.execute("CREATE DATABASE a")
        for target in ("'/tmp/written'", "PROGRAM 'true'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"COPY (SELECT 1) TO {target}")
        with pytest.raises(psycopg.OperationalError, match="no pg_hba"):
            psycopg.connect(host=str(cluster.sockets), port=PORT, user="postgres")


def test_a_path_too_long_for_a_socket_gets_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGLAB_HOME", str(tmp_path / ("long" * 30)))
    found = embedded()
    assert found is not None
    cluster = cluster_for(found)
    assert len(str(cluster.sockets)) < 90
    with client(), connected(cluster) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    until(lambda: not servers(cluster))


def test_a_user_has_the_server_run_as_that_user_and_root_as_somebody_else(tmp_path: Path) -> None:
    # Root's Python may be out of reach for others: then the system's own tells.
    users = [(os.geteuid(), sys.executable)]
    if os.geteuid() == 0:
        users.append((NOBODY, "/usr/bin/python3.11"))
    for uid, python in users:
        if not Path(python).exists():
            continue
        place = Path("/var/tmp") / f"miglab-test-{os.getpid()}-{uid}"
        place.mkdir(mode=0o755)
        os.chown(place, uid, -1)
        path = os.pathsep.join([str(ROOT), *(each for each in sys.path if "site-packages" in each)])
        variables = {**os.environ, "MIGLAB_HOME": str(place), "PYTHONPATH": path}
        try:
            with client(python, user=uid, env=variables):
                (pids,) = place.glob("postgresql/18-*/data/postmaster.pid")
                pid = int(pids.read_text().split()[0])
                assert psutil.Process(pid).uids().real == (uid or NOBODY)
            until(lambda pid=pid: not psutil.pid_exists(pid))
        finally:
            subprocess.run(["rm", "-rf", str(place)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are closed to the server")
def test_roots_home_that_is_closed_to_others_has_its_server_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setenv("MIGLAB_HOME", str(closed))
    found = embedded()
    assert found is not None
    cluster = cluster_for(found)
    assert not cluster.folder.is_relative_to(closed)
    try:
        with client(), connected(cluster) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        until(lambda: not servers(cluster))
    finally:
        subprocess.run(["rm", "-rf", str(cluster.folder.parent)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's folders are closed to the server")
def test_those_who_ask_at_once_find_one_place_for_a_home_that_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = embedded()
    assert found is not None
    for number in range(3):
        closed = tmp_path / f"closed{number}"
        closed.mkdir(mode=0o700)
        monkeypatch.setenv("MIGLAB_HOME", str(closed))
        start = Barrier(4)

        def ask(_: int, start: Barrier = start) -> Path:
            start.wait()
            return cluster_for(found).folder.parent

        with ThreadPoolExecutor(4) as pool:
            places = {*pool.map(ask, range(4))}
        assert len(places) == 1
        shutil.rmtree(places.pop())

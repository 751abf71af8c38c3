"""What a jail lets through, what it says, and what it makes of what it refuses."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import miglab
from miglab import Lab
from miglab.agent.serving.refusals import permits
from miglab.errors import NotJailed
from miglab.runners.jail import Jail

from ...whatif.own import shop


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
def test_a_required_jail_that_this_machine_lacks_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    text = f"\nimport ctypes\nctypes.CDLL(None).creat({str(ran).encode()!r}, 0o600)\n"
    folder = shop(tmp_path / "site", settings=text)
    ran.unlink()
    monkeypatch.setenv("MIGLAB_JAIL", "hook")
    with pytest.raises(NotJailed, match="contents watched"):
        Lab.of(folder, python=sys.executable, require_jail=True)
    assert not ran.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
def test_pools_locks_and_terminals_work_inside_namespaces(tmp_path: Path) -> None:
    with Lab.of(shop(tmp_path / "site"), python=sys.executable) as lab:
        if lab.protection.by != "namespaces":
            assert lab.protection.by in ("landlock", "hook")
            return
        code = """
            import multiprocessing, os, pty
            fork = multiprocessing.get_context("fork")
            fork.Lock()
            with fork.Pool(2) as pool:
                print(pool.map(abs, [-1, -2]))
            print(os.isatty(pty.openpty()[1]))
            """
        step = lab.shell(textwrap.dedent(code))
        assert step.output.split("\n")[:2] == ["[1, 2]", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
def test_what_the_system_refuses_is_an_obstacle(tmp_path: Path) -> None:
    """A driver in C passes the hook by; the jail refuses it."""
    outside = str(tmp_path / "outside").encode()
    head = f"""

def harm(apps, schema_editor):
    import ctypes, os
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.creat({outside!r}, 0o600) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
"""
    more = "migrations.RunPython(migrations.RunPython.noop, harm),"
    with Lab.of(shop(tmp_path / "site", head=head, more=more), python=sys.executable) as lab:
        step = lab.manage("migrate shop 0001")
        if lab.protection.contents == "enforced":
            assert [each.id for each in step.obstacles] == ["kernel-refused"]
            assert not os.path.exists(outside)
        else:
            assert os.path.exists(outside)


@pytest.fixture(params=["namespaces", "landlock"])
def jail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind that the system enforces."""
    monkeypatch.setenv("MIGLAB_JAIL", request.param)
    return request.param


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
def test_a_mode_of_the_projects_own_that_is_wrong_is_the_projects(
    jail: str, tmp_path: Path
) -> None:
    files = {"hook.sh": "#!/bin/sh\n"}
    folder = shop(tmp_path / "site", files=files)
    with Lab.of(folder, python=sys.executable, allow_programs=["hook.sh"]) as lab:
        step = lab.shell("import subprocess; subprocess.run(['./hook.sh'])")
        assert step.obstacles == ()
        assert "Permission denied" in step.output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
@pytest.mark.parametrize(
    ("code", "do"),
    [
        ("import socket; socket.socket(socket.AF_UNIX)", "--allow-address"),
        ("import multiprocessing; multiprocessing.Lock()", "/dev/shm"),
        ("import multiprocessing; multiprocessing.Pool(1)", "/dev/shm"),
        ("import pty; pty.openpty()", "terminals"),
    ],
)
def test_what_cannot_be_private_is_an_obstacle_with_a_way_out(
    jail: str, code: str, do: str, tmp_path: Path
) -> None:
    with Lab.of(shop(tmp_path / "site"), python=sys.executable) as lab:
        step = lab.shell(code)
        if lab.protection.by == "landlock" or (
            "socket" in code and lab.protection.other_sockets == "enforced"
        ):
            assert [each.id for each in step.obstacles] == ["kernel-refused"]
            assert do in step.obstacles[0].do
        else:
            assert step.obstacles == ()
            assert step.refusal is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
def test_pairs_of_sockets_and_servers_work_in_a_jail(jail: str, tmp_path: Path) -> None:
    code = """
        import asyncio, concurrent.futures, socket
        socket.socketpair()
        socket.create_server(("127.0.0.1", 0)).close()
        asyncio.run(asyncio.sleep(0))
        print(concurrent.futures.ThreadPoolExecutor(1).submit(abs, -3).result())
        """
    with Lab.of(shop(tmp_path / "site"), python=sys.executable) as lab:
        step = lab.shell(textwrap.dedent(code))
        assert step.refusal is None
        assert step.output.strip() == "3"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
def test_an_address_that_is_allowed_can_be_reached_in_a_jail(jail: str, tmp_path: Path) -> None:
    """By TCP, by UDP, and by a socket that has a path."""
    named = str(tmp_path / "socket")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as path,
    ):
        udp.bind(("127.0.0.1", 0))
        path.bind(named)
        path.listen()
        ports = [each.getsockname()[1] for each in (tcp, udp)]
        code = f"""
            import socket
            socket.create_connection(("127.0.0.1", {ports[0]})).close()
            socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", {ports[1]}))
            socket.socket(socket.AF_UNIX).connect({named!r})
            """
        addresses = [f"127.0.0.1:{ports[0]}", f"127.0.0.1:{ports[1]}", named]
        folder = shop(tmp_path / "site")
        with Lab.of(folder, python=sys.executable, allow_addresses=addresses) as lab:
            step = lab.shell(textwrap.dedent(code))
            assert step.refusal is None, step.output
            assert (lab.protection.tcp, lab.protection.other_sockets) == ("watched", "watched")
        udp.setblocking(False)
        assert udp.recv(9) == b"x"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
@pytest.mark.parametrize("tcp", [False, True])
def test_the_filter_refuses_sockets_by_itself(tcp: bool) -> None:
    """In a process of its own, without namespaces and without Landlock."""
    code = f"""
import errno, os, socket, sys
sys.path.append({str(Path(miglab.__file__).parent / "agent")!r})
from jail import sockets
sockets.refuse(tcp={tcp})
made = []
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX, socket.AF_NETLINK, 40, 38):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        for protocol in (0, 6, 17, 132, 262):
            try:
                socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol).close()
            except OSError as error:
                assert error.errno == errno.EACCES, (family, kind, protocol, error)
            else:
                made.append((int(family), int(kind), protocol))
socket.socketpair()
print(made)
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    )
    streams = [(family, 1, protocol) for family in (2, 10) for protocol in (0, 6)]
    assert done.stdout.strip() == str([] if tcp else streams)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
@pytest.mark.parametrize("strongest", ["namespaces", "landlock", "hook"])
def test_the_launcher_leaves_nothing_when_it_is_killed(strongest: str, tmp_path: Path) -> None:
    copy, probes = tmp_path / "copy", tmp_path / "probes"
    copy.mkdir()
    jail = Jail((str(copy),), str(probes))
    words = jail.command([sys.executable, "-I", "-S", "-c", "print('up')"])
    words[words.index("no") - 1] = strongest
    found = set()
    for tenth in range(30):
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True) as started:
            time.sleep(tenth / 500)
            os.killpg(started.pid, signal.SIGKILL)
        found |= {path.name for path in copy.iterdir()} - {".probe", ".probe-link"}
    assert found == set()
    # What is tried at is kept for the next one.
    assert len([*probes.glob("*")] if probes.exists() else []) <= 6


@pytest.mark.parametrize(
    ("mode", "user", "wanted", "may"),
    [
        (0o600, 7, 6, True),
        (0o400, 7, 2, False),
        (0o060, 8, 6, True),
        (0o606, 8, 6, False),
        (0o006, 9, 6, True),
        (0o700, 9, 1, False),
        (0o000, 0, 6, True),
    ],
)
def test_modes_let_the_owner_the_group_and_others(
    mode: int, user: int, wanted: int, may: bool
) -> None:
    state = os.stat_result((stat.S_IFREG | mode, 1, 1, 1, 7, 70, 1, 1, 1, 1))
    groups = {70} if user == 8 else {99}
    assert permits(state, user, groups, wanted) is may

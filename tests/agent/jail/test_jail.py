"""A hostile project of a user's, per way of acting and per kind of act: what the jail enforces here
changes nothing, and what it cannot enforce is said to be so."""

from __future__ import annotations

import os
import sys
import textwrap
import time
from pathlib import Path

import pytest

from miglab import Lab
from miglab.errors import NotJailed
from miglab.facts.protection import Protection

from ...whatif.own import shop

#: What is tried, as Python that has ``place``; each goes on after an error, as malice does.
ACTS = {
    "contents": "open(place + '/victim', 'w').write('harmed')",
    "metadata": "os.chmod(place + '/victim', 0o600); os.utime(place + '/victim', (1, 1))",
    "create": "open(place + '/new', 'w'); os.mkdir(place + '/folder')",
    "remove": "os.remove(place + '/victim')",
    "sqlite": "sqlite3.Connection(place + '/db.sqlite3').executescript('CREATE TABLE x (y)')",
    "tcp": "socket.socket().connect(('127.0.0.1', port))",
    "lingering": (
        "os.fork() or (os.setsid(), os.fork() and os._exit(0), time.sleep(3), "
        "open(copy + '/lingered', 'w'), os._exit(0))"
    ),
}
FIELD = {
    "contents": "contents",
    "metadata": "metadata",
    "create": "contents",
    "remove": "contents",
    "sqlite": "contents",
    "tcp": "tcp",
    "lingering": "processes",
}
IMPORTS = "import ctypes, os, socket, sqlite3, subprocess, sys, time"

#: How it is done: ``{code}`` is a whole program in Python, run past the audit hook but for the
#: first.
WAYS = {
    "python": "exec({code!r}, {{}})",
    "child": (
        "code = {code!r}; libc = ctypes.CDLL(None); pid = libc.fork()\n"
        "if pid == 0:\n"
        "    words = [{python!r}, '-I', '-c', code]\n"
        "    libc.execv(words[0].encode(), (ctypes.c_char_p * 5)(*map(str.encode, words), None))\n"
        "    os._exit(1)\n"
        "os.waitpid(pid, 0)"
    ),
    "spawned": (
        "import multiprocessing, multiprocessing.util as u\n"
        "pid = u.spawnv_passfds({python!r}.encode(), [b'python', b'-I', b'-c', "
        "{code!r}.encode()], [])\n"
        "os.waitpid(pid, 0)"
    ),
}
#: In C, by way of libc: nothing of it raises an audit event.
IN_C = {
    "contents": "libc.truncate(place + b'/victim', 0)",
    "metadata": "libc.chmod(place + b'/victim', 0o600)",
    "create": "libc.creat(place + b'/new', 0o600); libc.mkdir(place + b'/folder', 0o700)",
    "remove": "libc.unlink(place + b'/victim')",
}

JAILS = ("namespaces", "landlock", "hook")


def world(*folders: Path) -> dict[str, tuple[object, ...]]:
    """Everything below these: content, mode, owner, inode and times."""
    found: dict[str, tuple[object, ...]] = {}
    for folder in folders:
        for path in sorted([folder, *folder.rglob("*")]):
            content = path.read_bytes() if path.is_file() else b""
            now = path.lstat()
            times = (now.st_mtime_ns, now.st_ctime_ns)
            found[str(path)] = (now.st_mode, now.st_uid, now.st_gid, now.st_ino, times, content)
    return found


@pytest.fixture(params=JAILS)
def strongest(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind of jail in turn; where this machine lacks one, the next weaker stands there."""
    monkeypatch.setenv("MIGLAB_JAIL", request.param)
    return request.param


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")
def test_nothing_changes_where_the_jail_enforces_it_and_else_it_says_so(
    strongest: str, tmp_path: Path
) -> None:
    """Each cell is a line of one migration: what the hook refuses is caught, as malice does."""
    import socket

    place = tmp_path / "surroundings"
    place.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        port = server.getsockname()[1]
        lines = [IMPORTS, "copy = os.getcwd()"]
        cells = []
        for act, text in ACTS.items():
            for way, how in WAYS.items():
                target = place / f"{way}-{act}"
                target.mkdir()
                (target / "victim").write_text("keep me")
                head = f"{IMPORTS}\nplace, port = {str(target)!r}, {port}\n"
                head += "copy = os.getcwd()\n"
                cells.append((act, way, target))
                lines += ["try:"]
                lines += [
                    textwrap.indent(how.format(code=head + text, python=sys.executable), "    ")
                ]
                lines += ["except BaseException as error: pass"]
        for act, text in IN_C.items():
            target = place / f"c-{act}"
            target.mkdir()
            (target / "victim").write_text("keep me")
            cells.append((act, "c", target))
            lines += [f"libc, place = ctypes.CDLL(None), {str(target).encode()!r}", text]
        body = textwrap.indent("\n".join(lines), "    ")
        head = f"\n\ndef harm(apps, schema_editor):\n{body}\n"
        more = "migrations.RunPython(migrations.RunPython.noop, harm),"
        folder = shop(tmp_path / "site", head=head, more=more)
        before = world(folder, place)
        with Lab.of(folder, python=sys.executable) as lab:
            lab.manage("migrate shop 0001")
            held = lab.protection
            time.sleep(3.5)
            lingered = bool([*lab.folder.rglob("lingered")])
        after = world(folder, place)
        try:
            server.accept()[0].close()
            reached = True
        except BlockingIOError:
            reached = False
    assert JAILS.index(held.by) >= JAILS.index(strongest)
    for act, way, target in cells:
        hold = getattr(held, FIELD[act])
        if hold != "enforced":
            continue
        if act == "tcp":
            assert not reached, way
        elif act == "lingering":
            assert not lingered, way
        else:
            mine = {p for p in before.keys() | after.keys() if Path(p).is_relative_to(target)}
            assert {p: after.get(p) for p in mine} == {p: before.get(p) for p in mine}, (act, way)
    if held.by == "namespaces":
        assert after == before
        assert (held.contents, held.metadata, held.tcp) == ("enforced",) * 3
    if held.by == "hook":
        assert held == Protection("watched", "watched", "open", "watched", "watched", "hook")
        # The test can fail: what passes the hook by does harm where nothing else is there.
        assert after != before


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

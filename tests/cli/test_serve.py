"""A server gets this Python and nothing of another environment, and ends when it is told to."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from miglab.cli.serve import environment
from miglab.project.interpreter import candidates


def test_this_python_comes_first_and_the_active_environment_is_kept_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """IPython would import from it; ``Lab.of`` still looks there for a project's Python."""
    other = tmp_path / "other" / "bin" / "python"
    other.parent.mkdir(parents=True)
    other.touch()
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "other"))
    monkeypatch.setenv("JUPYTER_PATH", "theirs")
    inside = environment()
    assert inside["VIRTUAL_ENV"] == sys.prefix
    assert inside["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert inside["JUPYTER_PATH"].split(os.pathsep)[-1] == "theirs"
    for name in ("VIRTUAL_ENV", "MIGLAB_VIRTUAL_ENV"):
        monkeypatch.setenv(name, inside[name])
    assert str(other) in candidates(tmp_path, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal is sent")
def test_who_ends_miglab_ends_its_server(tmp_path: Path) -> None:
    code = "from miglab.cli.serve import serve; serve('http.server', ['0'], '.', {})"
    miglab = psutil.Popen([sys.executable, "-c", code], cwd=tmp_path)
    try:
        limit = time.monotonic() + 60
        while not any(map(_listens, miglab.children())):
            assert time.monotonic() < limit
            time.sleep(0.05)
        (server,) = miglab.children()
        miglab.send_signal(signal.SIGTERM)
        miglab.wait(30)
        assert not server.is_running()
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            miglab.kill()
            miglab.wait(30)


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ("pass", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('no')", 1, "no\n"),
        ("raise KeyError", 1, "KeyError"),
    ],
)
def test_a_server_ends_although_a_thread_of_it_never_does(
    end: str, status: int, said: str, tmp_path: Path
) -> None:
    """As JupyterLab leaves one, when it is stopped while it answers a request."""
    (tmp_path / "endless.py").write_text(
        "import sys, threading\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "ThreadPoolExecutor().submit(print, 'answered', sys.argv[1]).result()\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        f"{end}\n"
    )
    code = "from miglab.cli.serve import serve; exit(serve('endless', ['all'], '.', {}))"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (status, "answered all\n")
    assert said in ended.stderr


def _listens(process: psutil.Process) -> bool:
    return any(each.status == psutil.CONN_LISTEN for each in process.net_connections())

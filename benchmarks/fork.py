"""The least that a warm command can take: a process with a project set up that forks for each
command, and does nothing else. No code of miglab runs in it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAM = """
import gc, os, runpy, sys
import django.core.management as management
import django.core.management.commands.migrate
import django.core.management.commands.showmigrations

def serve(argv=None):
    import django
    django.setup()
    gc.collect()
    gc.freeze()
    print("ready", file=sys.stderr, flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            original(["manage.py", *line.split()])
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(pid, 0)
        print("done", file=sys.stderr, flush=True)

original, management.execute_from_command_line = management.execute_from_command_line, serve
sys.path.insert(0, os.getcwd())
sys.argv = ["manage.py"]
runpy.run_path("manage.py", run_name="__main__")
"""


@contextmanager
def forking(folder: Path) -> Iterator[Callable[[str], None]]:
    """A context with a function that runs a command of ``manage.py`` in the project in a folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stderr is not None
        said = process.stderr

        def act(line: str) -> None:
            assert process.stdin is not None
            print(line, file=process.stdin, flush=True)
            assert said.readline() == "done\n"

        assert said.readline() == "ready\n"
        yield act
        process.stdin.close()

"""The command as a whole: how it ends when it is told to, and what an ASCII terminal shows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from miglab.cli.main import COMMANDS, main

from ..waiting import until
from ..whatif.own import shop

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there are no such signals here")

#: Sends itself Ctrl-C when so many modules have been imported.
EARLY = """
import os, signal, sys
import miglab.__main__


class Interrupt:
    left = {imports}

    def find_spec(self, *args):
        Interrupt.left -= 1
        if Interrupt.left == 0:
            os.kill(os.getpid(), signal.SIGINT)


sys.meta_path.insert(0, Interrupt())
sys.argv = ["miglab", "doctor"]
sys.exit(miglab.__main__.main())
"""


@pytest.mark.parametrize("imports", [1, 5, 50, 150])
def test_an_interrupt_while_it_still_imports_is_one_line(imports: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", EARLY.format(imports=imports)], capture_output=True, text=True
    )
    assert done.returncode == 130
    assert done.stderr == "miglab: interrupted; nothing is left behind\n"


@pytest.mark.parametrize(
    ("number", "times", "status"),
    [
        (signal.SIGINT, 1, 130),
        (signal.SIGINT, 3, 130),
        (signal.SIGTERM, 1, 143),
        (signal.SIGHUP, 1, 129),
    ],
)
def test_a_command_that_is_told_to_end_leaves_nothing(
    tmp_path: Path, own_home: Path, number: signal.Signals, times: int, status: int
) -> None:
    head = "import time\n\n\ndef wait(apps, schema_editor):\n    open('begun', 'w').close()\n"
    head += "    time.sleep(600)\n"
    more = "migrations.RunPython(wait),"
    site = shop(tmp_path / "site", head=head, more=more, migrated=False)
    (site / "db.sqlite3").touch()
    words = [sys.executable, "-m", "miglab", "whatif", str(site), "--python", sys.executable]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: bool([*(own_home / "labs").glob("*/project/begun")]))
        for _ in range(times):
            process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == status
    assert "Traceback" not in errors
    assert [*(own_home / "labs").iterdir()] == []


def test_signs_that_mean_something_else_look_otherwise_in_ascii() -> None:
    code = (
        "from miglab.cli.terminal import write_what_it_can; write_what_it_can();"
        "print('✓ ○ ▸ ✗ ● ↩ é 三 … ≤')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = done.stdout.split()
    assert len({*shown}) == len(shown)
    assert "?" not in done.stdout


@pytest.mark.parametrize(
    ("command", "rest"),
    [("whatif", ". store 0002 -q"), ("exercise open", "--nix"), ("doctor", "extra")],
)
def test_a_command_that_does_not_know_an_option_shows_its_own_help(
    command: str, rest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(f"{command} {rest}".split())
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith(f"usage: miglab {command} [-h]")
    assert said.endswith(f"miglab {command}: unrecognized arguments: {rest.split()[-1]}\n")


@pytest.mark.parametrize("typed", [["--help"], ["nonsense"], []])
def test_help_and_what_is_not_understood_name_all_commands(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(typed)
    shown = "".join(capsys.readouterr())
    assert [name for name in COMMANDS if f"\n    {name} " not in shown] == []


def test_a_command_imports_no_other_command() -> None:
    code = (
        "import sys; from miglab.cli.main import main\n"
        "try: main(['whatif', '--help'])\n"
        "finally: print('@', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = {*done.stdout.rpartition("@")[2].split()}
    commands = {f"miglab.cli.{name}" for name in COMMANDS}
    assert commands & imported == {"miglab.cli.whatif"}
    rooms = ("miglab.exercises", "miglab.lessons", "miglab.workbook", "miglab.notebook")
    assert [name for name in imported if name.startswith(rooms)] == []


@pytest.mark.parametrize("command", ["exercise list", "doctor"])
def test_who_reads_only_the_beginning_meets_no_traceback(command: str) -> None:
    typed = [sys.executable, "-m", "miglab", *command.split()]
    with subprocess.Popen(typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141

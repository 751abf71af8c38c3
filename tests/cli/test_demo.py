"""``miglab demo``: real numbers, in seconds, in whatever the terminal can show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from miglab import Lab
from miglab.cli.demo import COUNTED, REVERT, counts
from miglab.cli.main import main


def said(**variables: str) -> str:
    """What it prints, as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "miglab", "demo"],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_shows_what_is_lost_and_ends_with_the_command_that_opens_the_lessons(
    capsys: pytest.CaptureFixture[str],
) -> None:
    began = time.monotonic()
    assert main(["demo"]) == 0
    assert time.monotonic() - began < 20
    text = capsys.readouterr().out
    assert f"$ python manage.py {REVERT}" in text
    assert "▶ loses " in text
    assert "Unapplying store.0005_tag_product_tags... OK" in text
    assert '"Teak pergola", which had no price, now costs 0' in re.sub(r"\s+", " ", text)
    assert text.endswith(
        "20 lessons let you try all of this, on throwaway projects:\n\n    miglab lab\n\n"
    )
    assert "\033" not in text


def test_its_numbers_are_those_of_the_project(
    capsys: pytest.CaptureFixture[str], open_lab: Callable[..., Lab]
) -> None:
    """Each is another number after the way there and back, and none is hidden by a zero before."""
    lab = open_lab("storefront")
    before = counts(lab)
    lab.manage(REVERT)
    lab.manage("migrate")
    after = counts(lab)
    assert all(old != new for old, new in zip(before, after, strict=True))
    main(["demo"])
    rows = re.findall(r"^  (.+?) +(\d+) +(\d+) +(\d+)$", capsys.readouterr().out, re.MULTILINE)
    assert rows == [
        (title, str(old), str(new), str(old))
        for title, old, new in zip(COUNTED, before, after, strict=True)
    ]


def test_it_leaves_nothing_behind(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["demo"])
    assert list((own_home / "labs").iterdir()) == []


def test_where_the_signs_are_missing_it_speaks_ascii() -> None:
    text = said(PYTHONIOENCODING="ascii")
    assert "    < store.0005_tag_product_tags" in text
    assert "  > loses " in text
    assert "?" not in text.replace("What if?", "")


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is POSIX")
@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_colour_is_for_terminals_and_for_those_who_want_it(
    variables: dict[str, str], coloured: bool
) -> None:
    import pty

    main_end, other_end = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
    environment.pop("NO_COLOR", None)
    code = "from miglab.cli.terminal import paint; print(paint('text', 'red'))"
    with os.fdopen(main_end, "rb", 0) as terminal:
        subprocess.run(
            [sys.executable, "-c", code],
            env={**environment, **variables},
            stdout=other_end,
            check=True,
        )
        os.close(other_end)
        shown = terminal.read(100)
    assert (b"\033[31m" in shown) is coloured
    assert b"text" in shown

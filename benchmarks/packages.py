"""Measures a real package with a long history: Wagtail, a CMS, in its own environment, with
rows."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .measure import Result, timed
from .whatif import cpu

APP = "wagtailcore"
#: How many steps back are measured by hand, from the newest one; their mean stands for all.
SAMPLE = 3
#: Reverts of which the CPU is measured.
REVERTS = (("wagtailimages", "0025"), ("wagtailforms", "zero"), ("wagtailcore", "0090"))


def wagtail() -> list[Result]:
    """Measure all targets of Wagtail's largest app, compared with the same by hand, one by one.
    Some of its migrations cannot be undone, so only the targets that were reached count."""
    from miglab import Lab

    with tempfile.TemporaryDirectory() as place:
        python = _environment(Path(place) / "venv")
        folder, hand = Path(place) / "site", Path(place) / "hand"
        folder.mkdir()
        start = [python.with_name("wagtail"), "start", "mysite", str(folder)]
        subprocess.run(start, check=True, capture_output=True)
        _manage(folder, python, "migrate", "-v0")
        shutil.copytree(folder, hand)
        with Lab.of(folder, python=str(python), time_limit=3600) as lab:
            ladders = []
            ours = timed(lambda: ladders.append(lab.what_if_all(APP)))
            (ladder,) = ladders
        spent_on = [cpu(folder, python, *each) for each in REVERTS]
        done = [rung for rung in ladder if rung.done]
        spent = 0.0
        for rung in done[:SAMPLE]:
            began = time.perf_counter()
            _manage(hand, python, "migrate", APP, rung.target.name if rung.target else "zero")
            spent += (time.perf_counter() - began) * 1000
    print(f"{APP}: {len(done)} of {len(ladder.rungs)} targets reached. {ladder.picture.sentence}")
    print(f"  {ladder.error or 'no error'}", flush=True)
    title = f"{len(done)} targets of {APP}"
    return [
        Result(title, ours, spent / SAMPLE * len(done), 0.25, "×"),
        *(
            Result(f"the CPU of miglab whatif {app} {target}", *each, 1.1, "×")
            for (app, target), each in zip(REVERTS, spent_on, strict=True)
        ),
    ]


def _environment(place: Path) -> Path:
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
    (python,) = (path for path in place.glob("*/python*") if path.stem == "python")
    install = ["pip", "install", "--quiet", "--python", str(python), "wagtail"]
    subprocess.run([*uv, *install], check=True)
    return python


def _manage(folder: Path, python: Path, *words: str) -> None:
    subprocess.run([python, "manage.py", *words], cwd=folder, check=True, capture_output=True)

"""Runs the lessons, and stores where the lab of each is when it asks a question:
``python -m tests.notebooks.asked [LESSON …]``."""

from __future__ import annotations

import json
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from .contents import LESSONS, ROOT
from .record import run

STORED = ROOT / "miglab" / "lessons" / "asked.json"

#: Notes where a question is asked, in place of the check of that.
_NOTING = """
import json
from miglab.lessons import predictions
from miglab.lessons.kinds import Measured
from miglab.lessons.whereabouts import whereabouts

def note(name, lab):
    if isinstance(predictions._QUESTIONS[name], Measured):
        return
    with open({!r}, "a") as file:
        print(json.dumps([name, whereabouts(lab)]), file=file)

predictions.check_place = note
"""


def asked(lesson: Path, noted: Path) -> None:
    """Run a lesson; its questions are noted in a file, a line for each."""
    notebook = nbformat.read(lesson, as_version=4)
    notebook.cells.insert(0, new_code_cell(_NOTING.format(str(noted))))
    run(notebook, lesson)


def main(*names: str) -> None:
    """Do it for these lessons, or for all."""
    lessons = [each for each in sorted(LESSONS.glob("*.ipynb")) if not names or each.stem in names]
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(2) as pool:
        noted = Path(place) / "asked"
        list(pool.map(lambda each: asked(each, noted), lessons))
        found = dict(json.loads(line) for line in noted.read_text(encoding="utf-8").splitlines())
    known = json.loads(STORED.read_text(encoding="utf-8")) if names else {}
    told = json.dumps({**known, **found}, indent=1, sort_keys=True)
    STORED.write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Keeps predictions and solved tasks beside the lessons, in a learner's copy."""

from __future__ import annotations

from pathlib import Path

from ..lessons.remembered import keep_in
from ..progress import Journal
from ..workbook import bundled_lessons, journal_of, tick, workbook_of
from .place import this_notebook


def remember() -> None:
    """From now on, note what is done, if this notebook is in a learner's copy. Elsewhere, as in a
    checkout or a run by a test, nothing is written."""
    notebook = this_notebook()
    folder = workbook_of(notebook.parent if notebook else Path.cwd())
    if folder is None:
        keep_in(None)
        return
    keep_in(Journal(journal_of(folder)), lambda event: tick(bundled_lessons(), folder))

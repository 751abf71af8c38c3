"""Registers how facts are displayed, by their type."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from ..facts.lesson import Checked
from ..lab import Lab
from ..show.bundle import SHOWN, bundle


def register(shell: InteractiveShell) -> None:
    """From now on this notebook shows facts by their bundles."""
    assert shell.display_formatter is not None
    formatter = shell.display_formatter.mimebundle_formatter
    for kind in SHOWN:
        formatter.for_type(kind, lambda fact, include=None, exclude=None: bundle(fact))
    Lab.announce = staticmethod(display)
    itself = shell.display_formatter.ipython_display_formatter
    itself.for_type(Checked, _check)
    itself.for_type_by_name("miglab.lessons.predictions", "Prediction", _ask)
    itself.for_type_by_name("miglab.lessons.trials", "Judgement", _ask)
    itself.for_type_by_name("miglab.notebook.explore", "Explorer", _open)
    itself.for_type_by_name("miglab.exercises.attempt", "ExerciseLab", _exercise)


def _ask(asks: Any) -> None:
    # Widgets take a while to import, and not every notebook asks.
    from .choice import show_question

    show_question(asks)


def _exercise(lab: Any) -> None:
    from .exercise import show_exercise

    show_exercise(lab)


def _check(checked: Checked) -> None:
    from .again import show_check

    show_check(checked)


def _open(explorer: Any) -> None:
    explorer.show()

"""Asks the person at the notebook Django's questions, if somebody is there."""

from __future__ import annotations

from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell

from ..errors import unbroken
from ..lab import Lab
from ..show.masks import masked
from .progress import in_a_cell


def allow_prompts(shell: InteractiveShell) -> None:
    """Let ``Lab`` ask at the prompt of this notebook."""
    Lab.prompt = staticmethod(ask)


def ask(question: str) -> str | None:
    """The answer that is typed; ``None`` if nobody can type one, as in a test, or if a click runs
    the command."""
    if not in_a_cell():
        return None
    try:
        return input(unbroken(masked(question)))
    except (StdinNotImplementedError, EOFError):
        return None

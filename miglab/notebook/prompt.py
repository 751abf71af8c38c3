"""Puts Django's questions to the person at the notebook, where there is one."""

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
    """The answer that is typed; ``None`` where nobody can type one, as in a run by a test, or where
    a click and no cell runs it."""
    if not in_a_cell():
        return None
    try:
        return input(unbroken(masked(question)))
    except (StdinNotImplementedError, EOFError):
        return None

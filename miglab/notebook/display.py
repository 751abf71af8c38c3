"""Registers how facts are displayed, by their type."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

from ..show.bundle import SHOWN, bundle


def register(shell: InteractiveShell) -> None:
    """From now on this notebook shows facts by their bundles."""
    assert shell.display_formatter is not None
    formatter = shell.display_formatter.mimebundle_formatter
    for kind in SHOWN:
        formatter.for_type(kind, lambda fact, include=None, exclude=None: bundle(fact))

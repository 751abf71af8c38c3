"""Remembers what had to be imported, so that the next request finds it already there.

A job imports modules of Django's that its keeper does not have yet. They are lost when the job
ends, so it first sends their names through a pipe. The keeper names the modules that setting the
project up has imported. Only Django's own modules are remembered, never the project's.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from typing import List, Optional, Set

#: How many bytes a pipe can hold on every system.
_PIPE = 4096

#: Where Django's modules live that can be imported before a project is set up.
_NO_PROJECT = (
    "django.core.",
    "django.db.",
    "django.forms",
    "django.http",
    "django.middleware.",
    "django.template",
    "django.utils.",
    "django.views",
)


def needs_no_project(name: str) -> bool:
    """Whether a module of Django's can be imported in level 0."""
    return name.startswith(_NO_PROJECT)


def since(known: Set[str]) -> List[str]:
    """Django's modules that were imported in addition to these, without migrations."""
    return [
        name
        for name in sys.modules
        if name.startswith("django.") and ".migrations." not in name and name not in known
    ]


def attempt(name: str) -> None:
    """Import a module, or leave it to the job that needs it."""
    try:
        importlib.import_module(name)
    except Exception:
        sys.modules.pop(name, None)


class Notes:
    """A pipe from a job to its keeper. Made before the fork; each side keeps its end."""

    def __init__(self) -> None:
        self._ears, self._mouth = os.pipe()
        self._known = set(sys.modules)

    def tell(self) -> None:
        """In the job, at its very end: say that it is done, and name what it imported."""
        # Nobody reads before the job is gone: what does not fit is left to the next one.
        os.set_blocking(self._mouth, False)
        with contextlib.suppress(OSError):
            os.write(self._mouth, " ".join(["done", *since(self._known)]).encode()[:_PIPE])

    def hear(self) -> Optional[List[str]]:
        """In the keeper, when the job is gone: the names that it sent, of which the last may be
        incomplete; ``None`` if it did not finish."""
        os.close(self._mouth)
        os.set_blocking(self._ears, False)
        try:
            words = os.read(self._ears, _PIPE).decode().split()
        except OSError:
            words = []
        finally:
            os.close(self._ears)
        return words[1:] if words else None

"""A flight simulator for Django migrations: a throwaway project, its truths, the way back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import MiglabError
    from .lab import Lab

__all__ = ["Lab", "MiglabError"]


def __getattr__(name: str) -> Any:
    """What is imported when it is asked for: a command that is interrupted while it still imports
    has to be able to say so."""
    if name == "Lab":
        from .lab import Lab

        return Lab
    if name == "MiglabError":
        from .errors import MiglabError

        return MiglabError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _install_in_notebook() -> None:
    """In a notebook, make ``%manage`` known; elsewhere Jupyter is not even imported."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        from .notebook import install

        install(shell)


_install_in_notebook()

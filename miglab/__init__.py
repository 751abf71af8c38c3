"""A flight simulator for Django migrations: a throwaway project, its truths, and the way back."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import MiglabError
    from .lab import Lab

__all__ = ["Lab", "MiglabError"]


def __getattr__(name: str) -> Any:
    """Import ``Lab`` or ``MiglabError`` when it is first used. So ``import miglab`` is quick, and a
    command that is interrupted during further imports can say so."""
    if name == "Lab":
        from .lab import Lab

        return Lab
    if name == "MiglabError":
        from .errors import MiglabError

        return MiglabError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _install_in_notebook() -> None:
    """In a notebook, define ``%manage``. Elsewhere, Jupyter is not even imported."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        from .notebook import install

        install(shell)


_install_in_notebook()

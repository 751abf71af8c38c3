"""A flight simulator for Django migrations: a throwaway project, its truths, the way back."""

import sys

from .errors import MiglabError
from .lab import Lab

__all__ = ["Lab", "MiglabError"]


def _install_in_notebook() -> None:
    """In a notebook, make ``%manage`` known; elsewhere Jupyter is not even imported."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None:
        from .notebook import install

        install(shell)


_install_in_notebook()

"""The only room that knows Jupyter: magics, how facts are displayed, and prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def install(shell: InteractiveShell) -> None:
    """Make ``%manage`` and its like known to this notebook, and facts show themselves."""
    from .display import register
    from .explore import allow_exploring
    from .magics import LabMagics
    from .progress import allow_progress
    from .prompt import allow_prompts

    register(shell)
    shell.register_magics(LabMagics)
    allow_prompts(shell)
    allow_progress(shell)
    allow_exploring(shell)

"""The only room that knows Jupyter: magics, how facts are displayed, and prompts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def install(shell: InteractiveShell) -> None:
    """Give this notebook ``%manage`` and the other magics, and a display for each kind of fact."""
    from .display import register
    from .each import show_each
    from .explore import allow_exploring
    from .magics import LabMagics
    from .memory import remember
    from .progress import allow_progress
    from .prompt import allow_prompts
    from .resume import allow_resuming
    from .stops import explain_stops

    register(shell)
    show_each(shell)
    shell.register_magics(LabMagics)
    allow_prompts(shell)
    allow_progress(shell)
    allow_exploring(shell)
    allow_resuming(shell)
    explain_stops(shell)
    remember()


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Run by ``%load_ext miglab.notebook``; the kernel of ``miglab lab`` loads it by itself."""
    install(shell)

"""Says in one line what stopped a cell, if a traceback would not help a learner."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb
from types import TracebackType

from IPython.core.interactiveshell import InteractiveShell

from ..errors import unbroken
from .resume import missing_name

_OURS = Path(__file__).resolve().parents[1]


def explain_stops(shell: InteractiveShell) -> None:
    """From now on, explain interrupts in miglab, and undefined names that some cell defines."""
    shell.set_custom_exc((NameError, KeyboardInterrupt), _explain)  # type: ignore[no-untyped-call]


def _explain(
    shell: InteractiveShell,
    kind: type[BaseException],
    error: BaseException,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    line = missing_name(shell, error) if isinstance(error, NameError) else _interrupted(traceback)
    if line is None:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    else:
        shell._showtraceback(kind, line, [unbroken(f"{kind.__name__}: {line}")])


def _interrupted(traceback: TracebackType) -> str | None:
    """What to say about an interrupt; ``None`` if miglab was not running then."""
    files = (Path(frame.f_code.co_filename) for frame, _ in walk_tb(traceback))
    if not any(file.is_relative_to(_OURS) for file in files):
        return None
    return (
        "interrupted while miglab was looking at the lab. Finished commands are kept: "
        "lab.history() shows them."
    )

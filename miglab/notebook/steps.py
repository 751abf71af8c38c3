"""Displays the steps of a cell: those before another change are folded, so that the cell's output
fits on a screen. What only looks folds nothing."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle

from ..facts.step import Step
from ..show.bundle import bundle, closed
from ..show.steps import changes

#: The steps that the running cell displayed and that are open, each with where it is.
_open: list[tuple[DisplayHandle, Step]] = []


def show_steps(shell: InteractiveShell) -> None:
    """From now on the steps of a cell fold as soon as another change follows."""
    shell.events.register("pre_run_cell", _begin)


def show(step: Step) -> None:
    """Display a step, open."""
    fold_before(step)
    handle = DisplayHandle()  # type: ignore[no-untyped-call]
    handle.display(bundle(step), raw=True)  # type: ignore[no-untyped-call]
    _open.append((handle, step))


def fold_before(step: Step) -> None:
    """Fold what this cell displayed before a step that changes something."""
    if changes(step):
        for handle, before in _open:
            handle.update(closed(before), raw=True)  # type: ignore[no-untyped-call]
        _open.clear()


def _begin(*_: object) -> None:
    _open.clear()

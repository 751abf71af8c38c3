"""What a notebook keeps of a widget: an output that says the same, and is read without a kernel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets
from IPython.display import DisplayHandle

from ..show.bundle import bundle
from .live import show_live

# In JupyterLab a widget's place is the output below. Where a widget is alive that says all, its
# stored output is not shown, or else the question would be there twice. Where a widget is not, its
# place would say that a model was not found.
_STYLE = (
    "<style>"
    ".jp-OutputArea-child:has([data-miglab-stored='instead'])"
    ":has(+ .jp-OutputArea-child :is(.miglab-ask:not(.miglab-dead),.miglab-exercise)){display:none}"
    ".jp-OutputArea-child:has([data-miglab-stored]) + .jp-OutputArea-child"
    ":has(.jupyter-widgets,.miglab-dead):not(:has(.miglab:not(.miglab-dead))){display:none}"
    "</style>"
)


class Stored:
    """An output that is displayed once, and updated in place afterwards.

    Args:
        fact: what it says at first.
        instead: whether the widget below shows the same, so that only one of them is needed.
        metadata: hidden data that the output keeps.
    """

    def __init__(
        self, fact: object, *, instead: bool, metadata: Mapping[str, Any] | None = None
    ) -> None:
        self._kind = "instead" if instead else "beside"
        self._handle = DisplayHandle()  # type: ignore[no-untyped-call]
        self._said = self._bundle(fact), metadata or {}
        data, kept = self._said
        self._handle.display(data, raw=True, metadata=kept)  # type: ignore[no-untyped-call]

    def say(self, fact: object, metadata: Mapping[str, Any] | None = None) -> None:
        """Show this from now on."""
        said = self._bundle(fact), metadata or {}
        if said != self._said:
            self._said = said
            data, kept = said
            self._handle.update(data, raw=True, metadata=kept)  # type: ignore[no-untyped-call]

    def _bundle(self, fact: object) -> dict[str, str]:
        told = bundle(fact)
        page = f"{_STYLE}<div data-miglab-stored='{self._kind}'>{told['text/html']}</div>"
        return {**told, "text/html": page}

    def show_below(self, widget: ipywidgets.Widget) -> None:
        """Display the widget, which is not stored, as the next output."""
        show_live(widget)

"""``lab.explore()``: a picture and words to read, and, with a kernel, the same to click on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from ..errors import UnknownName
from ..facts.picture import Picture
from ..facts.view import History, View
from ..lab import Lab
from ..show.html import folded, html
from ..show.text import text

if TYPE_CHECKING:
    import ipywidgets

#: The parts of an explorer, in the order in which they are shown.
PARTS = ("graph", "timeline", "truths", "menus")

# Where the widget is alive it says all that the picture says, and more; where there is none, its
# place says nothing. A widget's place in JupyterLab is the output below.
_STYLE = (
    "<style>"
    ".jp-OutputArea-child:has([data-miglab-still]):has(+ .jp-OutputArea-child .miglab)"
    "{display:none}"
    ".jp-OutputArea-child:has([data-miglab-still]) + .jp-OutputArea-child"
    ":not(:has(.miglab)):has(.jupyter-widgets){display:none}"
    "</style>"
)


def allow_exploring(shell: InteractiveShell) -> None:
    """Let ``lab.explore()`` show itself in this notebook."""
    Lab.explorer = staticmethod(Explorer)


class Explorer:
    """A lab to click on. The lab stays open for as long as this object exists.

    Args:
        parts: which of ``PARTS`` to show; if empty, all of them.
        height: the height of the graph, in pixels.

    Raises:
        UnknownName: there is no such part.
    """

    def __init__(self, lab: Lab, parts: Sequence[str] = (), height: int = 440) -> None:
        for part in parts:
            if part not in PARTS:
                raise UnknownName("part", part, PARTS)
        self.lab, self.height = lab, height
        self.parts = tuple(part for part in PARTS if part in (parts or PARTS))

    def show(self) -> None:
        """Display what can be read without a kernel, and then, as an output of its own, the widget.
        An exercise has its goals beside it."""
        from ..exercises import ExerciseLab

        if isinstance(self.lab, ExerciseLab):
            from .exercise import show_explored

            show_explored(self.lab, self.widget())
            return
        display(self.still(), raw=True)  # type: ignore[no-untyped-call]
        # Widgets take a while to import, and not every notebook explores.
        from .live import show_live

        show_live(self.widget())

    def still(self) -> dict[str, str]:
        """The picture and the words as a MIME bundle: what is shown without a kernel."""
        shown: dict[str, Picture | View | History] = {}
        if {"graph", "menus"} & {*self.parts}:
            shown["The graph"] = self.lab.graph()
        if "timeline" in self.parts:
            shown["The history"] = self.lab.history()
        if "truths" in self.parts:
            shown["The truths"] = self.lab.truths()
        first, *rest = shown.items()
        inside = html(first[1]) + "".join(folded(title, html(each)) for title, each in rest)
        told = "\n\n".join(text(each) for each in shown.values())
        note = "Run this cell to open the explorer."
        return {
            "text/plain": f"{told}\n({note})",
            "text/html": f"{_STYLE}<div data-miglab-still='1'>{inside}<p><i>{note}</i></p></div>",
        }

    def widget(self) -> ipywidgets.Widget:
        """The parts below each other; all explorers of a lab have one model, and so one state."""
        import ipywidgets

        from .widgets.menus import menus
        from .widgets.models import model_of
        from .widgets.views import Graph, Timeline, Truths

        model = model_of(self.lab)
        made: dict[str, Any] = {
            "graph": lambda: Graph(lab=model, height=self.height),
            "timeline": lambda: Timeline(lab=model),
            "truths": lambda: Truths(lab=model),
            "menus": lambda: menus(model),
        }
        shown = [made[part]() for part in self.parts]
        model.shown += shown
        # A part of a pixel more, and the box would have a scroll bar.
        return ipywidgets.VBox(shown, layout=ipywidgets.Layout(overflow="visible"))

"""The widgets: each a Python class with its script and its style beside it, nothing to build."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets
from ipywidgets import widget_serialization

from .hub import LabModel

_HERE = Path(__file__).parent


def _beside(*names: str) -> str:
    """The texts of these files, joined."""
    return "\n".join((_HERE / each).read_text(encoding="utf-8") for each in names)


def _style(name: str) -> str:
    return _beside("common.css", name)


class _OfLab(anywidget.AnyWidget):
    """A view of a lab's model."""

    lab = traitlets.Instance(LabModel).tag(sync=True, **widget_serialization)


_GRAPH = (
    *("common.js", "print.js", "places.js", "forms.js", "lines.js", "cards.js"),
    *("signs.js", "pointer.js", "canvas.js", "panel.js", "graph.js"),
)


class Graph(_OfLab):
    """The migration graph, on which a click chooses a target. ``height`` is in pixels."""

    _esm = _beside(*_GRAPH)
    _css = _style("graph.css")
    height = traitlets.Int(440).tag(sync=True)


class Timeline(_OfLab):
    """The lab's history as a strip."""

    _esm = _beside("common.js", "strip.js", "timeline.js")
    _css = _style("timeline.css")


class Truths(_OfLab):
    """The four truths and the rows, and ways to make truths agree."""

    _esm = _beside("common.js", "truths.js")
    _css = _style("truths.css")

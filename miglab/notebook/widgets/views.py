"""The widgets: each a Python class with its script and its style beside it, nothing to build."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets
from ipywidgets import widget_serialization

from .hub import LabModel

_HERE = Path(__file__).parent


def _beside(name: str) -> str:
    """What all of them share, and then the widget's own."""
    files = (f"common{name[name.rindex('.') :]}", name)
    return "\n".join((_HERE / each).read_text(encoding="utf-8") for each in files)


class _OfLab(anywidget.AnyWidget):
    """A view of a lab's model."""

    lab = traitlets.Instance(LabModel).tag(sync=True, **widget_serialization)


class Graph(_OfLab):
    """The migration graph as the control. ``height`` is in pixels."""

    _esm = _beside("graph.js")
    _css = _beside("graph.css")
    height = traitlets.Int(440).tag(sync=True)


class Timeline(_OfLab):
    """The lab's history as a strip."""

    _esm = _beside("timeline.js")
    _css = _beside("timeline.css")


class Truths(_OfLab):
    """The four truths, the rows, and what could mend them."""

    _esm = _beside("truths.js")
    _css = _beside("truths.css")

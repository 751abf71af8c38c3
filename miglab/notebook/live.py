"""Displays a widget as an output of its own, next to the output that can be read without a
kernel."""

from __future__ import annotations

import ipywidgets
from IPython.display import display

VIEW = "application/vnd.jupyter.widget-view+json"


def show_live(widget: ipywidgets.Widget) -> None:
    """Display only the widget, without a text in its place: without a kernel, nothing is shown."""
    found = widget._repr_mimebundle_()
    # An anywidget gives its metadata too.
    data = found[0] if isinstance(found, tuple) else found
    view = {VIEW: data[VIEW]}
    display(view, raw=True)  # type: ignore[no-untyped-call]

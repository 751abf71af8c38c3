"""A button above what a check has said: it looks once more, and says what is missing now."""

from __future__ import annotations

from html import escape

import ipywidgets

from ..errors import MiglabError
from ..lessons import check
from ..show.html import html
from ..show.masks import masked

# What was said before is old news then; its place in JupyterLab is the output below.
_INSTEAD = (
    "<style>.jp-OutputArea-child:has(.miglab-again) + .jp-OutputArea-child{display:none}</style>"
)


def again(task: str) -> ipywidgets.Widget:
    """The button, and below it what the check says when it is pressed."""
    button = ipywidgets.Button(description="Check again")
    said = ipywidgets.HTML()

    def pressed(_button: object) -> None:
        try:
            found = html(check(task))
        except MiglabError as error:
            found = f"<p>{escape(masked(str(error)))}</p>"
        said.value = f"{_INSTEAD}<div class='miglab-again' role='status'>{found}</div>"

    button.on_click(pressed)
    return ipywidgets.VBox([button, said])

"""A prediction's letters to choose from, below its question."""

from __future__ import annotations

from html import escape
from typing import Any

import ipywidgets
from IPython.display import display

from ..lessons import Prediction
from ..show.bundle import bundle
from ..show.lesson import letter

_VIEW = "application/vnd.jupyter.widget-view+json"


def show_prediction(prediction: Prediction) -> None:
    """Display the question, and then, as an output of its own, the letters: where no kernel runs
    the question is still there to read."""
    display(bundle(prediction.question), raw=True)  # type: ignore[no-untyped-call]
    view = {_VIEW: choices(prediction)._repr_mimebundle_()[_VIEW]}
    display(view, raw=True)  # type: ignore[no-untyped-call]


def choices(prediction: Prediction) -> ipywidgets.Widget:
    """Buttons that choose an option, and a line that says which one is chosen."""
    options = prediction.question.options
    letters = [letter(place) for place in range(len(options))]
    buttons = ipywidgets.ToggleButtons(
        options=letters,
        value=None if prediction.chosen is None else letters[prediction.chosen],
        description="I predict",
        tooltips=list(options),
        style={"button_width": "3em"},
    )
    said = ipywidgets.HTML(value=_said(prediction))

    def chosen(change: dict[str, Any]) -> None:
        prediction.choose(letters.index(change["new"]) if change["new"] else None)
        said.value = _said(prediction)

    buttons.observe(chosen, names="value")
    return ipywidgets.VBox([buttons, said])


def _said(prediction: Prediction) -> str:
    if prediction.chosen is None:
        return "Choose a letter, or just read on."
    return f"You predict: {escape(prediction.question.options[prediction.chosen])}"

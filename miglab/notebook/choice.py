"""What a prediction is chosen with, below its question: letters, names to tick, or a number."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import ipywidgets
from IPython.display import display

from ..facts.lesson import NumberQuestion, Question, SetQuestion
from ..lessons import Prediction
from ..show.bundle import bundle
from ..show.lesson import coded, letter, quoted
from .live import show_live

#: A number field takes no more than that.
_MOST = 1_000_000_000


def show_prediction(prediction: Prediction) -> None:
    """Display the question, and then, as an output of its own, what it is answered with: where no
    kernel runs the question is still there to read."""
    display(bundle(prediction.question), raw=True)  # type: ignore[no-untyped-call]
    show_live(choices(prediction))


def choices(prediction: Prediction) -> ipywidgets.Widget:
    """What chooses for a prediction, and below it a line that says what is chosen."""
    said = _Said(prediction)
    return ipywidgets.VBox([*_inputs(prediction.question, said), said])


class _Said(ipywidgets.HTML):  # type: ignore[misc]
    """Chooses for a prediction, and says so to whoever looks or listens."""

    def __init__(self, prediction: Prediction) -> None:
        super().__init__()
        self._prediction = prediction
        self._say()

    @property
    def chosen(self) -> Any:
        """What is chosen now."""
        return self._prediction.chosen

    def choose(self, choice: object) -> None:
        """Choose it; ``None`` takes it back."""
        self._prediction.choose(choice)
        self._say()

    def _say(self) -> None:
        words = _words(self._prediction.question, self.chosen)
        self.value = f'<span role="status" aria-live="polite">{coded(words)}</span>'


@singledispatch
def _inputs(question: object, said: _Said) -> list[ipywidgets.Widget]:
    """The widgets that a question of this kind is answered with."""
    raise TypeError(f"nothing answers {question!r}")


@singledispatch
def _words(question: object, chosen: Any) -> str:
    """What is chosen, or how to choose; names stand between back quotes."""
    raise TypeError(f"no words for {question!r}")


@_inputs.register
def _(question: Question, said: _Said) -> list[ipywidgets.Widget]:
    letters = [letter(place) for place in range(len(question.options))]
    buttons = ipywidgets.ToggleButtons(
        options=letters,
        value=None if said.chosen is None else letters[said.chosen],
        description="I predict",
        tooltips=list(question.options),
        style={"button_width": "3em"},
    )

    def pressed(change: dict[str, Any]) -> None:
        said.choose(letters.index(change["new"]) if change["new"] else None)

    buttons.observe(pressed, names="value")
    return [buttons]


@_words.register
def _(question: Question, chosen: int | None) -> str:
    if chosen is None:
        return "Choose a letter, or just read on."
    return f"You predict: {question.options[chosen]}"


@_inputs.register
def _(question: SetQuestion, said: _Said) -> list[ipywidgets.Widget]:
    def box(name: str, ticked: bool) -> ipywidgets.Checkbox:
        wide = ipywidgets.Layout(width="auto")
        return ipywidgets.Checkbox(description=name, value=ticked, indent=False, layout=wide)

    boxes = {name: box(name, name in (said.chosen or ())) for name in question.names}
    none = box("none of them", said.chosen == ())

    def ticked(change: dict[str, Any]) -> None:
        if change["new"]:
            # Names and "none of them" exclude each other.
            for other in boxes.values() if change["owner"] is none else [none]:
                other.value = False
        names = [name for name, each in boxes.items() if each.value]
        said.choose(names if names or none.value else None)

    for each in (*boxes.values(), none):
        each.observe(ticked, names="value")
    columns = ipywidgets.Layout(grid_template_columns="repeat(auto-fill, minmax(20em, 1fr))")
    return [
        ipywidgets.Label(f"I predict that these are {question.word}:"),
        ipywidgets.GridBox([*boxes.values(), none], layout=columns),
    ]


@_words.register
def _(question: SetQuestion, chosen: tuple[str, ...] | None) -> str:
    if chosen is None:
        return "Tick what you predict, or just read on."
    count = f" {len(chosen)} of {len(question.names)}" if chosen else ""
    return f"You predict{count}: {quoted(chosen)}"


@_inputs.register
def _(question: NumberQuestion, said: _Said) -> list[ipywidgets.Widget]:
    field = ipywidgets.BoundedIntText(
        value=said.chosen or 0,
        max=_MOST,
        description="I predict",
        layout=ipywidgets.Layout(width="14em"),
    )
    # What stands in the field from the beginning is nobody's choice before it is pressed.
    button = ipywidgets.Button(description="Take this number")
    field.observe(lambda change: said.choose(change["new"]), names="value")
    button.on_click(lambda _: said.choose(field.value))
    return [ipywidgets.HBox([field, button])]


@_words.register
def _(question: NumberQuestion, chosen: int | None) -> str:
    if chosen is None:
        return "Type a number and take it, or just read on."
    return f"You predict: {chosen}"

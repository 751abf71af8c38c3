"""Asks a question in a box of options to click on, and keeps what is chosen in the notebook."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from ..errors import MiglabError
from ..facts.question import Asked, NumberQuestion, Question, SetQuestion
from ..lessons import Judgement, Prediction
from ..show.masks import masked
from ..show.prose import coded
from ..show.questions import in_short, letter
from .stored import Stored
from .widgets.ask import Ask


def show_question(asks: Prediction | Judgement) -> None:
    """Display the question, and then, as an output of its own, the box to answer it. Without a
    kernel, the question and the answer can still be read."""
    stored = Stored(_as_kept(asks.asked), instead=True)
    stored.show_below(Box(asks, stored).widget)


class Box:
    """The box in which a question is answered by clicks. It lives as long as its widget."""

    def __init__(self, asks: Prediction | Judgement, stored: Stored) -> None:
        self._asks, self._stored = asks, stored
        self.widget = Ask(shown=_shown(asks.asked))
        self.widget.on_msg(self._hear)
        asks.on_change = self.show

    def show(self, told: str = "") -> None:
        """Show the present state of the question, in the widget and in what the notebook keeps."""
        asked = self._asks.asked
        self.widget.shown = _shown(asked, told)
        self._stored.say(_as_kept(asked))

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        told = ""
        try:
            if message["do"] == "choose":
                self._asks.choose(message["choice"])
            elif self._asks.start_again():
                told = _BACK
        except MiglabError as error:
            told = masked(str(error))
        self.show(told)


def _as_kept(asked: Asked) -> Asked:
    """The question as the notebook keeps it: if nothing is chosen, as if no command had run."""
    return asked if asked.chosen is not None else Asked(asked.question)


def _shown(asked: Asked, told: str = "") -> dict[str, Any]:
    """What the widget shows."""
    return {
        **_options(asked.question),
        "text": coded(asked.question.text),
        "chosen": asked.chosen,
        "frozen": asked.frozen,
        "said": coded(told or _words(asked)),
    }


def _words(asked: Asked) -> str:
    """What is chosen, or how to choose."""
    if asked.chosen is None:
        return _FROZEN if asked.frozen else _hint(asked.question)
    chosen = f"You chose {in_short(asked.question, asked.chosen)}."
    return f"{chosen} {_FROZEN if asked.frozen else _OPEN}"


_FROZEN = "Your choice is fixed now. A cell below has the answer."
_BACK = "The lab is back where this question was asked. Choose, then run the cells below again."
_OPEN = "You can still change your answer. Now run the next cell."


@singledispatch
def _options(question: object) -> dict[str, Any]:
    """What the widget needs to know of a question of this kind."""
    raise TypeError(f"nothing answers {question!r}")


@singledispatch
def _hint(question: object) -> str:
    """A sentence that says how to answer a question of this kind."""
    raise TypeError(f"no words for {question!r}")


@_options.register
def _(question: Question) -> dict[str, Any]:
    options = [
        {"value": place, "mark": letter(place), "text": coded(option)}
        for place, option in enumerate(question.options)
    ]
    return {"kind": "one", "options": options}


@_hint.register
def _(question: Question) -> str:
    return "Click an answer, or just read on."


@_options.register
def _(question: SetQuestion) -> dict[str, Any]:
    options = [{"value": name, "text": coded(name)} for name in question.names]
    label = f"I predict that these are {question.word}"
    return {"kind": "several", "options": options, "none": "none of them", "label": label}


@_hint.register
def _(question: SetQuestion) -> str:
    return f"Tick those that will be {question.word}, or just read on."


@_options.register
def _(question: NumberQuestion) -> dict[str, Any]:
    return {"kind": "number"}


@_hint.register
def _(question: NumberQuestion) -> str:
    return "Type a number, or just read on."

"""Shows the result of a check, with a button that checks again; the notebook keeps the result."""

from __future__ import annotations

from html import escape
from typing import Any

from ..compare.agreement import part
from ..errors import MiglabError
from ..facts.lesson import Checked
from ..lessons import check
from ..show.masks import masked
from .stored import Stored
from .widgets.ask import Again


def show_check(checked: Checked) -> None:
    """Display what the check said, and then, as an output of its own, the button."""
    stored = Stored(checked, instead=False)
    stored.show_below(CheckAgain(checked.task, stored).widget)


class CheckAgain:
    """The button of one check. It stays as long as its widget does."""

    def __init__(self, task: str, stored: Stored) -> None:
        self._task, self._stored = task, stored
        self.widget = Again(shown={"label": "Check again", "said": ""})
        self.widget.on_msg(self._hear)

    def _hear(self, _widget: object, _message: dict[str, Any], _buffers: object) -> None:
        said = ""
        try:
            checked = check(self._task)
        except MiglabError as error:
            said = escape(masked(str(error)))
        else:
            self._stored.say(checked)
            done = sum(point.done for point in checked.points)
            said = f"{part(done, len(checked.points), 'goals')} reached."
        self.widget.shown = {"label": "Check again", "said": said}

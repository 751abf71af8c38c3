"""A question's box, in which the options are the buttons, and the button that checks a task again.

They send what was clicked, and show what they are given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

_HERE = Path(__file__).parent


def _beside(*names: str) -> str:
    return "\n".join((_HERE / each).read_text(encoding="utf-8") for each in names)


class _Told(anywidget.AnyWidget):
    """Shows a value, and sends ``{"do": …}``. ``itself`` is the id of its own model."""

    _css = _beside("common.css", "ask.css")
    shown = traitlets.Dict().tag(sync=True)
    itself = traitlets.Unicode().tag(sync=True)

    def __init__(self, shown: dict[str, Any]) -> None:
        super().__init__(shown=shown)
        self.itself = self.model_id


class Ask(_Told):
    """A question: it sends ``{"do": "choose", "choice": …}`` and ``{"do": "again"}``.

    ``shown`` has ``kind`` (``"one"``, ``"several"`` or ``"number"``), ``text`` as HTML,
    ``options`` (each ``value``, ``mark`` and ``text`` as HTML), ``none`` for the words of an empty
    choice, ``chosen``, ``frozen``, and ``said`` as HTML.
    """

    _esm = _beside("common.js", "alive.js", "ask.js")


class Again(_Told):
    """A button: it sends ``{"do": "again"}``. ``shown`` has ``label``, and ``said`` as HTML."""

    _esm = _beside("common.js", "alive.js", "again.js")

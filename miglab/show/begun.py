"""Shows that a task has begun: the new lab, what is in it, and the goals."""

from __future__ import annotations

from html import escape

from ..facts.lesson import Begun
from .html import html
from .prose import coded
from .text import text

#: The facts that this module shows.
TYPES: tuple[type, ...] = (Begun,)

_BOX = "border:1px solid #5B4B8A; border-left:4px solid #5B4B8A; padding:4px 12px; margin:4px 0"
_LIST = "list-style:none; padding-left:8px; margin:4px 0"
_NEW = "A new lab has begun for this task."
_BACK = "`lab.restart()` brings you back here."


@text.register
def _(begun: Begun) -> str:
    goals = [f"  ○ {each}" for each in begun.goals]
    return "\n".join([_NEW, f"{_apps(begun)}: {begun.standing}", _BACK, "Goals:", *goals])


@html.register
def _(begun: Begun) -> str:
    goals = "".join(f"<li>○ {coded(each)}</li>" for each in begun.goals)
    return (
        f"<div style='{_BOX}'><b>{_NEW}</b><br>{escape(_apps(begun))}: {escape(begun.standing)} "
        f"{coded(_BACK)}<br>Goals:<ul style='{_LIST}'>{goals}</ul></div>"
    )


def _apps(begun: Begun) -> str:
    *first, last = begun.apps or ("no app",)
    return f"{', '.join(first)} and {last}" if first else last

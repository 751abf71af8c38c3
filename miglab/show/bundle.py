"""A fact as the MIME bundle that a notebook stores."""

from __future__ import annotations

from ..facts.picture import Picture
from ..facts.view import History, Rows, View
from . import begun, consequences, contrast, exercise, lesson, questions, steps
from .html import html
from .text import text

#: The facts that a notebook shows in a way of its own.
SHOWN: tuple[type, ...] = (
    *(Picture, View, Rows, History),
    *steps.TYPES,
    *consequences.TYPES,
    *contrast.TYPES,
    *lesson.TYPES,
    *questions.TYPES,
    *begun.TYPES,
    *exercise.TYPES,
)


def in_words(fact: object) -> str:
    """A fact of one of these types as plain text."""
    return text(fact)


def bundle(fact: object) -> dict[str, str]:
    """``text/plain`` and ``text/html`` of a fact of one of the types in ``SHOWN``."""
    return {"text/plain": in_words(fact), "text/html": html(fact)}

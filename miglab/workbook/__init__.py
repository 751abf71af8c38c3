"""A learner's own copy of the lessons: what arrives in it, which notebook opens, what is done."""

from .choice import choose, lesson_of, offered
from .contents import journal_of, next_lesson, progress, summary, tick, workbook_of
from .delivery import Arrived, deliver, is_workbook
from .lessons import bundled_lessons
from .review import due

__all__ = [
    "Arrived",
    "bundled_lessons",
    "choose",
    "deliver",
    "due",
    "is_workbook",
    "journal_of",
    "lesson_of",
    "next_lesson",
    "offered",
    "progress",
    "summary",
    "tick",
    "workbook_of",
]

"""A learner's own copy of the lessons: what arrives in it, and which notebook opens."""

from .choice import choose, offered
from .delivery import Arrived, deliver, is_workbook
from .lessons import bundled_lessons

__all__ = ["Arrived", "bundled_lessons", "choose", "deliver", "is_workbook", "offered"]

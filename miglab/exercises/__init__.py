"""Broken projects to repair, which check themselves: how they are read, opened, checked and proven.
Nothing here needs Jupyter.

An exercise is one file of TOML in the folder of a set; ``form.py`` reads it.
"""

from .attempt import ExerciseLab
from .notebooks import overview
from .opening import exercise
from .recording import RecordingLab, record
from .shelf import sets

__all__ = ["ExerciseLab", "RecordingLab", "exercise", "overview", "record", "sets"]

"""A flight simulator for Django migrations: a throwaway project, its four truths, and the way back."""

from .errors import MiglabError
from .lab import Lab

__all__ = ["Lab", "MiglabError"]

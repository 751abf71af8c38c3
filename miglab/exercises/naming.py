"""Finds the migrations that a condition names, and formats lists of names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..facts.migration import Key
from .asking import several


def listed(names: Iterable[object]) -> str:
    """A list of names, for a sentence."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def keys(wanted: Any) -> list[Key]:
    """The keys of one migration or several, each written as in ``"store.0003"``."""
    return [Key(*each.split(".", 1)) for each in several(wanted)]


def named(key: Key, other: Key) -> bool:
    """Whether ``key``, perhaps only with the beginning of a name, means the migration ``other``."""
    return key.app_label == other.app_label and (
        key.name == other.name or other.name.startswith(f"{key.name}_")
    )

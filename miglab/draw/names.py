"""The ids, classes and short names of migrations in DOT and SVG, the same for every engine. Names
that are cut still look different."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import takewhile

from ..facts.migration import Key
from ..facts.picture import Node, Picture
from .words import missing_parents, number_of, words_of, words_of_missing


def safe(text: str) -> str:
    """The text as a name that DOT, SVG and the graphviz package all take as it stands."""
    return re.sub(r"[^\w.]", lambda found: f"~{ord(found[0]):x}~", text)


def ident(key: Key, prefix: str = "") -> str:
    """The ``id`` of a migration's group in the SVG, and without a prefix its name in DOT."""
    return prefix + safe(f"{key.app_label}.{key.name}")


def titles(picture: Picture, prefix: str = "") -> dict[str, str]:
    """The id of each card, with the words that appear when somebody points at it."""
    found = {ident(node.key, prefix): words_of(node).tooltip for node in picture.nodes}
    for key in missing_parents(picture):
        found[ident(key, prefix)] = words_of_missing(key).tooltip
    return found


def classes(node: Node) -> str:
    """The state and the flags, as in ``"to-apply target"``."""
    flags = [flag for flag in ("target", "leaf", "changed") if getattr(node, flag)]
    return " ".join([node.state.name.lower().replace("_", "-"), *flags])


def names_of(keys: Iterable[Key], cut: Callable[[str], str]) -> dict[Key, str]:
    """Migration → its name without the number, in a form that ``cut`` may shorten at its end. If
    names with the same number would look alike then, their common beginning is left out."""
    groups: dict[tuple[str, str], dict[Key, str]] = {}
    for key in keys:
        number, rest = number_of("", key.name)
        groups.setdefault((key.app_label, number), {})[key] = rest
    told = {group: apart(names.values(), cut) for group, names in groups.items()}
    return {
        key: told[group][name] for group, names in groups.items() for key, name in names.items()
    }


def apart(names: Iterable[str], cut: Callable[[str], str]) -> dict[str, str]:
    """Name → itself; or "…" and its end, if ``cut`` would make the name look like another one.

    >>> apart(["alter_price", "alter_stock", "initial"], lambda name: name[:6])
    {'alter_price': '…price', 'alter_stock': '…stock', 'initial': 'initial'}
    """
    found = {name: name for name in names}
    _part([*found], 0, cut, found)
    ends: dict[str, list[str]] = {}
    for name, told in found.items():
        ends.setdefault(cut(told), []).append(name)
    for group in ends.values():
        if len(group) > 1:
            # They end alike, and begin in different ways.
            begins = _begin_alike(group) + 1
            found.update({name: f"{name[:begins]}{found[name]}" for name in group})
    return found


def _part(names: list[str], start: int, cut: Callable[[str], str], found: dict[str, str]) -> None:
    """Leave out the first ``start`` letters of these names, and more of those that still look
    alike."""
    found.update({name: f"…{name[start:]}" for name in names if start})
    shown = {name: cut(found[name]) for name in names}
    # Readers compare only the beginnings of names that are cut.
    for part in (2, 1):
        alike: dict[str, list[str]] = {}
        for name, told in shown.items():
            seen = told if told == found[name] else f"{told[: len(told) // part]}…"
            alike.setdefault(seen, []).append(name)
        for group in alike.values():
            common = _begin_alike(group) if len(group) > 1 else 0
            if common > start:
                # Begin at a whole word if that is enough.
                word = group[0].rfind("_", 0, common) + 1
                _part(group, word if word > start else common, cut, found)
                shown = {name: told for name, told in shown.items() if name not in group}


def _begin_alike(names: Iterable[str]) -> int:
    """How many letters all names begin with."""
    return sum(
        1 for _ in takewhile(lambda letters: len({*letters}) == 1, zip(*names, strict=False))
    )

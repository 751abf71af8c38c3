"""What DOT and SVG call a migration: ids and classes, the same from every engine."""

from __future__ import annotations

import re

from ..facts.migration import Key
from ..facts.picture import Node, Picture
from .words import missing_parents, words_of, words_of_missing


def safe(text: str) -> str:
    """The text as a name that DOT, SVG and the graphviz package all take as it stands."""
    return re.sub(r"[^\w.]", lambda found: f"~{ord(found[0]):x}~", text)


def ident(key: Key, prefix: str = "") -> str:
    """The ``id`` of a migration's group in the SVG, and without a prefix its name in DOT."""
    return prefix + safe(f"{key.app_label}.{key.name}")


def titles(picture: Picture, prefix: str = "") -> dict[str, str]:
    """The id of each card, with the words that appear when one points at it."""
    found = {ident(node.key, prefix): words_of(node).tooltip for node in picture.nodes}
    for key in missing_parents(picture):
        found[ident(key, prefix)] = words_of_missing(key).tooltip
    return found


def classes(node: Node) -> str:
    """The state and the flags, as in ``"to-apply target"``."""
    flags = [flag for flag in ("target", "leaf", "changed") if getattr(node, flag)]
    return " ".join([node.state.name.lower().replace("_", "-"), *flags])

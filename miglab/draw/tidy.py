"""Makes Graphviz's SVG small, and gives it a name for screen readers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import CannotDraw
from ..facts.picture import Picture
from .colours import FONT, GREY, QUIET
from .letters import width_of
from .svg import around, emoji_safe, plate
from .words import sentence_of

if TYPE_CHECKING:
    from xml.etree import ElementTree

_SVG = "{http://www.w3.org/2000/svg}"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NUMBER = re.compile(r"-?\d+\.\d+")
_INSET = 3
_POINTS = re.compile(r"(-?[\d.]+),(-?[\d.]+)")


def tidy(text: str, picture: Picture, titles: Mapping[str, str]) -> str:
    """Graphviz's SVG as an image of its own: one title, no prolog, comments or stray ids.

    ``titles`` maps the ids of the cards to their tooltips. All other ids come from Graphviz and
    would be the same in every picture on a page, so they are removed.
    """
    # Here, since plain lanes need no parser.
    from xml.etree import ElementTree

    root = ElementTree.fromstring(text)
    for name in ("width", "height"):
        # Sizes were planned in pixels; Graphviz calls them points, a third larger.
        root.set(name, root.get(name, "").removesuffix("pt"))
    sentence = sentence_of(picture)
    root.set("role", "img")
    root.set("aria-label", sentence)
    for parent in list(root.iter(f"{_SVG}g")):
        if parent.get("class", "").startswith("node"):
            _node(parent, titles.get(parent.get("id", "")))
        else:
            _drop_title(parent)
            _frame(parent)
        _unwrap(parent)
    _plates(root)
    for each in root.iter():
        if each.get("id") not in titles:
            each.attrib.pop("id", None)
        each.attrib.pop("font-family", None)
        each.attrib.pop(_SPACE, None)
        for name in ("d", "points", "x", "y", "viewBox", "transform"):
            if name in each.attrib:
                each.set(name, _NUMBER.sub(_rounded, each.attrib[name]))
        each.tag = each.tag.removeprefix(_SVG)
        each.tail = None
        if each.text:
            each.text = emoji_safe(each.text) if each.text.strip() else None
    root.set("font-family", FONT)
    root.set("xmlns", _SVG.strip("{}"))
    title = ElementTree.Element("title")
    title.text = sentence
    root.insert(0, title)
    return ElementTree.tostring(root, encoding="unicode")


def _node(group: ElementTree.Element, told: str | None) -> None:
    """Make the tooltip the title of a card's group, and center the text on the card."""
    texts = list(group.iter(f"{_SVG}text"))
    if not texts:
        raise CannotDraw("Graphviz left a label out")
    title = group.find(f"{_SVG}title")
    if title is not None and told is not None:
        title.text = told
    else:
        _drop_title(group)
    cards = [each for each in group.iter() if each.tag in (f"{_SVG}path", f"{_SVG}polygon")]
    for each in cards[1:]:
        # The second outline marks a target, and is thin around a thick one too.
        each.set("stroke-width", "1.5")
    places = _across(cards[0]) if cards else []
    for each in texts if places else ():
        # The reader's font may be wider than the one that was measured.
        each.set("text-anchor", "middle")
        each.set("x", f"{(min(places) + max(places)) / 2:.1f}")


def _frame(group: ElementTree.Element) -> None:
    """Make an app's frame a little smaller, because Graphviz lets two frames touch. Its heading
    begins at the left side, however wide the reader's font is."""
    left = 0.0
    for each in [*group.findall(f"{_SVG}path"), *group.findall(f"{_SVG}polygon")]:
        if group.get("class") != "cluster":
            continue
        across, down = _across(each), _across(each, 1)
        left = min(across) + 14
        each.tag = f"{_SVG}rect"
        each.attrib = {
            "x": f"{min(across) + _INSET:.1f}",
            "y": f"{min(down) + _INSET:.1f}",
            "width": f"{max(across) - min(across) - 2 * _INSET:.1f}",
            "height": f"{max(down) - min(down) - 2 * _INSET:.1f}",
            "rx": "10",
            "fill": "none",
            "stroke": GREY,
        }
    for each in group.findall(f"{_SVG}text"):
        each.set("text-anchor", "start")
        each.set("x", f"{left or 8:.1f}")
        if left:
            each.set("y", f"{float(each.get('y', '0')) + 6:.1f}")


def _plates(root: ElementTree.Element) -> None:
    """Put a plate behind each line of text that is not on a card, so that it can be read on every
    page."""
    from xml.etree import ElementTree

    for parent in list(root.iter()):
        for place, each in reversed([*enumerate(parent)]):
            if each.tag != f"{_SVG}text" or each.get("fill", "").upper() != QUIET:
                continue
            size = float(each.get("font-size", "14"))
            bold = each.get("font-weight") == "bold"
            wide = width_of(each.text or "", size, bold=bold)
            left = float(each.get("x", "0"))
            left -= wide / 2 if each.get("text-anchor") == "middle" else 0
            sides = around(left, float(each.get("y", "0")), wide, size)
            each.set("textLength", f"{wide:.1f}")
            each.set("lengthAdjust", "spacingAndGlyphs")
            below = ElementTree.fromstring(plate(*sides))
            below.tag = f"{_SVG}{below.tag}"
            parent.insert(place, below)


def _across(shape: ElementTree.Element, axis: int = 0) -> list[float]:
    """The horizontal positions of a shape's points; the vertical ones if ``axis`` is 1."""
    points = _POINTS.findall(shape.get("d") or shape.get("points") or "")
    return [float(point[axis]) for point in points]


def _unwrap(group: ElementTree.Element) -> None:
    """``<g><a …>cards</a></g>`` → the cards: nothing here is a link."""
    for place, inner in enumerate(list(group)):
        link = inner.find(f"{_SVG}a") if inner.tag == f"{_SVG}g" else None
        if link is not None:
            group.remove(inner)
            for offset, each in enumerate(list(link)):
                group.insert(place + offset, each)


def _drop_title(group: ElementTree.Element) -> None:
    title = group.find(f"{_SVG}title")
    if title is not None:
        group.remove(title)


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")

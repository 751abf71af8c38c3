"""The few pieces of SVG that miglab writes by hand: its head, cards, lines of text, arrows."""

from __future__ import annotations

import html
import re

from .colours import FONT, GREY, INK, PLATE, QUIET, Look
from .letters import width_of
from .words import UNPRINTABLE, clean

_HEIGHT = re.compile(r'<svg[^>]* height="([\d.]+)')
# Most text needs nothing done to it, and looking is quicker than doing it.
_RISKY = re.compile(f"[&<>\"'↩{UNPRINTABLE}]")


def escape(text: str) -> str:
    """Text that is safe in an element or an attribute."""
    if not _RISKY.search(text):
        return text
    return html.escape(emoji_safe(clean(text)))


def emoji_safe(text: str) -> str:
    """The text, its arrow drawn as text: some systems would put a coloured picture there."""
    return text.replace("↩", "↩\N{VARIATION SELECTOR-15}")


def picture(width: float, height: float, sentence: str, body: str) -> str:
    """A whole image of this size, with the sentence as its title and label."""
    told = escape(sentence)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{told}" '
        f'font-family="{FONT}"><title>{told}</title>{body}</svg>'
    )


def height_of(drawn: str) -> float:
    """How high an image is, in pixels."""
    found = _HEIGHT.search(drawn)
    return float(found[1]) if found else 0


def text(
    x: float,
    y: float,
    line: str,
    size: float = 12,
    *,
    style: str = "",
    fill: str = INK,
    anchor: str = "middle",
    within: float = 0,
) -> str:
    """One line of text. ``style`` is ``bold``, ``italic`` or nothing; ``within`` is the width
    to which the text is fitted if it might be wider; otherwise 0."""
    drawn = {"bold": ' font-weight="bold"', "italic": ' font-style="italic"'}.get(style, "")
    if within:
        drawn += f' textLength="{within:g}" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}"{drawn} '
        f'fill="{fill}">{escape(line)}</text>'
    )


def note(
    x: float,
    y: float,
    line: str,
    size: float,
    *,
    style: str = "",
    anchor: str = "start",
    within: float = 0,
) -> str:
    """One line of text beside the cards, on a plate, so that it can be read on every page. The text
    is fitted to the plate, however wide the reader's font is."""
    if not line:
        return ""
    wide = within or round(width_of(line, size, bold=style == "bold"), 1)
    left = x - {"start": 0, "middle": wide / 2, "end": wide}[anchor]
    words = text(x, y, line, size, style=style, fill=QUIET, anchor=anchor, within=wide)
    return plate(*around(left, y, wide, size)) + words


def around(left: float, y: float, wide: float, size: float) -> tuple[float, float, float, float]:
    """The plate of a line of text: its left and upper side, its width and its height."""
    return round(left - 4, 1), round(y - 1.05 * size, 1), round(wide + 8, 1), round(1.4 * size, 1)


def plate(x: float, y: float, w: float, h: float) -> str:
    """A light plate that makes text beside the cards readable on every page."""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="4" fill="{PLATE}"/>'


def card(x: float, y: float, w: float, h: float, look: Look, *, width: float | None = None) -> str:
    """A card in its look, without words."""
    width = look.width if width is None else width
    dash = {"dashed": ' stroke-dasharray="6 3"', "dotted": ' stroke-dasharray="2 3"'}
    paint = (
        f'fill="{look.fill}" stroke="{look.border}" stroke-width="{width:g}"'
        f"{dash.get(look.line, '')}"
    )
    if look.shape in ("round", "square", "struck", "tab"):
        corner = ' rx="9"' if look.shape == "round" else ""
        body = f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}"{corner} {paint}/>'
        if look.shape == "tab":
            body = f'<path d="M{x:g},{y:g}v-5h18v5" {paint}/>{body}'
        if look.shape == "struck":
            body += (
                f'<path d="M{x:g},{y + 10:g}l10,-10M{x + w - 10:g},{y:g}l10,10'
                f'M{x:g},{y + h - 10:g}l10,10M{x + w - 10:g},{y + h:g}l10,-10" '
                f'stroke="{look.border}" stroke-width="{width:g}"/>'
            )
        return body
    return f'<path d="{_outline(x, y, w, h, look.shape)}" {paint}/>'


def arrow_head(x: float, y: float, direction: str, fill: str = GREY) -> str:
    """A small triangle whose tip is at the point; ``direction`` is ``r``, ``l``, ``d`` or ``u``."""
    back = {"r": "l-8,-4v8", "l": "l8,-4v8", "d": "l-4,-8h8", "u": "l-4,8h8"}[direction]
    return f'<path d="M{x:g},{y:g}{back}z" fill="{fill}"/>'


def _outline(x: float, y: float, w: float, h: float, shape: str) -> str:
    if shape == "forward":
        return f"M{x:g},{y:g}h{w - 10:g}l10,{h / 2:g}l-10,{h / 2:g}h{10 - w:g}z"
    if shape == "backward":
        return f"M{x + 10:g},{y:g}h{w - 10:g}v{h:g}h{10 - w:g}l-10,{-h / 2:g}z"
    c = 10
    return (
        f"M{x + c:g},{y:g}h{w - 2 * c:g}l{c},{c}v{h - 2 * c:g}l-{c},{c}h{2 * c - w:g}"
        f"l-{c},-{c}v{2 * c - h:g}z"
    )

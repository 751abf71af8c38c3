"""How wide text is in Helvetica and Arial. Both have the same widths, and pictures ask for them.

If a system has neither, the font that it uses may be wider. So text that might be too wide is given
the width that it has here, and a wider font is squeezed into this width.
"""

from __future__ import annotations

#: Width in thousandths of the size → the letters that have it; all others are as wide as the size.
_PLAIN = {
    191: "'",
    222: "ijl",
    260: "|",
    278: " !,./:;I[\\]ft",
    333: "()-`r",
    334: "{}",
    355: '"',
    389: "*",
    469: "^",
    500: "Jcksvxyz",
    549: "≈≠",
    556: "0123456789#$?L_abdeghnopqu’",
    584: "+<=>~",
    611: "FTZ○",
    667: "&ABEKPSVXY",
    722: "CDHNRUw",
    778: "GOQ",
    833: "Mm",
    889: "%",
    944: "W",
}
_BOLD = {
    238: "'",
    278: " ,./I\\ijl|",
    333: "!()-:;[]`ft",
    389: "*r{}",
    474: '"',
    500: "z",
    556: "0123456789#$J_aceksvxy≈≠",
    584: "+<=>^~",
    611: "?FLTZbdghnopqu○",
    667: "EPSVXY",
    722: "&ABCDHKNRU",
    778: "GOQw",
    833: "M",
    889: "%m",
    944: "W",
    975: "@",
}
_PLAIN_WIDTHS, _BOLD_WIDTHS = (
    {letter: width for width, letters in table.items() for letter in letters}
    for table in (_PLAIN, _BOLD)
)


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide the text is at this size, in pixels."""
    widths = _BOLD_WIDTHS if bold else _PLAIN_WIDTHS
    return sum(widths.get(letter, 1000) for letter in text) * size / 1000


def cut(text: str, size: float, room: float) -> str:
    """The text. If it is wider than the room, it is cut and ends with "…"."""
    if width_of(text, size) <= room:
        return text
    shown = len(text) - 1
    while shown > 0 and width_of(f"{text[:shown]}…", size) > room:
        shown -= 1
    return f"{text[:shown]}…"

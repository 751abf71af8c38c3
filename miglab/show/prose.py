"""Turns a lesson's paragraphs, with lists, code and emphasis, into HTML."""

from __future__ import annotations

import re
from html import escape


def coded(words: str) -> str:
    """Words as HTML; text between back quotes is code, between double stars strong, between single
    stars emphasised."""
    pieces = re.split(r"`([^`]+)`", words)
    return "".join(
        f"<code>{escape(piece)}</code>" if place % 2 else _stressed(escape(piece))
        for place, piece in enumerate(pieces)
    )


def _stressed(page: str) -> str:
    page = re.sub(r"\*\*(\S[^*]*)\*\*", r"<b>\1</b>", page)
    return re.sub(r"\*(\S[^*]*)\*", r"<i>\1</i>", page)


def paragraphs(text: str) -> str:
    """A text as HTML: an empty line ends a paragraph or a list."""
    return "".join(_block(block.splitlines()) for block in re.split(r"\n\s*\n", text.strip()))


def _block(lines: list[str]) -> str:
    for mark, tag in ((r"- ", "ul"), (r"\d+\. ", "ol")):
        if all(re.match(mark, line) for line in lines):
            items = "".join(f"<li>{coded(re.sub(mark, '', line, count=1))}</li>" for line in lines)
            return f"<{tag} style='margin:4px 0; padding-left:24px'>{items}</{tag}>"
    return f"<p style='margin:4px 0'>{coded(' '.join(lines))}</p>"

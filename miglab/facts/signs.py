"""Makes control characters visible: names and stored values may contain some."""

from __future__ import annotations

_OBEYED = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160))}
_IN_TEXT = {number: sign for number, sign in _OBEYED.items() if chr(number) not in "\n\t"}
_IN_LINE: dict[int, str] = {**_OBEYED, ord("\n"): " ⏎ ", ord("\r"): " ", ord("\t"): r"\t"}


def visible(text: str) -> str:
    """The text with its control characters visible, except for line breaks and tabs."""
    return text.translate(_IN_TEXT)


def in_one_line(text: str) -> str:
    """A name or a value in one line, with its control characters visible."""
    return text.translate(_IN_LINE)

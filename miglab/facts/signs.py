"""Signs that a terminal obeys instead of showing them: names and stored values may have them."""

from __future__ import annotations

_OBEYED = {number: f"\\x{number:02x}" for number in (*range(32), *range(127, 160))}
_IN_TEXT = {number: sign for number, sign in _OBEYED.items() if chr(number) not in "\n\t"}
_IN_LINE: dict[int, str] = {**_OBEYED, ord("\n"): " ⏎ ", ord("\r"): " ", ord("\t"): r"\t"}


def visible(text: str) -> str:
    """Lines of text that move no cursor and change no colour."""
    return text.translate(_IN_TEXT)


def in_one_line(text: str) -> str:
    """A name or a value that breaks no line."""
    return text.translate(_IN_LINE)

"""What a terminal can show: ASCII for signs that it lacks, and colour if it is wanted."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
import unicodedata

#: Signs with different meanings stay different in ASCII.
_ASCII: dict[int, int | str | None] = {
    **str.maketrans("✓✗○◎●↩▸▶◀←→─│–—·…×⏎’“”", '+xo@*<>><<>-|--.~x|\'""'),
    **{ord(sign): text for sign, text in {"≤": "<=", "≥": ">=", "≠": "!=", "⇒": "=>"}.items()},
}

_COLOURS = {"bold": "1", "red": "31", "green": "32", "blue": "36", "dim": "2"}


def write_what_it_can() -> None:
    """Make standard output and error use ASCII for what their encoding lacks."""
    codecs.register_error("miglab", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            with contextlib.suppress(ValueError):
                stream.reconfigure(errors="miglab")


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end].translate(_ASCII)
    # What may be a name is still told from others: é as e, 三 as \u4e09.
    return "".join(map(_sign, signs)), error.end


def _sign(sign: str) -> str:
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return plain or sign.encode("ascii", "backslashreplace").decode()


def has_colour() -> bool:
    """Whether standard output is a terminal that shows colour, and ``NO_COLOR`` is not set.

    https://no-color.org
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if not sys.stdout.isatty():
        return False
    if sys.platform == "win32":
        os.system("")  # Older consoles understand colours only after this.
    return True


def paint(text: str, *styles: str) -> str:
    """The text in bold, dim or a colour; unchanged if the terminal shows no colour."""
    if not has_colour():
        return text
    codes = ";".join(_COLOURS[style] for style in styles)
    return f"\033[{codes}m{text}\033[0m"

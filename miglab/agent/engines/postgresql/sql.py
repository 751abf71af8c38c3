"""Reads SQL as PostgreSQL does, as far as needed to find what it makes: words, names and texts in
quotes, comments (https://www.postgresql.org/docs/current/sql-syntax-lexical.html)."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Tuple

from ..letters import BEGINS, GOES_ON, OR_DOLLAR, SPACE
from ..made import made as found_in

#: One token; what is not closed goes on to the end. Comments within comments are taken out before.
_TOKEN = re.compile(
    r"""
    (?P<space>  %(space)s+ | --[^\n]* )
  | (?P<text>   [eE]'(?:[^'\\]|\\.|'')*(?:'|$) | (?:[bBxXnN]|[uU]&)?'(?:[^']|'')*(?:'|$)
              | \$(?P<tag>(?:%(begins)s%(goes_on)s*)?)\$.*?(?:\$(?P=tag)\$|$) )
  | (?P<name>   (?:[uU]&)?"(?:[^"]|"")*(?:"|$) )
  | (?P<word>   %(begins)s%(or_dollar)s* )
  | (?P<number> [0-9][\w.]* )
  | (?P<begin>  /\* )
  | (?P<sign>   . )
    """
    % {"space": SPACE, "begins": BEGINS, "goes_on": GOES_ON, "or_dollar": OR_DOLLAR},
    re.X | re.S,
)
_ENDS = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A word, a name or a sign, as it is written."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The keyword, in capitals; ``""`` if it cannot be one."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The token as a name, without its quotes. A name without quotes is in small letters."""
        if self.kind != "name":
            return self.text.lower()
        return self.text[self.text.index('"') + 1 :].rstrip('"').replace('""', '"')


def tokens(sql: str) -> Iterator[Token]:
    """All tokens except spaces and comments."""
    place = 0
    while place < len(sql):
        found = _TOKEN.match(sql, place)
        assert found is not None
        place = found.end()
        if found.lastgroup == "begin":
            place = _behind_comment(sql, place)
        elif found.group("space") is None:
            kind = next(k for k in ("text", "name", "word", "number", "sign") if found.group(k))
            yield Token(kind, found.group())


def _behind_comment(sql: str, place: int) -> int:
    depth = 1
    while depth:
        found = _ENDS.search(sql, place)
        if found is None:
            return len(sql)
        depth += 1 if found.group() == "/*" else -1
        place = found.end()
    return place


def made(sql: str) -> Iterator[Tuple[str, str, str]]:
    """See ``engine.Engine.made``."""
    found: List[Token] = list(tokens(sql))
    return found_in(found)

"""Reads SQL as SQLite does: words, names in any quotes, texts, comments
(https://sqlite.org/lang_keywords.html, https://sqlite.org/lang_comment.html)."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from ..letters import BEGINS, OR_DOLLAR

#: One token. Quotes are doubled inside quotes, but not inside brackets; what is not closed goes on
#: to the end.
_TOKEN = re.compile(
    r"""
    (?P<space>   [ \t\n\f\r]+ | --[^\n]*(?:\n|$) | /\*.*?(?:\*/|$) )
  | (?P<blob>    [xX]'[^']*(?:'|$) )
  | (?P<text>    '(?:[^']|'')*(?:'|$) )
  | (?P<name>    "(?:[^"]|"")*(?:"|$) | `(?:[^`]|``)*(?:`|$) | \[[^\]]*(?:\]|$) )
  | (?P<number>  (?:0[xX][0-9a-fA-F_]+) | (?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? )
  | (?P<word>    %s%s* )
  | (?P<sign>    \|\| | <> | <= | >= | != | == | << | >> | ->> | -> | . )
    """
    % (BEGINS, OR_DOLLAR),
    re.X | re.S,
)

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Token(NamedTuple):
    """``kind`` is ``word`` (a keyword or a bare name), ``name`` (in quotes), ``text``, ``blob``,
    ``number`` or ``sign``; ``start`` and ``end`` are its places in the SQL."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """The token as a name, without its quotes. SQLite also accepts a text where it needs a
        name."""
        if self.kind not in ("name", "text"):
            return self.text
        closing = "]" if self.text[0] == "[" else self.text[0]
        inner = self.text[1:-1] if self.text.endswith(closing) else self.text[1:]
        return inner if closing == "]" else inner.replace(closing * 2, closing)

    @property
    def word(self) -> str:
        """The keyword, in capitals; ``""`` if it cannot be one."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def names(self) -> bool:
        """Whether the token can be a name."""
        return self.kind in ("word", "name", "text")


def tokens(sql: str) -> List[Token]:
    """All tokens except spaces and comments."""
    return [
        Token(str(found.lastgroup), found.group(), found.start(), found.end())
        for found in _TOKEN.finditer(sql)
        if found.lastgroup != "space"
    ]


def first_word(sql: str) -> str:
    """The keyword that a statement begins with."""
    for found in _TOKEN.finditer(sql):
        if found.lastgroup == "word":
            return found.group().upper()
        if found.lastgroup != "space" and found.group() != ";":
            return ""
    return ""


def fold(name: str) -> str:
    """A form of a name that is the same for all names that SQLite treats as equal: SQLite ignores
    the case of ASCII letters only."""
    return name.lower() if name.isascii() else name.translate(_LOWER)


def folded(sql: str) -> str:
    """A form of SQL without differences in spaces, comments, quotes around names and case."""
    return " ".join(
        each.text if each.kind in ("text", "blob") else fold(each.name) for each in tokens(sql)
    )


def parts(found: List[Token]) -> List[List[Token]]:
    """The items of a list in SQL, split at the commas outside of brackets."""
    result: List[List[Token]] = [[]]
    depth = 0
    for each in found:
        if each.kind == "sign":
            depth += {"(": 1, ")": -1}.get(each.text, 0)
            if each.text == "," and not depth:
                result.append([])
                continue
        result[-1].append(each)
    return [part for part in result if part]


def inside(found: List[Token], opening: int) -> List[Token]:
    """The tokens between the bracket at this place and the one that closes it."""
    depth = 0
    for place in range(opening, len(found)):
        if found[place].kind == "sign":
            depth += {"(": 1, ")": -1}.get(found[place].text, 0)
            if depth == 0:
                return found[opening + 1 : place]
    return found[opening + 1 :]


def is_sign(token: Token, sign: str) -> bool:
    """Whether the token is this sign."""
    return token.kind == "sign" and token.text == sign


def outside(found: List[Token]) -> Iterator[Tuple[int, Token]]:
    """The tokens outside of all brackets, and the opening brackets, each with its place."""
    depth = 0
    for place, each in enumerate(found):
        if is_sign(each, ")"):
            depth -= 1
        elif depth == 0:
            yield place, each
        if is_sign(each, "("):
            depth += 1


def after(found: List[Token], *words: str) -> Optional[int]:
    """The place after these keywords, if they follow each other outside of brackets."""
    if not any(each.word == words[0] for each in found):
        return None
    places = [place for place, _ in outside(found)]
    for number, place in enumerate(places):
        run = places[number : number + len(words)]
        if len(run) == len(words) and all(found[p].word == w for p, w in zip(run, words)):
            return place + len(words)
    return None


def written(sql: str, found: List[Token]) -> str:
    """These tokens as they are written in the SQL, on one line. What is between two of them, such
    as a comment, becomes one space."""
    if not found:
        return ""
    pieces, end = [], found[0].start
    for each in found:
        if each.start > end:
            pieces.append(" ")
        pieces.append(each.text)
        end = each.end
    return "".join(pieces)

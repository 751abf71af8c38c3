"""Reads SQL as MariaDB and MySQL do, as far as needed to find what it makes and renames: words,
names and texts in quotes, comments (https://mariadb.com/kb/en/comment-syntax/)."""

from __future__ import annotations

import re
from typing import Iterator, List, NamedTuple, Optional, Tuple

from ..letters import BEGINS, OR_DOLLAR, SPACE
from ..made import made as found_in

#: One token; what is not closed goes on to the end. What is in ``/*! … */`` is run.
_TOKEN = re.compile(
    r"""
    (?P<space>  %(space)s+ | --(?=%(space)s|$)[^\n]* | \#[^\n]*
              | /\*M?![0-9]* | \*/ | /\*.*?(?:\*/|$) )
  | (?P<text>   '(?:[^'\\]|\\.|'')*(?:'|$) | "(?:[^"\\]|\\.|"")*(?:"|$) )
  | (?P<name>   `(?:[^`]|``)*(?:`|$) )
  | (?P<word>   (?:%(begins)s|[$@]|[0-9]+(?=%(begins)s))(?:%(or_dollar)s|@)* )
  | (?P<number> [0-9][\w.]* )
  | (?P<sign>   . )
    """
    % {"space": SPACE, "begins": BEGINS, "or_dollar": OR_DOLLAR},
    re.X | re.S,
)
#: Words that do not follow DROP if a column is meant.
_NOT_A_COLUMN = (
    "INDEX",
    "KEY",
    "PRIMARY",
    "FOREIGN",
    "CONSTRAINT",
    "CHECK",
    "UNIQUE",
    "FULLTEXT",
    "SPATIAL",
    "PARTITION",
    "SYSTEM",
    "PERIOD",
)
#: Words that may come before the kind of what is made, and these kinds.
_SAID_FIRST = ("ALGORITHM", "DEFINER", "SQL")
_KINDS = ("VIEW", "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT")
#: Whatever may change a name has one of these.
_CONCERNS = re.compile(r"\b(?:ALTER|RENAME|DROP|CREATE|CALL|EXECUTE)\b", re.I)


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
        """The name. With some settings of the session, names have ``"`` around them."""
        if self.kind not in ("name", "text"):
            return self.text
        sign = self.text[0]
        return self.text[1 : -1 if self.text.endswith(sign) else None].replace(sign * 2, sign)


def tokens(sql: str) -> Iterator[Token]:
    """All tokens except spaces and comments."""
    for found in _TOKEN.finditer(sql):
        kind = str(found.lastgroup)
        if kind != "space":
            yield Token(kind, found.group())


def made(sql: str) -> Iterator[Tuple[str, str, str]]:
    """See ``engine.Engine.made``."""
    found: List[Token] = []
    skipping = False
    for each in tokens(sql):
        # How a view is read, and who defines it, is said before its kind.
        skipping = (skipping or each.word in _SAID_FIRST) and each.word not in _KINDS
        if not skipping:
            found.append(each)
    return found_in(found)


class Change(NamedTuple):
    """What a statement does to the names of one ``table``: its new name (``None`` if it is
    dropped), and the columns that get new names (``None`` if they are dropped)."""

    table: str
    now: Optional[str]
    columns: Tuple[Tuple[str, Optional[str]], ...] = ()


def concerns(sql: str) -> bool:
    """Whether a statement may change names."""
    return _CONCERNS.search(sql) is not None


def changes(sql: str, database: str) -> Iterator[Change]:
    """What statements do to the names in this database, in their order, if they succeed. A table
    that is only made, or altered otherwise, keeps its name."""
    statement: List[Token] = []
    for each in [*tokens(sql), Token("sign", ";")]:
        if each == Token("sign", ";"):
            for table, change in _of_statement(statement):
                if table.database in ("", database):
                    yield change
            statement = []
        else:
            statement.append(each)


class _Place(NamedTuple):
    """A table as a statement names it."""

    database: str
    name: str


def _of_statement(found: List[Token]) -> Iterator[Tuple[_Place, Change]]:
    words = [each.word for each in found]
    at = _behind(words, 1, "ONLINE", "IGNORE", "OR", "REPLACE", "TEMPORARY")
    if words[:1] not in (["ALTER"], ["DROP"], ["RENAME"], ["CREATE"]):
        return
    if "TEMPORARY" in words[:at] or words[at : at + 1] not in (["TABLE"], ["TABLES"]):
        return
    at = _behind(words, at + 1, "IF", "NOT", "EXISTS")
    if words[0] == "ALTER":
        place, at = _place(found, at)
        at = _behind(words, at, "WAIT", "NOWAIT")
        yield place, _altered(place, found[at:])
        return
    if words[0] == "CREATE":
        # With REPLACE, one of that name is gone.
        place, _ = _place(found, at)
        yield place, Change(place.name, None if "REPLACE" in words[:at] else place.name)
        return
    for part in _parts(found[at:]):
        place, _ = _place(part, 0)
        if words[0] == "DROP":
            yield place, Change(place.name, None)
        elif any(each.word == "TO" for each in part):
            to = next(number for number, each in enumerate(part) if each.word == "TO")
            now, _ = _place(part, to + 1)
            there = now.database in ("", place.database)
            yield place, Change(place.name, now.name if there else None)


def _altered(place: _Place, found: List[Token]) -> Change:
    now: Optional[str] = place.name
    columns: List[Tuple[str, Optional[str]]] = []
    for part in _parts(found):
        words = [each.word for each in part]
        at = _behind(words, 1, "COLUMN", "IF", "EXISTS")
        if words[0] == "CHANGE" and at + 1 < len(part):
            columns.append((part[at].name, part[at + 1].name))
        elif words[:2] == ["RENAME", "COLUMN"] and at + 2 < len(part):
            columns.append((part[at].name, part[at + 2].name))
        elif words[0] == "RENAME" and words[1:2] not in (["INDEX"], ["KEY"]):
            at = 2 if words[1:2] in (["TO"], ["AS"]) or part[1:2] == [Token("sign", "=")] else 1
            to, _ = _place(part, at)
            now = to.name if to.database in ("", place.database) else None
        elif words[0] == "DROP" and words[1:2] and words[1] not in _NOT_A_COLUMN:
            columns.append((part[at].name, None))
    return Change(place.name, now, tuple(columns))


def _behind(words: List[str], at: int, *these: str) -> int:
    while at < len(words) and words[at] in these:
        at += 1
    return at


def _place(found: List[Token], at: int) -> Tuple[_Place, int]:
    """The table that is named here, and the place behind it."""
    if at >= len(found):
        return _Place("", ""), at
    if at + 2 < len(found) and found[at + 1] == Token("sign", "."):
        return _Place(found[at].name, found[at + 2].name), at + 3
    return _Place("", found[at].name), at + 1


def _parts(found: List[Token]) -> List[List[Token]]:
    """The tokens, split at the commas outside of brackets."""
    parts: List[List[Token]] = [[]]
    depth = 0
    for each in found:
        depth += {"(": 1, ")": -1}.get(each.text, 0) if each.kind == "sign" else 0
        if each == Token("sign", ",") and not depth:
            parts.append([])
        else:
            parts[-1].append(each)
    return [part for part in parts if part]

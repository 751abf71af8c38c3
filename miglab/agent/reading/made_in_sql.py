"""Finds the triggers and views that recorded migrations make in SQL, and that no
later SQL of theirs takes away."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

from ..engines.sqlite.sql import Token, fold, is_sign, tokens

#: ``(kind, folded name)`` → ``(name, key of the migration)``.
Made = Dict[Tuple[str, str], Tuple[str, Tuple[str, str]]]

_KINDS = ("TRIGGER", "VIEW")
#: What may come between a verb and the name of what it makes.
_BETWEEN = ("TEMP", "TEMPORARY", "IF", "NOT", "EXISTS")


def made_in_sql(loader: Any, applied: List[Any]) -> Made:
    """What the migrations of these keys make with ``RunSQL``, in this order."""
    found: Made = {}
    for key in applied:
        for sql in _sql(loader.graph.nodes[key].operations):
            for verb, kind, name in _statements(tokens(sql)):
                if verb == "CREATE":
                    found[kind, fold(name)] = (name, tuple(key))
                else:
                    found.pop((kind, fold(name)), None)
    return found


def _sql(operations: List[Any]) -> Iterator[str]:
    for operation in operations:
        inner = getattr(operation, "database_operations", None)
        # A stand-in answers to every name.
        if isinstance(inner, (list, tuple)):
            yield from _sql(list(inner))
        sql = getattr(operation, "sql", None) if type(operation).__name__ == "RunSQL" else None
        if isinstance(sql, str):
            yield sql
        elif isinstance(sql, (list, tuple)):
            for each in sql:
                text = each[0] if isinstance(each, (list, tuple)) and each else each
                if isinstance(text, str):
                    yield text


def _statements(found: List[Token]) -> Iterator[Tuple[str, str, str]]:
    """Each CREATE and DROP of a trigger or view with its name."""
    place, starts = 0, True
    while place < len(found):
        word = found[place].word
        if is_sign(found[place], ";"):
            starts = True
        elif starts and word in ("CREATE", "DROP"):
            rest = place + 1
            while rest < len(found) and found[rest].word in _BETWEEN:
                rest += 1
            kind = found[rest].word if rest < len(found) else ""
            rest += 1
            while rest < len(found) and found[rest].word in _BETWEEN:
                rest += 1
            if kind in _KINDS and rest < len(found):
                if rest + 2 < len(found) and is_sign(found[rest + 1], "."):
                    rest += 2
                yield word, kind, found[rest].name
            starts = False
        else:
            starts = False
        place += 1

"""Finds the triggers and views that recorded migrations make in SQL, and that no later SQL of these
migrations drops."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Tuple

from ..engines.engine import Engine

#: ``(kind, folded name)`` → ``(name, key of the migration)``.
Made = Dict[Tuple[str, str], Tuple[str, Tuple[str, str]]]


def made_in_sql(engine: Engine, loader: Any, applied: List[Any]) -> Made:
    """The triggers and views that the migrations of these keys, in this order, make with
    ``RunSQL``."""
    found: Made = {}
    for key in applied:
        for sql in _sql(loader.graph.nodes[key].operations):
            for verb, kind, name in engine.made(sql):
                if verb == "CREATE":
                    found[kind, engine.fold(name)] = (name, tuple(key))
                else:
                    found.pop((kind, engine.fold(name)), None)
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

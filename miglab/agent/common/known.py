"""What the project's models say about tables and no catalogue shows, for the running request."""

from __future__ import annotations

from typing import Any, Dict, Set

#: Tables that Django made for a ``ManyToManyField``.
link_tables: Set[str] = set()
#: The column by which a model's table extends its parent's, by the table.
parent_links: Dict[str, str] = {}


def begin(request: Dict[str, Any]) -> None:
    """Set ``link_tables`` and ``parent_links`` to what this request says."""
    told = request.get("from_models") or {}
    link_tables.clear()
    link_tables.update(told.get("link_tables", ()))
    parent_links.clear()
    parent_links.update(told.get("parent_links", {}))

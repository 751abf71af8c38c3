"""Compares the databases after a command with what was there before."""

from __future__ import annotations

import contextlib
from typing import Any, Callable, Dict, List, Optional, Set

from ..acting.trace import Trace
from ..common.measuring import lacks, measuring, note
from ..common.protocol import Message
from ..engines import registry
from ..engines.engine import NOTHING_RENAMED
from ..reading.truths import lens, other_database
from .handlers import Lines
from .place import Databases

#: The answer for a part that was to be read, if reading it failed.
UNREAD = {"unreadable": "could not be read"}


class Measurement:
    """Compares the databases before and after a command; it is made before the command. ``tell`` is
    called with what is being done. ``marks`` are the marks that are known already, by alias."""

    def __init__(
        self,
        databases: Databases,
        trace: Trace,
        lines: Lines,
        tell: Callable[[str], None],
        marks: Optional[Dict[str, Any]] = None,
    ) -> None:
        self._databases, self._trace, self._lines, self._tell = databases, trace, lines, tell
        self._before = databases.first_marks(marks)

    def end(self, request: Message, alias: str, result: Dict[str, Any]) -> None:
        """Fill the answer with what the command changed. What cannot be measured stays unknown, and
        the rest is filled in all the same."""
        with registry.together(self._databases.engines.values()):
            self._end(request, alias, result)

    def _end(self, request: Message, alias: str, result: Dict[str, Any]) -> None:
        handle = self._databases.handles.get(alias, "")
        engine = self._databases.engine(alias)
        look = request["do"] == "look"
        now = self._databases.marks()
        written = {each for each, mark in self._before.items() if now[each] != mark}
        with measuring("follow the names of tables and columns"):
            self._trace.settle(self._databases.handles, self._databases.engines, written)
        other: Optional[str] = None
        with measuring("read the database"):
            other = other_database(engine, handle, alias)
            result["database"] = None
            if other is not None:
                reason = "the settings name a different database, %s" % other
                result["database"] = {"unreadable": reason}
            elif look or handle in written:
                result["database"] = dict(UNREAD)
                found = result["database"] = engine.read(handle, alias)
                if lacks(found.get("unreadable", "")):
                    note("read the database", found["unreadable"])
        with measuring("follow the names of tables and columns"):
            names = {each: self._trace.renames(each) for each in self._databases.handles}
            result["renames"] = names
        with measuring("read what the settings say"):
            result["lens"] = lens()
        if other is None and (look or written):
            with measuring("compare the rows"):
                result["rows"] = self._compare_rows(request, written, now)
        with measuring("remove the copies that were kept for comparing"):
            self._keep_lines(written, now, result)
        with contextlib.suppress(Exception):
            # Without them, the other side looks for itself.
            result["marks"] = self._databases.last_marks()

    def _compare_rows(
        self, request: Message, written: Set[str], now: Dict[str, Any]
    ) -> List[Dict[str, Any]]:
        """The entries of tables whose rows changed. What handlers did after a line was drawn has
        ``by_handlers``."""
        old: Dict[str, Optional[str]] = request.get("old") or {}
        look = request["do"] == "look"
        found: List[Dict[str, Any]] = []
        seen = set()
        for alias, handle in self._databases.handles.items():
            before, engine = old.get(alias), self._databases.engine(alias)
            if not before or handle in seen or not (look or handle in written):
                continue
            seen.add(handle)
            self._tell("comparing rows")
            renames = None if look else self._trace.renames(alias)
            line = self._lines.drawn.get(alias)
            handled = line is not None and now[handle] != line.mark
            parts: List[Any] = []
            if request.get("compare") != "handlers":
                end = line.handle if line is not None and handled else handle
                parts.append((engine.compare(before, end, renames, alias), False))
            if line is not None and handled:
                handlers = engine.compare(line.handle, handle, NOTHING_RENAMED, alias)
                parts.append((handlers, True))
            follow = self._trace.content_types.get(alias, 0)
            for entry in [each for entries, by_handlers in parts[:1] for each in entries]:
                if entry["table"] == "django_content_type" and not entry["lost"]:
                    named = {"model": entry["changed"]} == entry["changed_columns"]
                    entry["follows_rename"] = named and entry["changed"] <= follow
            for entries, by_handlers in parts:
                found += [dict(e, database=alias, by_handlers=by_handlers) for e in entries]
            if line is not None and handled:
                engine.forget(line.handle)
                del self._lines.drawn[alias]
        return found

    def _keep_lines(self, written: Set[str], now: Dict[str, Any], result: Dict[str, Any]) -> None:
        """Keep the copies that still equal their databases, because miglab would make the same
        copies next. Remove the others."""
        kept: Dict[str, List[Any]] = {}
        for alias, line in self._lines.drawn.items():
            handle, engine = self._databases.handles[alias], self._databases.engine(alias)
            if engine.lines_last and handle in written and now[handle] == line.mark:
                kept[alias] = [line.handle, line.mark]
            else:
                engine.forget(line.handle)
        result["kept"] = kept

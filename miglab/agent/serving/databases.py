"""Answers requests about databases alone. No code of the project runs for them, unless only the
project's own connections can read a table."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Callable, Dict, List, Optional, Tuple

from ..common import known
from ..common.measuring import apart, failed, measuring
from ..common.protocol import MEASURES, Message
from ..engines import registry
from ..engines.engine import Engine
from ..engines.entries import told_by_rows


def _engine(request: Message, alias: str) -> Engine:
    return registry.of_vendor(request["place"]["engines"][alias])


def _read(request: Message) -> Dict[str, Any]:
    alias = request.get("alias", "default")
    handle = request["place"]["databases"][alias]
    found: Dict[str, Any] = {}
    with measuring(MEASURES["database"]):
        found["database"] = _engine(request, alias).read(handle)
    return found


def _compare(request: Message, own: bool) -> Dict[str, Any]:
    old, new, renames, found = request["old"], request["new"], request["renames"], []
    for engine, aliases in registry.by_engine(request["place"]["engines"], new):
        found += engine.compare_all(old, {each: new[each] for each in aliases}, renames, own)
    if request.get("lost") is None:
        return {"rows": found}
    return {"rows": found, "not_back": _not_back(request, own, found)}


def _list(request: Message, own: bool) -> Dict[str, Any]:
    return {"table": _engine(request, request["alias"]).list_lost(request, own)}


def _not_back(request: Message, own: bool, rows: List[Dict[str, Any]]) -> Dict[str, Any]:
    """How much of what was lost is not back. ``rows`` are the differences between the beginning and
    now."""
    vendors, lost = request["place"]["engines"], request["lost"]
    places = {"old": request["old"], "new": lost["end"], "back": request["new"]}

    def where(alias: str) -> Tuple[Any, Any]:
        return request["old"].get(alias), request["new"].get(alias)

    # Of two aliases of one database, only the first has entries.
    known = {(where(each["database"]), each["table"]): each for each in rows}
    found: List[Optional[Dict[str, Any]]] = []
    for each in lost["tables"]:
        place = where(each["database"])
        entry = known.get((place, each["table"]))
        found.append(told_by_rows(each, entry) if all(place) else None)
    left = [each for each, told in zip(lost["tables"], found) if told is None]
    measured: List[Dict[str, Any]] = []
    with apart() as unmeasured, measuring("see what comes back"):
        for vendor, some in groupby(left, key=lambda each: vendors[each["database"]]):
            tables = [
                [e["database"], e["table"], e["rows"], [*e["dropped"], *e["overwritten"]]]
                for e in some
            ]
            asked = {**places, "renames": lost["renames"], "tables": tables}
            measured += registry.of_vendor(vendor).not_back(asked, own)
    rest = iter(measured)
    told = [] if unmeasured else [each or next(rest) for each in found]
    return {"tables": told, "unmeasured": unmeasured}


_ANSWERS: Dict[str, Callable[[Message, bool], Dict[str, Any]]] = {
    "compare": _compare,
    "list": _list,
}
#: Requests that are answered without the project, if possible.
REQUESTS = tuple(_ANSWERS)


def answers(do: Optional[str]) -> bool:
    """Whether a request of this kind may be answered without the project."""
    return do == "database" or do in REQUESTS


def without_project(request: Message) -> Optional[Message]:
    """The answer to a request, or ``None`` if the request is about the project or needs it. What
    could not be measured is missing from the answer."""
    do = request.get("do")
    if not answers(do):
        return None
    failed.clear()
    found = _read(request) if do == "database" else measured(request, own=False)
    unmeasured = [*failed, *found.get("not_back", {}).get("unmeasured", ())]
    if do in REQUESTS and any(each["id"] == "connection-lacks" for each in unmeasured):
        failed.clear()
        return None
    done = {"event": "done", "id": request["id"], "error": None}
    return {**done, "unmeasured": list(failed), **found}


def measured(request: Message, own: bool) -> Dict[str, Any]:
    """What one of ``REQUESTS`` asks for, as far as it can be measured. If ``own`` is true,
    connections that have what the project's own have may be used, too."""
    found: Dict[str, Any] = {}
    known.begin(request)
    with measuring(MEASURES[request["do"]]), registry.together(
        request["place"]["engines"].values()
    ):
        found.update(_ANSWERS[request["do"]](request, own))
    return found

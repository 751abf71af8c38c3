"""Answers what is asked about databases alone: no code of the project runs for it, but where it
takes what only the project's own connections know to read a table."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional

from ..common.measuring import failed, measuring
from ..common.protocol import MEASURES, Message
from ..engines.sqlite import catalogue, lost, rows
from ..engines.sqlite.opening import Own


def _read(request: Message, own: Optional[Own]) -> Dict[str, Any]:
    path = request["place"]["databases"][request.get("alias", "default")]
    found: Dict[str, Any] = {}
    with measuring(MEASURES["database"]):
        found["database"] = catalogue.read(path)
    return found


def _compare(request: Message, own: Optional[Own]) -> Dict[str, Any]:
    return {"rows": rows.compare_all(request["old"], request["new"], request["renames"], own)}


def _list(request: Message, own: Optional[Own]) -> Dict[str, Any]:
    return {"table": lost.list_lost(request, own)}


def _not_back(request: Message, own: Optional[Own]) -> Dict[str, Any]:
    return {"not_back": lost.not_back(request, own)}


_ANSWERS: Dict[str, Callable[[Message, Optional[Own]], Dict[str, Any]]] = {
    "compare": _compare,
    "list": _list,
    "not_back": _not_back,
}
#: Requests that are answered without the project, where that can be.
REQUESTS = tuple(_ANSWERS)


def without_project(request: Message) -> Optional[Message]:
    """The answer, or ``None`` where the request is about the project, or needs it. What could not
    be measured is not in it."""
    do = request.get("do")
    if do != "database" and do not in REQUESTS:
        return None
    failed.clear()
    found = _read(request, None) if do == "database" else measured(request, None)
    if do in REQUESTS and any(each["id"] == "connection-lacks" for each in failed):
        failed.clear()
        return None
    done = {"event": "done", "id": request["id"], "error": None}
    return {**done, "unmeasured": list(failed), **found}


def measured(request: Message, own: Optional[Own]) -> Dict[str, Any]:
    """What one of ``REQUESTS`` asks for, as far as it can be measured; ``own`` opens a connection
    that knows what the project's own does."""
    found: Dict[str, Any] = {}
    with measuring(MEASURES[request["do"]]):
        found.update(_ANSWERS[request["do"]](request, own))
    return found

"""A seat belt around a user's project while it is rehearsed: not a jail.

An audit hook (https://docs.python.org/3/library/audit_events.html) refuses what would reach out of
the copy: databases elsewhere, writing elsewhere, connecting, starting programs, sending signals.
The hook does not see what C code does without Python's own functions. Drivers of other databases
are stopped when Django opens a connection. ``bounds`` says what may be touched, ``files`` and
``reach`` check each event, and ``unheard`` guards functions that raise no event.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
import traceback
from typing import Any, Callable, Dict, List, Optional, Tuple

from .. import FOLDER
from ..common import phase
from ..common.steady import put
from ..engines import registry
from . import bounds, files, lacks, reach, unheard
from .limit import Limit

#: How many refusals are kept. If a project tries the same thing in a loop, it is kept once.
KEPT = 50


class Refused(PermissionError):
    """The project tried to reach out of its copy. ``entry`` is its entry in the list
    ``refused``."""

    entry: Optional[Dict[str, Any]] = None

    def __str__(self) -> str:
        """What was refused, even if somebody has added the name of a file."""
        return str(self.args[0]) if self.args else ""


#: What was refused in this process and its forks: a ``Limit``'s values, ``where``, ``phase`` and
#: the project's own ``files`` that were being run.
refused: List[Dict[str, Any]] = []

#: Forks write here what they were refused: nobody else would hear of it.
_notes = ""
_pid = 0
_inside_hook = threading.local()
_CHECKS = {**files.CHECKS, **reach.CHECKS}


def stand_around(place: Dict[str, Any], code: str, *, speaks: bool = True) -> None:
    """From now on, and in every fork, refuse whatever reaches outside this copy of a user's
    project (``protocol.PLACE``) and the folder ``code``. If ``speaks`` is false, this process has
    no wire, and writes down what it was refused, as forks do."""
    global _notes, _pid
    first = not _notes
    bounds.draw(place, code)
    _notes, _pid = os.path.join(place["root"], "refused"), os.getpid() if speaks else 0
    if first:
        sys.addaudithook(_hook)
        unheard.stand_before(_ask, _quietly)


def begin() -> None:
    """Start afresh in this process: refusals in its parent are known already."""
    global _pid
    _pid = os.getpid()
    if _notes:
        with contextlib.suppress(OSError):
            os.remove(_notes)


def hear_forks() -> None:
    """Take over what was refused in forks of this process."""
    try:
        with open(_notes, encoding="utf-8") as file:
            lines = file.readlines()
    except OSError:
        return
    for line in lines:
        entry = json.loads(line)
        name, key = entry["phase"]
        entry["phase"] = phase.Phase(name, tuple(key) if key else None)
        entry["files"] = tuple(entry["files"])
        _keep(entry)


def _hook(event: str, arguments: Tuple[Any, ...]) -> None:
    check = _CHECKS.get(event)
    if check is not None:
        _ask(check, *arguments)


def _ask(check: Callable[..., Optional[Limit]], *arguments: Any) -> None:
    """Raise ``Refused`` if a limit is in the way; what the check itself reads is not checked."""
    if getattr(_inside_hook, "busy", False):
        return
    _inside_hook.busy = True
    try:
        limit = check(*arguments)
        if limit is not None:
            refuse(limit)
    finally:
        _inside_hook.busy = False


def _quietly(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Call a function about which was asked before: what it does is not checked again."""
    busy = getattr(_inside_hook, "busy", False)
    _inside_hook.busy = True
    try:
        return function(*arguments, **named)
    finally:
        _inside_hook.busy = busy


def refuse(limit: Limit) -> None:
    """Note that this limit was met, and raise ``Refused``."""
    frames = [each for each in traceback.extract_stack() if not each.filename.startswith(FOLDER)]
    telling = [each for each in frames if bounds.inside(each.filename)] or frames[-1:]
    where = "%s, line %s" % (_shown(telling[-1].filename), telling[-1].lineno) if telling else ""
    entry: Dict[str, Any] = dict(limit._asdict(), where=where)
    entry.update(phase=phase.now(), files=lacks.own_files(frames))
    _keep(entry)
    if os.getpid() != _pid and _notes:
        with contextlib.suppress(OSError), open(_notes, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
    error = Refused("miglab does not let a copy %s; %s" % (limit.what, limit.do))
    error.entry = entry
    raise error


def _keep(entry: Dict[str, Any]) -> None:
    if entry not in refused and len(refused) < KEPT:
        refused.append(entry)


def _shown(path: str) -> str:
    shown = os.path.relpath(path).replace(os.sep, "/")
    return os.path.basename(path) if shown.startswith(os.pardir) else shown


def may_open(name: Optional[str]) -> bool:
    """Whether a statement of the project may open the database of this name. It may not if the name
    leads out of the copy; that is noted. ``None`` stands for a name that cannot be seen."""
    if name is not None and bounds.allowed_database(name):
        return True
    _inside_hook.busy = True
    try:
        if name is not None:
            refuse(bounds.other_database("attach the database", name))
        refuse(
            Limit(
                "database-outside-stopped",
                "attach the database that a parameter names",
                "name the database in the statement itself",
            )
        )
    except Refused:
        return False
    finally:
        _inside_hook.busy = False
    return False


def hold_engines() -> None:
    """From now on, engines ask ``may_open`` before a statement opens another database."""
    for engine in registry.ENGINES.values():
        engine.hold(may_open)


def hold_connections() -> None:
    """Let Django open databases of the copy and nothing else: a driver in C opens its connection
    without asking Python."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    original = BaseDatabaseWrapper.connect

    def connect(self: Any) -> None:
        if self.vendor not in registry.ENGINES:
            refuse(
                Limit(
                    "database-outside-stopped",
                    "connect to the %s database %r" % (self.vendor, self.alias),
                    "use settings that name a copy of it %s (`--settings`)"
                    % registry.DEFAULT.where,
                )
            )
        original(self)

    put(BaseDatabaseWrapper, "connect", connect)

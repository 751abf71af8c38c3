"""Tells whether a command failed because of a limit of miglab's, and which one: something that the
guard refused, something that the copy lacks, or a program that failed in the copy.

An error is blamed on a limit that is among its causes; or that was met earlier in the same
migration, check or handlers; or that was met in a file of the project that the error came through
as well. Limits that were caught elsewhere are not blamed.
"""

from __future__ import annotations

import errno
import glob
import os
import re
import subprocess
import traceback
from typing import Any, Dict, Iterator, List, Optional, Set

from ..common import phase
from ..engines import registry
from ..guarding import guard, lacks
from . import refusals
from .failure import with_causes

#: Django raises these because of what it reads, before it runs any code of the project. What the
#: project met, and caught, is not a cause of them.
_BEFORE_ANYTHING_RUNS = ("IrreversibleError",)
_NO_FIXTURE = re.compile(r"No fixture named '(.+)' found")
_NOT_THERE = (errno.ENOENT, errno.ENOTDIR)

Obstacle = Dict[str, str]


def behind(error: Optional[BaseException]) -> List[Obstacle]:
    """The limits because of which this error ended the command; each once, as ``id``, ``what``
    and ``do``; ``path`` as well for a file that the copy lacks."""
    if error is None or (isinstance(error, SystemExit) and not error.code):
        return []
    chain = list(with_causes(error))
    found: List[Obstacle] = []
    for each in chain:
        found += _in(each)
    if not any(type(each).__name__ in _BEFORE_ANYTHING_RUNS for each in chain):
        found += _met_before(chain)
    unique = []
    for obstacle in found:
        if obstacle not in unique:
            unique.append(obstacle)
    return unique


def _in(error: BaseException) -> Iterator[Obstacle]:
    """The limits that one error of the chain shows by itself."""
    if isinstance(error, guard.Refused) and error.entry:
        yield _stopped(error.entry)
    elif refusals.by_jail(error):
        yield {
            "id": "kernel-refused",
            "what": "the operating system did not allow the copy to do this: %s" % _text(error),
            "do": refusals.what_to_do(error),
        }
    elif registry.refused(error):
        yield {
            "id": "server-refused",
            "what": "the server of the copy did not allow this: %s" % registry.refused(error),
            "do": "name a server on which the copy may do this (--on URL)",
        }
    elif lacks.named(registry.unknown(error)):
        said = registry.unknown(error)
        yield {
            "id": "not-in-copy",
            "what": "the copy lacks %s, which the original has: %s" % (lacks.named(said), said),
            "do": "name a server that has it as well (--on URL), or a restored backup "
            "(--copy-is URL)",
        }
    elif isinstance(error, OSError) and error.errno in _NOT_THERE:
        for path in (error.filename, error.filename2):
            below = lacks.missing(path)
            if below is not None:
                yield _lacking(below)
    elif isinstance(error, subprocess.CalledProcessError):
        yield _failed(error)
    else:
        named = _NO_FIXTURE.search(_text(error))
        for below in _fixtures(named.group(1)) if named else ():
            yield _lacking(below)


def _met_before(chain: List[BaseException]) -> Iterator[Obstacle]:
    part = phase.left_by(chain)
    came_through: Set[str] = set()
    for each in chain:
        came_through.update(lacks.own_files(traceback.extract_tb(each.__traceback__)))

    def belongs(entry: Dict[str, Any]) -> bool:
        return entry["phase"] == part or not came_through.isdisjoint(entry["files"])

    for entry in guard.refused:
        if belongs(entry) or _denied(entry, chain):
            yield _stopped(entry)
    for entry in lacks.noted:
        if belongs(entry):
            yield _lacking(entry["path"])


def _denied(entry: Dict[str, Any], chain: List[BaseException]) -> bool:
    """Whether one of these errors is an engine's answer to the guard, which did not let a database
    be opened. The engine's error does not say why."""
    if entry["id"] != "database-outside-stopped":
        return False
    return any(denial in _text(each) for each in chain for denial in registry.DENIALS)


def _stopped(entry: Dict[str, Any]) -> Obstacle:
    what = "miglab does not let a copy %s" % entry["what"]
    if entry["id"] == "program-stopped":
        what = "miglab does not let a copy start programs: `%s`" % entry["what"].split(" ", 3)[3]
    return {"id": entry["id"], "what": what, "do": entry["do"]}


def _lacking(below: str) -> Obstacle:
    return {
        "id": "file-not-copied",
        "what": "the copy lacks %s, which the project has" % below,
        "do": "copy it with `--include '%s'`" % glob.escape(below),
        "path": below,
    }


def _failed(error: subprocess.CalledProcessError) -> Obstacle:
    words = error.cmd if isinstance(error.cmd, (list, tuple)) else [error.cmd]
    shown = " ".join(os.fsdecode(each) for each in words)[:80]
    return {
        "id": "program-failed",
        "what": "`%s` failed in the copy, with exit status %s" % (shown, error.returncode),
        "do": "check whether it needs something that a copy does not have, such as the folder .git",
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


def _fixtures(name: str) -> List[str]:
    """Files of the original that Django would have taken for this fixture, and that the copy
    lacks."""
    from django.apps import apps
    from django.conf import settings

    places = [os.path.join(each.path, "fixtures") for each in apps.get_app_configs()]
    places += [os.fspath(each) for each in settings.FIXTURE_DIRS]
    places.append(os.curdir)
    found = []
    for place in places:
        below = lacks.in_original(os.path.join(place, name))
        for path in sorted(glob.glob(glob.escape(below) + "*")) if below else ():
            lacking = lacks.missing(lacks.in_copy(path))
            if lacking is not None:
                found.append(lacking)
    return found

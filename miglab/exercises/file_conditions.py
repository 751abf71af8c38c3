"""The conditions on the project's files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..compare.agreement import counted
from ..facts.exercise import Finding
from .asking import several
from .look import Look
from .naming import keys, listed, named


def files(look: Look, wanted: Any) -> Finding:
    """Whether these files exist."""
    gone = [path for path in several(wanted) if look.read(path) is None]
    return Finding(not gone, f"the files {listed(several(wanted))}", f"missing: {listed(gone)}")


def no_files(look: Look, wanted: Any) -> Finding:
    """Whether none of these files exists."""
    there = [path for path in several(wanted) if look.read(path) is not None]
    return Finding(not there, f"no file {listed(several(wanted))}", f"still there: {listed(there)}")


def keeps(look: Look, conditions: Mapping[str, Any]) -> Finding:
    """Whether the migration files are unchanged since the start. New files are allowed, and so are
    changes in files whose paths begin with one of ``but``."""
    but = tuple(several(conditions.get("but", [])))
    now = look.stage.moments.now.snapshot.files
    was = {
        path: content
        for path, content in look.known.files.items()
        if "/migrations/" in path and not path.startswith(but)
    }
    gone = [path for path in was if path not in now]
    changed = [path for path in was if path in now and now[path] != was[path]]
    told = [f"missing: {listed(gone)}"] if gone else []
    told += [f"changed: {listed(changed)}"] if changed else []
    return Finding(not told, "the migration files are as they were", "; ".join(told))


def migrations(look: Look, wanted: Mapping[str, Any]) -> Finding:
    """Whether each of these apps has this number of migration files."""
    for label, count in wanted.items():
        names = look.files(label)
        if len(names) != count:
            return Finding(
                False,
                f"{counted(count, 'migration file', 'migration files')} in `{label}`",
                f"{counted(len(names), 'file', 'files')}: {listed(names)}",
            )
    return Finding(True, "", "")


def contains(look: Look, wanted: Mapping[str, str]) -> Finding:
    """Whether each of these files has text that matches its pattern."""
    for path, text in wanted.items():
        if re.search(text, look.read(path) or "") is None:
            return Finding(False, f"`{text}` in `{path}`", "it is not in that file")
    return Finding(True, "", "")


def lacks(look: Look, wanted: Mapping[str, str]) -> Finding:
    """Whether none of these files has text that matches its pattern."""
    for path, text in wanted.items():
        if re.search(text, look.read(path) or ""):
            return Finding(False, f"no `{text}` in `{path}`", "it is in that file")
    return Finding(True, "", "")


def operations(look: Look, wanted: Mapping[str, Any]) -> Finding:
    """Whether the migrations that each name matches have operations of all these kinds."""
    migrations = look.truths.known_files.migrations
    for name, kinds in wanted.items():
        (key,) = keys(name)
        found = [each for each in migrations if named(key, each)]
        has = [each.kind for one in found for each in migrations[one].operations]
        missing = [kind for kind in several(kinds) if kind not in has]
        if missing or not found:
            said = f"the file has {listed(has)}" if found else "there is no such file"
            return Finding(False, f"{listed(several(kinds))} in `{name}`", said)
    return Finding(True, "", "")

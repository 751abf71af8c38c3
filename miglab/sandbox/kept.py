"""Stores a sandbox as it is at one moment in a folder, so that a later sandbox of the same project
can begin in that state."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..databases.engine import Handle
from .entries import FILE, Entry
from .owners import remove_tree
from .sandbox import Sandbox
from .snapshot import Snapshot

#: The file that says what is kept.
_TOLD = "kept.json"


def keep(
    sandbox: Sandbox, first: Snapshot, now: Snapshot, folder: Path, more: Mapping[str, Any]
) -> None:
    """Keep the moment ``now`` in a folder, in one step. ``first`` is how every sandbox of the
    project begins, so its contents need not be kept. If there is no room, or if databases are not
    files, nothing is kept.

    Args:
        more: anything that JSON can hold, to be kept with the moment.
    """
    if not all(sandbox.engines[alias].files(each) for alias, each in sandbox.databases.items()):
        return
    waiting = folder.with_name(f"{folder.name}.{sandbox.root.name}")
    with contextlib.suppress(OSError):
        try:
            waiting.mkdir(parents=True)
            for content in _new(first, now.entries):
                shutil.copyfile(now.store / content, waiting / content)
            for alias, copy in now.databases.items():
                if copy is not None:
                    engine = sandbox.engines[alias]
                    engine.copy(copy, engine.kept(waiting, alias))
            there = [alias for alias, copy in now.databases.items() if copy is not None]
            told = {"entries": now.entries, "databases": there, "more": more}
            (waiting / _TOLD).write_text(json.dumps(told), encoding="utf-8")
            # What is there cannot be read, or the lab would have begun with it.
            remove_tree(folder)
            os.rename(waiting, folder)
        finally:
            # Somebody else may have kept the same meanwhile.
            remove_tree(waiting)


def kept(
    sandbox: Sandbox, first: Snapshot, folder: Path
) -> tuple[Snapshot, Mapping[str, Any]] | None:
    """The moment that is kept in a folder, for a sandbox that equals ``first``, and the ``more``
    that was kept with it. ``None`` if the folder has nothing complete that can be read."""
    try:
        told = json.loads((folder / _TOLD).read_text(encoding="utf-8"))
        entries = {path: Entry(*each) for path, each in told["entries"].items()}
        whole = all((folder / each).exists() for each in _new(first, entries))
        databases: dict[str, Handle | None] = {}
        for alias, engine in sandbox.engines.items():
            copy = engine.kept(folder, alias) if alias in told["databases"] else None
            whole = whole and (copy is None or engine.exists(copy))
            databases[alias] = copy
        return (Snapshot(entries, databases, folder), told["more"]) if whole else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _new(first: Snapshot, entries: Mapping[str, Entry]) -> set[str]:
    """The digests of the files that are new or changed compared with ``first``."""
    files = {path: each for path, each in entries.items() if each.kind == FILE}
    there = first.entries
    return {e.content for p, e in files.items() if p not in there or there[p][::2] != e[::2]}

"""Finds the commands that revert the migrations that a branch adds."""

from __future__ import annotations

from ..compare.agreement import applied
from ..facts.graph import graph_of
from ..facts.migration import Key
from ..project.since import added
from ..steps.stage import Stage
from .back import commands_between


def added_since(stage: Stage, ref: str) -> tuple[Key, ...]:
    """The migrations whose files are in the work tree, but not in the last commit that HEAD and
    ``ref`` share.

    Raises:
        BadInput: git is not installed, or does not know the project or ``ref``.
    """
    _, truths = stage.now()
    root = stage.project.root
    inside = stage.sandbox.folder.relative_to(stage.sandbox.project)
    new = added(root, ref)
    files = truths.known_files
    return tuple(key for key, each in files.migrations.items() if root / inside / each.path in new)


def commands_since(stage: Stage, keys: tuple[Key, ...]) -> list[str]:
    """The commands that revert these migrations. If some are not applied yet, ``migrate`` comes
    first, because a release would run it."""
    _, truths = stage.now()
    record = truths.known_record
    graph = graph_of(truths.known_files, record.keys)
    now = applied(graph, record)
    first: list[str] = []
    if any(key not in now for key in keys):
        first, now = ["migrate"], set(graph)
    return first + commands_between(graph, now, now - {*keys})

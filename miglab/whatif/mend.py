"""Tries the usual ways to make two truths agree again, each in a copy."""

from __future__ import annotations

from collections.abc import Iterator

from ..compare.agreement import ghosts, unapplied
from ..errors import Interrupted, UnknownName
from ..facts.graph import graph_of
from ..facts.mend import Mend
from ..facts.truths import AGREEING
from ..steps.stage import Stage
from .rehearse import what_if


def mends(stage: Stage, which: str) -> tuple[Mend, ...]:
    """Ways that could make a pair of truths agree. Those that succeed come first, beginning with
    those that lose nothing.

    Raises:
        UnknownName: there is no such pair.
        Interrupted: the search was stopped; nothing is left behind.
    """
    if which not in [*AGREEING]:
        raise UnknownName("pair of truths", which, AGREEING)
    tried = [_tried(stage, which, lines) for lines in dict.fromkeys(_ways(stage, which))]
    return tuple(
        sorted(tried, key=lambda each: (not each.mends, each.consequences is None or _loses(each)))
    )


def _loses(mend: Mend) -> bool:
    return mend.consequences is not None and mend.consequences.loses


def _tried(stage: Stage, which: str, lines: tuple[str, ...]) -> Mend:
    try:
        found = what_if(stage, lines)
    except Interrupted as error:
        if stage.reader.stop.asked or error.why == "interrupted":
            raise
        return Mend(lines, False, error=f"stops: {error.why}")
    before, after = found.agreements_before.record_tables, found.agreements_after.record_tables
    moves = before.verdict is True and after.verdict is not True
    agree = getattr(found.agreements_after, which).verdict is True
    return Mend(lines, agree and not moves, found, moves=agree and moves)


def _ways(stage: Stage, which: str) -> Iterator[tuple[str, ...]]:
    """The commands that people usually type in such a case. Whether they help is found out by
    running them."""
    _, truths = stage.now()
    files = truths.known_files
    record = truths.known_record
    graph = graph_of(files, record.keys)
    if which == "models_files":
        if any(len(graph.leaves(label)) > 1 for label in {key.app_label for key in graph}):
            yield ("makemigrations --merge --noinput",)
        yield ("makemigrations --noinput",)
        return
    if which == "files_record":
        gone = [key for key in sorted(ghosts(files, record)) if key not in files.unseen]
        for label in dict.fromkeys(key.app_label for key in gone):
            yield (f"migrate {label} --prune",)
    if which == "record_tables":
        missing = stage.agreements().record_tables.missing
        for label in dict.fromkeys(key.app_label for key in sorted(missing)):
            own = sorted(key for key in missing if key.app_label == label)
            parents = [each for each in graph.parents.get(own[0], ()) if each.app_label == label]
            target = f"{label} {parents[0].name if parents else 'zero'}"
            # What the record lacks then is made anew; what is there already is faked.
            again = f"migrate {label} {own[-1].name}"
            yield f"migrate --fake {target}", again, f"migrate --fake {label}"
            yield f"migrate {target}", f"migrate {label}"
    if unapplied(graph, record) or which == "record_tables":
        yield ("migrate",)
        yield ("migrate --fake",)

"""The words of every form of a report: facts, plans and rows as lines and cells of text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...compare.agreement import counted
from ...draw.words import footnote
from ...facts.consequences import Consequences
from ...facts.outcome import STATUSES
from ...facts.picture import Picture
from ...facts.run import Planned
from ...facts.step import RowChange
from ..lines import (
    cautions,
    left_behind_line,
    why,
)

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
TRUTHS = ("truths", "agree before", "agree after", "afterwards")
NO_REASON = "Write down why this is done, who decided it, and when."


def seconds(taken: float) -> str:
    """A duration as a report names it."""
    return f"{taken:.3f} s"


def facts(consequences: Consequences) -> list[tuple[str, str]]:
    """The outcome, as pairs of a question and an answer."""
    outcome = consequences.outcome
    return [
        ("what happens", outcome.happened.words),
        ("what it costs, there and back", outcome.cost.value),
        ("the way back", outcome.back.words),
        ("the truths", outcome.agreeing.value),
        ("the next migrate", outcome.next.value),
        ("exit status", f"{outcome.status}: {STATUSES[outcome.status]}"),
    ]


def about(consequences: Consequences) -> list[tuple[str, str]]:
    """Where and on what the commands were measured, as far as that is known: pairs of a name and a
    value."""
    return [
        (name, told)
        for name, told in (
            ("project", consequences.project),
            ("database", consequences.database),
            *_copies(consequences),
            ("measured on", str(consequences.engine)),
            ("the rehearsal took", seconds(consequences.seconds)),
            ("protection", _protection(consequences)),
        )
        if told
    ]


def _protection(consequences: Consequences) -> str:
    """What kept a user's project in its copy; empty for a bundled project."""
    found = consequences.fidelity
    return str(found.protection) if found else ""


def _copies(consequences: Consequences) -> list[tuple[str, str]]:
    """How old the copies of the databases are."""
    found = consequences.fidelity
    return [
        (
            f"copy of {each.alias}",
            f"made {each.copied:%Y-%m-%d %H:%M:%S} UTC"
            + (
                f"; the original was last changed {each.changed:%Y-%m-%d %H:%M:%S} UTC"
                if each.changed
                else ""
            ),
        )
        for each in (found.databases if found else ())
    ]


def nothing_to_know(consequences: Consequences) -> str:
    """What is said if there are no findings."""
    if consequences.safe:
        return "Nothing is lost, and everything comes back."
    return "Nothing more than the outcome above."


PLAN = ("#", "migration", "direction", "outcome", "seconds", "why it is here", "cautions")


def plan_rows(plan: Sequence[Planned]) -> list[tuple[str, ...]]:
    """The cells of the plan's table, a row for each migration."""
    return [
        (
            str(number),
            str(each.key),
            "unapply" if each.backwards else "apply",
            each.fate.value,
            "–" if each.seconds is None else f"{each.seconds:.3f}",
            why(each),
            "; ".join(cautions(each)),
        )
        for number, each in enumerate(plan, 1)
    ]


ROWS = ("table", "rows before", "rows after", "gone", "new", "changed", "remarks")


def row_rows(changes: Sequence[RowChange]) -> list[tuple[str, ...]]:
    """The cells of the table about the rows."""
    return [
        (
            each.table if each.now in (each.table, None) else f"{each.table} → {each.now}",
            *(f"{n:,}" for n in (each.before, each.after, each.lost, each.gained, each.changed)),
            ", ".join(_remarks(each)),
        )
        for each in changes
    ]


def _remarks(change: RowChange) -> list[str]:
    told = [
        f"{counted(n, 'value', 'values')} of {name} {'is' if n == 1 else 'are'} dropped"
        for name, n in change.lost_values.items()
    ]
    for says, words in (
        (change.now is None, "the table is dropped"),
        (change.by_handlers, "by post_migrate handlers"),
        (change.follows_rename, "follows a rename"),
        (change.approximate, "no stable primary key: whole rows were compared"),
    ):
        told += [words] if says else []
    return told


def graph(picture: Picture) -> str:
    """A picture in words, without its sentence, which is shown beside it."""
    return "\n".join(each for each in (picture.text, footnote(picture)) if each)


def left_behind(consequences: Consequences) -> str:
    """What Django leaves behind, in words."""
    told = left_behind_line(consequences.left_behind)
    return f"Left behind in Django's own tables: {told}." if told else ""


def printable(page: str) -> str:
    """The page without characters that a text file cannot have."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", page)

"""Says what to do about an error, by its cause and by whether a migration was applied or
unapplied."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ...facts.run import Run
from ..orphaned import REFUSED

_AGAIN = "then rehearse again"
#: How much of an error's text is said, in characters: its beginning, and its end.
_BEGINNING, _END = 400, 100


def because(run: Run) -> str:
    """Why a command was refused, with the first cause; very long texts are cut in the middle. Empty
    if it was not refused."""
    said = run.step.refusal.because if run.step.refusal else ""
    if len(said) <= _BEGINNING + _END:
        return said
    return f"{said[:_BEGINNING]} … {said[-_END:]}"


#: What to do where a command fails behind its last migration.
AT_THE_END = "fix the code that runs after the migrations, such as a post_migrate handler"


def all_and_then(run: Run) -> str:
    """One sentence about a command that failed after its last migration: what is done and stays
    done, and why the command failed."""
    number = len(run.plan)
    few = {1: "the only migration is", 2: "both migrations are"}
    all_of_them = few.get(number, f"all {number} migrations are")
    word = "unapplied" if run.plan[-1].backwards else "applied"
    stay = "stays" if number == 1 else "stay"
    return f"{all_of_them} {word} and {stay} {word}; then {run.step.line} fails: {because(run)}"


def advice(run: Run, orphaned: Sequence[str] = ()) -> str:
    """What to do about the error at which a command stopped. ``orphaned`` is the attribute of
    ``Measured`` with this name."""
    failed, said = run.failed, because(run)
    if orphaned:
        return (
            f"correct or delete the rows of {' and '.join(orphaned)} that refer to missing rows "
            f"(until then, other migrations of this database may stop there too), {_AGAIN}"
        )
    backwards = failed is not None and failed.backwards
    for pattern, do in _ADVICE:
        found = pattern.search(said)
        if found:
            return f"{do(found, backwards)}, {_AGAIN}"
    return f"read the error, fix its cause, {_AGAIN}"


def _schema(backwards: bool) -> str:
    return "the older schema" if backwards else "the new schema"


def _orphan(found: re.Match[str], backwards: bool) -> str:
    return (
        "change this migration, which leaves a row that refers to a missing one, or change the "
        "rows before it runs"
    )


def _forbidden(found: re.Match[str], backwards: bool) -> str:
    return (
        f"change the rows, or what the migration writes, so that {_schema(backwards)} allows them"
    )


def _exists(found: re.Match[str], backwards: bool) -> str:
    if backwards:
        return (
            "find out why the database still has something that unapplying this migration creates"
        )
    return (
        "find out why the database already has this table, column or index, although the record "
        "says that the migration is not applied"
    )


def _missing(found: re.Match[str], backwards: bool) -> str:
    return "find out why the database lacks this table, column or index"


def _no_such_row(found: re.Match[str], backwards: bool) -> str:
    return (
        "the migration looks for a row that is not there: change it so that it also works without "
        "the row"
    )


#: The first that fits counts; the words are those of the databases that Django supports.
_ADVICE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], bool], str]], ...] = (
    (REFUSED, _orphan),
    (re.compile(r"duplicate key name", re.I), _exists),
    (re.compile(r"\bDoesNotExist\b"), _no_such_row),
    (
        re.compile(r"integrityerror|constraint failed|duplicate key|cannot be null", re.I),
        _forbidden,
    ),
    (re.compile(r"^(?!CommandError)(?s:.*)(already exists|duplicate column)", re.I), _exists),
    (
        re.compile(r"no such (table|column)|does not exist|doesn't exist|unknown column", re.I),
        _missing,
    ),
)

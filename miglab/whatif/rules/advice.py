"""What to do about an error, by its cause and by the direction in which it came up."""

from __future__ import annotations

import re
from collections.abc import Callable

from ...facts.run import Run

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
AT_THE_END = "fix what runs after the migrations, such as a post_migrate handler"


def all_and_then(run: Run) -> str:
    """For a command that failed after its last migration: what is done and stays done, and why it
    failed."""
    number = len(run.plan)
    all_of_them = "the only migration is" if number == 1 else f"all {number} migrations are"
    word = "unapplied" if run.plan[-1].backwards else "applied"
    stay = "stays" if number == 1 else "stay"
    return f"{all_of_them} {word} and {stay} {word}; then {run.step.line} fails: {because(run)}"


def advice(run: Run) -> str:
    """What to do about the error at which a command stopped."""
    failed, said = run.failed, because(run)
    backwards = failed is not None and failed.backwards
    for pattern, do in _ADVICE:
        found = re.search(pattern, said, re.IGNORECASE)
        if found:
            return f"{do(found, backwards)}, {_AGAIN}"
    return f"read the error, fix its cause, {_AGAIN}"


def _schema(backwards: bool) -> str:
    return "the older schema" if backwards else "the new schema"


def _orphan(found: re.Match[str], backwards: bool) -> str:
    return (
        "correct or delete the row that refers to a missing row: until then, every migration of "
        "this database stops there"
    )


def _forbidden(found: re.Match[str], backwards: bool) -> str:
    return f"change the rows that {_schema(backwards)} does not allow"


def _exists(found: re.Match[str], backwards: bool) -> str:
    return (
        "find out why the database has it already, although the record says that this migration "
        "is not applied"
    )


def _missing(found: re.Match[str], backwards: bool) -> str:
    return "find out why the database lacks it, although the record says that it is there"


#: The first that fits counts; the words are those of the databases that Django supports.
_ADVICE: tuple[tuple[str, Callable[[re.Match[str], bool], str]], ...] = (
    (r"invalid foreign key|foreign key constraint|violates foreign key", _orphan),
    (r"integrityerror|constraint failed|duplicate key|cannot be null", _forbidden),
    (r"already exists|duplicate column", _exists),
    (r"no such (table|column)|does not exist|doesn't exist|unknown column", _missing),
)

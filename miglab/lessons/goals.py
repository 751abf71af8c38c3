"""The goals of tasks: each says whether it is reached, what it expects, and what it found."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ..compare.agreement import counted
from ..errors import BadInput, Interrupted, NotMeasured
from ..facts.exercise import Finding
from ..facts.truths import AGREEING
from ..lab import Lab
from .looks import agreements, applied, columns, commands, count, files, products_with

Goal = Callable[[Lab], Finding]
_Value = TypeVar("_Value")


def find(lab: Lab, goal: Goal) -> Finding:
    """What a goal finds in a lab. If the lab cannot be read, the goal is not reached, and the
    finding says why.

    Raises:
        Interrupted: somebody stopped it.
    """
    try:
        return goal(lab)
    except (BadInput, Interrupted, NotMeasured) as error:
        if error.by_hand:
            raise
        return Finding(False, "the lab can be read", str(error))


def misses(*goals: Goal) -> Callable[[Lab], bool]:
    """A test of a lab: whether at least one of these goals is not reached."""
    return lambda lab: not all(find(lab, goal).holds for goal in goals)


def every(*goals: Goal) -> Goal:
    """The goal that all of these goals are reached; its finding is that of the first goal that is
    not."""

    def look(lab: Lab) -> Finding:
        found = [goal(lab) for goal in goals]
        return next((each for each in found if not each.holds), found[-1])

    return look


def equal(look: Callable[[Lab], _Value], wanted: Any, say: Callable[[_Value], str] = str) -> Goal:
    """The goal that ``look`` returns this value; ``say`` puts a value into words."""

    def compare(lab: Lab) -> Finding:
        value = look(lab)
        return Finding(value == wanted, say(wanted), say(value))

    return compare


def holds(test: Callable[[Lab], bool], expected: str, otherwise: str) -> Goal:
    """The goal that a test of the lab is true."""
    return lambda lab: Finding(test(lab), expected, otherwise)


def listed(names: Iterable[object]) -> str:
    """Names as code, or ``none``."""
    return ", ".join(f"`{name}`" for name in names) or "none"


def numbered(one: str, many: str) -> Callable[[int], str]:
    """A function that says how many there are, as in ``2 files``."""
    return lambda number: counted(number, one, many)


def agreeing(*pairs: str) -> Goal:
    """The goal that these pairs of truths agree, as in ``"record_tables"``; all pairs if none is
    given."""

    def look(lab: Lab) -> Finding:
        apart = agreements(lab).first_apart(pairs or AGREEING)
        if apart is None:
            return Finding(True, "they agree", "they agree")
        pair, why = apart
        return Finding(False, AGREEING[pair], why)

    return look


def last_applied(app_label: str, name: str) -> Goal:
    """The goal that this is the last recorded migration of an app; ``"zero"`` means that none is
    recorded."""

    def look(lab: Lab) -> Finding:
        last = "".join(applied(lab, app_label)[-1:])
        said = f"it is `{last}`" if last else f"no migration of `{app_label}` is applied"
        expected = f"the last applied migration of `{app_label}` is `{name}`"
        if name == "zero":
            expected = f"no migration of `{app_label}` is applied"
        return Finding(last == name or (not last and name == "zero"), expected, said)

    return look


def recorded(app_label: str, *names: str) -> Goal:
    """The goal that exactly these migrations of an app are applied."""
    return equal(lambda lab: [*applied(lab, app_label)], [*names], listed)


def filed(app_label: str, *names: str) -> Goal:
    """The goal that an app has exactly these migration files."""
    return equal(lambda lab: [*files(lab, app_label)], [*names], listed)


def rows(**tables: int) -> Goal:
    """The goal that tables have these numbers of rows."""
    return every(*(_rows(table, wanted) for table, wanted in tables.items()))


def _rows(table: str, wanted: int) -> Goal:
    def say(found: int | None) -> str:
        if found is None:
            return f"there is no table `{table}`"
        return f"{counted(found, 'row', 'rows')} in `{table}`"

    return equal(lambda lab: count(lab, table), wanted, say)


def products(column: str, test: str, wanted: int) -> Goal:
    """The goal that this number of products passes a test of one column, as in
    ``"price", "> 0"``."""

    def say(found: int | None) -> str:
        if found is None:
            return f"`store_product` has no column `{column}`"
        return f"{counted(found, 'product', 'products')} with `{column} {test}`"

    return equal(lambda lab: products_with(lab, column, test), wanted, say)


def has_column(table: str, column: str) -> Goal:
    """The goal that a table has a column."""

    def look(lab: Lab) -> Finding:
        found = columns(lab, table)
        said = f"its columns are {listed(found)}" if found else f"there is no table `{table}`"
        return Finding(column in found, f"the column `{column}` in `{table}`", said)

    return look


def did(fits: Callable[[str], bool], expected: str) -> Goal:
    """The goal that at least one of the commands that were not rewound fits."""

    def look(lab: Lab) -> Finding:
        done = commands(lab)
        said = f"your steps are {listed(done)}" if done else "no step has changed anything yet"
        return Finding(any(map(fits, done)), expected, said)

    return look


def migrates(app_label: str, *targets: str) -> Callable[[str], bool]:
    """A test of a command: that it is a ``migrate`` of this app, without ``--fake``, to a target
    that begins with one of these; without any, to the newest migration."""

    def fits(line: str) -> bool:
        words = _words(line)
        if words[:1] != ["migrate"] or any(word.startswith("--fake") for word in words):
            return False
        named = [word for word in words[1:] if not word.startswith("-")]
        if targets:
            return named[:1] == [app_label] and any(each.startswith(targets) for each in named[1:])
        return named in ([], [app_label])

    return fits


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()

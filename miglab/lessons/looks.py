"""Small functions that look at a lab, for questions, tasks and experiments."""

from __future__ import annotations

from pathlib import PurePosixPath

from ..compare.schema import REORDERED
from ..compare.truths import compare
from ..errors import BadInput
from ..facts.line import commands_in
from ..facts.migration import Migration
from ..facts.step import Step
from ..facts.truths import Agreements, Files, Truths, value_or
from ..facts.view import Rows
from ..lab import Lab


def last(lab: Lab) -> Step:
    """The last step.

    Raises:
        BadInput: nothing has run yet.
    """
    if lab.last is None:
        raise BadInput("nothing has run in this lab yet")
    return lab.last


def applied(lab: Lab, app_label: str) -> list[str]:
    """The names of an app's recorded migrations, in the order of the names."""
    record = lab.truths().truths.known_record
    return sorted(key.name for key in record.keys if key.app_label == app_label)


def files(lab: Lab, app_label: str) -> list[str]:
    """The names of an app's migration files, including those that cannot be imported."""
    found = _files(lab)
    keys = (*found.migrations, *found.bad)
    return sorted(key.name for key in keys if key.app_label == app_label)


def keys(lab: Lab, *app_labels: str) -> list[str]:
    """The migrations of some apps as ``app.name``, app by app."""
    return [f"{label}.{name}" for label in app_labels for name in files(lab, label)]


def migrations(lab: Lab, app_label: str) -> list[Migration]:
    """An app's migrations as their files describe them, in order of names; without those that
    cannot be imported."""
    found = sorted(_files(lab).migrations.items())
    return [migration for key, migration in found if key.app_label == app_label]


def _files(lab: Lab) -> Files:
    return lab.truths().truths.known_files


def tables(lab: Lab) -> list[str]:
    """The names of all tables."""
    return sorted(lab.truths().truths.known_tables.tables)


def columns(lab: Lab, table: str) -> list[str]:
    """The columns of a table; none if there is no such table."""
    found = lab.truths().truths.known_tables.tables.get(table)
    return list(found.column_names) if found else []


def select(lab: Lab, sql: str) -> list[tuple[object, ...]]:
    """The rows of a query.

    Raises:
        BadInput: the database refuses it.
    """
    found = lab.sql(sql)
    if not isinstance(found, Rows):
        raise BadInput(f"no rows come from {sql!r}")
    return list(found.rows)


def numbers(lab: Lab, sql: str) -> tuple[int, ...]:
    """The numbers in the one row of a query.

    Raises:
        BadInput: the database refuses it.
    """
    (row,) = select(lab, sql)
    return tuple(int(str(each)) for each in row)


def number(lab: Lab, sql: str) -> int:
    """The one number that a query gives.

    Raises:
        BadInput: the database refuses it.
    """
    (found,) = numbers(lab, sql)
    return found


def products_with(lab: Lab, column: str, test: str) -> int | None:
    """How many products pass a test of one column, as in ``"price", "> 0"``; ``None`` if there is
    no such column."""
    if column not in columns(lab, "store_product"):
        return None
    return number(lab, f"SELECT count(*) FROM store_product WHERE {column} {test}")


def count(lab: Lab, table: str) -> int | None:
    """How many rows a table has; ``None`` if there is no such table."""
    return value_or(lab.truths().truths.rows, {}).get(table)


def moved_apps(step: Step) -> list[str]:
    """The apps that gained or lost a line in the record."""
    moves = compare(step.before, step.after)
    return sorted({key.app_label for key in (*moves.applied, *moves.unapplied)})


def unapplied(step: Step) -> list[str]:
    """The migrations that were removed from the record, as ``app.name``."""
    return [str(key) for key in compare(step.before, step.after).unapplied]


def tables_gone(step: Step) -> list[str]:
    """The tables that existed before the step and are gone after it."""
    before, after = (truths.known_tables.tables for truths in (step.before, step.after))
    return sorted(before.keys() - after.keys())


def moved(step: Step) -> tuple[str, ...]:
    """The names of the truths that a step changed."""
    return compare(step.before, step.after).moved


def lost(step: Step) -> int:
    """How many rows and values a step destroyed or changed."""
    return sum(
        each.lost + each.changed + sum(each.lost_values.values())
        for each in step.rows
        if each.costs
    )


def agreements(lab: Lab) -> Agreements:
    """Whether neighbours agree, pair by pair."""
    return lab.truths().agreements


def disagreements(lab: Lab) -> list[str]:
    """Why neighbours disagree, or why this is not known; empty if all agree."""
    found = agreements(lab)
    pairs = (found.models_files, found.files_record, found.record_tables)
    return [each.reason for each in pairs if each.verdict is not True]


def agree(lab: Lab) -> bool:
    """Whether all neighbours agree."""
    return not disagreements(lab)


def commands(lab: Lab) -> list[str]:
    """The commands that were not rewound, in order; commands from a terminal count one by one."""
    history = lab.history()
    return [each for line in history.lines[: history.position] for each in commands_in(line)]


def ran(lab: Lab, line: str) -> bool:
    """Whether a command that was not rewound begins with these words."""
    return any(each.startswith(line) for each in commands(lab))


def exists(lab: Lab, path: str) -> bool:
    """Whether a file of the project exists."""
    return (lab.folder / PurePosixPath(path)).exists()


#: The truths, and table → its rows.
Everything = tuple[Truths, dict[str, list[tuple[object, ...]]]]


def everything(lab: Lab) -> Everything:
    """The truths, and all rows except those of the record, with the columns in alphabetical
    order."""
    truths = lab.truths().truths
    found = {
        name: select(lab, f"SELECT {', '.join(sorted(table.column_names))} FROM {name}")
        for name, table in truths.known_tables.tables.items()
        if name != "django_migrations"
    }
    return truths, found


def unlike(before: Everything, after: Everything) -> list[str]:
    """How two results of ``everything`` differ: first the schemas, a line for each difference, then
    the tables whose rows are different."""
    (schema, rows), (new_schema, new_rows) = before, after
    return differences(schema, new_schema) + [
        table for table in rows if rows[table] != new_rows.get(table)
    ]


def differences(before: Truths, after: Truths) -> list[str]:
    """The differences between two schemas, one line each; the order of columns does not count."""
    return [line for line in compare(before, after).tables if REORDERED not in line]

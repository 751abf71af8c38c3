"""What is told of rows is what a brute-force comparison finds, under names of any kind."""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.agent.engines.postgresql import copies, drivers, entry, opening
from miglab.agent.engines.postgresql.engine import PostgreSQL
from miglab.databases.postgresql_engine import PostgreSQL as House

from ....whatif.law import brute
from ....whatif.law.pulled import contents

ENGINE = PostgreSQL()
#: Our own letters and labels, keywords, and letters that SQL gives a meaning.
WORDS = ["t", "n", "o", "h", "rows", "before", "now", "select", "table", "Name", "name", "é"]
LETTERS = st.text("aAé\"'`[](). ,;-/*%_:?$\\", min_size=1, max_size=5)
NAMES = st.one_of(st.sampled_from(WORDS), LETTERS).filter(lambda name: name.strip() != "")
KEYS = ["integer", "varchar(5)", "uuid", "numeric", "date", "char(3)"]
KINDS = ["integer", "text", "numeric", "boolean", "jsonb", "double precision", "bytea"]


def q(name: str) -> str:
    return opening.quote(name)


def value(kind: str, number: int) -> str:
    """A value of a type, one of four, or NULL."""
    if number == 4:
        return "NULL"
    return {
        "integer": str(number),
        "text": f"'{'ab'[number % 2]}{' ' * (number // 2)}'",
        "numeric": ["1.0", "1.00", "2", "'NaN'"][number],
        "boolean": ["true", "false", "true", "false"][number],
        "jsonb": [f"'{each}'" for each in ('{"a": 1.0}', '{"a": 1.00}', "[]", "null")][number],
        "double precision": ["'-0'", "0", "0.3", "0.1::float8 + 0.2::float8"][number],
        "bytea": [r"'\x'", r"'\x00'", r"'\x41'", r"'\x00ff'"][number],
    }[kind]


def key_value(kind: str, number: int) -> str:
    return {
        "integer": str(number * 7 - 9),
        "varchar(5)": f"'{'aBcÄz_'[number % 6]}{number}'",
        "uuid": f"'{number:032x}'",
        "numeric": f"'{number}.{'0' * (number % 3)}'" if number % 3 else str(number),
        "date": f"date '1999-12-28' + {number}",
        "char(3)": f"'{number}'",
    }[kind]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Two databases that are emptied for each example."""
    somewhere = House("").handle(tmp_path_factory.mktemp("law"), "databases/x")
    made = []
    for _ in range(2):
        handle = copies.called(somewhere, f"miglab_law_{random.getrandbits(40):x}")
        with opening.maintained(handle) as server:
            opening.execute(server, f"CREATE DATABASE {opening.database(handle)}")
        made.append(handle)
    yield made[0], made[1]
    for each in made:
        copies.drop(each)


def emptied(handle: str) -> Any:
    connection = drivers.connect(handle)
    opening.execute(connection, "SET client_min_messages = error")
    opening.execute(connection, "DROP SCHEMA public CASCADE")
    opening.execute(connection, "CREATE SCHEMA public")
    return connection


@st.composite
def stories(draw: Any) -> dict[str, Any]:
    """A table with rows, and what is done to it."""
    key, one, two, three = draw(st.lists(NAMES, min_size=4, max_size=4, unique=True))
    table, other = draw(st.lists(NAMES, min_size=2, max_size=2, unique=True))
    kinds = [draw(st.sampled_from(KINDS)) for _ in range(3)]
    rows = draw(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=12))
    return {
        "table": table,
        "columns": dict(zip((one, two, three), kinds, strict=True)),
        "key": (key, draw(st.sampled_from(KEYS))),
        "keyed": draw(st.sampled_from([True, True, False])),
        "rows": rows,
        "delete": draw(st.sets(st.integers(0, 11), max_size=3)),
        "add": draw(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=2)),
        "update": draw(st.dictionaries(st.integers(0, 11), st.integers(0, 4), max_size=4)),
        "rename_table": draw(st.sampled_from([None, other])),
        "rename_column": draw(NAMES.filter(lambda n: n not in (key, one, two, three))),
        "renames_column": draw(st.booleans()),
        "drop": draw(st.booleans()),
        "retype": draw(st.booleans()),
        "drop_table": draw(st.sampled_from([False, False, False, True])),
    }


def created(story: dict[str, Any]) -> Iterator[str]:
    key, kind = story["key"]
    columns = story["columns"]
    said = ", ".join(f"{q(name)} {each}" for name, each in columns.items())
    how = "PRIMARY KEY" if story["keyed"] else ""
    yield f"CREATE TABLE {q(story['table'])} ({q(key)} {kind} {how}, {said})"
    yield from inserted(story, story["rows"], 0)


def inserted(story: dict[str, Any], rows: list[Any], first: int) -> Iterator[str]:
    _, kind = story["key"]
    for number, row in enumerate(rows, first):
        place = number if story["keyed"] else number % 3
        values = [
            value(each, one) for each, one in zip(story["columns"].values(), row, strict=True)
        ]
        said = ", ".join([key_value(kind, place), *values])
        yield f"INSERT INTO {q(story['table'])} VALUES ({said})"


def changed(story: dict[str, Any]) -> Iterator[str]:
    key, kind = story["key"]
    table = q(story["table"])
    for number in story["delete"]:
        yield f"DELETE FROM {table} WHERE {q(key)} = {key_value(kind, number)}"
    yield from inserted(story, story["add"], 20)
    one, two, three = story["columns"]
    for number, new in story["update"].items():
        said = value(story["columns"][one], new)
        yield f"UPDATE {table} SET {q(one)} = {said} WHERE {q(key)} = {key_value(kind, number)}"
    if story["rename_table"] is not None:
        yield f"ALTER TABLE {table} RENAME TO {q(story['rename_table'])}"
        table = q(story["rename_table"])
    if story["renames_column"]:
        yield f"ALTER TABLE {table} RENAME {q(one)} TO {q(story['rename_column'])}"
    if story["retype"] and story["columns"][two] in ("integer", "boolean"):
        yield f"ALTER TABLE {table} ALTER {q(two)} TYPE text USING {q(two)}::text"
    if story["drop"]:
        yield f"ALTER TABLE {table} DROP {q(three)}"
    if story["drop_table"]:
        yield f"DROP TABLE {table}"


def names_of(story: dict[str, Any]) -> brute.Names:
    table = story["table"]
    one, _, three = story["columns"]
    columns: dict[str, str | None] = {}
    if story["renames_column"]:
        columns[one] = story["rename_column"]
    if story["drop"]:
        columns[three] = None
    now = None if story["drop_table"] else story["rename_table"] or table
    return brute.Names({table: now}, {table: columns})


@settings(max_examples=60, deadline=None)
@given(story=stories(), few=st.booleans())
def test_rows_are_told_as_brute_force_finds_them(
    two: tuple[str, str], story: dict[str, Any], few: bool
) -> None:
    old, new = two
    before = entry.FIRST
    entry.FIRST = 2 if few else before
    try:
        compare(old, new, story)
    finally:
        entry.FIRST = before


def compare(old: str, new: str, story: dict[str, Any]) -> None:
    with closing(emptied(old)) as was, closing(emptied(new)) as now:
        for sql in created(story):
            opening.execute(was, sql)
            opening.execute(now, sql)
        django = SimpleNamespace(connection=now, settings_dict={"NAME": "x"})
        lineage = ENGINE.follow(django)
        for sql in changed(story):
            opening.execute(now, sql)
        ENGINE.settle(lineage, new)
        renames = lineage.renames()
        first, last = contents(was), contents(now)
        names = names_of(story)
        wanted = {pair: each.told() for pair, each in brute.compare(first, last, names).items()}
        found = ENGINE.compare(old, new, renames)
        assert not [each["unreadable"] for each in found if each["unreadable"]]
        told = {(e["table"], e["now"]): {key: e[key] for key in SAID} for e in found}
        assert told == wanted
        for each in found:
            listed(old, new, renames, each)
        there = brute.compare(first, last, names)
        end = brute.compare(first, first, brute.Names())
        assert not end
        for (table, _), change in there.items():
            columns = [*change.dropped]
            columns += [each for each, now in renames["columns"].get(table, {}).items()
                        if now in change.changed]  # fmt: skip
            request = {
                "tables": [["default", table, bool(change.lost), columns]],
                "old": {"default": old},
                "new": {"default": new},
                "renames": {"default": renames},
            }
            # All of it is back in what it was, and what went is not back in what it is.
            (back,) = ENGINE.not_back({**request, "back": {"default": old}}, False)
            assert back["rows"] == 0
            assert not any(back["columns"].values())
            (back,) = ENGINE.not_back({**request, "back": {"default": new}}, False)
            if story["keyed"]:
                assert back["rows"] >= change.lost


SAID = ("now", "before", "after", "lost", "gained", "changed", "changed_columns", "lost_values")


def listed(old: str, new: str, renames: dict[str, Any], told: dict[str, Any]) -> None:
    """All that was lost is in the lists, with the first of it in the samples."""
    request = {"old": old, "new": new, "renames": renames, "table": told["table"], "limit": 5}
    wanted = [(None, told["lost"], told["lost_sample"])] if told["lost"] else []
    if told["now"] is None:
        assert told["lost"] == told["before"]
    for column, number in told["lost_values"].items():
        wanted.append((column, number, told["lost_values_sample"][column]))
    for column, number in told["changed_columns"].items():
        sample = told["changed_sample"][column]
        wanted.append((told["old_names"][column], number, sample))
    for column, number, sample in wanted:
        found = ENGINE.list_lost({**request, "column": column}, False)
        assert found is not None
        rows = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
        assert rows == sample
        if column is not None or not told["approximate"]:
            assert found["total"] == number
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "lost.csv")
            ENGINE.list_lost({**request, "column": column, "to": str(path)}, False)
            with path.open(newline="", encoding="utf-8") as file:
                head, *lines = csv.reader(file)
        assert head == found["columns"]
        assert len(lines) == found["total"]

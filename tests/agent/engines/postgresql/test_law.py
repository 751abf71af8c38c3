"""What is told of rows is what a brute-force comparison finds, under names of any kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.agent.engines.engine import NOTHING_RENAMED
from miglab.agent.engines.postgresql import blocks, copies, drivers, entry, opening
from miglab.agent.engines.postgresql.engine import PostgreSQL
from miglab.databases.postgresql_engine import PostgreSQL as House

from ....whatif.law import brute
from ....whatif.law.pulled import contents
from ..stories import SAID, Dialect, hold, stories


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


def emptied(handle: str) -> Any:
    connection = drivers.connect(handle)
    opening.execute(connection, "SET client_min_messages = error")
    opening.execute(connection, "DROP SCHEMA public CASCADE")
    opening.execute(connection, "CREATE SCHEMA public")
    return connection


DIALECT = Dialect(
    engine=PostgreSQL(),
    quote=opening.quote,
    execute=opening.execute,
    emptied=emptied,
    contents=contents,
    keys=["integer", "varchar(5)", "uuid", "numeric", "date", "char(3)"],
    kinds=["integer", "text", "numeric", "boolean", "jsonb", "double precision", "bytea"],
    value=value,
    key_value=key_value,
    to_text=("integer", "boolean"),
    rename_column="RENAME {old} TO {new}",
    retype="ALTER {column} TYPE text USING {column}::text",
)


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


@settings(max_examples=60, deadline=None)
@given(story=stories(DIALECT), few=st.booleans())
def test_rows_are_told_as_brute_force_finds_them(
    two: tuple[str, str], story: dict[str, Any], few: bool
) -> None:
    with in_small_parts(few):
        hold(*two, story, DIALECT)


@contextmanager
def in_small_parts(few: bool) -> Iterator[None]:
    """What is otherwise done with thousands of rows at once is done with two."""
    before = entry.FIRST, blocks.SIZE
    if few:
        entry.FIRST, blocks.SIZE = 2, 2
    try:
        yield
    finally:
        entry.FIRST, blocks.SIZE = before


VALUES = st.sampled_from([None, 0, 1])


@settings(max_examples=60, deadline=None)
@given(
    rows=st.dictionaries(st.integers(1, 9), st.tuples(VALUES, VALUES), max_size=7),
    now=st.dictionaries(st.integers(1, 9), st.tuples(VALUES, VALUES), max_size=7),
    only_remade=st.booleans(),
    few=st.booleans(),
)
def test_a_column_that_was_dropped_and_made_again_is_told_as_brute_force_finds_it(
    two: tuple[str, str],
    rows: dict[int, tuple[int | None, int | None]],
    now: dict[int, tuple[int | None, int | None]],
    only_remade: bool,
    few: bool,
) -> None:
    if only_remade:
        now = {key: (stays, now.get(key, rows[key])[1]) for key, (stays, _) in rows.items()}
    with closing(emptied(two[0])) as was, closing(emptied(two[1])) as is_now:
        for each in (was, is_now):
            opening.execute(each, "CREATE TABLE t (id integer PRIMARY KEY, b integer, a integer)")
        opening.execute(is_now, "ALTER TABLE t DROP b")
        opening.execute(is_now, "ALTER TABLE t ADD b integer")
        for connection, held in ((was, rows), (is_now, now)):
            for key, (a, b) in held.items():
                values = ", ".join("NULL" if each is None else str(each) for each in (key, a, b))
                opening.execute(connection, f"INSERT INTO t (id, a, b) VALUES ({values})")
        names = brute.Names({"t": "t"}, {"t": {}})
        wanted = brute.compare(contents(was), contents(is_now), names)
    with in_small_parts(few):
        found = PostgreSQL().compare(*two, NOTHING_RENAMED)
    assert {(each["table"], each["now"]): {key: each[key] for key in SAID} for each in found} == {
        pair: each.told() for pair, each in wanted.items()
    }

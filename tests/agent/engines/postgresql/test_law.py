"""What is told of rows is what a brute-force comparison finds, under names of any kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.agent.engines.postgresql import copies, drivers, entry, opening
from miglab.agent.engines.postgresql.engine import PostgreSQL
from miglab.databases.postgresql_engine import PostgreSQL as House

from ....whatif.law.pulled import contents
from ..stories import Dialect, hold, stories


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
    old, new = two
    before = entry.FIRST
    entry.FIRST = 2 if few else before
    try:
        hold(old, new, story, DIALECT)
    finally:
        entry.FIRST = before

"""What is told of rows is what a brute-force comparison finds, under names of any kind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.agent.engines.joined import entry
from miglab.agent.engines.mariadb import drivers, opening
from miglab.agent.engines.mariadb.engine import MariaDB

from ....whatif.law.pulled_from_mariadb import contents
from ..stories import NAMES, Dialect, hold, stories
from .conftest import dropped, made


def value(kind: str, number: int) -> str:
    """A value of a type, one of four, or NULL."""
    if number == 4:
        return "NULL"
    return {
        "int": str(number),
        "text": ["'a'", "'A'", "'a '", "'\u00e1'"][number],
        "varchar(9)": ["''", "' '", "'\u00df'", "'ss'"][number],
        "decimal(9,2)": ["1.0", "1.01", "-2", "0"][number],
        "tinyint(1)": ["true", "false", "true", "false"][number],
        "json": [f"'{each}'" for each in ('{"a": 1.0}', '{"a": 1.00}', "[]", "null")][number],
        "double": ["1e-300", "0", "0.3", "0.1e0 + 0.2e0"][number],
        "blob": ["''", "x'00'", "x'41'", "x'00ff'"][number],
        "datetime(6)": [f"'2000-01-01 00:00:00.00000{each}'" for each in range(4)][number],
    }[kind]


def key_value(kind: str, number: int) -> str:
    return {
        "int": str(number * 7 - 9),
        "varchar(5)": f"'{'aBcÄz_'[number % 6]}{number}'",
        "uuid": f"'{number:032x}'",
        "decimal(9,3)": f"{number}.{number % 3}",
        "date": f"'1999-12-28' + INTERVAL {number} DAY",
        "char(3)": f"'{number}'",
        "binary(3)": f"'{number}'",
    }[kind]


def emptied(handle: str) -> Any:
    connection = drivers.connect(handle)
    drivers.rows(connection, "SET NAMES utf8mb4")
    for name, *_ in drivers.rows(connection, "SHOW TABLES"):
        drivers.rows(connection, f"DROP TABLE {opening.quote(name)}")
    return connection


DIALECT = Dialect(
    engine=MariaDB(),
    quote=opening.quote,
    execute=drivers.rows,
    emptied=emptied,
    contents=contents,
    keys=["int", "varchar(5)", "uuid", "decimal(9,3)", "date", "char(3)", "binary(3)"],
    kinds=[
        "int",
        "text",
        "varchar(9)",
        "decimal(9,2)",
        "tinyint(1)",
        "json",
        "double",
        "blob",
        "datetime(6)",
    ],
    value=value,
    key_value=key_value,
    to_text=("int", "tinyint(1)"),
    rename_column="RENAME COLUMN {old} TO {new}",
    retype="MODIFY {column} text",
    names=NAMES.filter(lambda name: name == name.rstrip()),
    fold=str.lower,
)


@pytest.fixture(scope="module")
def two() -> Iterator[tuple[str, str]]:
    """Two databases that are emptied for each example."""
    both = [made(f"miglab_law_{random.getrandbits(40):x}") for _ in range(2)]
    yield both[0], both[1]
    for each in both:
        dropped(each)


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

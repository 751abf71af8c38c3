"""Values are compared exactly as they are stored, for each type that Django makes."""

from __future__ import annotations

import pytest

from miglab.agent.engines.postgresql import drivers
from miglab.agent.engines.postgresql.engine import PostgreSQL

from .conftest import run

#: A type → two of its values that differ, though the server or a language may call them equal.
TYPES = {
    "smallint": ("1", "2"),
    "integer": ("1", "2"),
    "bigint": ("9007199254740993", "9007199254740992"),
    "boolean": ("true", "false"),
    "double precision": ("0.1::float8 + 0.2::float8", "0.3"),
    "real": ("'-0'", "'0'"),
    "numeric": ("1.0", "1.00"),
    "numeric(9, 3)": ("1.001", "1.002"),
    "varchar(9)": ("'a'", "'a '"),
    "char(3)": ("'a'", "'b'"),
    "bpchar": ("'a'::text::bpchar", "'a '::text::bpchar"),
    "text": ("''", "NULL"),
    'text COLLATE "C"': ("'e\u0301'", "'\u00e9'"),
    "citext": ("'a'", "'A'"),
    "citext[]": ("'{a}'", "'{A}'"),
    "bytea": (r"'\x00'", r"'\x0000'"),
    "date": ("'infinity'", "'2000-01-01'"),
    "time": ("'12:00'", "'12:00:00.000001'"),
    "timestamp": ("'2000-01-01'", "'2000-01-01 00:00:00.000001'"),
    "timestamptz": ("'2000-01-01 00:00+00'", "'2000-01-01 00:00+01'"),
    "timetz": ("'12:00+00'", "'13:00+01'"),
    "interval": ("'1 day'", "'24 hours'"),
    "uuid": ("'00000000-0000-0000-0000-000000000000'", "'00000000-0000-0000-0000-000000000001'"),
    "inet": ("'10.0.0.1'", "'10.0.0.1/8'"),
    "cidr": ("'10.0.0.0/8'", "'10.0.0.0/9'"),
    "macaddr": ("'08:00:2b:01:02:03'", "'08:00:2b:01:02:04'"),
    "json": ("""'{"a":1}'""", """'{"a": 1}'"""),
    "jsonb": ("'[1.0]'", "'[1.00]'"),
    "xml": ("'<a/>'", "'<a></a>'"),
    "integer[]": ("'{1,NULL}'", "'{1}'"),
    "text[]": ("'{NULL}'", "ARRAY['NULL']"),
    "numeric[]": ("'{1.0}'", "'{1.00}'"),
    "int4range": ("'empty'", "NULL"),
    "numrange": ("'[1.0,2]'", "'[1.00,2]'"),
    "tstzrange": ("'[2000-01-01,)'", "'(2000-01-01,)'"),
    "daterange[]": ("'{}'", "NULL"),
    "hstore": ("'a=>NULL'", "'a=>\"NULL\"'"),
    "tsvector": ("'a:1'", "'a:2'"),
    "point": ("'(0,0)'", "'(0,1e-300)'"),
    "box": ("'(0,0),(1,4)'", "'(0,0),(2,2)'"),
    "bit varying": ("B'0'", "B'00'"),
    "money": ("'1.00'", "'1.01'"),
    '"char"': ("'a'", "'b'"),
    "oid": ("1", "2"),
    "mood": ("'glad'", "'sad'"),
    "pair": ("ROW(NULL, NULL)::pair", "NULL"),
    "short": ("'a'", "'b'"),
    "number": ("1", "NULL"),
}
BEFORE = (
    "CREATE EXTENSION citext",
    "CREATE EXTENSION hstore",
    "CREATE TYPE mood AS ENUM ('glad', 'sad')",
    "CREATE TYPE pair AS (a integer, b text)",
    "CREATE DOMAIN short AS varchar(5)",
    "CREATE DOMAIN number AS integer",
)


#: What the wheel's server is built without.
NOT_EVERYWHERE = ("xml",)


def types(database: str) -> dict[str, tuple[str, str]]:
    left_out: tuple[str, ...] = ()
    try:
        run(database, "SELECT '<a/>'::xml")
    except drivers.error():
        left_out = NOT_EVERYWHERE
    return {kind: values for kind, values in TYPES.items() if kind not in left_out}


def made(known: dict[str, tuple[str, str]], key: str) -> list[str]:
    found = list(BEFORE)
    for place, (kind, (first, _)) in enumerate(known.items()):
        found.append(f"CREATE TABLE t{place} (id integer {key}, v {kind}, w text)")
        found.append(f"INSERT INTO t{place} VALUES (1, {first}, 'w'), (2, {first}, 'w')")
    return found


@pytest.mark.parametrize("key", ["PRIMARY KEY", ""], ids=["with a key", "without a key"])
def test_a_value_that_is_stored_otherwise_differs_and_no_other(
    engine: PostgreSQL, database: str, driver: str, key: str
) -> None:
    known = types(database)
    run(database, *made(known, key))
    copy = engine.keep(database, "before")
    assert engine.compare(copy, database, None) == []
    run(
        database,
        *(
            f"UPDATE t{place} SET v = {second} WHERE id = 2"
            for place, (_, second) in enumerate(known.values())
        ),
    )
    found = {each["table"]: each for each in engine.compare(copy, database, None)}
    assert not [each["unreadable"] for each in found.values() if each["unreadable"]]
    kinds = dict(zip((f"t{place}" for place in range(len(known))), known, strict=True))
    assert [kind for name, kind in kinds.items() if name not in found] == []
    for name, each in found.items():
        if key:
            changed = (each["changed"], each["changed_columns"], each["lost"])
            assert changed == (1, {"v": 1}, 0), kinds[name]
            assert len(each["changed_sample"]["v"]) == 1, kinds[name]
        else:
            assert (each["lost"], each["gained"]) == (1, 1), kinds[name]


def test_settings_of_the_database_change_nothing_of_it(engine: PostgreSQL, database: str) -> None:
    run(
        database,
        "CREATE TABLE t (id integer PRIMARY KEY, f float8, d timestamptz, i interval, b bytea)",
        "INSERT INTO t VALUES "
        r"(1, 0.1::float8 + 0.2::float8, '2000-01-01 00:00+00', '1 day', '\x01')",
    )
    copy = engine.keep(database, "before")
    name = database.partition("@/")[2].partition("?")[0]
    run(
        database,
        *(
            f"ALTER DATABASE {name} SET {setting}"
            for setting in (
                "extra_float_digits = 0",
                "DateStyle = 'German'",
                "IntervalStyle = 'iso_8601'",
                "TimeZone = 'Asia/Tokyo'",
                "bytea_output = 'escape'",
                "default_transaction_isolation = 'serializable'",
                "search_path = nowhere, public",
            )
        ),
    )
    assert engine.compare(copy, database, None) == []
    run(database, "UPDATE t SET f = 0.3")
    (entry,) = engine.compare(copy, database, None)
    assert entry["changed_columns"] == {"f": 1}
    assert entry["changed_sample"]["f"] == [{"id": 1, "before": 0.30000000000000004, "now": 0.3}]


@pytest.mark.parametrize(
    ("kind", "other", "changed"),
    [
        ("integer", "bigint", 0),
        ("varchar(5)", "text", 0),
        ("integer", "text", 2),
        ("text", "integer", 2),
        ("integer", "numeric(9, 2)", 2),
        ("integer", "numeric", 0),
        ("date", "timestamptz", 2),
    ],
)
def test_a_column_of_another_type_has_the_same_values_only_where_they_are_stored_alike(
    engine: PostgreSQL, database: str, kind: str, other: str, changed: int
) -> None:
    value = "'2000-01-01'" if kind == "date" else "'1'"
    run(
        database,
        f"CREATE TABLE t (id integer PRIMARY KEY, v {kind})",
        f"INSERT INTO t VALUES (1, {value}), (2, {value}), (3, NULL)",
    )
    copy = engine.keep(database, "before")
    run(database, f"ALTER TABLE t ALTER v TYPE {other} USING v::{other}")
    found = engine.compare(copy, database, None)
    assert sum(each["changed"] for each in found) == changed
    assert [each["retyped"] for each in found] == ([["v"]] if changed else [])


@pytest.mark.parametrize("more", ["", ", n numeric"])
def test_rows_that_exchange_their_values_have_changed(
    engine: PostgreSQL, database: str, more: str
) -> None:
    run(
        database,
        f"CREATE TABLE t (id integer PRIMARY KEY, a integer, b text, c boolean{more})",
        "INSERT INTO t VALUES (1, 10, 'x', true), (2, 20, 'y', false), (3, 30, NULL, NULL)",
    )
    copy = engine.keep(database, "before")
    run(database, "UPDATE t SET a = 30 - a WHERE id < 3")
    (entry,) = engine.compare(copy, database, None)
    assert (entry["changed"], entry["changed_columns"]) == (2, {"a": 2})


def test_a_type_of_ones_own_by_the_name_of_an_exact_one_is_not_taken_for_it(
    engine: PostgreSQL, database: str
) -> None:
    run(
        database,
        "CREATE SCHEMA own",
        "CREATE TYPE own.uuid AS (n numeric)",
        "CREATE TABLE t (id integer PRIMARY KEY, v own.uuid)",
        "INSERT INTO t VALUES (1, ROW(1.0))",
    )
    copy = engine.keep(database, "before")
    run(database, "UPDATE t SET v = ROW(1.00)")
    (entry,) = engine.compare(copy, database, None)
    assert entry["changed_columns"] == {"v": 1}

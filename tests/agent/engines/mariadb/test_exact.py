"""Values are compared exactly as they are stored, for each type that Django makes."""

from __future__ import annotations

import pytest

from miglab.agent.engines.mariadb.engine import MariaDB

from .conftest import run

#: A type → two of its values that differ, though the server may call them equal.
TYPES = {
    "tinyint(1)": ("1", "0"),
    "smallint": ("1", "2"),
    "smallint unsigned": ("1", "2"),
    "int": ("1", "2"),
    "bigint": ("9007199254740993", "9007199254740992"),
    "bigint unsigned": ("18446744073709551615", "18446744073709551614"),
    "double": ("0.1e0 + 0.2e0", "0.3e0"),
    "double precision": ("2.5e-308", "0"),
    "float": ("16777216", "16777218"),
    "numeric(9, 3)": ("1.001", "1.002"),
    "decimal(65, 30)": ("0.1", "0.100000000000000000000000000001"),
    "varchar(9)": ("'a'", "'A'"),
    "varchar(10)": ("'a'", "'a '"),
    "varchar(11)": ("'e'", "'\u00e9'"),
    "varchar(12)": ("'\u00df'", "'ss'"),
    "varchar(13) CHARACTER SET latin1": ("'a'", "'A'"),
    "varchar(14) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin": ("'e\u0301'", "'\u00e9'"),
    "char(32)": ("'a'", "'A'"),
    "char(3)": ("''", "NULL"),
    "longtext": ("repeat('a', 3000)", "concat(repeat('a', 2999), 'A')"),
    "longtext CHECK (json_valid(v))": ("""'{"a":1}'""", """'{"a": 1}'"""),
    "json": ("""'[1.0]'""", """'[1.00]'"""),
    "longblob": ("x'00'", "x'0000'"),
    "blob": ("concat(repeat('a', 3000), 'b')", "concat(repeat('a', 3000), 'c')"),
    "varbinary(9)": ("'a'", "'a '"),
    "binary(4)": ("'a'", "'b'"),
    "date": ("'2000-01-01'", "'2000-01-02'"),
    "date NULL": ("'0000-00-00'", "NULL"),
    "time(6)": ("'12:00'", "'12:00:00.000001'"),
    "datetime(6)": ("'2000-01-01'", "'2000-01-01 00:00:00.000001'"),
    "timestamp(6) NULL": ("'2000-01-01'", "'2000-01-01 00:00:00.000001'"),
    "year": ("2000", "2001"),
    "uuid": ("'00000000-0000-0000-0000-000000000000'", "'00000000-0000-0000-0000-000000000001'"),
    "inet4": ("'10.0.0.1'", "'10.0.0.2'"),
    "inet6": ("'::1'", "'::2'"),
    "bit(9)": ("b'000000001'", "b'100000001'"),
    "enum('a', 'b', '')": ("'a'", "'b'"),
    "enum('x', '')": ("'nothing of these'", "''"),
    "set('a', 'b')": ("'a,b'", "'a'"),
    "point": ("point(0, 0)", "point(0, 1e-300)"),
    "geometry": ("st_geomfromtext('POINT(1 1)')", "st_geomfromtext('POINT(1 1)', 4326)"),
}


def made(key: str) -> list[str]:
    found = ["SET sql_mode = ''"]
    for place, (kind, (first, _)) in enumerate(TYPES.items()):
        found.append(f"CREATE TABLE t{place} (id integer {key}, v {kind}, w text)")
        found.append(f"INSERT INTO t{place} VALUES (1, {first}, 'w'), (2, {first}, 'w')")
    return found


@pytest.mark.parametrize("key", ["PRIMARY KEY", ""], ids=["with a key", "without a key"])
def test_a_value_that_is_stored_otherwise_differs_and_no_other(
    engine: MariaDB, database: str, key: str
) -> None:
    run(database, *made(key))
    copy = engine.keep(database, "before")
    assert engine.compare(copy, database, None) == []
    run(
        database,
        "SET sql_mode = ''",
        *(
            f"UPDATE t{place} SET v = {second} WHERE id = 2"
            for place, (_, second) in enumerate(TYPES.values())
        ),
    )
    found = {each["table"]: each for each in engine.compare(copy, database, None)}
    assert not [each["unreadable"] for each in found.values() if each["unreadable"]]
    kinds = dict(zip((f"t{place}" for place in range(len(TYPES))), TYPES, strict=True))
    assert [kind for name, kind in kinds.items() if name not in found] == []
    for name, each in found.items():
        if key:
            changed = (each["changed"], each["changed_columns"], each["lost"])
            assert changed == (1, {"v": 1}, 0), kinds[name]
            assert len(each["changed_sample"]["v"]) == 1, kinds[name]
        else:
            assert (each["lost"], each["gained"]) == (1, 1), kinds[name]


def test_a_value_is_shown_as_it_is_stored(engine: MariaDB, database: str) -> None:
    run(
        database,
        "CREATE TABLE t (id integer PRIMARY KEY, f float, d double, b blob, n decimal(5, 2), "
        "t datetime(3), g bit(3))",
        "INSERT INTO t VALUES (1, 0.1, 0.1e0 + 0.2e0, x'0aff', 1.5, '2000-01-01', b'101')",
    )
    copy = engine.keep(database, "before")
    run(database, "DELETE FROM t")
    (entry,) = engine.compare(copy, database, None)
    assert entry["lost_sample"] == [
        {
            "id": 1,
            "f": 0.10000000149011612,
            "d": 0.30000000000000004,
            "b": "0x0aff",
            "n": "1.50",
            "t": "2000-01-01 00:00:00.000",
            "g": 5,
        }
    ]


@pytest.mark.parametrize(
    ("kind", "other", "changed"),
    [
        ("int", "bigint", 0),
        ("int", "int unsigned", 0),
        ("varchar(5)", "longtext", 0),
        ("varchar(5)", "varchar(5) CHARACTER SET latin1", 0),
        ("varchar(5) CHARACTER SET latin1", "varchar(9) CHARACTER SET utf8mb4", 0),
        ("int", "varchar(5)", 2),
        ("varchar(5)", "int", 2),
        ("int", "numeric(9, 2)", 2),
        ("int", "numeric(9)", 0),
        ("date", "datetime(6)", 2),
        ("float", "double", 0),
        ("varbinary(9)", "longblob", 0),
        ("varbinary(9)", "varchar(9)", 2),
        ("enum('1', '2')", "enum('0', '1')", 0),
    ],
)
def test_a_column_of_another_type_has_the_same_values_only_where_they_are_stored_alike(
    engine: MariaDB, database: str, kind: str, other: str, changed: int
) -> None:
    value = "'2000-01-01'" if kind == "date" else "'1'"
    run(
        database,
        f"CREATE TABLE t (id integer PRIMARY KEY, v {kind})",
        f"INSERT INTO t VALUES (1, {value}), (2, {value}), (3, NULL)",
    )
    copy = engine.keep(database, "before")
    run(database, f"ALTER TABLE t MODIFY v {other}")
    found = engine.compare(copy, database, None)
    assert sum(each["changed"] for each in found) == changed
    assert [each["retyped"] for each in found] == ([["v"]] if changed else [])


@pytest.mark.parametrize(
    ("before", "now", "gone", "came"),
    [
        ("'a'", "'A'", 1, 1),
        ("'a'", "'a'", 0, 0),
    ],
)
def test_a_key_is_another_one_letter_by_letter(
    engine: MariaDB, database: str, before: str, now: str, gone: int, came: int
) -> None:
    run(
        database,
        "CREATE TABLE t (id varchar(9) PRIMARY KEY, v int)",
        f"INSERT INTO t VALUES ({before}, 1), ('b', 2)",
    )
    copy = engine.keep(database, "before")
    run(database, f"UPDATE t SET id = {now} WHERE v = 1")
    found = engine.compare(copy, database, None)
    assert [(each["lost"], each["gained"]) for each in found] == ([(gone, came)] if gone else [])


@pytest.mark.parametrize(
    ("kind", "other", "values"),
    [
        ("int", "bigint", ["1", "2"]),
        ("int", "varchar(9)", ["1", "2"]),
        ("varchar(9)", "int", ["'1'", "'-2'"]),
        (
            "varchar(9) CHARACTER SET latin1",
            "varchar(9) CHARACTER SET utf8mb4",
            ["'a'", "'\u00e9'"],
        ),
        ("char(36)", "uuid", [f"'00000000-0000-0000-0000-00000000000{n}'" for n in (1, 2)]),
    ],
)
def test_rows_answer_to_each_other_by_a_key_that_changed_its_type(
    engine: MariaDB, database: str, kind: str, other: str, values: list[str]
) -> None:
    run(database, f"CREATE TABLE t (id {kind} PRIMARY KEY, v int)")
    run(database, *(f"INSERT INTO t VALUES ({each}, 1)" for each in values))
    copy = engine.keep(database, "before")
    run(database, f"ALTER TABLE t MODIFY id {other}", "UPDATE t SET v = 2 LIMIT 1")
    (entry,) = engine.compare(copy, database, None)
    assert (entry["lost"], entry["gained"], entry["approximate"]) == (0, 0, False)
    assert entry["changed_columns"]["v"] == 1


def test_texts_that_are_one_number_are_no_key_of_numbers(engine: MariaDB, database: str) -> None:
    run(
        database,
        "CREATE TABLE t (id varchar(9) PRIMARY KEY, v int)",
        "INSERT INTO t VALUES ('1', 1), ('01', 2)",
    )
    copy = engine.keep(database, "before")
    run(database, "DELETE FROM t WHERE v = 2", "ALTER TABLE t MODIFY id int")
    (entry,) = engine.compare(copy, database, None)
    assert entry["approximate"]

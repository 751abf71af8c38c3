"""Names of any kind are followed through what SQL does to them: the oracle is Python over dumps."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.agent.engines.sqlite import catalogue, created, rows, tables
from miglab.agent.engines.sqlite.lineage import Lineage
from miglab.agent.engines.sqlite.sql import fold

#: Our own letters and labels, keywords, and letters that SQL gives a meaning.
WORDS = ["n", "o", "a", "b", "g", "p", "c", "v0", "t0", "k0", "s0", "r", "rows", "before", "now"]
WORDS += ["select", "table", "CHECK", "as", "new", "old", "main", "é", "É", "Straße"]
LETTERS = st.text("aAéÉ\"'`[](). ,;-/*%_:?", min_size=1, max_size=5)
NAMES = st.one_of(st.sampled_from(WORDS), LETTERS).filter(lambda name: name.strip() != "")


def distinct(count: int) -> Any:
    return st.lists(NAMES, min_size=count, max_size=count, unique_by=fold)


def q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def contents(path: Path) -> dict[str, list[dict[str, Any]]]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    found = {}
    for name in names:
        rows_ = connection.execute(f"SELECT * FROM {q(name)}").fetchall()
        found[name] = [{fold(key): row[key] for key in row.keys()} for row in rows_]  # noqa: SIM118
    connection.close()
    return found


@settings(max_examples=120, deadline=None)
@given(
    distinct(4),
    distinct(3),
    distinct(4),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", "upper", "rebuild"]),
)
def test_rows_and_values_that_went_are_counted_under_any_name(
    columns: list[str], names: list[str], later: list[str], keyed: bool, drop: bool, how: str
) -> None:
    table, other, third = names
    key, value, gone, kept = columns
    with tempfile.TemporaryDirectory() as folder:
        path, copy = Path(folder, "now"), Path(folder, "before")
        connection = sqlite3.connect(path, isolation_level=None)
        what = " PRIMARY KEY" if keyed else ""
        connection.execute(
            f"CREATE TABLE {q(table)} ({q(key)} integer{what}, {q(value)} text, "
            f"{q(gone)} text, {q(kept)} text)"
        )
        connection.executemany(
            f"INSERT INTO {q(table)} VALUES (?, ?, ?, ?)",
            [(1, "x", "y", "z"), (2, "x", None, "z"), (3, "w", "y", None)],
        )
        catalogue.keep(str(path), str(copy))
        lineage = Lineage(connection)

        def run(sql: str) -> None:
            lineage.before(connection)
            connection.execute(sql)
            lineage.after(connection, sql)

        run(f"DELETE FROM {q(table)} WHERE {q(key)} = 1")
        run(f"UPDATE {q(table)} SET {q(value)} = 'new' WHERE {q(key)} = 2")
        now, new_value = other, later[0]
        free = {fold(each) for each in (key, gone, kept)}
        if fold(new_value) in free:
            new_value = value
        if how == "rebuild":
            run(
                f"CREATE TABLE {q(third)} ({q(key)} integer{what}, {q(new_value)} text, "
                f"{q(gone)} text, {q(kept)} text)"
            )
            run(
                f"INSERT INTO {q(third)} ({q(key)}, {q(new_value)}, {q(gone)}, {q(kept)}) "
                f"SELECT {q(key)}, coalesce({q(value)}, 'a, b'), {q(gone)}, {q(kept)} "
                f"FROM {q(table)}"
            )
            run(f"DROP TABLE {q(table)}")
            now = table
            run(f"ALTER TABLE {q(third)} RENAME TO {q(now)}")
        else:
            said = table.swapcase() if how == "upper" and table.isascii() else table
            run(f"ALTER TABLE {q(said)} RENAME TO {q(other)}")
            run(f"ALTER TABLE {q(now)} RENAME COLUMN {q(value)} TO {q(new_value)}")
        if drop:
            run(f"ALTER TABLE {q(now)} DROP COLUMN {q(gone)}")
        connection.close()
        was, is_now = contents(copy)[table], contents(path)[now]
        found = rows.compare(str(copy), str(path), lineage.renames())
    (entry,) = found
    assert (entry["table"], entry["now"], entry["unreadable"]) == (table, now, "")
    assert entry["before"] - entry["after"] == 1
    after = {row[fold(key)]: row for row in is_now}
    stayed = [row for row in was if row[fold(key)] in after]
    lost_values = sum(row[fold(gone)] is not None for row in stayed) if drop else 0
    if keyed:
        assert (entry["lost"], entry["gained"]) == (1, 0)
        changed = sum(row[fold(value)] != after[row[fold(key)]][fold(new_value)] for row in stayed)
        assert entry["changed_columns"] == {new_value: changed}
        assert entry["lost_values"] == ({gone: lost_values} if lost_values else {})
    else:
        shown = [fold(key), fold(value), fold(kept), *([] if drop else [fold(gone)])]
        shown_now = [fold(new_value) if each == fold(value) else each for each in shown]
        one = Counter(tuple(row[each] for each in shown) for row in was)
        two = Counter(tuple(row[each] for each in shown_now) for row in is_now)
        assert (entry["lost"], entry["gained"]) == ((one - two).total(), (two - one).total())


@settings(max_examples=150, deadline=None)
@given(distinct(3), NAMES, NAMES)
def test_a_create_table_says_its_columns_as_sqlite_reads_them(
    columns: list[str], table: str, collation: str
) -> None:
    connection = sqlite3.connect(":memory:")
    connection.create_collation(collation, lambda a, b: (a > b) - (a < b))
    one, two, three = map(q, columns)
    sql = (
        f"CREATE /* ( */ TABLE {q(table)} ({one} integer PRIMARY KEY AUTOINCREMENT -- ,)\n"
        f", {two} varchar(9) DEFAULT 'COLLATE x, CHECK (1)' COLLATE {q(collation)}"
        f" CHECK ({two} <> ',)('), {three} text AS ({two} || '(') STORED, "
        f"CHECK (length({one}) IN (1, 2)))"
    )
    connection.execute(sql)
    (stored,) = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table])
    found = created.table(stored[0])
    info = connection.execute(f"PRAGMA table_xinfo({q(table)})").fetchall()
    assert [each.name for each in found.columns] == [row[1] for row in info]
    assert [each.collation for each in found.columns] == ["", collation, ""]
    assert found.key == (columns[0],)
    assert found.columns[2].expression == f"{two} || '('"
    assert len(found.checks) == 2
    (read,) = tables.read_tables(connection)["tables"]
    assert read["unreadable"] == ""
    assert [each["counts_up"] for each in read["columns"]] == [True, False, False]


def test_what_was_rolled_back_renamed_nothing() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE Item (id integer PRIMARY KEY, name text)")
    lineage = Lineage(connection)
    for sql in ("BEGIN", "ALTER TABLE ITEM RENAME TO thing", "ROLLBACK"):
        lineage.before(connection)
        connection.execute(sql)
        lineage.after(connection, sql)
    assert lineage.renames() == {"tables": {}, "columns": {}, "rebuilt": []}


def test_a_copy_before_a_drop_is_a_copy_whatever_it_copies() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE item (id integer PRIMARY KEY, name text)")
    lineage = Lineage(connection)
    for sql in ("CREATE TABLE kept AS SELECT * FROM ITEM", "DROP TABLE item"):
        lineage.before(connection)
        connection.execute(sql)
        lineage.after(connection, sql)
    assert lineage.renames()["tables"] == {"item": None}


@given(distinct(2), distinct(4), st.booleans())
@settings(deadline=None)
def test_tables_are_read_as_each_pragma_tells_them(
    names: list[str], columns: list[str], attached: bool
) -> None:
    connection = sqlite3.connect(":memory:")
    schema = "new" if attached else "main"
    if attached:
        connection.execute("ATTACH ':memory:' AS new")
    one, other = names
    first, second, third, fourth = map(q, columns)
    connection.executescript(
        f"""
        CREATE TABLE {schema}.{q(one)} (
            {first} integer PRIMARY KEY, {second} text UNIQUE COLLATE nocase,
            {third} text GENERATED ALWAYS AS ({second} || 'x') STORED
        );
        CREATE TABLE {schema}.{q(other)} (
            {first} integer REFERENCES {q(one)} ({first}), {fourth} text NOT NULL DEFAULT 'a',
            PRIMARY KEY ({first}, {fourth})
        ) WITHOUT ROWID;
        CREATE INDEX {schema}.first ON {q(one)} ({third} DESC) WHERE {second} IS NOT NULL;
        CREATE UNIQUE INDEX {schema}.second ON {q(one)} (lower({second}), {first});
        """
    )

    def pragma(name: str, of: str) -> list[Any]:
        return connection.execute(f"PRAGMA {schema}.{name}({q(of)})").fetchall()

    for table in tables.read_tables(connection, schema)["tables"]:
        name = table["name"]
        told = [(each["name"], each["type"], each["key"]) for each in table["columns"]]
        assert told == [(row[1], row[2], row[5]) for row in pragma("table_xinfo", name)]
        keys = [(each["to_table"], *each["columns"]) for each in table["foreign_keys"]]
        assert keys == [(row[2], row[3]) for row in pragma("foreign_key_list", name)]
        indexes = {
            (bool(row[2]), row[3], tuple(e[2] for e in pragma("index_xinfo", row[1]) if e[5]))
            for row in pragma("index_list", name)
        }
        assert indexes == {
            (each["unique"], each["made_by"], tuple(each["columns"])) for each in table["indexes"]
        }

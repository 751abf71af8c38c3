"""Stories of one table under names of any kind, and the law that they test: what an engine tells of
rows is what a brute-force comparison finds."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from hypothesis import strategies as st

from miglab.agent.engines.engine import NOTHING_RENAMED, Engine
from miglab.agent.engines.entries import told_by_rows

from ...whatif.law import brute

#: Our own letters and labels, keywords, and letters that SQL gives a meaning.
WORDS = ["t", "n", "o", "h", "rows", "before", "now", "select", "table", "Name", "name", "é"]
LETTERS = st.text("aAé\"'`[](). ,;-/*%_:?$\\", min_size=1, max_size=5)
NAMES = st.one_of(st.sampled_from(WORDS), LETTERS).filter(lambda name: name.strip() != "")
COUNTED = ("now", "before", "after", "lost", "gained", "changed")
SAID = (*COUNTED, "changed_columns", "filled", "lost_values")


@dataclass(frozen=True)
class Dialect:
    """How stories are told to an engine.

    ``value`` gives one of five values of a kind, the last one NULL, and ``key_value`` one of any
    number of a kind of key; ``to_text`` are the kinds that may become texts. ``rename_column`` and
    ``retype`` are what follows ``ALTER TABLE``, and ``emptied`` a connection to a database without
    tables. ``contents`` pulls all of them.
    """

    engine: Engine
    quote: Callable[[str], str]
    execute: Callable[[Any, str], Any]
    emptied: Callable[[str], Any]
    contents: Callable[[Any], dict[str, brute.Stored]]
    keys: list[str]
    kinds: list[str]
    value: Callable[[str, int], str]
    key_value: Callable[[str, int], str]
    to_text: tuple[str, ...]
    rename_column: str
    retype: str
    names: st.SearchStrategy[str] = NAMES
    fold: Callable[[str], str] = str


@st.composite
def stories(draw: Any, dialect: Dialect) -> dict[str, Any]:
    """A table with rows, and what is done to it."""
    names, fold = dialect.names, dialect.fold
    columns = st.lists(names, min_size=4, max_size=4, unique_by=fold)
    key, one, two, three = draw(columns)
    table, other = draw(st.lists(names, min_size=2, max_size=2, unique_by=fold))
    kinds = [draw(st.sampled_from(dialect.kinds)) for _ in range(3)]
    rows = draw(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=12))
    taken = {fold(each) for each in (key, one, two, three)}
    return {
        "table": table,
        "columns": dict(zip((one, two, three), kinds, strict=True)),
        "key": (key, draw(st.sampled_from(dialect.keys))),
        "keyed": draw(st.sampled_from([True, True, False])),
        "rows": rows,
        "delete": draw(st.sets(st.integers(0, 11), max_size=3)),
        "add": draw(st.lists(st.tuples(*[st.integers(0, 4)] * 3), max_size=2)),
        "update": draw(st.dictionaries(st.integers(0, 11), st.integers(0, 4), max_size=4)),
        "rename_table": draw(st.sampled_from([None, other])),
        "rename_column": draw(names.filter(lambda n: fold(n) not in taken)),
        "renames_column": draw(st.booleans()),
        "drop": draw(st.booleans()),
        "retype": draw(st.booleans()),
        "drop_table": draw(st.sampled_from([False, False, False, True])),
    }


def created(story: dict[str, Any], dialect: Dialect) -> Iterator[str]:
    key, kind = story["key"]
    q = dialect.quote
    said = ", ".join(f"{q(name)} {each}" for name, each in story["columns"].items())
    how = "PRIMARY KEY" if story["keyed"] else ""
    yield f"CREATE TABLE {q(story['table'])} ({q(key)} {kind} {how}, {said})"
    yield from inserted(story, dialect, story["rows"], 0)


def inserted(story: dict[str, Any], dialect: Dialect, rows: list[Any], first: int) -> Iterator[str]:
    _, kind = story["key"]
    for number, row in enumerate(rows, first):
        place = number if story["keyed"] else number % 3
        kinds = story["columns"].values()
        values = [dialect.value(each, one) for each, one in zip(kinds, row, strict=True)]
        said = ", ".join([dialect.key_value(kind, place), *values])
        yield f"INSERT INTO {dialect.quote(story['table'])} VALUES ({said})"


def changed(story: dict[str, Any], dialect: Dialect) -> Iterator[str]:
    key, kind = story["key"]
    q, key_value = dialect.quote, dialect.key_value
    table = q(story["table"])
    for number in story["delete"]:
        yield f"DELETE FROM {table} WHERE {q(key)} = {key_value(kind, number)}"
    yield from inserted(story, dialect, story["add"], 20)
    one, two, three = story["columns"]
    for number, new in story["update"].items():
        said = dialect.value(story["columns"][one], new)
        yield f"UPDATE {table} SET {q(one)} = {said} WHERE {q(key)} = {key_value(kind, number)}"
    if story["rename_table"] is not None:
        yield f"ALTER TABLE {table} RENAME TO {q(story['rename_table'])}"
        table = q(story["rename_table"])
    if story["renames_column"]:
        names = {"old": q(one), "new": q(story["rename_column"])}
        yield f"ALTER TABLE {table} " + dialect.rename_column.format(**names)
    if story["retype"] and story["columns"][two] in dialect.to_text:
        yield f"ALTER TABLE {table} " + dialect.retype.format(column=q(two))
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


def hold(old: str, new: str, story: dict[str, Any], dialect: Dialect) -> None:
    """The law holds for this story, told to two databases that are emptied for it."""
    engine = dialect.engine
    with closing(dialect.emptied(old)) as was, closing(dialect.emptied(new)) as now:
        for sql in created(story, dialect):
            dialect.execute(was, sql)
            dialect.execute(now, sql)
        renames = _renames(now, new, story, dialect)
        first, last = dialect.contents(was), dialect.contents(now)
        names = names_of(story)
        wanted = {pair: each.told() for pair, each in brute.compare(first, last, names).items()}
        found = engine.compare(old, new, renames)
        assert not [each["unreadable"] for each in found if each["unreadable"]]
        told = {(e["table"], e["now"]): {key: e[key] for key in SAID} for e in found}
        assert told == wanted
        for each in found:
            listed(engine, old, new, renames, each)
        there = brute.compare(first, last, names)
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
            asked = {
                "database": "default",
                "table": table,
                "gone": names.tables[table] is None,
                "rows": bool(change.lost),
                "dropped": [*change.dropped],
                "overwritten": columns[len(change.dropped) :],
            }
            # All of it is back in what it was, and what went is not back in what it is.
            back = not_back(engine, request, asked, old)
            assert back["rows"] == 0
            assert not any(back["columns"].values())
            back = not_back(engine, request, asked, new)
            if story["keyed"]:
                assert back["rows"] >= change.lost


def not_back(
    engine: Engine, request: dict[str, Any], asked: dict[str, Any], place: str
) -> dict[str, Any]:
    """What is not back in this database; what the differences alone tell of it is the same."""
    (back,) = engine.not_back({**request, "back": {"default": place}}, False)
    entries = engine.compare(request["old"]["default"], place, NOTHING_RENAMED)
    entry = next((each for each in entries if each["table"] == asked["table"]), None)
    assert told_by_rows(asked, entry) in (None, back)
    return back


def _renames(
    connection: Any, handle: str, story: dict[str, Any], dialect: Dialect
) -> dict[str, Any]:
    """Tell what is done, and what its lineage says."""
    name = dialect.engine.address(handle).rpartition("/")[2]
    django = SimpleNamespace(connection=connection, settings_dict={"NAME": name})
    lineage = dialect.engine.follow(django)
    for sql in changed(story, dialect):
        concerns = dialect.engine.may_rename(sql)
        if concerns:
            lineage.before(connection)
        dialect.execute(connection, sql)
        if concerns:
            lineage.after(connection, sql)
    dialect.engine.settle(lineage, handle)
    return lineage.renames()


def listed(
    engine: Engine, old: str, new: str, renames: dict[str, Any], told: dict[str, Any]
) -> None:
    """All that was lost is in the lists, with the first of it in the samples."""
    request = {"old": old, "new": new, "renames": renames, "table": told["table"], "limit": 5}
    wanted = [(None, told["lost"], told["lost_sample"])] if told["lost"] else []
    if told["now"] is None:
        assert told["lost"] == told["before"]
    for column, number in told["lost_values"].items():
        wanted.append((column, number, told["lost_values_sample"][column]))
    for column, number in told["changed_columns"].items():
        sample = told["changed_sample"][column]
        stored = number - told["filled"].get(column, 0)
        wanted.append((told["old_names"][column], stored, sample))
    for column, number, sample in wanted:
        found = engine.list_lost({**request, "column": column}, False)
        assert found is not None
        rows = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
        assert rows == sample
        if column is not None or not told["approximate"]:
            assert found["total"] == number
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "lost.csv")
            engine.list_lost({**request, "column": column, "to": str(path)}, False)
            with path.open(newline="", encoding="utf-8") as file:
                head, *lines = csv.reader(file)
        assert head == found["columns"]
        assert len(lines) == found["total"]

"""What is told to have moved is what moved, and nothing else."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from miglab.compare.agreement import files_and_record, ghosts
from miglab.compare.truths import compare, schema_lines
from miglab.facts.migration import Key, Migration
from miglab.facts.schema import Column, Schema, Table
from miglab.facts.truths import Files, Lens, Model, Models, Record, Truths, Unreadable

NAMES = st.sampled_from(["red", "green", "blue"])
COLUMNS = st.builds(Column, NAMES, st.sampled_from(["text", "integer"]), st.booleans())


def tables() -> st.SearchStrategy[Table]:
    columns = st.lists(COLUMNS, unique_by=lambda each: each.name, max_size=3).map(tuple)
    return st.builds(Table, NAMES, columns)


def schemas() -> st.SearchStrategy[Schema]:
    many = st.lists(tables(), unique_by=lambda each: each.name, max_size=3)
    return many.map(lambda each: Schema({table.name: table for table in each}))


def keys() -> st.SearchStrategy[Key]:
    return st.builds(Key, st.sampled_from("ab"), st.sampled_from(["0001", "0002", "0003"]))


@st.composite
def truths(draw: st.DrawFn) -> Truths:
    unreadable = st.builds(Unreadable, NAMES)
    models = draw(
        st.dictionaries(NAMES, st.builds(Model, NAMES, st.dictionaries(NAMES, NAMES)), max_size=2)
    )
    files = {key: Migration(key, "p", draw(NAMES)) for key in draw(st.sets(keys()))}
    record = draw(st.lists(keys(), unique=True))
    return Truths(
        draw(st.just(Models({"a": models})) | unreadable),
        draw(st.just(Files(("a", "b"), files)) | unreadable),
        draw(st.just(Record(tuple(record))) | unreadable),
        draw(schemas() | unreadable),
        {},
        Lens({"AUTH_USER_MODEL": draw(NAMES)}),
    )


@given(truths())
def test_a_moment_compared_with_itself_has_not_moved(moment: Truths) -> None:
    moves = compare(moment, moment)
    assert moves.moved == moves.lens == moves.applied == moves.unapplied == ()


@given(truths(), truths())
def test_a_truth_is_said_to_move_exactly_when_it_differs(before: Truths, after: Truths) -> None:
    moves = compare(before, after)
    for name in ("models", "files", "tables"):
        assert (name in moves.moved) == (getattr(before, name) != getattr(after, name)), name


@given(truths(), truths())
def test_what_was_applied_one_way_is_unapplied_the_other(before: Truths, after: Truths) -> None:
    there, back = compare(before, after), compare(after, before)
    assert there.applied == back.unapplied
    assert there.unapplied == back.applied


@given(schemas())
def test_the_order_of_tables_says_nothing(schema: Schema) -> None:
    names = list(schema.tables)
    random.Random(0).shuffle(names)
    other = Schema({name: schema.tables[name] for name in names})
    assert list(schema_lines(schema, other)) == []


def files(*names: str, labels: tuple[str, ...] = ("a",)) -> Files:
    """A history of app a: each name depends on the one before."""
    found: dict[Key, Migration] = {}
    before: tuple[Key, ...] = ()
    for name in names:
        key = Key("a", name)
        found[key] = Migration(key, f"a/migrations/{name}.py", name, dependencies=before)
        before = (key,)
    return Files(labels, found)


def moment(files: Files | Unreadable, *recorded: str) -> Truths:
    record = Record(tuple(Key("a", name) for name in recorded))
    return Truths(Models({}), files, record, Schema(), {})


def test_files_and_record_agree_when_every_file_is_recorded() -> None:
    """a: 0001 ← 0002, both recorded"""
    assert files_and_record(moment(files("0001", "0002"), "0001", "0002")).verdict is True


def test_an_unapplied_file_is_a_disagreement() -> None:
    """a: 0001 ← 0002, only 0001 recorded"""
    found = files_and_record(moment(files("0001", "0002"), "0001"))
    assert found.verdict is False
    assert found.details == ("a.0002 is not applied",)


def test_a_gap_in_the_record_is_a_disagreement() -> None:
    """a: 0001 ← 0002, only 0002 recorded"""
    found = files_and_record(moment(files("0001", "0002"), "0002"))
    assert found.verdict is False
    assert "a.0002 is recorded, but a.0001, which it depends on, is not" in found.details


def test_a_missing_parent_cannot_be_told() -> None:
    """a: 0001 (no file) ← 0002"""
    broken = files("0001", "0002")
    left = Files(broken.labels, {k: v for k, v in broken.migrations.items() if k.name == "0002"})
    assert files_and_record(moment(left, "0001", "0002")).verdict is None


def test_an_unreadable_truth_cannot_be_told_and_says_why() -> None:
    found = files_and_record(moment(Unreadable("the server is closed")))
    assert found.verdict is None
    assert "the server is closed" in found.reason


def test_rows_of_an_app_that_is_not_installed_are_no_ghosts() -> None:
    record = Record((Key("a", "0001"), Key("gone", "0001")))
    assert ghosts(files("0002"), record) == [Key("a", "0001")]


def test_names_that_a_squash_replaced_are_no_ghosts() -> None:
    squash = Key("a", "0001_squashed_0002")
    old = Key("a", "0001"), Key("a", "0002")
    squashed = Files(("a",), {squash: Migration(squash, "s.py", "x", replaces=old)})
    assert ghosts(squashed, Record((*old, squash))) == []

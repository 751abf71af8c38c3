"""The graph and its plans are those that Django would make."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.migration import Migration as DjangoMigration
from hypothesis import given
from hypothesis import strategies as st

from miglab.facts.graph import Graph, graph_of
from miglab.facts.migration import Key, Migration
from miglab.facts.truths import Files

APPS = ("a", "b", "c")


def files(parents: dict[Key, set[Key]], **more: Any) -> Files:
    """Files with these dependencies."""
    return Files(
        APPS,
        {
            key: Migration(key, f"{key}.py", "x", dependencies=tuple(sorted(each)), **more)
            for key, each in parents.items()
        },
    )


@st.composite
def histories(draw: st.DrawFn) -> dict[Key, set[Key]]:
    """Apps with one history each, and dependencies from later nodes on earlier ones of others."""
    parents: dict[Key, set[Key]] = {}
    for number in range(draw(st.integers(1, 9))):
        label = draw(st.sampled_from(APPS))
        own = [key for key in parents if key.app_label == label]
        others = [key for key in parents if key.app_label != label]
        chosen = set(draw(st.lists(st.sampled_from(others), max_size=2))) if others else set()
        parents[Key(label, f"{len(own) + 1:04}_{number}")] = chosen | set(own[-1:])
    return parents


def django_graph(parents: dict[Key, set[Key]]) -> MigrationGraph:
    graph = MigrationGraph()
    for key in parents:
        graph.add_node(tuple(key), DjangoMigration(key.name, key.app_label))
    for key, each in parents.items():
        for parent in each:
            graph.add_dependency(None, tuple(key), tuple(parent))
    return graph


@given(histories(), st.data())
def test_the_plan_to_any_target_from_any_closed_state_is_djangos(
    parents: dict[Key, set[Key]], data: st.DataObject
) -> None:
    graph, theirs = graph_of(files(parents)), django_graph(parents)
    applied: set[Key] = set()
    for key in data.draw(st.lists(st.sampled_from(sorted(parents)), max_size=3)):
        applied |= set(graph.forwards_plan(key))
    chosen = data.draw(st.sampled_from(sorted(parents)))
    target = data.draw(st.sampled_from([chosen, (chosen.app_label, None)]))
    executor = MigrationExecutor.__new__(MigrationExecutor)
    executor.loader = SimpleNamespace(  # the three things that migration_plan asks of its loader
        graph=theirs,
        applied_migrations={tuple(key): theirs.nodes[tuple(key)] for key in sorted(applied)},
        replace_migrations=True,
    )
    expected = [
        (Key(migration.app_label, migration.name), backwards)
        for migration, backwards in executor.migration_plan([tuple(target)])
    ]
    assert graph.migration_plan([target], applied) == expected


@given(histories())
def test_there_and_back_again_leaves_nothing_applied(parents: dict[Key, set[Key]]) -> None:
    graph = graph_of(files(parents))
    for label in {key.app_label for key in parents}:
        for leaf in graph.leaves(label):
            forwards = graph.migration_plan([leaf], set())
            applied = {key for key, _ in forwards}
            for other in {key.app_label for key in applied}:
                for key, backwards in graph.migration_plan([(other, None)], applied):
                    assert backwards
                    applied.discard(key)
            assert applied == set()


@given(histories())
def test_roots_and_leaves_are_djangos(parents: dict[Key, set[Key]]) -> None:
    graph, theirs = graph_of(files(parents)), django_graph(parents)
    for label in APPS:
        assert [tuple(key) for key in graph.roots(label)] == theirs.root_nodes(label)
        assert [tuple(key) for key in graph.leaves(label)] == theirs.leaf_nodes(label)


def test_a_parent_that_no_file_has_is_named() -> None:
    """a: 0001 ← 0002, and 0001 has no file."""
    graph = graph_of(files({Key("a", "0002"): {Key("a", "0001")}}))
    assert graph.missing == ((Key("a", "0002"), Key("a", "0001")),)


def squashed() -> Files:
    """a: 0001 ← 0002 ← 0003, and a squash that stands for 0001 and 0002."""
    one, two, three = (Key("a", name) for name in ("0001", "0002", "0003"))
    both = Key("a", "0001_squashed_0002")
    plain = files({one: set(), two: {one}, three: {two}})
    squash = Migration(both, "s.py", "x", replaces=(one, two))
    return Files(APPS, {**plain.migrations, both: squash})


def test_a_squash_takes_the_place_of_what_it_replaces() -> None:
    graph = graph_of(squashed())
    assert list(graph) == [Key("a", "0001_squashed_0002"), Key("a", "0003")]
    assert graph.parents[Key("a", "0003")] == (Key("a", "0001_squashed_0002"),)


def test_a_squash_whose_originals_are_half_applied_stands_aside() -> None:
    graph = graph_of(squashed(), [Key("a", "0001")])
    assert Key("a", "0001_squashed_0002") not in graph
    assert Key("a", "0002") in graph


def test_first_and_latest_are_the_ends_of_the_other_app() -> None:
    graph = graph_of(
        files(
            {
                Key("a", "0001"): set(),
                Key("a", "0002"): {Key("a", "0001")},
                Key("b", "0001"): {Key("a", "__first__")},
                Key("c", "0001"): {Key("a", "__latest__"), Key("nowhere", "__first__")},
            }
        )
    )
    assert graph.parents[Key("b", "0001")] == (Key("a", "0001"),)
    assert graph.parents[Key("c", "0001")] == (Key("a", "0002"),)


def test_run_before_makes_the_other_one_a_child() -> None:
    one, two = Key("a", "0001"), Key("b", "0001")
    first = Migration(one, "a.py", "x", run_before=(two,))
    graph = graph_of(Files(APPS, {one: first, two: Migration(two, "b.py", "x")}))
    assert graph.parents[two] == (one,)


def test_a_cycle_does_not_hang() -> None:
    one, two = Key("a", "0001"), Key("b", "0001")
    graph = graph_of(files({one: {two}, two: {one}}))
    assert isinstance(graph, Graph)
    assert set(graph.forwards_plan(one)) == {one, two}

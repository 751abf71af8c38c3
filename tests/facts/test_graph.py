"""The graph and its plans are those that Django would make."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.migrations.exceptions import CircularDependencyError, NodeNotFoundError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration as DjangoMigration
from hypothesis import given
from hypothesis import strategies as st

from miglab.facts.graph import Graph, graph_of
from miglab.facts.loading import left_to_chance
from miglab.facts.migration import Key, Migration
from miglab.facts.truths import Files

APPS = ("a", "b", "c", "d")


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
        label = draw(st.sampled_from(APPS[:3]))
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
    """d is installed, and has no migrations."""
    graph = graph_of(
        files(
            {
                Key("a", "0001"): set(),
                Key("a", "0002"): {Key("a", "0001")},
                Key("b", "0001"): {Key("a", "__first__")},
                Key("c", "0001"): {Key("a", "__latest__"), Key("d", "__first__")},
            }
        )
    )
    assert graph.parents[Key("b", "0001")] == (Key("a", "0001"),)
    assert graph.parents[Key("c", "0001")] == (Key("a", "0002"),)


def test_the_first_of_an_app_that_is_not_installed_is_missing() -> None:
    graph = graph_of(files({Key("a", "0001"): {Key("nowhere", "__first__")}}))
    assert graph.missing == ((Key("a", "0001"), Key("nowhere", "__first__")),)


def test_run_before_one_that_is_in_no_file_is_missing() -> None:
    one, two = Key("a", "0001"), Key("b", "0001")
    graph = graph_of(Files(APPS, {one: Migration(one, "a.py", "x", run_before=(two,))}))
    assert graph.missing == ((one, two),)


class Loader(MigrationLoader):
    """Django's own loader, with these files on disk and these rows in the record."""

    def __init__(self, files: Files, recorded: set[Key]) -> None:
        self._files, self._recorded = files, recorded
        # The graph is there by then, and a circle is none of this test's business.
        with suppress(CircularDependencyError):
            super().__init__(None)

    def load_disk(self) -> None:
        self.unmigrated_apps, self.migrated_apps = set(), {*APPS}
        self.disk_migrations = {}
        for key, each in self._files.migrations.items():
            made = DjangoMigration(key.name, key.app_label)
            made.dependencies = [tuple(parent) for parent in each.dependencies]
            made.replaces = [tuple(old) for old in each.replaces]
            self.disk_migrations[tuple(key)] = made

    @property
    def applied_migrations(self) -> dict[Any, Any]:
        return self._applied

    @applied_migrations.setter
    def applied_migrations(self, found: Any) -> None:
        # Without a connection Django begins with an empty record.
        self._applied = {tuple(key): None for key in self._recorded} if found == {} else found


@st.composite
def squashed_histories(draw: st.DrawFn) -> tuple[Files, set[Key]]:
    """Histories with a squash of some neighbours in each app, whose originals may be gone; and a
    record that may hold anything of it, rows of squashes that no original goes with as well."""
    parents = draw(histories())
    found = dict(files(parents).migrations)
    for label in sorted({key.app_label for key in parents}):
        own = sorted(key for key in parents if key.app_label == label)
        start = draw(st.integers(0, len(own) - 1))
        old = own[start : draw(st.integers(start, len(own)))]
        if not old:
            continue
        squash = Key(label, f"{old[0].name}_squashed")
        if draw(st.booleans()):
            later = [key for key in own if key not in old and key > old[-1]]
            for key in later[:1]:
                found[key] = replace(found[key], dependencies=(squash,))
            outside = {p for key in old for p in found[key].dependencies if p not in old}
            found[squash] = Migration(squash, "s.py", "x", tuple(sorted(outside)), (), tuple(old))
        else:
            found[squash] = Migration(squash, "s.py", "x", replaces=tuple(old))
    recorded = draw(st.sets(st.sampled_from(sorted(found))))
    return Files(APPS, found), recorded


def same_as_djangos(files: Files, recorded: set[Key]) -> None:
    graph, theirs = graph_of(files, recorded), Loader(files, recorded)
    assert {tuple(key) for key in graph} == {*theirs.graph.nodes}
    for key in graph:
        parents = {each.key for each in theirs.graph.node_map[tuple(key)].parents}
        assert {tuple(each) for each in graph.parents[key]} == parents, key
    assert {tuple(key) for key in graph.applied(recorded)} == {*theirs.applied_migrations}


@given(squashed_histories())
def test_squashes_take_the_place_of_others_or_step_aside_as_in_djangos_loader(
    made: tuple[Files, set[Key]],
) -> None:
    same_as_djangos(*made)


@pytest.mark.parametrize("recorded", [(), (0,), (0, 1), (0, 1, 2), (0, 1, 3), (0, 1, 2, 3, 4)])
def test_a_squash_of_a_squash_stands_for_the_originals(recorded: tuple[int, ...]) -> None:
    """a: 0001 ← 0002 ← 0003, s = 0001 and 0002, t = s and 0003."""
    one, two, three, s, t = names = [Key("a", name) for name in ("0001", "0002", "0003", "s", "t")]
    found = dict(files({one: set(), two: {one}, three: {two}}).migrations)
    found[s] = Migration(s, "s.py", "x", replaces=(one, two))
    found[t] = Migration(t, "t.py", "x", replaces=(s, three))
    graph = graph_of(Files(APPS, found), [names[n] for n in recorded])
    done = {names[n] for n in recorded if n < 3}
    whole = done in (set(), {one, two, three})
    assert set(graph) == ({t} if whole else {s, three} if done == {one, two} else {one, two, three})
    assert (t in graph.applied(done)) == (len(done) == 3)
    if whole:
        assert set((graph.replaced or {}).values()) == {t}
        same_as_djangos(Files(APPS, found), {names[n] for n in recorded})


@st.composite
def mixed_squashes(draw: st.DrawFn) -> tuple[Files, set[Key]]:
    """One app whose squashes may replace each other and the same migrations, and a record."""
    names = [Key("a", f"{number:04}") for number in range(1, draw(st.integers(2, 5)) + 1)]
    plain = {key: set(names[place - 1 : place]) for place, key in enumerate(names)}
    found = dict(files(plain).migrations)
    known = [*names]
    for number in range(draw(st.integers(1, 3))):
        squash = Key("a", f"s{number}")
        old = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
        found[squash] = Migration(squash, "s.py", "x", replaces=tuple(sorted(old)))
        known.append(squash)
    return Files(APPS, found), draw(st.sets(st.sampled_from(sorted(found))))


@given(mixed_squashes())
def test_that_the_order_of_squashes_matters_is_said_where_djangos_loader_makes_different_graphs(
    made: tuple[Files, set[Key]],
) -> None:
    files, recorded = made
    seen = set()
    squashes = [each for each in files.migrations.values() if each.replaces]
    others = [each for each in files.migrations.values() if not each.replaces]
    for order in permutations(squashes):
        in_order = replace(files, migrations={each.key: each for each in [*others, *order]})
        try:
            theirs = Loader(in_order, recorded)
        except NodeNotFoundError:
            seen.add(None)
            continue
        nodes = theirs.graph.node_map.items()
        parents = frozenset((key, frozenset(p.key for p in each.parents)) for key, each in nodes)
        seen.add((parents, frozenset({*theirs.applied_migrations} & {*theirs.graph.nodes})))
    assert bool(left_to_chance(files, recorded)) == (len(seen) > 1)


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

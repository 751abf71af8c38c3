"""Applied migrations are brought to the state that Django's graph makes, in time that grows with
their number."""

from __future__ import annotations

import time
from types import SimpleNamespace

from django.db import migrations, models
from django.db.migrations.graph import MigrationGraph
from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.reading.applied import introduced, plan_of, state_of

Key = tuple[str, str]


def graph_of(parents: dict[Key, set[Key]]) -> MigrationGraph:
    """A graph in which each migration makes a model of its own, and changes that of a parent."""
    graph = MigrationGraph()
    for (label, name), each in parents.items():
        made = migrations.Migration(name, label)
        made.operations = [migrations.CreateModel(f"M{name}", [("id", models.AutoField())])]
        own = sorted(parent for parent in each if parent[0] == label)
        made.operations += [
            migrations.AddField(f"M{parent}", f"f{name}", models.IntegerField())
            for _, parent in own
        ]
        graph.add_node((label, name), made)
    for key, each in parents.items():
        for parent in each:
            graph.add_dependency(None, key, parent)
    return graph


@st.composite
def histories(draw: st.DrawFn) -> dict[Key, set[Key]]:
    """Up to twelve migrations of three apps, each with any earlier ones as its parents."""
    parents: dict[Key, set[Key]] = {}
    for number in range(draw(st.integers(1, 12))):
        key = (draw(st.sampled_from("abc")), f"{number:04}")
        earlier = st.sampled_from([*parents]) if parents else st.nothing()
        parents[key] = draw(st.sets(earlier, max_size=3)) if parents else set()
    return parents


@given(histories(), st.data())
def test_the_plan_and_the_state_of_any_nodes_are_djangos(
    parents: dict[Key, set[Key]], data: st.DataObject
) -> None:
    graph = graph_of(parents)
    nodes = data.draw(st.lists(st.sampled_from([*parents]), unique=True, min_size=1))
    plan = plan_of(graph, nodes)
    assert plan == graph._generate_plan(nodes, True)
    loader = SimpleNamespace(graph=graph, unmigrated_apps=set())
    assert state_of(loader, plan).models == graph.make_state(nodes, at_end=True).models


@given(histories())
def test_the_leaves_alone_make_the_state_of_all_nodes(parents: dict[Key, set[Key]]) -> None:
    graph = graph_of(parents)
    loader = SimpleNamespace(graph=graph, unmigrated_apps=set())
    state = state_of(loader, plan_of(graph, graph.leaf_nodes()))
    assert state.models == graph.make_state([*parents], at_end=True).models


@given(histories())
def test_what_is_missing_is_laid_to_the_migration_that_brought_it(
    parents: dict[Key, set[Key]],
) -> None:
    graph = graph_of(parents)
    loader = SimpleNamespace(graph=graph, unmigrated_apps=set())
    for label, name in parents:
        wanted = {(label, f"m{name}", None), (label, f"m{name}", "id"), (label, "other", None)}
        found = introduced(loader, plan_of(graph, graph.leaf_nodes()), wanted)
        assert found == {each: (label, name) for each in wanted if each[1] != "other"}


def test_three_thousand_migrations_take_seconds() -> None:
    parents: dict[Key, set[Key]] = {}
    for number in range(3000):
        label = f"app{number % 30}"
        own = (label, f"{number - 30:04}")
        parents[label, f"{number:04}"] = {own} & {*parents} | {*list(parents)[-1:]}
    graph = graph_of(parents)
    loader = SimpleNamespace(graph=graph, unmigrated_apps=set())
    began = time.process_time()
    plan = plan_of(graph, plan_of(graph, graph.leaf_nodes()))
    state = state_of(loader, plan)
    assert len(plan) == len(state.models) == 3000
    assert time.process_time() - began < 5

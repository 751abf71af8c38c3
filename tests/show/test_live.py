"""A lab in values that widgets draw."""

from __future__ import annotations

import json

from miglab import Lab
from miglab.compare.agreement import applied
from miglab.facts.graph import graph_of
from miglab.facts.migration import Key
from miglab.facts.picture import Node, Picture, State
from miglab.show import live


def places(board: live.Value) -> dict[str, tuple[int, int]]:
    return {
        node["id"]: (node["column"], node["row"])
        for lane in board["lanes"]
        for node in lane["nodes"]
    }


def test_a_card_stands_behind_its_parents_and_never_on_another() -> None:
    """a: 0001 ← 0002_x, 0001 ← 0002_y, both ← 0003"""
    one, x, y, merge = (Key("a", n) for n in ("0001", "0002_x", "0002_y", "0003"))
    nodes = tuple(Node(key, State.APPLIED) for key in (one, x, y, merge))
    edges = ((one, x), (one, y), (x, merge), (y, merge))
    board = live.board(Picture("", "", ("a",), nodes, edges))
    assert places(board) == {"a.0001": (0, 0), "a.0002_x": (1, 0), "a.0002_y": (1, 1)} | {
        "a.0003": (2, 0)
    }
    assert (board["lanes"][0]["columns"], board["lanes"][0]["rows"]) == (3, 2)


def test_places_stay_when_a_command_moves_something(lab: Lab) -> None:
    before = live.board(lab.graph())
    lab.manage("migrate store 0002")
    after = live.board(lab.graph())
    assert places(before) == places(after)
    assert before != after


def test_every_value_can_be_sent(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    told = [
        live.board(lab.graph()),
        live.truths(lab.truths()),
        live.timeline(lab.steps(), lab.history().position),
        live.looks(),
    ]
    assert json.loads(json.dumps(told)) == told


def test_a_plan_has_an_order_and_reaches_other_apps(lab: Lab) -> None:
    """marketplace and media depend on store; accounts is left alone."""
    truths = lab.truths().truths
    record = truths.known_record
    graph = graph_of(truths.known_files, record.keys)
    told = live.plan(graph, applied(graph, record), ("accounts", None))
    cards = told["cards"]
    assert [card["order"] for card in cards.values()] == list(range(1, len(cards) + 1))
    assert cards["accounts.0001_initial"]["look"] == "TO_UNAPPLY"
    pulled_in = [name for name, card in cards.items() if card["look"] == "PULLED_IN"]
    assert pulled_in
    assert not any(name.startswith("accounts.") for name in pulled_in)
    faked = live.plan(graph, applied(graph, record), ("accounts", None), fake=True)
    assert faked["cards"] == cards
    assert faked["sentence"].endswith("With --fake, only the record changes, not the tables.")


def test_a_parent_that_no_file_has_gets_a_card_and_a_look() -> None:
    child, parent = Key("a", "0002"), Key("a", "0001")
    board = live.board(Picture("", "", ("a",), (Node(child, State.UNAPPLIED),), ((parent, child),)))
    looks = {node["id"]: node["look"] for node in board["lanes"][0]["nodes"]}
    assert looks["a.0001"] == "NO_FILE"
    assert looks["a.0001"] in live.looks()


def test_every_state_has_a_look() -> None:
    assert {state.name for state in State} < live.looks().keys()

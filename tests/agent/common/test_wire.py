"""The agent's end of the wire, on real pipes."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.common.protocol import encode
from miglab.agent.common.wire import Wire


@pytest.fixture
def ends() -> Iterator[tuple[Wire, Wire]]:
    """Two wires: what one sends, the other receives."""
    there, here = os.pipe(), os.pipe()
    wires = Wire(there[0], here[1]), Wire(here[0], there[1])
    yield wires
    for each in wires:
        each.leave()


def test_messages_come_in_the_order_in_which_they_were_sent(ends: tuple[Wire, Wire]) -> None:
    one, other = ends
    for number in range(3):
        one.send({"number": number})
    assert [other.receive() for _ in range(3)] == [{"number": n} for n in range(3)]


@given(st.lists(st.integers(1, 40), max_size=12))
def test_a_message_that_comes_in_pieces_is_whole(cuts: list[int]) -> None:
    data = encode({"text": "ä" * 20}) + encode({"second": True})
    incoming, mouth = os.pipe()
    wire = Wire(incoming, os.open(os.devnull, os.O_WRONLY))
    try:
        for size in cuts:
            os.write(mouth, data[:size])
            data = data[size:]
        os.write(mouth, data)
        assert [wire.receive(), wire.receive()] == [{"text": "ä" * 20}, {"second": True}]
    finally:
        wire.leave()
        os.close(mouth)


def test_a_closed_end_is_none(ends: tuple[Wire, Wire]) -> None:
    one, other = ends
    one.leave()
    assert other.receive() is None


def test_what_came_too_early_is_received_next(ends: tuple[Wire, Wire]) -> None:
    one, other = ends
    one.send({"number": 3})
    other.hold([{"number": 1}, {"number": 2}])
    assert other.wait_for([]) == other.incoming
    assert [other.receive() for _ in range(3)] == [{"number": n} for n in (1, 2, 3)]


def test_waiting_says_which_end_has_something(ends: tuple[Wire, Wire]) -> None:
    one, other = ends
    ear, mouth = os.pipe()
    try:
        os.write(mouth, b"x")
        assert other.wait_for([ear]) == ear
        os.read(ear, 1)
        one.send({})
        assert other.wait_for([ear]) == other.incoming
    finally:
        os.close(ear)
        os.close(mouth)

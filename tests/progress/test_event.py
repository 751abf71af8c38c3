"""An event survives its line, and merging is a union of sets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.errors import BadInput
from miglab.progress import VERSION, Event, new_event, union
from miglab.progress.event import parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
DATA = st.dictionaries(
    st.text().filter(lambda key: key not in ("id", "version", "time", "kind")), VALUES, max_size=3
)
ZONES = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))
EVENTS = st.builds(
    Event,
    # Few ids, so that the same one comes more than once, with other data too.
    id=st.sampled_from("abcde"),
    version=st.integers(1, 3),
    time=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=ZONES),
    kind=st.sampled_from(["predicted", "checked", "unheard of"]),
    data=DATA,
)
MANY = st.lists(EVENTS, max_size=6)


@given(EVENTS)
def test_an_event_survives_its_line_and_the_line_is_one(event: Event) -> None:
    assert "\n" not in event.line()
    assert parse(event.line()) == event


@given(EVENTS)
def test_equal_events_have_equal_lines(event: Event) -> None:
    turned = dict(reversed(event.data.items()))
    same = Event(event.id, event.version, event.time.astimezone(UTC), event.kind, turned)
    assert same.line() == event.line()


@given(EVENTS, st.data())
def test_no_torn_line_is_an_event(event: Event, data: st.DataObject) -> None:
    whole = event.line()
    assert parse(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None


@given(st.text() | VALUES.map(json.dumps))
def test_whatever_a_line_says_it_is_an_event_or_nothing(line: str) -> None:
    assert parse(line) is None or isinstance(parse(line), Event)


@given(MANY, MANY, MANY)
def test_a_union_is_commutative_associative_and_idempotent(
    one: list[Event], two: list[Event], three: list[Event]
) -> None:
    assert union(one, two) == union(two, one)
    assert union(union(one, two), three) == union(one, union(two, three)) == union(one, two, three)
    assert union(one, one) == union(union(one)) == union(one)


@given(MANY, MANY)
def test_a_union_has_each_id_of_both_once_in_order_of_time(
    one: list[Event], two: list[Event]
) -> None:
    found = union(one, two)
    assert sorted(each.id for each in found) == sorted({each.id for each in one + two})
    assert [each.time for each in found] == sorted(each.time for each in found)


def test_a_new_event_has_an_id_a_version_a_time_and_its_data() -> None:
    before = datetime.now(UTC)
    event = new_event("checked", task="there-and-back", done=True)
    assert (event.version, event.kind) == (VERSION, "checked")
    assert event.data == {"task": "there-and-back", "done": True}
    assert event.time >= before
    assert event.id != new_event("checked").id


def test_new_events_are_in_the_order_in_which_they_were_made() -> None:
    made = [new_event("predicted", place=place) for place in range(1000)]
    assert list(union(reversed(made))) == made


def test_a_kind_and_a_version_of_later_are_kept_as_they_are() -> None:
    line = '{"id": "x", "version": 9, "time": "2030-01-01T00:00:00Z", "kind": "new", "more": [1]}'
    event = parse(line)
    assert event == Event("x", 9, datetime(2030, 1, 1, tzinfo=UTC), "new", {"more": [1]})


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"id": 1}, "every event has a key 'id' already"),
        ({"when": datetime(2030, 1, 1)}, "is not JSON"),
        ({"much": float("nan")}, "is not JSON"),
        ({"half": "\ud800"}, "is not JSON"),
    ],
)
def test_what_no_line_can_hold_is_refused_when_it_is_made(
    data: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        Event("x", 1, datetime.now(UTC), "checked", data)


def test_a_time_without_its_zone_is_refused() -> None:
    with pytest.raises(BadInput, match="has no time zone"):
        Event("x", 1, datetime(2030, 1, 1), "checked")

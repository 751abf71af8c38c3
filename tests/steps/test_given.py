"""What is given to a lab is checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from miglab.errors import BadInput
from miglab.steps import given


def test_one_label_or_path_is_as_good_as_several() -> None:
    assert given.labels("store") == ("store",)
    assert given.labels(["store", "media"]) == ("store", "media")
    assert given.paths(Path("a")) == ("a",)
    assert given.paths(["a", Path("b")]) == ("a", "b")


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (given.labels, 7),
        (given.labels, None),
        (given.parameters, "text"),
        (given.number_of_rows, -1),
        (given.number_of_rows, "3"),
        (given.number_of_steps, 0),
        (given.number_of_steps, True),
        (given.number_of_steps, 1.5),
        (given.seconds, 0),
        (given.seconds, float("nan")),
        (given.seconds, True),
        (given.seconds, "3"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_shown(
    check: Callable[[object], object], value: object
) -> None:
    with pytest.raises(BadInput) as refused:
        check(value)
    assert repr(value) in str(refused.value)


@pytest.mark.parametrize(("value", "what"), [(7, "code"), ("", "code"), (" \n", "SQL")])
def test_code_and_sql_must_say_something(value: object, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        given.text(value, what)


def test_what_may_be_meant_goes_through() -> None:
    assert given.parameters((1, "a")) == [1, "a"]
    assert (given.number_of_rows(0), given.number_of_steps(2), given.seconds(0.5)) == (0, 2, 0.5)
    assert given.text(" x ", "code") == " x "

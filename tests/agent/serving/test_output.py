"""What was printed, as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.common.protocol import OUTPUT_LIMIT
from miglab.agent.serving.output import cut, telling_line


@given(st.text())
def test_short_output_is_whole(text: str) -> None:
    assert cut(text.encode()) == text


@given(st.integers(1, 10_000))
def test_of_long_output_beginning_and_end_are_kept_and_what_is_missing_is_counted(
    more: int,
) -> None:
    found = cut(b"a" * (OUTPUT_LIMIT // 2) + b"x" * more + b"z" * (OUTPUT_LIMIT // 2))
    beginning, told, end = found.split("\n")
    assert told == f"[{more} bytes left out]"
    assert ({*beginning}, {*end}) == ({"a"}, {"z"})


def test_what_is_no_text_is_replaced() -> None:
    assert cut(b"a\xffb") == "a\ufffdb"


def test_the_telling_line_is_argparses_or_the_first_one() -> None:
    assert telling_line(b"usage: manage.py\n\nmanage.py: error: no such thing\n") == (
        "manage.py: error: no such thing"
    )
    assert telling_line(b"\nCommandError: no\nmore\n") == "CommandError: no"
    assert telling_line(b"") == ""

"""What is sent arrives: one message, one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.common import protocol
from miglab.agent.common.protocol import decode, encode

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES))
def test_a_message_is_the_same_on_the_other_side(message: dict[str, object]) -> None:
    assert decode(encode(message)) == message


@given(st.dictionaries(st.text(), VALUES))
def test_a_message_is_one_line(message: dict[str, object]) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1


def test_a_value_that_json_does_not_know_is_sent_as_its_text() -> None:
    assert decode(encode({"path": Path("store/models.py")})) == {"path": "store/models.py"}


@pytest.mark.parametrize("line", [b"[1]\n", b'"text"\n', b"null\n", b"7\n"])
def test_a_line_that_is_no_object_is_refused_and_shown(line: bytes) -> None:
    with pytest.raises(ValueError, match="a message is a JSON object"):
        decode(line)


def test_a_line_that_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        decode(b"hello\n")


def test_what_only_measures_is_among_what_may_be_asked() -> None:
    assert {*protocol.MEASURES} < {*protocol.REQUESTS}

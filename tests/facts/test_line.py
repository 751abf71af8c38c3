"""A step's line holds the commands that a terminal ran, and gives each of them back."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from miglab.facts.line import commands_in, one_line

_WORDS = st.lists(st.text("ab0 &'\"\\$;|#", min_size=1, max_size=6), min_size=1, max_size=4)


@given(st.lists(_WORDS, min_size=1, max_size=4))
def test_each_command_comes_back_whatever_its_words_hold(commands: list[list[str]]) -> None:
    lines = [shlex.join(words) for words in commands]
    assert commands_in(one_line(lines)) == lines

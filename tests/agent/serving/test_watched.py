"""What a project asks about its arguments, and which arguments would give the same answers."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.serving.watched import Watched, answer

#: What settings ask, in the words in which they do.
ASKED = (
    "'test' in argv",
    "'runserver' in argv or 'shell' in argv",
    "len(argv) > 1 and argv[1] == 'test'",
    "argv[1] == 'test' if len(argv) > 1 else False",
    "argv[1:2] == ['test']",
    "argv[0]",
    "argv[-1]",
    "argv[1:]",
    "argv[::-1]",
    "len(argv)",
    "len(argv) + 1 > 3",
    "1 < len(argv)",
    "min(len(argv), 3) == 3",
    "bool(argv)",
    "[each for each in argv if each.startswith('-')]",
    "any('test' in each for each in argv)",
    "' '.join(argv)",
    "str(argv)",
    "argv + ['more']",
    "argv * 2",
    "argv == ['manage.py']",
    "argv < ['manage.py']",
    "argv.count('test')",
    "argv.index('manage.py')",
    "argv.copy()",
    "sorted(argv)",
    "list(reversed(argv))",
    "(lambda first, *rest: rest)(*argv)",
    "os.path.basename(argv[0])",
    "{*argv} & {'test', 'migrate'}",
)

words = st.sampled_from(["migrate", "test", "shell", "--plan", "store", "0002", "-v"])
commands = st.lists(words, max_size=4).map(lambda each: ["manage.py", *each])


def said(text: str, argv: list[str]) -> object:
    """What this expression gives with these arguments, or which error."""
    try:
        return eval(text, {"argv": argv, "os": os})
    except IndexError as error:
        return str(error)


@pytest.mark.parametrize("text", ASKED)
@given(one=commands, other=commands)
def test_arguments_that_answer_alike_give_a_project_the_same(
    text: str, one: list[str], other: list[str]
) -> None:
    watched = Watched(one)
    found = said(text, watched)
    assert found == said(text, one)
    if all(answer(one, each) == answer(other, each) for each in watched.asked):
        assert found == said(text, other)


@pytest.mark.parametrize("text", ASKED[:6])
def test_the_usual_questions_are_answered_alike_for_most_commands(text: str) -> None:
    watched = Watched(["manage.py", "migrate", "--plan"])
    said(text, watched)
    for other in (["manage.py", "migrate"], ["manage.py", "migrate", "store", "0002"]):
        assert watched.asked
        assert all(answer(watched_items(watched), e) == answer(other, e) for e in watched.asked)


def watched_items(watched: Watched) -> list[str]:
    """Its items, without asking it."""
    return list.copy(watched)


def test_a_comparison_far_into_a_long_module_is_read_too() -> None:
    lines = [f"x{number} = {number}.5" for number in range(400)]
    code = "\n".join([*lines, "found = len(argv) > 1"])
    watched = Watched(["manage.py", "migrate"])
    exec(code, {"argv": watched})
    assert watched.asked == [["length", ">", 1]]


def test_a_list_that_nobody_asked_has_noted_nothing() -> None:
    assert Watched(sys.argv).asked == []

"""What a learner typed, as the arguments that Django gets."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.errors import BadInput
from miglab.steps.commands import ENDLESS, arguments, first_line, migrate_line, typed

#: A terminal can pass anything but a NUL.
_WORD = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1)
WORDS = st.lists(_WORD, min_size=1).filter(
    lambda words: (
        words[0] not in {"python", "python3", "manage.py", "./manage.py", *ENDLESS}
        and not words[0].startswith("-")
    )
)


@given(WORDS)
def test_a_line_gives_the_words_that_it_was_made_of(words: list[str]) -> None:
    assert arguments(words) == words
    assert arguments(shlex.join(words)) == words


@given(WORDS)
def test_what_a_terminal_needs_in_front_may_be_there(words: list[str]) -> None:
    assert arguments(f"python manage.py {shlex.join(words)}") == words


@pytest.mark.parametrize("line", ["check\0", ["check", "\0"]])
def test_a_word_that_no_terminal_could_pass_is_refused(line: str | list[str]) -> None:
    with pytest.raises(BadInput, match="it contains a NUL character"):
        arguments(line)


@pytest.mark.parametrize("name", ENDLESS)
def test_a_command_that_does_not_end_is_refused_and_its_help_is_not(name: str) -> None:
    with pytest.raises(BadInput, match=f"{name} does not run here"):
        arguments(name)
    assert arguments(f"{name} --help") == [name, "--help"]


def test_code_for_the_shell_makes_it_end() -> None:
    assert arguments("shell -c 'print(1)'") == ["shell", "-c", "print(1)"]


@pytest.mark.parametrize("line", ["", "  ", "python manage.py", "# migrate", 7, "migrate 'store"])
def test_what_is_no_command_is_refused(line: object) -> None:
    with pytest.raises(BadInput):
        arguments(line)  # type: ignore[arg-type]


def test_a_command_is_shown_as_it_was_typed() -> None:
    assert typed(" python manage.py migrate  store ") == "migrate  store"
    assert typed(["migrate", "a b"]) == "migrate 'a b'"


def test_of_several_lines_the_first_is_shown() -> None:
    assert first_line("one\n") == "one"
    assert first_line("\none\ntwo") == "one …"
    assert first_line("") == ""


def test_a_target_is_a_line_that_says_it() -> None:
    line = migrate_line("store", "zero", ["--fake"])
    assert arguments(line) == ["migrate", "store", "zero", "--fake"]

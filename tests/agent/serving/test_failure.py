"""An error as data, as it is sent."""

from __future__ import annotations

import errno

import pytest
from django.core.management.base import CommandError

from miglab.agent.serving.failure import describe, with_causes


def caught(act: object) -> BaseException:
    """The error that a call raises."""
    try:
        act()  # type: ignore[operator]
    except BaseException as error:
        return error
    raise AssertionError("it raised nothing")


def test_an_error_has_its_class_its_words_and_a_traceback_of_the_projects_own_lines() -> None:
    found = describe(caught(lambda: int("x")))
    assert found is not None
    assert (found["class"], found["full_disk"]) == ("ValueError", False)
    assert "'x'" in found["message"]
    assert __file__ in found["traceback"]


@pytest.mark.parametrize("error", [None, SystemExit(), SystemExit(0)])
def test_an_end_that_went_well_is_no_error(error: SystemExit | None) -> None:
    assert describe(error) is None


def test_an_exit_with_words_says_them() -> None:
    found = describe(SystemExit("stop here"))
    assert found is not None
    assert (found["class"], found["message"]) == ("SystemExit", "stop here")


def test_a_command_error_is_found_behind_the_exit_that_django_makes_of_it() -> None:
    def refuse() -> None:
        try:
            raise CommandError("no such app")
        except CommandError:
            raise SystemExit(1)  # noqa: B904 (as BaseCommand.run_from_argv does)

    found = describe(caught(refuse))
    assert found is not None
    assert (found["class"], found["message"]) == ("CommandError", "no such app")
    assert found["traceback"] == ""


def test_the_first_cause_is_told_where_it_is_another_error() -> None:
    def fail() -> None:
        try:
            int("x")
        except ValueError as error:
            raise RuntimeError("outer") from error

    found = describe(caught(fail))
    assert found is not None
    assert found["cause"].startswith("ValueError: ")


def test_a_full_disk_is_known_among_the_causes() -> None:
    def fail() -> None:
        try:
            raise OSError(errno.ENOSPC, "full")
        except OSError:
            raise RuntimeError("outer") from None

    found = describe(caught(fail))
    assert found is not None
    assert found["full_disk"]


def test_an_error_whose_words_fail_is_told_without_them() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    found = describe(Mute())
    assert found is not None
    assert (found["class"], found["message"]) == ("Mute", "")


def test_errors_that_cause_each_other_are_told_once() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one
    assert list(with_causes(one)) == [one, other]


def test_the_errors_of_a_group_are_among_the_causes() -> None:
    inner = ValueError("inner")
    assert inner in list(with_causes(ExceptionGroup("several", [inner])))

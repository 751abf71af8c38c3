"""Which part of a command runs, and which part an error left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miglab.agent.common import phase
from miglab.agent.common.phase import CHECKS, COMMAND, HANDLERS, Phase

ONE = Phase("migration", ("shop", "0001_initial"))


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = phase.now()
    yield
    phase.begin(before)


def test_what_runs_inside_is_over_with_it() -> None:
    phase.begin(COMMAND)
    with phase.during(ONE):
        with phase.during(HANDLERS):
            assert phase.now() == HANDLERS
        assert phase.now() == ONE
    assert phase.now() == COMMAND


def leaving(part: Phase, error: Exception) -> None:
    with phase.during(part):
        raise error


@pytest.mark.parametrize("part", [ONE, CHECKS, HANDLERS])
def test_an_error_is_known_by_the_piece_of_work_that_it_left(part: Phase) -> None:
    error = RuntimeError()
    with pytest.raises(RuntimeError):
        leaving(part, error)
    assert phase.left_by([ValueError(), error]) == part


def test_a_command_is_no_one_piece_of_work() -> None:
    error = RuntimeError()
    with pytest.raises(RuntimeError):
        leaving(COMMAND, error)
    assert phase.left_by([error]) is None


def test_an_error_like_another_is_another() -> None:
    with pytest.raises(RuntimeError):
        leaving(ONE, RuntimeError("the same"))
    assert phase.left_by([RuntimeError("the same")]) is None

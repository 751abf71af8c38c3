"""One thread at a time takes its turn on a stage; the others hear of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from miglab.errors import Interrupted, LabClosed
from miglab.project import bundled
from miglab.steps.opening import open_stage
from miglab.steps.stage import Stage
from miglab.steps.turns import Turns

from ..waiting import until


@pytest.fixture
def stage() -> Iterator[Stage]:
    found = open_stage(bundled("storefront"), None, ("store",), 60.0, None)
    yield found
    found.close()


@pytest.fixture
def turns(stage: Stage) -> Iterator[Turns]:
    found = Turns(stage)
    yield found
    found.close()


def shell(stage: Stage, code: str) -> None:
    stage.step("shell", code, {"do": "shell", "code": code})


def test_a_second_thread_waits_until_the_first_is_done(turns: Turns) -> None:
    order = []

    def second() -> None:
        order.append("waits")
        with turns.one():
            order.append("second")

    with turns.one():
        thread = threading.Thread(target=second)
        thread.start()
        until(lambda: bool(order))
        order.append("first")
    thread.join()
    assert order == ["waits", "first", "second"]


def test_a_turn_within_a_turn_is_the_same_one(turns: Turns) -> None:
    with turns.one() as stage, turns.one() as again:
        assert stage is again


def test_who_watches_hears_once_of_a_turn_with_a_step_and_not_of_a_look(turns: Turns) -> None:
    heard: list[int] = []
    turns.watch(lambda: heard.append(len(heard)))
    with turns.one() as stage:
        stage.truths()
    assert heard == []
    with turns.one() as stage, turns.one():
        shell(stage, "1")
    assert heard == [0]


def test_an_error_ends_the_turn(turns: Turns) -> None:
    with pytest.raises(ZeroDivisionError), turns.one():
        raise ZeroDivisionError
    thread = threading.Thread(target=lambda: turns.one().__enter__())
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_what_takes_long_is_busy_and_can_be_cancelled(turns: Turns) -> None:
    def long() -> None:
        with turns.one() as stage, turns.long("it sleeps", lambda text: None):
            shell(stage, "import time; time.sleep(600)")

    thread = threading.Thread(target=lambda: (until(lambda: turns.busy), turns.cancel()))
    thread.start()
    with pytest.raises(Interrupted, match="cancelled"):
        long()
    thread.join()
    assert not turns.busy


def test_after_the_end_there_is_no_turn_and_who_watches_has_heard(turns: Turns) -> None:
    heard: list[bool] = []
    turns.watch(lambda: heard.append(turns.closed))
    turns.close()
    turns.close()
    assert heard == [True]
    with pytest.raises(LabClosed), turns.one():
        pass

"""A copy that is used now and then keeps nothing in memory meanwhile."""

from __future__ import annotations

import contextlib
import time

import psutil

from ..agents import Asked, asked


def kept_for(agent: Asked) -> int:
    """How many processes have this copy set up; another lab may share the agent."""
    assert agent.runner.pid
    found = 0
    for each in psutil.Process(agent.runner.pid).children():
        with contextlib.suppress(psutil.Error):
            found += each.cwd() == agent.place["folder"]
    return found


def wait_until_kept_for(agent: Asked, number: int) -> None:
    limit = time.monotonic() + 20
    while kept_for(agent) != number:
        assert time.monotonic() < limit
        time.sleep(0.02)


def test_what_was_set_up_for_a_copy_that_rests_goes_and_comes_again_with_the_next_request() -> None:
    with asked("warm") as agent:
        agent.place = {**agent.place, "rest": 0.2}
        for _ in range(2):
            assert "no issues" in agent.manage("check")["output"]
            wait_until_kept_for(agent, 0)


def test_a_copy_does_not_rest_while_a_question_is_open_or_a_command_runs() -> None:
    with asked("warm") as agent:
        agent.place = {**agent.place, "rest": 0.05}
        code = "import time; time.sleep(0.5); 'done'"
        assert agent.ask("shell", code=code)["output"] == "'done'\n"


def test_a_lab_itself_does_not_rest() -> None:
    with asked("warm") as agent:
        assert agent.place["rest"] is None
        agent.manage("check")
        assert kept_for(agent) == 1

"""One thread does what was clicked, in turn."""

from __future__ import annotations

import threading
import time
from typing import Any

from miglab.notebook.progress import EVERY, in_a_cell, shown
from miglab.notebook.widgets.worker import Job, Worker


def waited(worker: Worker) -> None:
    """Until nothing is to be done."""
    limit = time.monotonic() + 60
    while not worker.idle:
        assert time.monotonic() < limit
        time.sleep(0.005)


def nothing() -> None:
    return


def test_putting_returns_at_once_and_jobs_are_done_in_their_order() -> None:
    done: list[int] = []
    begin = threading.Event()
    worker = Worker(nothing, lambda work: None)
    worker.put(Job("first", begin.wait))
    for number in range(5):
        worker.put(Job("next", lambda number=number: done.append(number)))
    assert done == []
    begin.set()
    waited(worker)
    assert done == [0, 1, 2, 3, 4]


def test_cancelling_stops_what_runs_and_forgets_what_waits() -> None:
    done: list[str] = []
    stopped, began = threading.Event(), threading.Event()

    def act() -> None:
        began.set()
        stopped.wait()

    worker = Worker(stopped.set, lambda work: None)
    worker.put(Job("long", act))
    worker.put(Job("after", lambda: done.append("after")))
    began.wait()
    assert [each.line for each in worker.cancel()] == ["after"]
    waited(worker)
    assert done == []


def test_a_look_is_cancelled_by_the_next_click_and_a_command_is_not() -> None:
    done: list[str] = []
    asked: list[str] = []
    began, end = threading.Event(), threading.Event()

    def command() -> None:
        began.set()
        end.wait()

    worker = Worker(lambda: asked.append("stop"), lambda work: None)
    worker.put(Job("command", command))
    worker.put(Job("look", lambda: done.append("look"), moves=False))
    worker.put(Job("other command", lambda: done.append("other command")))
    began.wait()
    worker.cancel(looks_only=True)
    end.set()
    waited(worker)
    assert (done, asked) == (["other command"], [])


def test_it_says_what_runs_and_in_the_end_nothing() -> None:
    heard: list[dict[str, Any]] = []
    worker = Worker(nothing, heard.append)
    worker.put(Job("a command", nothing))
    waited(worker)
    while heard[-1]["running"]:
        time.sleep(0.005)
    assert heard[0] == {"running": "a command", "doing": "", "waiting": 0, "busy": True}
    assert heard[-1] == {"running": "", "doing": "", "waiting": 0, "busy": False}


def test_progress_is_told_at_most_five_times_a_second() -> None:
    heard: list[str] = []
    worker = Worker(nothing, lambda work: heard.append(work["doing"]))

    def act() -> None:
        until = time.monotonic() + 5 * EVERY
        with shown() as tell:
            while time.monotonic() < until:
                tell("applying store.0001")

    worker.put(Job("long", act))
    waited(worker)
    assert 2 <= len([told for told in heard if told]) <= 5


def test_what_a_click_runs_asks_nobody() -> None:
    found: list[bool] = []
    worker = Worker(nothing, lambda work: None)
    worker.put(Job("asks", lambda: found.append(in_a_cell())))
    waited(worker)
    assert found == [False]
    assert in_a_cell()

"""What nobody waits for is done between the commands of labs, and not while one is at work."""

from __future__ import annotations

import threading

import pytest

from miglab.databases.server import meanwhile

#: Long enough for what may begin to have begun, in seconds.
MOMENT = 0.2


def test_it_begins_when_no_lab_is_at_work_any_more() -> None:
    done = threading.Event()
    with meanwhile.at_work(), meanwhile.at_work():
        meanwhile.do("a", done.set)
        assert not done.wait(MOMENT)
        assert meanwhile.waits("a")
    assert done.wait(30)
    meanwhile.finish("a")
    assert not meanwhile.waits("a")


def test_it_is_done_at_once_where_somebody_needs_it() -> None:
    done = threading.Event()
    with meanwhile.at_work():
        meanwhile.do("a", done.set)
        assert meanwhile.finish("a")
        assert done.is_set()
        assert not meanwhile.finish("a")


def test_what_is_called_off_is_not_done() -> None:
    done = threading.Event()
    with meanwhile.at_work():
        meanwhile.do("miglab_1_a", done.set)
        meanwhile.call_off("miglab_1_")
    assert not done.wait(MOMENT)
    assert not meanwhile.waits("miglab_1_a")


def test_what_has_begun_is_waited_for() -> None:
    begun, let_go = threading.Event(), threading.Event()

    def act() -> None:
        begun.set()
        assert let_go.wait(30)

    thread = meanwhile.Meanwhile(act)
    assert begun.wait(30)
    threading.Timer(MOMENT, let_go.set).start()
    assert not thread.call_off()
    assert not thread.is_alive()


def test_where_much_is_waiting_the_first_begins_while_labs_are_at_work() -> None:
    done = [threading.Event() for _ in range(meanwhile.MANY + 1)]
    with meanwhile.at_work():
        for number, each in enumerate(done):
            meanwhile.do(str(number), each.set)
        assert done[0].wait(30)
        assert not done[1].wait(MOMENT)
        meanwhile.finish()
        assert all(each.is_set() for each in done)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_fails_is_done_as_well() -> None:
    def act() -> None:
        raise OSError

    meanwhile.do("a", act)
    meanwhile.finish("a")
    assert not meanwhile.waits("a")

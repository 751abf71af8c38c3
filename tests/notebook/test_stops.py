"""Ctrl-C in a cell is answered in one line where it stops miglab."""

from __future__ import annotations

import signal

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab import Lab
from miglab.errors import Interrupted
from miglab.exercises import exercise
from miglab.lessons import check, tasks, your_turn
from miglab.lessons.goals import holds


def press() -> None:
    """Press Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def said(shell: InteractiveShell, source: str) -> str:
    """What a cell shows that Ctrl-C stops."""
    with capture_output() as captured:
        result = shell.run_cell(source)
    assert isinstance(result.error_in_exec, KeyboardInterrupt)
    return str(captured.stdout)


def test_after_a_step_there_is_no_traceback_and_the_step_is_kept(shell: InteractiveShell) -> None:
    with Lab("storefront", apps=["store"]) as lab:
        lab.watch(lambda: None if lab.closed else press())
        assert said(shell, "from miglab import Lab\nLab.latest().manage('migrate store 0003')") == (
            "KeyboardInterrupt: interrupted while miglab was looking at the lab. "
            "Finished commands are kept:\nlab.history() shows them.\n"
        )
        assert lab.history().lines == ("migrate store 0003",)


def test_elsewhere_it_is_python_s_own(shell: InteractiveShell, lab: Lab) -> None:
    told = said(shell, "import signal\nsignal.raise_signal(signal.SIGINT)")
    assert "raise_signal" in told
    assert "miglab" not in told


def test_a_check_that_is_stopped_says_so_and_judges_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its goal runs a command, in which Django asks something, and Ctrl-C is the answer."""
    monkeypatch.setattr(Lab, "prompt", staticmethod(lambda question: press()))

    def rename(lab: Lab) -> bool:
        with lab.copy() as other:
            other.replace("store/models.py", "discount =", "percent_off =")
            return bool(other.manage("makemigrations store"))

    monkeypatch.setitem(
        tasks._TASKS._things,
        "rename-it",
        tasks._Task({"You renamed it.": holds(rename, "a file", "none")}, None, ("store",), None),
    )
    with your_turn("rename-it") as lab:
        lab.manage("migrate store 0003")
        with pytest.raises(Interrupted, match=r"^check\('rename-it'\): interrupted\. The lab"):
            check("rename-it")


def test_a_step_of_an_exercise_is_written_down_although_its_goals_were_not_counted(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    with exercise("the-ghost") as lab:
        with monkeypatch.context() as patched:
            patched.setattr(lab, "_looked", lambda stage: press())
            told = said(shell, "from miglab import Lab\nLab.latest().manage('migrate store 0003')")
        assert told.startswith(
            "KeyboardInterrupt: interrupted while miglab was looking at the lab."
        )
        lab.goals()
        assert [each.data["text"] for each in lab.events if each.data.get("text")] == [
            "migrate store 0003"
        ]

"""How requests end, whichever way the agent runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from miglab.errors import UnknownName
from miglab.project import bundled
from miglab.runners import Stopped, choose, names
from miglab.runners.base import Stop, Terms
from miglab.steps.surroundings import setup_for

from ..agent.agents import Asked, asked
from ..waiting import until


@pytest.fixture(scope="module", params=names())
def agent(request: pytest.FixtureRequest) -> Iterator[Asked]:
    with asked(request.param) as found:
        yield found


def works(agent: Asked) -> bool:
    return bool(agent.ask("shell", code="1 + 1")["output"] == "2\n")


def test_the_agent_says_what_it_runs_on(agent: Asked) -> None:
    assert works(agent)
    assert {"python", "django", "engines"} <= {*agent.runner.about}


def test_a_request_that_takes_longer_than_allowed_is_stopped_and_the_next_one_runs(
    agent: Asked,
) -> None:
    assert works(agent)
    with pytest.raises(Stopped) as stopped:
        agent.ask("shell", Terms(limit=1), code="import time; time.sleep(600)")
    assert stopped.value.why == "limit"
    assert works(agent)


def test_a_request_whose_process_ends_is_told_with_its_exit_code(agent: Asked) -> None:
    with pytest.raises(Stopped) as stopped:
        agent.ask("shell", code="import os; os._exit(3)")
    assert (stopped.value.why, stopped.value.begun) == ("died", True)
    if agent.runner.name == "warm":
        assert stopped.value.detail == "exit code 3"
    assert works(agent)


def test_a_request_is_cancelled_from_another_thread(agent: Asked) -> None:
    stop, begun = Stop(), agent.sandbox.root / "begun"
    code = f"import time; open({str(begun)!r}, 'w').close(); time.sleep(600)"
    thread = threading.Thread(target=lambda: (until(begun.exists), stop.ask()))
    thread.start()
    with pytest.raises(Stopped) as stopped:
        agent.ask("shell", Terms(limit=120, stop=stop), code=code)
    thread.join()
    begun.unlink()
    assert stopped.value.why == "cancelled"
    assert works(agent)


def test_what_is_being_done_is_heard(agent: Asked) -> None:
    heard: list[str] = []
    agent.ask("manage", Terms(limit=120, tell=heard.append), argv=["migrate", "media", "-v0"])
    assert "applying media.0001_initial" in heard


def test_a_closed_runner_runs_nothing() -> None:
    with asked() as found:
        found.runner.close()
        with pytest.raises(Stopped, match="the lab was closed"):
            found.ask("database")


def test_an_unknown_runner_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownName, match="fresh"):
        choose("hot", setup_for(bundled("storefront")))


#: What settings ask about the command, as many projects do.
QUESTIONS = (
    "",
    "TESTING = 'test' in sys.argv",
    "DEBUG = 'runserver' in sys.argv or 'runserver_plus' in sys.argv",
    "TESTING = sys.argv[1] == 'test' if len(sys.argv) > 1 else False",
    "NAME = os.path.basename(sys.argv[0])",
)

warm = pytest.mark.skipif("warm" not in names(), reason="nothing can be kept warm here")


def asking(agent: Asked, question: str, ran: Path) -> None:
    """Have the settings ask this, and write to a file each time they are read."""
    settings = agent.sandbox.project / "storefront" / "settings.py"
    count = f"\n\nwith open({str(ran)!r}, 'a') as _file:\n    _file.write('x')\n"
    settings.write_text(f"{settings.read_text()}\nimport os, sys\n{question}{count}")


@warm
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_project_is_set_up_once_for_many_commands(question: str, tmp_path: Path) -> None:
    """Whatever looks at all of ``sys.argv`` while it is set up has each command start it anew; a
    question that each command would answer alike does not."""
    ran = tmp_path / "ran"
    with asked("warm") as agent:
        asking(agent, question, ran)
        agent.manage("migrate", "-v0")
        once = ran.read_text()
        commands = [("migrate", "store", "0002"), ("migrate",), ("migrate", "store", "0003")]
        if "argv[1]" not in question:
            commands += [("showmigrations",), ("check",)]
        for words in commands:
            assert agent.manage(*words)["error"] is None
    assert ran.read_text() == once


@warm
def test_a_command_that_would_answer_otherwise_sets_the_project_up_anew(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    with asked("warm") as agent:
        asking(agent, "print('seen' if 'showmigrations' in sys.argv else 'not seen')", ran)
        for words, seen in (
            (("migrate", "-v0"), "not seen\n"),
            (("showmigrations", "store"), "seen\n"),
            (("check",), "not seen\n"),
            (("showmigrations", "blog"), "seen\n"),
        ):
            before = len(ran.read_text()) if ran.exists() else 0
            assert agent.manage(*words)["output"].startswith(seen)
            if before:
                assert len(ran.read_text()) - before == ("showmigrations" in words)


@warm
@pytest.mark.parametrize("change", ["sys.argv.append('--more')", "sys.argv = sys.argv[:]"])
def test_settings_that_change_the_arguments_change_those_of_each_command(
    change: str, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    with asked("warm") as agent:
        asking(agent, change, ran)
        agent.manage("check")
        once = len(ran.read_text())
        agent.manage("check")
    assert len(ran.read_text()) > once

"""What a what-if says of real projects is what plain Django does: in every app the last five steps
back, and ``zero``; of a shop and a content management system on servers too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ...plain import engines
from .on_a_server import WalkOnAServer
from .projects import PROJECTS
from .walk import Walk

pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", PROJECTS)
def test_each_step_back_in_a_real_project_does_what_was_told(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = PROJECTS[name].make(tmp_path, sys.executable)
    hold(Walk(tmp_path / "site", python), name, capsys)


@pytest.mark.every_engine
@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.parametrize("name", ["wagtail", "django-oscar"])
def test_each_step_back_on_a_server_does_what_was_told_alone_and_with_all_others(
    name: str, engine_of_labs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = engines.PLAIN[engine_of_labs]
    python = PROJECTS[name].make_on(tools, tmp_path, sys.executable)
    hold(WalkOnAServer(tmp_path / "site", python), f"{name} on {engine_of_labs}", capsys)


def hold(walk: Walk, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole walk, printed step by step."""
    assert walk.migrations >= 100
    found = []
    with capsys.disabled():
        print(f"\n{name}: {walk.migrations} migrations")
        for held in walk.held():
            print(held, flush=True)
            found.append(held)
    assert not [held for held in found if held.why]
    unknown = [held for held in found if held.status == 13]
    assert len(unknown) <= len(found) * 0.05, unknown
    assert all(held.unknown for held in unknown)

"""Hostile projects, way by way and act by act, in each kind of jail: where something is said to be
enforced, nothing changes; where it isn't, what is open is known and said."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from miglab.facts.protection import HOOK

from .gauntlet import attacks, compiled
from .gauntlet.attacks import FIELDS, Attack
from .gauntlet.world import Outcome, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")

JAILS = ("namespaces", "landlock", "hook")
EVERY = [*attacks.every(long=bool(os.environ.get("MIGLAB_LONG"))), *compiled.every()]


@pytest.fixture(params=JAILS)
def strongest(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind of jail in turn; where this machine lacks one, the next weaker stands there."""
    monkeypatch.setenv("MIGLAB_JAIL", request.param)
    return request.param


def is_open(attack: Attack, outcome: Outcome) -> bool:
    """Whether nothing stands in the way of this one: the system does not enforce it, and Python's
    audit hook, which watches, does not see it."""
    hold = getattr(outcome.protection, FIELDS[attack.act])
    if hold == "enforced":
        return False
    # What goes on after its command no hook sees.
    return not attack.seen or attack.act == "lingering"


def check(chosen: list[Attack], outcome: Outcome) -> None:
    """What is not open harms nothing; and the report claims no more than that."""
    assert not outcome.elsewhere
    closed = {str(each) for each in chosen if not is_open(each, outcome)}
    assert {name: words for name, words in outcome.harmed.items() if name in closed} == {}


@pytest.mark.parametrize("way", ["python", "C", "compiled", "child", "spawned"])
def test_what_is_enforced_or_watched_harms_nothing(
    way: str, strongest: str, tmp_path: Path
) -> None:
    chosen = [each for each in EVERY if each.way == way]
    outcome = run(chosen, tmp_path)
    assert JAILS.index(outcome.protection.by) >= JAILS.index(strongest)
    check(chosen, outcome)
    if outcome.protection.by == "hook":
        assert outcome.protection == HOOK
        # This can fail: all that the hook does not see does harm. What is left running may be
        # found all the same.
        unseen = {str(each) for each in chosen if not each.seen and each.act != "lingering"}
        assert unseen <= {*outcome.harmed}


def test_an_extension_is_compiled_here() -> None:
    if compiled.compiler() is None:
        pytest.skip("there is no C compiler, or no Python.h: ctypes stands in for the extension")
    assert all("spec_from_file_location" in each.code for each in compiled.every())


def test_all_of_it_does_harm_where_nothing_is_in_the_way(tmp_path: Path) -> None:
    """By plain ``manage.py``: what a jail is tested with would be harm."""
    outcome = run(EVERY, tmp_path, plainly=True)
    assert [str(each) for each in EVERY if str(each) not in outcome.harmed] == []


@pytest.mark.long
@pytest.mark.parametrize("attack", EVERY, ids=str)
def test_each_in_a_project_of_its_own(attack: Attack, strongest: str, tmp_path: Path) -> None:
    outcome = run([attack], tmp_path)
    check([attack], outcome)

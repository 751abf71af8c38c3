"""A moment that has the databases themselves lasts if it is kept, and is not mistaken for another
if it is not."""

from __future__ import annotations

import pytest

from miglab.lab import Lab
from miglab.steps.moments import Moment
from miglab.steps.stage import Stage
from miglab.whatif.command import Command, run_in

from ..plain import engines

pytestmark = [pytest.mark.every_engine, pytest.mark.short]


def go(stage: Stage, target: str) -> Moment:
    """Migrate ``store``, and where that leads."""
    words = ("migrate", "store", target)
    run_in(stage, Command(" ".join(words), "manage", words))
    return stage.moments.now


def lent(stage: Stage, moment: Moment) -> bool:
    """Whether it has the databases themselves."""
    return dict(moment.snapshot.databases) == stage.sandbox.databases


def test_one_that_is_kept_can_be_gone_back_to() -> None:
    with Lab() as lab:
        stage = lab._stage
        first = stage.moments.now
        with stage.lending():
            there = go(stage, "0004")
            assert lent(stage, there)
            stage.keep()
            assert not lent(stage, there)
            go(stage, "0003")
        stage.begin_at(first)
        stage.begin_at(there)
        record = engines.of(lab).read(engines.handle_of(lab)).record
        assert max(each.name for each in record if each.app_label == "store")[:4] == "0004"


def test_one_from_which_a_step_was_taken_is_kept() -> None:
    with Lab() as lab:
        stage = lab._stage
        with stage.lending():
            there = go(stage, "0004")
            go(stage, "0003")
        assert not lent(stage, there)
        stage.begin_at(there)
        record = engines.of(lab).read(engines.handle_of(lab)).record
        assert max(each.name for each in record if each.app_label == "store")[:4] == "0004"


def test_one_that_is_not_kept_is_gone_when_the_databases_change() -> None:
    with Lab() as lab:
        stage = lab._stage
        first = stage.moments.now
        with stage.lending():
            there = go(stage, "0004")
        stage.begin_at(first)
        with pytest.raises(AssertionError, match="was not kept"):
            stage.sandbox.restore(there.snapshot)


def test_without_lending_each_has_a_copy() -> None:
    with Lab() as lab:
        assert not lent(lab._stage, go(lab._stage, "0004"))

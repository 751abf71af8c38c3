"""The task of the lesson on all commands; its table is compared where the lesson runs."""

from __future__ import annotations

import importlib

import pytest

from miglab import Lab
from miglab.facts.lesson import Spine
from miglab.lessons import check, predict, reveal, your_turn


def test_faking_is_done_and_migrating_is_not() -> None:
    with your_turn("one-truth-alone") as lab:
        assert not check("one-truth-alone").done
        lab.manage("migrate store 0004")
        assert not check("one-truth-alone").done
        lab.restart()
        lab.manage("migrate --fake store 0004")
        assert check("one-truth-alone").done


def test_until_it_was_measured_nobody_knows_who_looks_at_the_tables(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (("a", ("files, record",)), ("b", ("files, tables",)), ("c", ("",)))
    measured: list[Spine] = []
    # The package has a function of that name too.
    module = importlib.import_module("miglab.lessons.spine")
    monkeypatch.setattr(module, "_measured", measured)
    asked = predict("who-looks-at-tables")
    asked.choose(3)
    lab.manage("migrate store 0004")
    assert (asked.frozen, reveal("who-looks-at-tables").right) == (False, None)
    measured.append(Spine(("depends on",), rows))
    assert (asked.frozen, reveal("who-looks-at-tables").right) == (True, 1)

"""A checkout is slower than another where it is so in turn after turn, by more than chance."""

from __future__ import annotations

import subprocess

import pytest

from benchmarks.against import ROOT, Compared, checkout, compare, table


def turns(*times: float) -> list[dict[str, float]]:
    return [{"a revert": each} for each in times]


def test_what_is_slower_in_every_turn_is_slower() -> None:
    (found,) = compare(turns(1.0, 2.0, 1.5), turns(1.1, 2.2, 1.65))
    assert found.ratio == pytest.approx(1.1)
    assert found.slower
    assert "SLOWER" in table([found])


def test_a_machine_that_changes_its_speed_makes_nothing_slower() -> None:
    (found,) = compare(turns(1.0, 3.0, 1.0, 3.0), turns(1.0, 3.0, 1.0, 3.0))
    assert found.ratio == 1
    assert not found.slower
    assert "SLOWER" not in table([found])


def test_less_than_the_spread_is_chance() -> None:
    found = Compared("a revert", 1, 1.05, (0.8, 0.95, 1.05, 1.15, 1.3))
    assert found.spread == pytest.approx(0.1)
    assert not found.slower


def test_three_percent_are_tolerated_where_nothing_spreads() -> None:
    assert not Compared("a revert", 1, 1.02, (1.02, 1.02, 1.02)).slower
    assert Compared("a revert", 1, 1.04, (1.04, 1.04, 1.04)).slower


def test_only_what_both_have_is_compared() -> None:
    assert compare([{"old": 1.0, "both": 1.0}], [{"both": 1.0, "new": 1.0}]) == [
        Compared("both", 1.0, 1.0, (1.0,))
    ]


def test_a_commit_is_checked_out_and_gone_afterwards() -> None:
    with checkout("HEAD") as folder:
        assert (folder / "miglab" / "__init__.py").exists()
    assert not folder.exists()
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert str(folder) not in listed.stdout


def test_a_commit_that_is_not_there_is_named() -> None:
    with pytest.raises(SystemExit, match="no commit 'nowhere'"), checkout("nowhere"):
        pass

"""The task of the lesson on all commands; its table is compared where the lesson runs."""

from __future__ import annotations

from miglab.lessons import check, your_turn


def test_faking_is_done_and_migrating_is_not() -> None:
    with your_turn("one-truth-alone") as lab:
        assert not check("one-truth-alone").done
        lab.manage("migrate store 0004")
        assert not check("one-truth-alone").done
        lab.restart()
        lab.manage("migrate --fake store 0004")
        assert check("one-truth-alone").done

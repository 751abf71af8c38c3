"""The task of the lesson about zero."""

from __future__ import annotations

from miglab.lessons import check, your_turn

TASK = "close-the-blog"
FILE = "blog/migrations/0003_fill_slugs.py"


def test_nothing_done_is_not_done() -> None:
    with your_turn(TASK):
        assert not check(TASK).done


def test_a_way_back_that_does_nothing_lets_the_blog_go() -> None:
    with your_turn(TASK) as lab:
        lab.replace(FILE, "(fill_slugs)", "(fill_slugs, migrations.RunPython.noop)")
        lab.manage("migrate blog zero")
        assert check(TASK).done

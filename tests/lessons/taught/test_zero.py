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


def test_a_record_alone_does_not_close_it() -> None:
    with your_turn(TASK) as lab:
        lab.manage("migrate --fake blog zero")
        assert not check(TASK).done


def test_tables_dropped_by_hand_do_not_close_it() -> None:
    with your_turn(TASK) as lab:
        lab.manage("migrate --fake blog zero")
        for table in ("comment", "post", "author"):
            lab.sql(f"DROP TABLE blog_{table}")
        assert not check(TASK).done

"""The task of Show: tables that are gone, and a record that does not know."""

from __future__ import annotations

from miglab import Lab
from miglab.lessons import check, your_turn


def sql_of_0005(lab: Lab) -> str:
    """What ``sqlmigrate`` prints, without the lines that open and close a transaction."""
    printed = lab.manage("sqlmigrate store 0005").output
    return "\n".join(line for line in printed.splitlines() if line not in ("BEGIN;", "COMMIT;"))


def test_find_what_is_gone_begins_undone() -> None:
    with your_turn("find-what-is-gone"):
        assert not check("find-what-is-gone").done


def test_find_what_is_gone_is_done_with_the_sql_of_the_migration() -> None:
    with your_turn("find-what-is-gone") as lab:
        lab.sql(sql_of_0005(lab))
        assert check("find-what-is-gone").done


def test_find_what_is_gone_is_done_when_the_record_is_corrected_first() -> None:
    with your_turn("find-what-is-gone") as lab:
        lab.sql("DELETE FROM django_migrations WHERE app = 'store' AND name LIKE '0005%'")
        lab.manage("migrate store")
        assert check("find-what-is-gone").done

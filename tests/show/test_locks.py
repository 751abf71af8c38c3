"""The locks of a plan as cells of a table and as words on cards."""

from __future__ import annotations

from miglab.show.locks import lock_lines, lock_rows, on_cards

from ..draw.test_locks import PLAN


def test_the_table_has_every_lock_that_keeps_others_waiting() -> None:
    assert lock_rows(PLAN) == [
        (
            *("2", "store.0002", "store_product", "24", "AccessExclusiveLock"),
            *("write to it, nor read it for part of that time", "40\N{NO-BREAK SPACE}ms", "yes"),
        ),
        (
            *("2", "store.0002", "store_new", "0", "AccessExclusiveLock"),
            *("read it or write to it", "500\N{NO-BREAK SPACE}ms", "no"),
        ),
        (
            *("3", "store.0003", "store_tag", "1", "ShareLock"),
            *("write to it", "at least 2.5\N{NO-BREAK SPACE}s", "no"),
        ),
    ]


def test_each_lock_is_a_line_too() -> None:
    assert lock_lines(PLAN)[::2] == [
        "2 store.0002: store_product (24 rows) can't be read for 30\N{NO-BREAK SPACE}ms, "
        "and it is rewritten (AccessExclusiveLock)",
        "3 store.0003: store_tag (1 row) can't be written to for at least 2.5\N{NO-BREAK SPACE}s "
        "(ShareLock)",
    ]


def test_a_card_says_the_locks_on_tables_with_rows() -> None:
    assert on_cards(PLAN) == {
        "store.0002": {
            "stops": "reads",
            "said": "store_product (24 rows) can't be read for 30\N{NO-BREAK SPACE}ms",
        },
        "store.0003": {
            "stops": "writes",
            "said": "store_tag (1 row) can't be written to for at least 2.5\N{NO-BREAK SPACE}s",
        },
    }

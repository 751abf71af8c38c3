"""What others have to wait for, as a picture."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from miglab.draw.locks import TABLES, WIDTH, locked, sentence, timeline
from miglab.facts.locks import Lock
from miglab.facts.migration import Key
from miglab.facts.run import Fate, Planned

READS = Lock("store_product", "AccessExclusiveLock", 0.03, 0.04, rewritten=True, rows=24)
WRITES = Lock("store_tag", "ShareLock", 0, 2.5, at_least=True, rows=1)
EMPTY = Lock("store_new", "AccessExclusiveLock", 0.5, 0.5, rows=0)


def planned(name: str, seconds: float | None, *locks: Lock) -> Planned:
    return Planned(Key("store", name), False, Fate.DONE, seconds=seconds, locks=locks)


PLAN = (planned("0001", 0.01), planned("0002", 0.05, READS, EMPTY), planned("0003", 3, WRITES))


def test_the_table_that_is_locked_longest_is_first_and_one_without_rows_is_none() -> None:
    assert locked(PLAN) == {"store_tag": [(3, WRITES)], "store_product": [(2, READS)]}


def test_its_sentence_says_what_cannot_be_done_and_for_how_long() -> None:
    assert sentence(PLAN) == (
        "store_tag (1 row) can't be written to for at least 2.5\N{NO-BREAK SPACE}s; "
        "store_product (24 rows) can't be read for 30\N{NO-BREAK SPACE}ms."
    )
    assert sentence(PLAN[:1]) == "Nobody has to wait for a table that has rows."
    assert timeline(PLAN[:1]) == ""


def test_the_picture_is_named_by_it_and_has_a_bar_for_each_kind_of_lock() -> None:
    drawn = timeline(PLAN)
    root = ET.fromstring(drawn)
    assert root.get("aria-label") == f"What others wait for: {sentence(PLAN)}"
    said = "".join(root.itertext())
    assert "store_product · 24 rows, rewritten" in said
    assert "no reads for 30\N{NO-BREAK SPACE}ms" in said
    assert "no writes for ≥ 2.5\N{NO-BREAK SPACE}s" in said
    # Migration 1 locks nothing, so it has no column.
    assert re.findall(r">(\d)</text>", drawn) == ["2", "3"]
    # Two bars for what nobody can read, one where nobody can write, two in the legend.
    assert len(re.findall("<rect(?![^>]* rx=)", drawn)) == 5


def test_every_bar_is_within_the_picture_and_no_longer_than_its_migration() -> None:
    long = Lock("store_product", "AccessExclusiveLock", 9, 9, rows=24)
    many = [planned(f"{n:04}", 0.0 if n % 2 else None, long) for n in range(40)]
    for rect in re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', timeline(many)):
        x, width = map(float, rect)
        assert x >= 0
        assert x + width <= WIDTH + 3


def test_many_tables_are_counted() -> None:
    locks = [Lock(f"t{n}", "ShareLock", 0, 1, rows=1) for n in range(TABLES + 2)]
    plan = [planned("0001", 1, *locks)]
    assert sentence(plan).endswith("; and 2 more tables.")
    assert "t9 ·" not in timeline(plan)


def test_a_name_cannot_change_the_form_of_the_picture() -> None:
    odd = Lock('<b>"&\x00' + "x" * 80, "ShareLock", 0, 1, rows=1)
    ET.fromstring(timeline([planned("0001", 1, odd)]))

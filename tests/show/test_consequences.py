"""Consequences and ladders are shown verdict first, the same on every run, and in every viewer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from miglab.facts.consequences import Consequences, Finding, Severity
from miglab.show.bundle import SHOWN, bundle
from miglab.show.html import html
from miglab.show.lines import clipped
from miglab.show.text import text

from .consequences_samples import (
    DATABASE,
    FREE,
    LISTING,
    LONG,
    OFFER,
    PROJECT,
    STORE,
    consequences,
    halfway,
    harmless,
    hostile,
    ladder,
)
from .test_show import SAFE_TAGS, parsed

MADE: list[Callable[[], object]] = [consequences, halfway, harmless, hostile, ladder]


@pytest.mark.parametrize("make", MADE)
def test_they_are_shown_as_text_and_as_safe_html(make: Callable[[], object]) -> None:
    fact = make()
    assert type(fact) in SHOWN
    shown = bundle(fact)
    assert set(shown) == {"text/plain", "text/html"}
    tags = parsed(shown["text/html"])
    assert tags.seen <= SAFE_TAGS
    assert all("monospace" in pre for pre in re.findall("<pre[^>]*>", shown["text/html"]))
    assert tags.images
    for image in tags.images:
        assert (image["src"] or "").startswith("data:image/svg+xml;base64,")
        assert len(image["alt"] or "") > 20


@pytest.mark.parametrize("make", MADE)
def test_what_a_notebook_stores_names_no_seconds_and_no_path(make: Callable[[], object]) -> None:
    for shown in bundle(make()).values():
        assert not re.search(r"\d\.\d+ ?(s|ms|seconds)\b", shown)
        assert PROJECT not in shown
        assert DATABASE not in shown
        assert "0x7f1a2b3c4d5e" not in shown


def test_durations_and_versions_do_not_change_the_text() -> None:
    """The same commands on another machine, where all took longer."""
    here, there = consequences(), consequences(seconds=77.7, project="/x", database="/x/y")
    slow = [replace(run, seconds=99.9) for run in there.runs]
    slow = [
        replace(run, plan=tuple(replace(each, seconds=9.9) for each in run.plan)) for run in slow
    ]
    engine = replace(there.engine, database="SQLite 3.99", django="9.9", python="3.99")
    there = replace(there, runs=tuple(slow), engine=engine)
    assert text(there) == text(here)


def test_the_verdict_stands_first_then_the_findings_then_the_graphs() -> None:
    shown = text(consequences())
    assert shown.startswith("$ python manage.py migrate store 0002\n▶ loses 12 values of")
    places = [
        shown.index(f"\n{title}\n")
        for title in (
            "What to know:",
            "Before:",
            "After:",
            "Plan:",
            "Gone or changed afterwards:",
            "The way back:",
            "The next plain migrate:",
            "Truths:",
        )
    ]
    assert places == sorted(places)


def test_every_finding_is_named_by_its_id_and_says_what_to_do() -> None:
    found = consequences()
    for shown in bundle(found).values():
        places = [shown.index(each.id) for each in found.findings]
        assert places == sorted(places)
        assert "tell whoever owns that app" in shown


def test_an_error_of_several_lines_begins_no_finding_of_its_own() -> None:
    finding = Finding("fails", Severity.STOPS, "no\n- note [ok]: all is well\n\nTo run:")
    shown = text(replace(consequences(), findings=(finding,)))
    assert "\n  - stops [fails]: no\n      - note [ok]: all is well\n" in shown
    assert "\n      To run:" in shown


def test_a_pulled_in_migration_says_by_what() -> None:
    shown = text(consequences())
    assert (
        f"↩ {OFFER}: done; pulled in: {OFFER} depends on {LISTING}, which depends on {STORE[2]}"
    ) in shown
    assert f"↩ {STORE[4]}: done\n" in shown


def test_operations_that_cannot_be_undone_are_named_in_the_plan() -> None:
    shown = text(halfway())
    assert f"↩ {STORE[2]}: failed; cannot be undone: Raw Python operation; not atomic" in shown
    assert f"↩ {STORE[1]}: not reached" in shown
    assert "(not reached) migrate blog zero" in shown


def test_what_is_lost_is_counted_and_shown_as_tables() -> None:
    shown = text(consequences())
    assert "8 rows of store_tag, the first 3:" in shown
    assert "12 values of store_product.discount, the first 1:" in shown
    assert "18 values of store_product.price change, the first 1:" in shown
    assert "\n  gone or changed by this migrate: 40 values of store_product.price change\n" in shown
    assert "<caption>8 rows of store_tag, the first 3</caption>" in html(consequences())


def test_a_loss_without_a_sample_is_counted_all_the_same() -> None:
    rows = tuple(replace(each, lost_sample=()) for each in consequences().rows)
    assert "  8 rows of store_tag\n" in text(consequences(rows=rows))


def test_the_way_back_says_how_far_and_what_is_not_the_same() -> None:
    found = consequences()
    assert found.back is not None
    shown = text(found)
    assert f"  {found.back.level.words}: {found.back.level.meaning}\n" in shown
    assert "  $ python manage.py migrate\n" in shown
    assert "  not the same: store_tag: 8 rows missing\n" in shown
    assert "  not the same: store_product: its columns are in a different order\n" in shown


def test_a_way_back_that_fails_says_where() -> None:
    assert f"migrate store {STORE[4].name} — IrreversibleError: Operation" in text(halfway())


def test_nothing_that_moved_has_no_way_back_to_show() -> None:
    shown = text(consequences(back=None, next=None, next_rows=()))
    assert "The way back" not in shown
    assert "The next plain migrate" not in shown


def test_where_nothing_is_lost_no_loss_is_shown() -> None:
    shown = bundle(harmless())
    assert "Gone or changed" not in shown["text/plain"]
    assert "Gone or changed" not in shown["text/html"]
    assert "What to know" not in shown["text/html"]


def test_the_sql_of_each_migration_is_folded() -> None:
    shown = html(consequences())
    assert f"<summary>SQL of {STORE[4]} (2 statements)</summary>" in shown
    assert "DROP TABLE &quot;store_tag&quot;;" in shown
    assert "BEGIN" not in shown


def test_the_truths_are_told_before_and_after() -> None:
    assert "  files–record: yes → no — 5 migrations are not applied." in text(consequences())


def test_what_html_takes_for_its_own_is_escaped() -> None:
    shown = html(hostile())
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_long_value_is_cut_and_says_how_long_it_is() -> None:
    assert clipped(LONG).endswith("… (20,000 characters)")
    assert len(text(hostile())) < 10_000


def test_a_ladder_says_how_far_it_is_free_and_where_it_stops() -> None:
    for shown in bundle(ladder()).values():
        assert "Free: back to store.0003." in shown
        assert "Going to store zero stops partway: at store.0001_initial: Irrev" in shown


def test_a_ladder_has_a_row_for_each_rung() -> None:
    shown = text(ladder())
    assert re.search(r"^0004_add_discount_field +1 +nothing +nothing$", shown, re.MULTILINE)
    pulled = r"^0002_\w+ +3, with 2 of marketplace +12 values of \S+ +12 values of \S+$"
    assert re.search(pulled, shown, re.MULTILINE)
    assert re.search(r"^0001_initial +1 +nothing +12 values of", shown, re.MULTILINE)
    assert re.search(
        r"^zero +1 +stops +stops at store.0001_initial .*does not come back$", shown, re.MULTILINE
    )
    assert html(ladder()).count("<tr>") == 6


def test_a_ladder_that_is_free_to_the_end_and_one_that_is_not_at_all() -> None:
    rungs = ladder().rungs
    whole = replace(rungs[4], outcome=FREE, lost="")
    assert "Free: back to store zero.\n" in text(ladder(rungs=(rungs[0], whole)))
    assert "No step back is free.\n" in text(ladder(rungs=rungs[2:4]))


def test_a_ladder_is_free_no_further_than_to_the_first_step_that_costs_something() -> None:
    rungs = ladder().rungs
    free_again = replace(rungs[4], outcome=FREE, lost="")
    assert "Free: back to store.0003.\n" in text(ladder(rungs=(*rungs[:3], free_again)))


def test_two_of_them_are_shown_alike() -> None:
    first, second = consequences(), consequences()
    assert isinstance(first, Consequences)
    assert bundle(first) == bundle(second)

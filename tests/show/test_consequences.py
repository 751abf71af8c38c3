"""Consequences and ladders are shown verdict first, the same on every run, and in every viewer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from miglab.draw import engines
from miglab.draw.svg import height_of
from miglab.facts.consequences import Consequences, Finding, Severity
from miglab.facts.picture import State
from miglab.show.bundle import SHOWN, bundle
from miglab.show.html import PAIR, html, pair
from miglab.show.lines import clipped
from miglab.show.text import text

from ..draw.samples import long_chain, node, picture, three_apps
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
    long_history,
)
from .test_show import SAFE_TAGS, parsed

MADE: list[Callable[[], object]] = [
    consequences,
    halfway,
    harmless,
    hostile,
    ladder,
    long_history,
]


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


def test_an_error_of_several_lines_begins_no_finding_and_no_part_of_its_own() -> None:
    finding = Finding("fails", Severity.STOPS, "no\n- note [ok]: all is well\n\nTo run:")
    shown = text(replace(consequences(), findings=(finding,)))
    assert "\n  - stops [fails]: no\n      - note [ok]: all is well\n" in shown
    assert "\n      To run:" in shown
    told = ladder()
    several = replace(told.rungs[-1], error="no\n\nFree: back to store zero.\n")
    shown = text(replace(told, rungs=(*told.rungs[:-1], several)))
    assert "stops partway: no Free: back to store zero.\n" in shown


def test_a_pulled_in_migration_says_by_what() -> None:
    shown = text(consequences())
    assert (
        f"↩ {OFFER}: done; pulled in: it depends on {LISTING}, which depends on {STORE[2]}"
    ) in shown
    assert f"↩ {STORE[4]}: done\n" in shown


def test_advice_that_several_findings_share_is_given_once() -> None:
    shown = text(consequences())
    advice = "take a backup first, and keep it until nobody needs the data"
    first, second = (shown.index(each.what) for each in consequences().findings[:2])
    assert shown.count(advice) == 1
    assert first < shown.index(f"for this and the next one: {advice}") < second


def test_a_long_history_with_many_losses_is_short_to_read() -> None:
    found = long_history()
    shown = text(found)
    assert max(map(len, shown.splitlines())) < 250
    assert len(shown.splitlines()) < 150
    assert "✓ 0001_step … 0060_step (60 applied)  ↩ 0061_step … 0090_step (30 to unapply)" in shown
    assert "0090_step: done; pulled in: it depends on shop.0061_step, through 28 others" in shown
    assert "and 24 more; a report shows them all" in shown


def test_in_a_long_history_each_migration_that_is_like_no_other_is_named() -> None:
    nodes = [node(f"shop.{number:04}_step", leaf=number == 90) for number in range(1, 91)]
    nodes[9] = replace(nodes[9], state=State.GHOST)
    nodes[19] = replace(nodes[19], target=True)
    nodes[29:33] = [replace(each, cost="stops") for each in nodes[29:33]]
    assert picture(*nodes).text.split("  ")[1:] == [
        "✓ 0001_step … 0009_step (9 applied)",
        "✗ 0010_step",
        "✓ 0011_step … 0019_step (9 applied)",
        "✓ 0020_step ◎",
        "✓ 0021_step … 0029_step (9 applied)",
        "✓ 0030_step … 0033_step (4 applied, each: stops)",
        "✓ 0034_step … 0090_step (57 applied)",
    ]


def test_operations_that_cannot_be_undone_are_named_in_the_plan() -> None:
    shown = text(halfway())
    assert f"↩ {STORE[2]}: failed; cannot be undone: Raw Python operation; not atomic" in shown
    assert f"↩ {STORE[1]}: not reached" in shown
    assert "(not reached) migrate blog zero" in shown


def test_what_is_lost_is_counted_and_shown_as_tables() -> None:
    shown = text(consequences())
    assert "8 rows of store_tag; the first 3:" in shown
    assert "12 values of store_product.discount; the first 1:" in shown
    assert "18 values of store_product.price change; the first 1:" in shown
    assert "\n  gone or changed by this migrate: 40 values of store_product.price change\n" in shown
    assert "<caption>8 rows of store_tag; the first 3</caption>" in html(consequences())


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
    assert "  files–record agree: yes → no — 5 migrations are not applied." in text(consequences())


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


def test_what_was_before_a_what_if_is_one_click_away_where_the_pair_is_high() -> None:
    low, high = long_chain(3), three_apps()
    assert sum(height_of(engines.svg(low)) for _ in range(2)) <= PAIR
    assert sum(height_of(engines.svg(high)) for _ in range(2)) > PAIR
    assert "<summary>before</summary>" not in pair(low, low)
    assert pair(high, high).count("<summary>before</summary>") == 1
    assert pair(high, high).count("<img") == pair(low, low).count("<img") == 2

"""Outcomes on several engines, as text and as a page."""

from __future__ import annotations

import re

from miglab.facts.contrast import Contrast, Outcome, Presence, Summary
from miglab.show.bundle import bundle

FOUND = Contrast(
    "both",
    ("migrate store 0004",),
    (
        Outcome(
            "SQLite", "Applying store.0004... OK", fails=False, lost="9 values", seen={"n": "1"}
        ),
        Outcome("PostgreSQL", "Error: <x>", fails=True, differs="1 place", seen={"n": "2"}),
    ),
)


def test_text_and_page_say_the_same_of_each_engine() -> None:
    found = bundle(FOUND)
    text, page = found["text/plain"], found["text/html"]
    words = re.sub(r"<[^>]+>", " ", page).replace("&lt;x&gt;", "<x>")
    for each in FOUND.outcomes:
        for said in (each.engine, each.label, each.said, each.seen["n"]):
            assert said in text
            assert said in words
    assert "lost: nothing" in text
    assert "differ: 1 place" in text
    assert text.endswith("The outcome is not the same on SQLite and PostgreSQL.")


def test_what_loses_is_marked_otherwise_than_what_fails_and_what_goes_well() -> None:
    text = bundle(FOUND)["text/plain"]
    assert "✗ succeeds · data is lost" in text
    assert "■ fails · nothing is lost" in text
    well = Contrast("", (), (Outcome("SQLite", "", fails=False),))
    text = bundle(well)["text/plain"]
    assert "✓ succeeds · nothing is lost" in text
    assert text.endswith("Only SQLite is here: there is nothing to compare it with.")


def test_an_engine_that_is_missing_is_told_with_the_way_to_get_it() -> None:
    found = bundle(Presence(("SQLite",), {"mariadb": "install it"}))
    assert found["text/plain"] == "Here: SQLite.\nNot here: mariadb. install it"
    assert "Not here: mariadb. install it" in found["text/html"]


def test_a_summary_has_a_row_for_each_try() -> None:
    found = bundle(Summary(("SQLite",), (("faked", "fails · nothing is lost"),)))
    assert "faked           fails · nothing is lost" in found["text/plain"]
    assert "<td" in found["text/html"]

"""How an exercise's goals, hints and story are said."""

from __future__ import annotations

from miglab.facts.exercise import Advice, Overview, Reached, Row, Standing
from miglab.show.bundle import bundle

_MISSED = Reached("`store` is at `0004`.", "state", False, "it is `0004`", "it is `0005`")
_KEPT = Reached("The discounts stay.", "never", True)


def test_a_goal_that_is_missed_says_expected_and_found() -> None:
    said = bundle(Standing("Undo", (_MISSED, _KEPT), "Not yet."))
    assert said["text/plain"] == (
        "1 of 2 goals is reached.\n"
        "  ○ `store` is at `0004`.\n"
        "      expected: it is `0004`\n"
        "      found: it is `0005`\n"
        "  ✓ The discounts stay. (at every moment)\n"
        "\n"
        "Not yet."
    )
    assert "<code>0005</code>" in said["text/html"]
    assert "to do:" in said["text/html"]


def test_success_says_what_happened_why_what_it_would_have_cost_and_the_shortest_way() -> None:
    told = Standing("Undo", (_KEPT,), "", ("It went back.", "Because.", "Much."), 2, 1)
    said = bundle(told)["text/plain"]
    assert said.startswith("Solved: every goal is reached.")
    assert said.endswith(
        "It went back.\nBecause.\nMuch.\n"
        "You used 2 commands that changed something; the shortest known way needs 1."
    )


def test_what_somebody_typed_is_shown_as_text_and_not_as_html() -> None:
    told = Standing("x", (Reached("<b>x</b>", "state", False, "<i>", "<script>"),))
    assert "<script>" not in bundle(told)["text/html"]
    assert "<b>x</b>" not in bundle(told)["text/html"]
    assert "<script>" not in bundle(Advice(1, 3, ("<script>",)))["text/html"]


def test_the_page_of_all_leads_to_each_notebook() -> None:
    rows = (Row("a", "1.1", "An `a`", 1, "1-1-a.ipynb", True), Row("b", "5.1", "B", 5, "b", False))
    said = bundle(Overview(rows))
    assert said["text/plain"].startswith("1 of 2 exercises is solved.")
    assert "<a href='1-1-a.ipynb'>1.1 An <code>a</code></a>" in said["text/html"]
    assert "Level 5: Incidents" in said["text/html"]

"""What a lesson asks and finds reads well as text and as HTML."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from miglab.facts.lesson import Begun, Case, Checked, Claim, Point, Spine, Verdict, Verdicts
from miglab.facts.question import (
    Answer,
    Asked,
    NumberAnswer,
    NumberQuestion,
    Question,
    SetAnswer,
    SetQuestion,
)
from miglab.show import begun, lesson, questions
from miglab.show.bundle import SHOWN, bundle
from miglab.show.html import html

QUESTION = Question("q", "Is `price` <back>?", ("Yes.", "No."))
SET = SetQuestion("s", "Which go <back>?", ("a.0001", "a.0002", "b.<back>"), "unapplied")
NOTHING_RAN = "Nothing has run since the question. Run the cells that follow it, then this cell."
NUMBER = NumberQuestion("n", "How many rows are <back>?")
CASE = Case("it is a <copy>", ("python manage.py migrate",), "`store` moved.", held=True)
OTHER = Case("it is not", ("SQL: SELECT 1",), "Nothing moved.", held=False)
VERDICT = Verdict(
    Claim("C1", ("How to", "Notes"), "All is `well`.", "05_revert"), (CASE, OTHER), "Look first."
)


def text(fact: object) -> str:
    return bundle(fact)["text/plain"]


def test_a_question_shows_its_options_by_letters() -> None:
    assert text(QUESTION).splitlines() == [
        "Predict: Is `price` <back>?",
        "  A  Yes.",
        "  B  No.",
    ]


@pytest.mark.parametrize(
    ("right", "chosen", "last"),
    [
        (None, 0, NOTHING_RAN),
        (1, None, "Answer: B. No."),
        (1, 1, "That is what you chose."),
        (1, 0, "You chose A. Not this time: can you see why in the step above?"),
    ],
)
def test_an_answer_stands_beside_the_prediction(
    right: int | None, chosen: int | None, last: str
) -> None:
    lines = text(Answer(QUESTION, right, chosen)).splitlines()
    assert lines[-1] == last
    assert ("Answer: B. No." in lines) == (right is not None)


def test_a_question_for_a_set_shows_all_names() -> None:
    assert text(SET).splitlines() == [
        "Predict: Which go <back>?",
        "Choose any of these, or none of them:",
        "  ☐ a.0001",
        "  ☐ a.0002",
        "  ☐ b.<back>",
    ]


def test_a_question_for_a_number_says_that_it_wants_one() -> None:
    assert text(NUMBER).splitlines() == [
        "Predict: How many rows are <back>?",
        "Type a whole number, 0 or more.",
    ]


@pytest.mark.parametrize(
    ("right", "chosen", "told"),
    [
        (None, ("a.0001",), [NOTHING_RAN]),
        (("a.0001",), None, ["Answer: 1 of 3: `a.0001`."]),
        (
            ("a.0001", "a.0002"),
            ("a.0001", "a.0002"),
            ["Answer: 2 of 3: `a.0001`, `a.0002`.", "That is what you chose."],
        ),
        (
            ("a.0001", "a.0002"),
            ("a.0002", "b.<back>"),
            [
                "Answer: 2 of 3: `a.0001`, `a.0002`.",
                "You found: `a.0002`.",
                "You missed: `a.0001`.",
                "Not unapplied: `b.<back>`.",
            ],
        ),
        (
            ("a.0001",),
            (),
            ["Answer: 1 of 3: `a.0001`.", "You chose none of them.", "You missed: `a.0001`."],
        ),
        ((), ("a.0001",), ["Answer: none of them.", "Not unapplied: `a.0001`."]),
        ((), (), ["Answer: none of them.", "That is what you chose."]),
    ],
)
def test_a_set_is_compared_name_by_name(
    right: tuple[str, ...] | None, chosen: tuple[str, ...] | None, told: list[str]
) -> None:
    asked, *lines = text(SetAnswer(SET, right, chosen)).splitlines()
    assert asked == SET.text
    assert lines == told


@pytest.mark.parametrize(
    ("right", "chosen", "last"),
    [
        (None, 6, NOTHING_RAN),
        (5, None, "Answer: 5."),
        (0, 0, "That is what you chose."),
        (5, 6, "You chose 6, which is 1 too many. Can you see why in the step above?"),
        (5, 0, "You chose 0, which is 5 too few. Can you see why in the step above?"),
    ],
)
def test_a_number_is_compared_with_the_right_one(
    right: int | None, chosen: int | None, last: str
) -> None:
    lines = text(NumberAnswer(NUMBER, right, chosen)).splitlines()
    assert lines[-1] == last
    assert (f"Answer: {right}." in lines) == (right is not None)


def test_the_reason_follows_the_answer() -> None:
    answer = Answer(QUESTION, 1, None, "Because `x` is <back>.\n\n- one\n- **two**")
    assert text(answer).splitlines()[1:] == [
        "Answer: B. No.",
        "Because `x` is <back>.",
        "",
        "- one",
        "- **two**",
    ]
    page = bundle(answer)["text/html"]
    assert "Because <code>x</code> is &lt;back&gt;.</p>" in page
    assert "<li>one</li><li><b>two</b></li>" in page
    assert "<details>" not in page


def test_after_a_wrong_prediction_the_reason_is_one_click_away() -> None:
    wrong, right = (Answer(QUESTION, 1, chosen, "Because.") for chosen in (0, 1))
    assert "<summary>The reason</summary>" in bundle(wrong)["text/html"]
    assert "<details>" not in bundle(right)["text/html"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Asked(QUESTION), "  B  No."),
        (Asked(QUESTION, None, True), "  B  No."),
        (Asked(QUESTION, 0), "You chose A."),
        (Asked(QUESTION, 0, True), "You chose A, before the answer was known."),
        (Asked(SET, ("a.0001", "a.0002")), "You chose 2 of 3: `a.0001`, `a.0002`."),
        (Asked(SET, ()), "You chose none of them."),
        (Asked(NUMBER, 7), "You chose 7."),
    ],
)
def test_a_question_says_what_was_chosen(asked: Asked, said: str) -> None:
    lines = text(asked).splitlines()
    assert lines[-1] == said
    assert lines[0] == f"Predict: {asked.question.text}"


def test_a_check_names_what_is_still_to_do() -> None:
    missing = Checked("t", (Point("made", True), Point("applied", False)))
    assert text(missing).splitlines() == [
        "1 of 2 goals is reached. Still to do: the items marked ○.",
        "  ✓ made",
        "  ○ applied",
    ]
    assert text(Checked("t", (Point("made", True),))).startswith("Done: every goal is reached.")


def test_before_anything_was_tried_a_task_shows_its_goals_and_judges_none() -> None:
    goals = Checked("t", (Point("made", True), Point("applied", False)), begun=False)
    assert text(goals).splitlines() == ["The goals of this task:", "  • made", "  • applied"]
    assert not any(sign in bundle(goals)["text/html"] for sign in ("✓", "○", "not yet"))


def test_a_verdict_shows_how_it_was_tried_and_what_to_follow() -> None:
    assert text(VERDICT).splitlines() == [
        "Claim C1, from “How to” and “Notes”: All is `well`.",
        "Verdict: C1 holds only if it is a <copy>.",
        "Remember: Look first.",
        "Tried: it is a <copy>",
        "  $ python manage.py migrate",
        "  ✓ as claimed: `store` moved.",
        "Tried: it is not",
        "  $ SQL: SELECT 1",
        "  ✗ not as claimed: Nothing moved.",
    ]


def test_the_runs_of_a_claim_are_one_click_away_and_its_verdict_is_not() -> None:
    before, _, folded = bundle(VERDICT)["text/html"].partition("<details>")
    assert "Verdict: C1" in before
    assert "python manage.py migrate" in folded


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        ("holds only if", "That is your verdict too."),
        (
            "holds",
            "Your verdict was: it holds. Not this time: can you see why in the runs?",
        ),
    ],
)
def test_the_readers_verdict_is_compared_with_ours(judged: str, said: str) -> None:
    assert text(replace(VERDICT, judged=judged)).splitlines()[2] == said


def test_a_verdict_nobody_thought_of_says_so() -> None:
    assert "this verdict is new" in text(Verdict(VERDICT.claim, VERDICT.cases))


def test_all_verdicts_are_counted() -> None:
    assert text(Verdicts((VERDICT,))).splitlines()[-1] == (
        "1 claim: 0 hold, 1 holds only under a condition, 0 do not hold"
    )


def test_the_table_of_verdicts_names_the_lesson_and_shows_code_as_code() -> None:
    shown = html(Verdicts((VERDICT,)))
    assert "<code>well</code>" in shown
    assert "05_revert</td>" in shown
    assert "“How to” and “Notes”" in shown


BEGUN = Begun("t", ("store", "blog"), "All 9 migrations are applied.", ("`migrate` <done>",))


def test_a_task_says_that_a_new_lab_has_begun_what_is_in_it_and_what_is_to_be_done() -> None:
    assert text(BEGUN).splitlines() == [
        "A new lab has begun for this task.",
        "store and blog: All 9 migrations are applied.",
        "`lab.restart()` brings you back here.",
        "Goals:",
        "  ○ `migrate` <done>",
    ]
    assert "<code>migrate</code> &lt;done&gt;" in html(BEGUN)


FACTS = (
    BEGUN,
    QUESTION,
    SET,
    NUMBER,
    Asked(SET, ("b.<back>",)),
    Answer(QUESTION, 1, 0, "It is <it>."),
    SetAnswer(SET, ("b.<back>",), ()),
    NumberAnswer(NUMBER, 5, 6),
    Checked("t", (Point("made <it>", False),)),
    VERDICT,
    Verdicts((VERDICT,)),
    Spine(("depends on", "rows"), (("migrate <x>", ("files", "")),)),
)


def test_every_fact_of_a_lesson_is_shown() -> None:
    kinds = {*lesson.TYPES, *questions.TYPES, *begun.TYPES}
    assert {type(fact) for fact in FACTS} == kinds <= set(SHOWN)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_html_lets_no_text_through_as_markup(fact: object) -> None:
    page = bundle(fact)["text/html"]
    assert "<back>" not in page
    assert "<copy>" not in page
    assert "<it>" not in page
    assert "<x>" not in page


def test_what_was_typed_is_in_terminal_print() -> None:
    printed = re.findall("<pre[^>]*>", bundle(VERDICT)["text/html"])
    assert printed
    assert all("monospace" in pre for pre in printed)


def test_back_quotes_become_code() -> None:
    assert "<code>price</code>" in bundle(QUESTION)["text/html"]

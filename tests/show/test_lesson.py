"""What a lesson asks and finds reads well as text and as HTML."""

from __future__ import annotations

import pytest

from miglab.facts.lesson import (
    Answer,
    Case,
    Checked,
    Claim,
    NumberAnswer,
    NumberQuestion,
    Point,
    Question,
    SetAnswer,
    SetQuestion,
    Spine,
    Verdict,
    Verdicts,
)
from miglab.show.bundle import SHOWN, bundle
from miglab.show.lesson import TYPES

QUESTION = Question("q", "Is `price` <back>?", ("Yes.", "No."))
SET = SetQuestion("s", "Which go <back>?", ("a.0001", "a.0002", "b.<back>"), "unapplied")
NUMBER = NumberQuestion("n", "How many rows are <back>?")
CASE = Case("it is a <copy>", ("python manage.py migrate",), "`store` moved.", held=True)
OTHER = Case("it is not", ("SQL: SELECT 1",), "Nothing moved.", held=False)
VERDICT = Verdict(Claim("C1", ("000", "004"), "All is well."), (CASE, OTHER), "Look first.")


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
        (None, 0, "Nothing has run since the question. Run the cells between, then this one."),
        (1, None, "You did not predict. Choose a letter above before you run, next time."),
        (1, 1, "So did you."),
        (1, 0, "You said A: Yes. Look again: why not?"),
    ],
)
def test_an_answer_stands_beside_the_prediction(
    right: int | None, chosen: int | None, last: str
) -> None:
    lines = text(Answer(QUESTION, right, chosen)).splitlines()
    assert lines[-1] == last
    assert ("The run says B: No." in lines) == (right is not None)


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
        "Say a whole number, 0 or more.",
    ]


@pytest.mark.parametrize(
    ("right", "chosen", "told"),
    [
        (None, ("a.0001",), ["Nothing has run since the question. Run the cells between, then"]),
        (
            ("a.0001",),
            None,
            [
                "The run says 1 of 3: `a.0001`.",
                "You did not predict. Tick some names above before you run, next time.",
            ],
        ),
        (
            ("a.0001", "a.0002"),
            ("a.0001", "a.0002"),
            ["The run says 2 of 3: `a.0001`, `a.0002`.", "So did you."],
        ),
        (
            ("a.0001", "a.0002"),
            ("a.0002", "b.<back>"),
            [
                "The run says 2 of 3: `a.0001`, `a.0002`.",
                "You had: `a.0002`.",
                "You missed: `a.0001`.",
                "Not unapplied: `b.<back>`.",
            ],
        ),
        (
            ("a.0001",),
            (),
            ["The run says 1 of 3: `a.0001`.", "You said none of them.", "You missed: `a.0001`."],
        ),
        ((), ("a.0001",), ["The run says none of them.", "Not unapplied: `a.0001`."]),
        ((), (), ["The run says none of them.", "So did you."]),
    ],
)
def test_a_set_is_compared_name_by_name(
    right: tuple[str, ...] | None, chosen: tuple[str, ...] | None, told: list[str]
) -> None:
    asked, *lines = text(SetAnswer(SET, right, chosen)).splitlines()
    assert asked == SET.text
    assert [line[: len(each)] for line, each in zip(lines, told, strict=True)] == told


@pytest.mark.parametrize(
    ("right", "chosen", "last"),
    [
        (None, 6, "Nothing has run since the question. Run the cells between, then this one."),
        (5, None, "You did not predict. Type a number above before you run, next time."),
        (0, 0, "So did you."),
        (5, 6, "You said 6: 1 too many. Look again: why?"),
        (5, 0, "You said 0: 5 too few. Look again: why?"),
    ],
)
def test_a_number_is_compared_with_the_right_one(
    right: int | None, chosen: int | None, last: str
) -> None:
    lines = text(NumberAnswer(NUMBER, right, chosen)).splitlines()
    assert lines[-1] == last
    assert (f"The run says {right}." in lines) == (right is not None)


def test_a_check_names_what_is_missing() -> None:
    missing = Checked("t", (Point("made", True), Point("applied", False)))
    assert text(missing).splitlines()[1:] == ["  ✓ made", "  ○ applied"]
    assert text(missing).startswith("1 of 2 done.")
    assert text(Checked("t", (Point("made", True),))).startswith("Done. Nothing is missing.")


def test_a_verdict_shows_how_it_was_tried_and_what_to_follow() -> None:
    assert text(VERDICT).splitlines() == [
        "Claim C1, documents 000, 004: All is well.",
        "Tried: it is a <copy>",
        "  $ python manage.py migrate",
        "  ✓ as claimed: `store` moved.",
        "Tried: it is not",
        "  $ SQL: SELECT 1",
        "  ✗ not as claimed: Nothing moved.",
        "Verdict: C1 holds only if it is a <copy>.",
        "Follow: Look first.",
    ]


def test_a_verdict_nobody_thought_of_says_so() -> None:
    assert "this verdict is new" in text(Verdict(VERDICT.claim, VERDICT.cases))


def test_all_verdicts_are_counted() -> None:
    assert text(Verdicts((VERDICT,))).splitlines()[-1].startswith("1 claim")


FACTS = (
    QUESTION,
    SET,
    NUMBER,
    Answer(QUESTION, 1, 0),
    SetAnswer(SET, ("b.<back>",), ()),
    NumberAnswer(NUMBER, 5, 6),
    Checked("t", (Point("made <it>", False),)),
    VERDICT,
    Verdicts((VERDICT,)),
    Spine(("decides by", "rows"), (("migrate <x>", ("files", "")),)),
)


def test_every_fact_of_a_lesson_is_shown() -> None:
    assert {type(fact) for fact in FACTS} == set(TYPES) <= set(SHOWN)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_html_lets_no_text_through_as_markup(fact: object) -> None:
    page = bundle(fact)["text/html"]
    assert "<back>" not in page
    assert "<copy>" not in page
    assert "<it>" not in page
    assert "<x>" not in page


def test_back_quotes_become_code() -> None:
    assert "<code>price</code>" in bundle(QUESTION)["text/html"]

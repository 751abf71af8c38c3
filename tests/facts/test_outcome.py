"""Every combination of what happened, cost, way back, agreement and next command: which can't be,
and why; the status of each that can; and that every form of a report says the same."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from enum import Enum
from itertools import product

import pytest

from miglab.facts.consequences import Consequences
from miglab.facts.outcome import (
    STATUSES,
    USAGE,
    Agreeing,
    Cost,
    Happened,
    Next,
    Outcome,
    Return,
    impossible,
    not_rehearsed,
)
from miglab.facts.run import Run, WayBack
from miglab.show.bundle import bundle
from miglab.show.report import SCHEMA, report_html, report_json, report_markdown
from miglab.show.report.words import facts

from ..draw.samples import node, picture
from ..show.consequences_samples import STORE, consequences, step, undone

SMALL = picture(node(str(STORE[0])), title="before", sentence="One migration is applied.")
Parts = tuple[Happened, Cost, Return, Agreeing, Next]
ALL: list[Parts] = list(product(Happened, Cost, Return, Agreeing, Next))

#: What can't be: a reason, then a pattern for each of the five. ``*`` is any, ``!A`` is all but A.
CANNOT_BE = """
a command that could not be rehearsed says nothing about the rest
    NOT_REHEARSED  !UNKNOWN *           *            *
    NOT_REHEARSED  *        !UNKNOWN    *            *
    NOT_REHEARSED  *        *           !CANNOT_TELL *
    NOT_REHEARSED  *        *           *            !UNKNOWN
a command that is refused before anything changed needs no way back
    REFUSED        *        !NOT_NEEDED *            *
if all migrations were done, something changed
    FAILED_AFTER   *        NOT_NEEDED  *            *
if nothing changed, nothing is lost
    !NOT_REHEARSED SOME     NOT_NEEDED  *            *
if nothing changed, the truths agree as before
    !NOT_REHEARSED *        NOT_NEEDED  !NO_WORSE    *
if nothing changed, plain migrate does the same as before
    !NOT_REHEARSED *        NOT_NEEDED  *            !NOT_TRIED
if every value is back, nothing is lost
    !NOT_REHEARSED SOME     VALUES      *            *
    !NOT_REHEARSED SOME     MORE        *            *
if rows do not come back, something is lost
    !NOT_REHEARSED !SOME    SCHEMA      *            *
if the way back is unknown, so is what it loses
    !NOT_REHEARSED NOTHING  UNKNOWN     *            *
"""


def table() -> dict[str, list[list[str]]]:
    """The reasons of ``CANNOT_BE`` with their patterns."""
    found: dict[str, list[list[str]]] = {}
    reason = ""
    for line in CANNOT_BE.strip().splitlines():
        if line.startswith(" "):
            found[reason].append(line.split())
        else:
            reason = line
            found[reason] = []
    return found


def fits(parts: Parts, patterns: list[str]) -> bool:
    """Whether each part is what its pattern says."""
    return all(
        pattern == "*" or (part.name != pattern[1:] if pattern[0] == "!" else part.name == pattern)
        for part, pattern in zip(parts, patterns, strict=True)
    )


def reasons(parts: Parts) -> set[str]:
    """Why these can't be, by the table."""
    return {
        reason
        for reason, lines in table().items()
        if any(fits(parts, patterns) for patterns in lines)
    }


def unchecked(parts: Parts) -> Outcome:
    """An outcome that was never asked whether it can be."""
    made = object.__new__(Outcome)
    for name, part in zip(Outcome.__dataclass_fields__, parts, strict=True):
        object.__setattr__(made, name, part)
    return made


def possible() -> Iterator[Outcome]:
    """Every outcome that can be."""
    return (Outcome(*parts) for parts in ALL if not reasons(parts))


def expected_status(outcome: Outcome) -> int:
    """As the first of these sentences that holds says."""
    happened, back = outcome.happened.name, outcome.back.name
    if happened == "NOT_REHEARSED":
        return 1
    if happened in {"STOPPED", "REFUSED", "FAILED_AFTER"}:
        return 12
    # Rows or values that are lost do not come back: that alone is a loss, and counts as one.
    lost = outcome.cost.name == "SOME"
    whole = back in {"VALUES", "NOT_NEEDED", "UNKNOWN"} or (lost and back in {"ROWS", "SCHEMA"})
    if not whole or outcome.agreeing.name == "WORSE" or outcome.next.name in {"FAILS", "DESTROYS"}:
        return 11
    if lost:
        return 10
    names = {outcome.cost.name, back, outcome.agreeing.name, outcome.next.name}
    return 13 if names & {"UNKNOWN", "CANNOT_TELL"} else 0


def made(outcome: Outcome) -> Consequences:
    """Consequences that end so. Nothing else in them says how they end."""
    back = None
    if outcome.back is not Return.NOT_NEEDED:
        back = WayBack(("migrate",), False, (Run(step("migrate"), (), 0.1),), outcome.back)
    return consequences(
        outcome=outcome,
        verdict="the verdict",
        findings=(),
        runs=(Run(step("migrate store 0004"), (undone(STORE[4]),), 0.1),),
        rows=(),
        schema=(),
        back=back,
        next=None,
        next_rows=(),
        before=SMALL,
        after=SMALL,
    )


def test_each_combination_can_be_or_is_refused_for_the_reasons_of_the_table() -> None:
    found: Counter[str] = Counter()
    for parts in ALL:
        expected = reasons(parts)
        assert [*impossible(unchecked(parts))] == [r for r in table() if r in expected], parts
        if expected:
            with pytest.raises(ValueError, match="a rehearsal cannot end like this") as error:
                Outcome(*parts)
            assert any(reason in str(error.value) for reason in expected)
        found.update(expected or {"can be"})
    assert set(found) == {*table(), "can be"}


@pytest.mark.parametrize("kind", [Happened, Cost, Return, Agreeing, Next])
def test_each_word_belongs_to_an_outcome_that_can_be(kind: type[Enum]) -> None:
    told = {part for each in possible() for part in vars(each).values() if isinstance(part, kind)}
    assert told == set(kind)


def test_each_outcome_has_the_first_status_that_holds() -> None:
    for each in possible():
        assert each.status == expected_status(each), each
    assert {each.status for each in possible()} == set(STATUSES)
    assert list(STATUSES) == [1, 12, 11, 10, 13, 0]
    assert USAGE not in STATUSES


def test_0_is_what_is_wholly_known_and_nothing_speaks_against() -> None:
    fine = {each for each in possible() if each.status == 0}
    ends = {(each.happened, each.cost, each.agreeing) for each in fine}
    assert ends == {(Happened.RAN, Cost.NOTHING, Agreeing.NO_WORSE)}
    assert {each.back for each in fine} == {Return.VALUES, Return.NOT_NEEDED}
    assert {each.next for each in fine} == {Next.FINE, Next.NOT_TRIED}
    assert all(each.fine == (each in fine) for each in possible())


def test_what_could_not_be_rehearsed_is_one_outcome() -> None:
    assert [each for each in possible() if each.status == 1] == [not_rehearsed()]


def test_json_says_what_the_outcome_says() -> None:
    for each in possible():
        told = json.loads(report_json(made(each)))
        assert told["outcome"] == {
            name: part.name.lower() for name, part in vars(each).items() if isinstance(part, Enum)
        }
        assert told["status"] == expected_status(each)
        assert told["safe"] is (expected_status(each) == 0)
        assert told["loses"] is (each.cost is Cost.SOME)
        assert told["stops"] is (each.happened.name in {"STOPPED", "REFUSED", "FAILED_AFTER"})
        assert told["comes_back"] is (each.back.name in {"VALUES", "NOT_NEEDED"})
    for status, meaning in STATUSES.items():
        assert f"{status}: {meaning}" in SCHEMA["status"]


def test_the_facts_are_the_words_of_the_outcome() -> None:
    for each in possible():
        status = expected_status(each)
        assert [told for _, told in facts(made(each))] == [
            each.happened.words,
            each.cost.value,
            each.back.words,
            each.agreeing.value,
            each.next.value,
            f"{status}: {STATUSES[status]}",
        ]


#: What a report says where there is nothing to find; words that are true of status 0 alone.
NOTHING_TO_KNOW = "Nothing is lost, and everything comes back."


def test_a_page_and_markdown_say_the_facts_and_are_blue_for_0_alone() -> None:
    for each in possible():
        fine, whole = expected_status(each) == 0, made(each)
        page, markdown = report_html(whole), report_markdown(whole)
        assert ('class="verdict safe"' in page) is fine, each
        for name, told in facts(whole):
            assert f"<dt>{name}</dt><dd>{told}</dd>" in page
            assert f"- {name}: {told}" in markdown
        assert (NOTHING_TO_KNOW in page) is fine, each
        assert (NOTHING_TO_KNOW in markdown) is fine, each


FINE, BAD = "#0072B2", "#C25400"


def test_a_notebook_is_blue_for_0_alone_and_says_how_far_one_comes_back() -> None:
    for each in possible():
        shown = bundle(made(each))
        bar = "border-left:4px solid {};"
        colours = [colour for colour in (FINE, BAD) if bar.format(colour) in shown["text/html"]]
        assert colours == [FINE if expected_status(each) == 0 else BAD], each
        for told in shown.values():
            assert "the verdict" in told
            back = f"{each.back.words}: {each.back.meaning}"
            assert (back in told) is (each.back is not Return.NOT_NEEDED)

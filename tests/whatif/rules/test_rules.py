"""Each rule makes its finding, of one thing and of many; the outcome agrees with what is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from miglab.compare.worse import Worse
from miglab.facts.consequences import LeftBehind, Severity
from miglab.facts.locks import Lock
from miglab.facts.migration import Key
from miglab.facts.outcome import Happened, Next, Return, Unknown
from miglab.facts.run import Fate
from miglab.facts.schema import Schema, Table
from miglab.facts.step import Obstacle, Reach, Refusal, Statement
from miglab.facts.truths import Agreement, Files, Record
from miglab.whatif.conclude import conclude, verdict
from miglab.whatif.measured import Measured
from miglab.whatif.rules import RULES, findings

from ...show.consequences_samples import AGREED
from ..measures import (
    FIRST,
    REFUSED,
    SECOND,
    STOPPED,
    THIRD,
    change,
    following,
    measured,
    planned,
    run,
    way_back,
)

GONE = Key("store", "0099_gone")
ERROR = Refusal("ValueError", "no")
CANNOT = Refusal("IrreversibleError", "it is not reversible")
FAILED = planned(SECOND, Fate.FAILED)
TRIED = Reach("start the program gpg", during=SECOND, id="program-stopped", do="allow it")
WHY = Unknown("measuring-failed", "the rows could not be read", "shop_item", "mend it")


def lost(number: int, back: int = 0, **more: object) -> Measured:
    """Rows that are deleted from a table, of which so many come back."""
    gone = change(lost=number, rows_not_back=number - back, **more)
    level = Return.VALUES if back == number else Return.SCHEMA
    return measured(rows=(gone,), lost=(gone,), back=way_back(level))


def column(number: int, back: int = 0, retyped: bool = False, dropped: bool = False) -> Measured:
    """Values of a column that change, of which so many come back."""
    named = {"lost_values" if dropped else "changed_columns": {"sku": number}}
    gone = change(
        values_not_back={"sku": number - back}, retyped=("sku",) if retyped else (), **named
    )
    level = Return.VALUES if back == number else Return.ROWS
    return measured(rows=(gone,), lost=(gone,), back=way_back(level))


def coming_back(number: int) -> Measured:
    """Values that only the way back overwrites."""
    return measured(back=way_back(Return.ROWS, rows=(change(changed_columns={"sku": number}),)))


def filled(number: int) -> Measured:
    """NULLs that are values at the end."""
    rows = (change(changed_columns={"sku": number}, filled={"sku": number}),)
    return measured(back=way_back(Return.ROWS, rows=rows))


def drift(*lines: str) -> Agreement:
    """Record and tables differ."""
    return Agreement(False, "They differ.", lines)


def with_ghost() -> Measured:
    """Nothing moves; a recorded migration has no file."""
    first = run()
    before = replace(first.step.before, record=Record((*first.step.before.known_record.keys, GONE)))
    alone = replace(first, step=replace(first.step, before=before))
    return measured(alone, moved=False, back=None)


def unclear(*, during: bool) -> Measured:
    """The project tried to start a program, in a migration or outside of any."""
    tried = replace(TRIED, during=SECOND if during else None)
    return measured(run(planned(), kept_in=(tried,)))


def not_installed(*tables: str) -> Measured:
    """An app is recorded and not installed; these tables of it are there, with a row each."""
    ran = run()
    after = replace(
        ran.step.after,
        files=Files(("shop",), {}),
        record=Record((Key("gone", "0001_initial"),)),
        tables=Schema({name: Table(name, ()) for name in tables}),
        rows=dict.fromkeys(tables, 1),
    )
    return measured(replace(ran, step=replace(ran.step, after=after)))


def locked(lock: Lock, back: bool = False) -> Measured:
    """A migration that locks a table, on the way there or back."""
    plan = run(planned(locks=(lock,)))
    return measured(back=way_back(Return.VALUES, plan)) if back else measured(plan)


NEXT_FAILS = run(replace(FAILED, backwards=False), line="migrate", refusal=ERROR)
NEXT_LIMITED = run(line="migrate", refusal=ERROR, obstacles=(STOPPED,))
NEXT_IN_PART = run(line="migrate", kept_in=(TRIED,))
LOST_NEXT = change(changed_columns={"sku": 2})

#: Finding, what was measured, and what it says.
CASES: list[tuple[str, Measured, str]] = [
    (
        "not-rehearsed",
        measured(run(refusal=ERROR, obstacles=(STOPPED,)), moved=False, back=None),
        "miglab does not let a copy start programs (`gpg`)",
    ),
    (
        "refused",
        measured(run(refusal=REFUSED), moved=False, back=None),
        f"migrate shop 0001 is refused: {REFUSED}",
    ),
    (
        "fails-at-the-end",
        measured(run(planned(), refusal=ERROR)),
        "the only migration is unapplied and stays unapplied; then migrate shop 0001 fails: "
        "ValueError: no",
    ),
    (
        "fails-at-the-end",
        measured(run(planned(THIRD), planned(SECOND), refusal=ERROR)),
        "both migrations are unapplied and stay unapplied; then migrate shop 0001 fails: "
        "ValueError: no",
    ),
    (
        "irreversible",
        measured(run(replace(FAILED, irreversible=("RunPython",)), refusal=CANNOT)),
        f"the command stops at {SECOND}: {CANNOT}",
    ),
    (
        "fails",
        measured(run(FAILED, refusal=ERROR), moved=False, back=None),
        f"the command stops at {SECOND}: ValueError: no",
    ),
    (
        "halfway",
        measured(run(planned(THIRD), FAILED, refusal=ERROR)),
        f"1 migration was unapplied before the error, and stays unapplied: {THIRD}",
    ),
    (
        "halfway",
        measured(run(planned(THIRD), planned(SECOND), planned(FIRST, Fate.FAILED), refusal=ERROR)),
        "2 migrations were unapplied before the error, and stay unapplied: the last of them is "
        f"{SECOND}",
    ),
    (
        "half-a-migration",
        measured(
            run(replace(FAILED, atomic=False, sql=(Statement("DROP TABLE x"),)), refusal=ERROR)
        ),
        f"{SECOND} is not atomic: work that it did before the error may stay, and is not recorded",
    ),
    (
        "locks",
        locked(Lock("shop_item", "AccessExclusiveLock", 2.94, 2.95, rewritten=True, rows=1204311)),
        "shop_item (1,204,311 rows) can't be read for 2.9\N{NO-BREAK SPACE}s, "
        "and all of its rows are rewritten: "
        f"{SECOND} takes an AccessExclusiveLock",
    ),
    (
        "locks",
        locked(Lock("shop_item", "ShareLock", 0.0, 0.25, at_least=True, rows=1), back=True),
        f"shop_item (1 row) can't be written to for at least 250\N{NO-BREAK SPACE}ms: "
        f"{SECOND} takes a ShareLock, on the way back",
    ),
    ("rows-lost", lost(1, now=None), "1 row of shop_item is deleted with the table"),
    ("rows-lost", lost(3, now=None), "3 rows of shop_item are deleted with the table"),
    (
        "rows-lost",
        lost(3, 1, now=None),
        "3 rows of shop_item are deleted with the table, and 2 of them do not come back",
    ),
    (
        "rows-lost",
        lost(3, 2, now=None),
        "3 rows of shop_item are deleted with the table, and 1 of them does not come back",
    ),
    (
        "links-lost",
        lost(1, now=None, many_to_many=True),
        "1 link of shop_item is deleted with the table",
    ),
    (
        "links-lost",
        lost(2, now=None, many_to_many=True),
        "2 links of shop_item are deleted with the table",
    ),
    ("rows-deleted", lost(1), "1 row of shop_item is deleted"),
    ("rows-deleted", lost(1200), "1,200 rows of shop_item are deleted"),
    (
        "rows-deleted",
        lost(2, by_handlers=True),
        "post_migrate handlers: 2 rows of shop_item are deleted",
    ),
    ("values-lost", column(1, dropped=True), "1 value of shop_item.sku is deleted with the column"),
    (
        "values-lost",
        column(2, dropped=True),
        "2 values of shop_item.sku are deleted with the column",
    ),
    ("values-changed", column(1), "1 value of shop_item.sku changes"),
    ("values-changed", column(2), "2 values of shop_item.sku change"),
    (
        "values-retyped",
        column(1, retyped=True),
        "1 value of shop_item.sku is stored as another type",
    ),
    (
        "values-retyped",
        column(2, retyped=True),
        "2 values of shop_item.sku are stored as another type",
    ),
    ("lost-on-the-way-back", coming_back(1), "on the way back, 1 value of shop_item.sku changes"),
    ("lost-on-the-way-back", coming_back(2), "on the way back, 2 values of shop_item.sku change"),
    (
        "rows-lost-and-back",
        lost(1, 1, now=None),
        "1 row of shop_item is deleted with the table, and the way back restores it",
    ),
    (
        "links-lost-and-back",
        lost(2, 2, now=None, many_to_many=True),
        "2 links of shop_item are deleted with the table, and the way back restores them",
    ),
    (
        "rows-deleted-and-back",
        lost(2, 2),
        "2 rows of shop_item are deleted, and the way back restores them",
    ),
    (
        "values-lost-and-back",
        column(1, 1, dropped=True),
        "1 value of shop_item.sku is deleted with the column, and the way back restores it",
    ),
    (
        "values-changed-and-back",
        column(2, 2),
        "2 values of shop_item.sku change, and the way back restores them",
    ),
    (
        "values-retyped-and-back",
        column(1, 1, retyped=True),
        "1 value of shop_item.sku is stored as another type, and the way back restores it",
    ),
    (
        "no-way-back",
        measured(
            back=way_back(Return.NOT_AT_ALL, run(planned(), FAILED, line="migrate", refusal=ERROR))
        ),
        f"the way back fails at {SECOND}, after 1 of 2 migrations: migrate: ValueError: no",
    ),
    (
        "no-way-back",
        measured(
            back=way_back(
                Return.NOT_AT_ALL,
                run(
                    replace(planned(SECOND), backwards=False),
                    replace(planned(THIRD), backwards=False),
                    line="migrate",
                    refusal=ERROR,
                ),
            )
        ),
        "on the way back, both migrations are applied and stay applied; then migrate fails: "
        "ValueError: no",
    ),
    (
        "no-way-back",
        measured(back=way_back(Return.NOT_AT_ALL, schema=("shop.0009 is recorded",))),
        "no command leads back: shop.0009 is recorded",
    ),
    (
        "another-schema",
        measured(back=way_back(Return.RUNS, schema=("shop_tag is new",))),
        "after the way back, 1 thing is not as before: shop_tag is new",
    ),
    (
        "another-schema",
        measured(back=way_back(Return.RUNS, schema=tuple("abcd"))),
        "after the way back, 4 things are not as before: a; b; c …",
    ),
    (
        "rows-added",
        measured(back=way_back(Return.MORE, rows=(change(gained=1),))),
        "after the way back, shop_item has 1 row that was not there before",
    ),
    (
        "rows-added",
        measured(back=way_back(Return.MORE, rows=(change(gained=2),))),
        "after the way back, shop_item has 2 rows that were not there before",
    ),
    (
        "rows-added",
        measured(back=way_back(Return.SCHEMA, rows=(change(lost=1, gained=3, approximate=True),))),
        "after the way back, shop_item has 2 rows that were not there before",
    ),
    ("values-added", filled(1), "after the way back, 1 NULL of shop_item.sku has become a value"),
    ("values-added", filled(2), "after the way back, 2 NULLs of shop_item.sku have become values"),
    (
        "way-back-unknown",
        measured(
            back=way_back(Return.UNKNOWN, run(line="migrate", refusal=ERROR, obstacles=(STOPPED,)))
        ),
        f"the way back could not be rehearsed: {STOPPED.what}",
    ),
    (
        "column-order",
        measured(back=way_back(reordered=("shop_item", "shop_tag"))),
        "after the way back, the columns of shop_item, shop_tag are in a different order",
    ),
    (
        "drift",
        measured(worse=Worse(drift=tuple("abcd"))),
        "the tables no longer match the record: a; b; c …",
    ),
    (
        "ghosts",
        measured(worse=Worse(ghosts=(SECOND, THIRD))),
        f"recorded, but the file is missing: {SECOND}, {THIRD}",
    ),
    (
        "unmigrated",
        measured(worse=Worse(unmigrated=("Add field sku",))),
        "1 model change is no longer in any migration file: Add field sku",
    ),
    (
        "unmigrated",
        measured(worse=Worse(unmigrated=("a", "b"))),
        "2 model changes are no longer in any migration file: a; b",
    ),
    ("unknown", measured(not_measured=(WHY,)), WHY.what),
    (
        "unknown",
        unclear(during=True),
        f"{SECOND} tried to start the program gpg, but miglab did not allow this, so the effects "
        "are not part of this rehearsal",
    ),
    (
        "unknown",
        measured(run(planned(), obstacles=(Obstacle("measuring-failed", "not read", "mend"),))),
        "not read",
    ),
    (
        "unknown",
        measured(back=way_back(Return.VALUES, run(line="migrate", kept_in=(TRIED,)))),
        f"on the way back: {SECOND} tried to start the program gpg, but miglab did not allow "
        "this, so the effects are not part of this rehearsal",
    ),
    ("truths-unknown", measured(worse=Worse(unknown=(WHY,))), WHY.what),
    (
        "explained-drift",
        measured(worse=Worse(explained=("a",))),
        "the tables differ from what Django expects, and a migration's own SQL or Python may be "
        "the reason: a",
    ),
    (
        "old-drift",
        measured(
            agreements_before=replace(AGREED, record_tables=drift("a")),
            agreements_after=replace(AGREED, record_tables=drift("a", "b")),
        ),
        "the tables already differed from the record, and still do: a",
    ),
    (
        "next-fails",
        measured(following=following(run=NEXT_FAILS, before=run(line="migrate"))),
        "the next plain migrate fails: ValueError: no",
    ),
    (
        "next-destroys",
        measured(following=following(rows=(LOST_NEXT,))),
        "the next plain migrate overwrites 2 values of shop_item.sku",
    ),
    (
        "next-destroys",
        measured(following=following(rows=(change(now=None, lost=1),))),
        "the next plain migrate destroys 1 row of shop_item",
    ),
    (
        "next-unknown",
        measured(following=following(run=NEXT_LIMITED)),
        f"the next plain migrate could not be rehearsed: {STOPPED.what}",
    ),
    (
        "next-unknown",
        measured(following=following(run=NEXT_IN_PART)),
        f"the next plain migrate is not fully known: {SECOND} tried to start the program gpg, but "
        "miglab did not allow this, so the effects are not part of this rehearsal",
    ),
    (
        "next-as-before",
        measured(following=following(run=NEXT_FAILS, before=NEXT_FAILS)),
        "plain migrate fails afterwards, as it would have failed before: ValueError: no",
    ),
    (
        "next-as-before",
        measured(
            following=following(
                rows=(LOST_NEXT,), before=run(line="migrate"), rows_before=(LOST_NEXT,)
            )
        ),
        "plain migrate destroys or overwrites something afterwards, as it would have before",
    ),
    (
        "next-destroys",
        measured(following=following(rows=(LOST_NEXT,), together=(change(lost=1),))),
        "the next plain migrate destroys 1 row of shop_item",
    ),
    (
        "pulled-in",
        measured(run(planned(), planned(FIRST._replace(app_label="stock"), why=(SECOND, FIRST)))),
        f"1 stock migration is unapplied too, because {FIRST} depends on {SECOND}",
    ),
    (
        "pulled-in",
        measured(
            run(
                planned(SECOND._replace(app_label="stock"), why=(SECOND, THIRD), backwards=False),
                planned(FIRST._replace(app_label="stock"), why=(SECOND, FIRST), backwards=False),
            )
        ),
        f"2 stock migrations are applied too, because {SECOND} depends on {THIRD}",
    ),
    (
        "unknown-operation",
        measured(run(planned(unknown=("Load prices",)))),
        f"{SECOND} has operations that are not Django's, so only running them shows whether they "
        "can be undone: Load prices",
    ),
    (
        "kept-in",
        unclear(during=False),
        "the project tried to start the program gpg, but miglab did not allow this",
    ),
    (
        "handlers",
        measured(rows=(change(gained=2, by_handlers=True),)),
        "post_migrate handlers add rows: 2 in shop_item",
    ),
    (
        "orphans",
        measured(rows=(change(orphans={"shop_place": 1}),)),
        "1 row of shop_place stays, without its part in shop_item",
    ),
    (
        "orphans",
        measured(rows=(change(orphans={"shop_place": 2}),)),
        "2 rows of shop_place stay, without their part in shop_item",
    ),
    (
        "derived",
        measured(rows=(change(changed_columns={"sku": 1}, derived=True),)),
        "index tables, which can be built again from the data, change too: shop_item",
    ),
    (
        "left-behind",
        measured(left_behind=LeftBehind(("shop.item",), 1)),
        "1 content type and 1 permission stay behind: shop.item",
    ),
    (
        "left-behind",
        measured(left_behind=LeftBehind(tuple("abcde"), 4)),
        "5 content types and 4 permissions stay behind: a, b, c, d …",
    ),
    (
        "left-behind",
        measured(left_behind=LeftBehind(("shop.item",), 0)),
        "1 content type stays behind: shop.item",
    ),
    (
        "orphans",
        measured(rows=(change(lost=1, orphans={"shop_place": 1}),)),
        "1 row of shop_place stays, without its part in shop_item",
    ),
    (
        "orphans",
        measured(rows=(change(lost=2, orphans={"shop_place": 2}),)),
        "2 rows of shop_place stay, without their part in shop_item",
    ),
    (
        "derived",
        measured(rows=(change(lost=2, derived=True),)),
        "index tables, which can be built again from the data, change too: shop_item",
    ),
    (
        "not-installed",
        not_installed("gone_item"),
        "gone.0001_initial is recorded for an app that is not installed; its table gone_item stays "
        "behind with 1 row",
    ),
    (
        "not-installed",
        not_installed("gone_item", "gone_tag"),
        "gone.0001_initial is recorded for an app that is not installed; its tables gone_item; "
        "gone_tag stay behind with 2 rows",
    ),
]


@pytest.mark.parametrize(("id", "found", "what"), CASES)
def test_a_finding_says_what_it_is(id: str, found: Measured, what: str) -> None:
    told = [each for each in findings(found) if each.id == id]
    assert [each.what for each in told] == [what]
    assert told[0].severity is RULES[id].severity


def test_without_a_key_a_row_with_another_value_is_not_a_row_that_was_added() -> None:
    found = way_back(Return.SCHEMA, rows=(change(lost=3, gained=3, approximate=True),))
    assert "rows-added" not in {each.id for each in findings(measured(back=found))}


def test_a_ghost_of_before_is_a_note() -> None:
    (told,) = [each for each in findings(with_ghost()) if each.id == "ghosts"]
    assert told.what == f"recorded, but the file was already missing: {GONE}"
    assert told.severity is Severity.NOTE


def test_every_rule_has_a_case() -> None:
    assert {id for id, _, _ in CASES} == set(RULES)


def everyone() -> Iterator[Measured]:
    """All that is measured in a case, and where nothing is amiss."""
    yield from (found for _, found, _ in CASES)
    yield measured()


def test_the_outcome_and_the_findings_agree() -> None:
    for each in everyone():
        outcome = conclude(each)
        found = {finding.severity for finding in findings(each)}
        line = verdict(each, outcome)
        told = {finding.id for finding in findings(each)}
        # A status that is not 0 has a reason that a person reads, and 0 has none against it.
        assert (outcome.status == 0) == (found <= {Severity.NOTE}), (outcome, told)
        assert outcome.stops == (Severity.STOPS in found)
        assert (outcome.status == 1) == (Severity.NOT_REHEARSED in found)
        assert outcome.loses == (Severity.LOST in found), (outcome, told)
        assert (outcome.status != 13) or Severity.UNKNOWN in found
        assert (outcome.next in (Next.FAILS, Next.DESTROYS)) == (Severity.NEXT in found)
        assert ("nothing lost" in line) <= (outcome.cost.name == "NOTHING"), line
        assert ("loses" in line) == outcome.loses, line
        whole = outcome.back in (Return.VALUES, Return.NOT_NEEDED)
        assert ("comes back whole" in line) <= whole, line
        assert (outcome.happened is Happened.NOT_REHEARSED) == ("not be rehearsed" in line)

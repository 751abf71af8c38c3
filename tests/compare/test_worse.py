"""Truths agree less than before where something new differs, and nothing unseen explains it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from miglab.compare.worse import Worse, worse
from miglab.facts.migration import Key, Migration, Operation
from miglab.facts.outcome import Agreeing
from miglab.facts.schema import Schema
from miglab.facts.step import Ran
from miglab.facts.truths import Agreement, Agreements, Files, Models, Record, Truths

FIRST, SECOND = Key("shop", "0001_initial"), Key("shop", "0002_more")
YES = Agreement(True, "They agree.")
MISSING = "column shop_item.sku is missing"


def drift(*certain: str, doubtful: Sequence[str] = (), compared: bool = True) -> Agreement:
    """What differs between the record and the tables."""
    lines = (*certain, *doubtful)
    verdict = True if not lines else None if not certain or not compared else False
    return Agreement(verdict, "They differ.", lines, (), tuple(doubtful), compared)


def operation(kind: str) -> Operation:
    """One of Django's operations: what the state shows of it, and whether it leaves a trace."""
    in_state = kind not in ("RunSQL", "RunPython", "SeparateDatabaseAndState")
    return Operation(kind, kind, in_state=in_state, leaves_no_trace=kind in ("RunSQL", "RunPython"))


def moment(
    *recorded: Key, files: Sequence[Key] = (FIRST, SECOND), kind: str = "AddField"
) -> Truths:
    """The shop with these files, of which the second has one operation of that kind."""
    migrations = {
        key: Migration(key, f"{key.name}.py", key.name, operations=(operation(kind),))
        for key in files
    }
    return Truths(Models({}), Files(("shop",), migrations), Record(recorded), Schema(), {})


def ran(key: Key, *, fake: bool = False, backwards: bool = False) -> Ran:
    return Ran(key, backwards, fake, True, 0.1)


def found(
    was: Agreement,
    now: Agreement,
    *moves: Ran,
    before: Truths | None = None,
    after: Truths | None = None,
    kind: str = "AddField",
) -> Worse:
    """What is worse after these migrations; models and files agree all the time."""
    moments = (
        before or moment(FIRST, SECOND, kind=kind),
        after or moment(FIRST, SECOND, kind=kind),
    )
    pairs = (Agreements(YES, YES, was), Agreements(YES, YES, now))
    return worse(moments, pairs, moves)


def test_a_difference_that_is_new_makes_it_worse() -> None:
    told = found(YES, drift(MISSING))
    assert told.drift == (MISSING,)
    assert told.agreeing is Agreeing.WORSE


def test_a_difference_that_was_there_before_counts_for_nothing() -> None:
    assert found(drift(MISSING), drift(MISSING)) == Worse()


def test_a_difference_that_goes_counts_for_nothing() -> None:
    assert found(drift(MISSING), YES).agreeing is Agreeing.NO_WORSE


def test_a_revert_that_leaves_migrations_unapplied_is_no_worse() -> None:
    told = found(YES, YES, ran(SECOND, backwards=True), after=moment(FIRST))
    assert told.agreeing is Agreeing.NO_WORSE


def test_a_ghost_explains_nothing_that_only_a_fake_of_plain_operations_brought() -> None:
    told = found(YES, drift(doubtful=[MISSING]), ran(SECOND, fake=True), before=moment(FIRST))
    assert told.drift == (MISSING,)
    assert told.agreeing is Agreeing.WORSE


@pytest.mark.parametrize("kind", ["RunSQL", "RunPython", "SeparateDatabaseAndState"])
def test_what_a_migration_made_that_really_ran_is_explained(kind: str) -> None:
    told = found(YES, drift(doubtful=[MISSING]), ran(SECOND), kind=kind)
    assert told.explained == (MISSING,)
    assert told.agreeing is Agreeing.NO_WORSE


def test_what_a_faked_runsql_may_have_to_do_with_nobody_can_tell() -> None:
    told = found(YES, drift(doubtful=[MISSING]), ran(SECOND, fake=True), kind="RunSQL")
    assert [each.id for each in told.unknown] == ["faked-operations"]
    assert "shop.0002_more" in told.unknown[0].what
    assert told.agreeing is Agreeing.CANNOT_TELL


@pytest.mark.parametrize("kind", ["RunSQL", "RunPython"])
def test_whether_the_work_of_a_faked_migration_is_done_nobody_can_tell(kind: str) -> None:
    told = found(YES, YES, ran(SECOND, fake=True), before=moment(FIRST, kind=kind), kind=kind)
    assert [each.id for each in told.unknown] == ["faked-operations"]


@pytest.mark.parametrize("kind", ["AddField", "SeparateDatabaseAndState"])
def test_a_fake_that_leaves_the_tables_as_they_should_be_is_no_worse(kind: str) -> None:
    told = found(YES, YES, ran(SECOND, fake=True), before=moment(FIRST, kind=kind), kind=kind)
    assert told.agreeing is Agreeing.NO_WORSE


def test_a_fake_back_over_a_data_migration_is_known_the_next_migrate_does_it_again() -> None:
    told = found(YES, YES, ran(SECOND, fake=True, backwards=True), after=moment(FIRST))
    assert told.agreeing is Agreeing.NO_WORSE


def test_a_migration_that_was_faked_and_then_really_ran_is_done() -> None:
    moves = (ran(SECOND, fake=True, backwards=True), ran(SECOND))
    told = found(YES, YES, *moves, before=moment(FIRST, kind="RunPython"), kind="RunPython")
    assert told.agreeing is Agreeing.NO_WORSE


def test_a_file_that_went_leaves_a_ghost_and_explains_its_own_tables() -> None:
    column = "column shop_item.sku should not be there, according to the recorded migrations"
    told = found(YES, drift(doubtful=[column]), after=moment(FIRST, SECOND, files=[FIRST]))
    assert told.ghosts == (SECOND,)
    assert (told.drift, told.explained) == ((), ())
    assert told.agreeing is Agreeing.WORSE


def test_a_ghost_of_before_is_no_new_one() -> None:
    gone = moment(FIRST, SECOND, files=[FIRST])
    assert found(YES, YES, before=gone, after=gone) == Worse()


@pytest.mark.parametrize(
    ("was", "now"), [(YES, drift("no graph", compared=False)), (drift(compared=False), drift("x"))]
)
def test_what_could_not_be_compared_before_or_after_is_unknown(
    was: Agreement, now: Agreement
) -> None:
    told = found(was, now, ran(SECOND))
    assert [each.id for each in told.unknown] == ["tables-not-compared"]


def test_models_that_no_file_describes_any_more_make_it_worse() -> None:
    apart = Agreement(False, "1 change.", ("shop: Add field sku to item",))
    pairs = (Agreements(YES, YES, YES), Agreements(apart, YES, YES))
    told = worse((moment(FIRST), moment(FIRST)), pairs, ())
    assert told.unmigrated == ("shop: Add field sku to item",)
    assert told.agreeing is Agreeing.WORSE


def test_models_that_could_not_be_compared_before_are_not_worse_now() -> None:
    broken = Agreement(None, "Several leaves.", ("shop has several leaves",), compared=False)
    apart = Agreement(False, "1 change.", ("shop: Add field sku to item",))
    pairs = (Agreements(broken, YES, YES), Agreements(apart, YES, YES))
    assert worse((moment(FIRST), moment(FIRST)), pairs, ()) == Worse()

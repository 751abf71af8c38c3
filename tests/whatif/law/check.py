"""Holds one what-if against plain Django and brute force: nothing over, and nothing missing."""

from __future__ import annotations

from collections.abc import Collection

from miglab.compare.losses import losses
from miglab.facts.consequences import Consequences
from miglab.facts.outcome import Cost, Return

from . import brute
from .brute import Change, Names
from .measure import Beside, Told, found, place_of, told

Changes = dict[tuple[str, str | None], Change]


def check(
    run: Consequences,
    names: Names,
    plain: Beside,
    formal: Collection[tuple[str, str]] = (),
) -> None:
    """One what-if and its way back. ``formal`` are migrations whose row in the record says nothing
    new: those of squashes whose originals were applied."""
    if run.stops:
        assert plain.error
        return
    before, line, after = (brute.contents(e) for e in (plain.before, plain.line, plain.after))
    by_migrations = brute.compare(before, line, names)
    by_handlers = brute.compare(line, after, Names({}, {}, names.new_links, names.new_links))
    assert run.full is not None
    assert brute.contents(place_of(run.full.there.after)) == after
    same("by migrations", told(run.rows, by_handlers=False), found(by_migrations))
    same("by handlers", told(run.rows, by_handlers=True), found(by_handlers))
    if run.back is None:
        assert not by_migrations
        assert not by_handlers
        assert run.outcome.cost is Cost.NOTHING
        return
    if plain.error or run.back.level is Return.NOT_AT_ALL:
        assert run.back.level is Return.NOT_AT_ALL, plain.error
        # No command leads back: what the commands of the way back leave is not as it was.
        assert plain.error or another_schema(plain, formal), run.back.schema
        return
    end = brute.contents(plain.end)
    at_end = brute.compare(before, end, Names({}, {}, names.old_links, names.old_links))
    costs = {pair: change for pair, change in at_end.items() if change.costs}
    same("at the end", told(e for e in run.back.rows if e.costs), found(costs))
    # Whichever way took it, there or back.
    loses = brute.loses(before, at_end)
    assert run.outcome.cost is (Cost.SOME if loses else Cost.NOTHING), (run.verdict, found(at_end))
    again = brute.compare(
        brute.contents(plain.end_line), end, Names({}, {}, names.old_links, names.old_links)
    )
    level = level_of(plain, at_end, again, formal)
    # What handlers added on the way there is taken for something amiss: see test_rows.
    # test_rows_that_handlers_added_on_the_way_there_keep_nothing_from_coming_back
    if not any(change.gained for change in by_handlers.values()):
        assert run.back.level is level
    if level not in (Return.NOT_AT_ALL, Return.RUNS):
        check_lost(run, names, by_migrations, by_handlers, at_end)


def another_schema(plain: Beside, formal: Collection[tuple[str, str]] = ()) -> bool:
    """Whether the schema or the record is another one at the end of the way back."""
    was, now = brute.record(plain.before), brute.record(plain.end)
    if was - now or now - was - {*formal}:
        return True
    return brute.catalogue(plain.before) != brute.catalogue(plain.end)


def level_of(
    plain: Beside, at_end: Changes, again: Changes, formal: Collection[tuple[str, str]] = ()
) -> Return:
    """How far one comes back, by brute force; rows that handlers add again do not count."""
    added = {now for (_, now), change in again.items() if change.gained}
    changes = [change for (_, now), change in at_end.items() if change.costs or now not in added]
    if another_schema(plain, formal):
        return Return.RUNS
    if any(change.lost for change in changes):
        return Return.SCHEMA
    if any(change.costs for change in changes):
        return Return.ROWS
    return Return.MORE if any(change.gained for change in changes) else Return.VALUES


def check_lost(
    run: Consequences, names: Names, by_migrations: Changes, by_handlers: Changes, at_end: Changes
) -> None:
    """What counts as lost is what is not there again after the way back, row by row."""
    ours: dict[str, dict[str, int]] = {}
    known = {each.table for each in run.lost_there}
    for each in losses(run.lost_there):
        if not each.by_handlers:
            # A table's own name may have dots in it.
            tables = [name for name in known if f"{each.where}.".startswith(f"{name}.")]
            table = max(tables, key=len)
            ours.setdefault(table, {})[each.where[len(table) + 1 :]] = each.lost
    handled = {now for (_, now), change in by_handlers.items() if change.costs}
    ends = {table: change for (table, _), change in at_end.items() if change.before}
    theirs: dict[str, dict[str, int]] = {}
    for (table, now), change in by_migrations.items():
        end = ends.get(table)
        old = {new: old for old, new in names.columns.get(table, {}).items() if new}
        # Told apart in test_rows, each in a test of its own:
        left_out = (
            # test_what_a_handler_changes_is_not_counted_twice
            now in handled
            # test_007_is_lost_where_the_key_does_not_last
            or change.multisets
            or bool(end and end.multisets)
            # test_a_value_lost_in_a_column_that_was_renamed_is_lost
            or any(old.get(column, column) != column for column in change.changed)
            # test_what_comes_back_is_not_lost_because_another_row_is and
            # test_null_that_comes_back_as_the_default_is_no_lost_value
            or brute.others_too(change, end, old)
            # content types that follow a model's new name lose nothing
            or table == "django_content_type"
        )
        if left_out:
            ours.pop(table, None)
        elif change.costs:
            theirs[table] = brute.not_back(change, end, old)
    assert ours == theirs, f"lost\n  miglab {ours}\n  brute  {theirs}"


def same(what: str, ours: Told, theirs: Told) -> None:
    """Nothing over and nothing missing."""
    lines = [
        f"{what}: {pair}\n  miglab {ours.get(pair)}\n  brute  {theirs.get(pair)}"
        for pair in sorted(ours.keys() | theirs.keys(), key=str)
        if ours.get(pair) != theirs.get(pair)
    ]
    assert not lines, "\n".join(lines)

"""Rules about what differs from the beginning after the way back."""

from __future__ import annotations

from collections.abc import Iterator

from ...compare.agreement import counted
from ...compare.losses import filled
from ...facts.consequences import Severity
from ...facts.outcome import Return
from ..measured import Measured, hindrances
from .advice import AT_THE_END, all_and_then, because
from .rule import Said, first, rule


@rule("no-way-back", Severity.BACK)
def no_way_back(measured: Measured) -> Iterator[Said]:
    """No command leads back, or one of them fails."""
    back = measured.back
    if back is None or back.level is not Return.NOT_AT_ALL:
        return
    run = next((run for run in back.runs if run.step.refused), None)
    what = f"no command leads back: {first(back.schema, 5)}"
    if run is not None and run.failed is None and run.all_done:
        what, do = f"on the way back, {all_and_then(run)}", f"{AT_THE_END}, then rehearse again"
        yield Said(what, run.step.line, do)
        return
    if run is not None:
        place = f" at {run.failed.key}" if run.failed else ""
        far = f", after {len(run.finished)} of {len(run.plan)} migrations" if run.finished else ""
        what = f"the way back fails{place}{far}: {run.step.line}: {because(run)}"
    yield Said(what, run.step.line if run else "", "no command restores this: take a backup first")


@rule("another-schema", Severity.BACK)
def another_schema(measured: Measured) -> Iterator[Said]:
    """The commands back succeed, but the schema or the record differs."""
    back = measured.back
    if back is None or back.level is not Return.RUNS:
        return
    number = counted(len(back.schema), "thing is", "things are")
    yield Said(
        f"after the way back, {number} not as before: {first(back.schema)}",
        back.schema[0] if back.schema else "",
        "compare the schema after the way back, and change it by hand",
    )


@rule("rows-added", Severity.BACK)
def rows_added(measured: Measured) -> Iterator[Said]:
    """After the way back, there are rows that did not exist before. In a table without a key, a
    changed row counts as one row that is gone and one that is new. So only rows that do not replace
    another one count as added."""
    back = measured.back
    for change in back.rows if back else ():
        gained = change.gained - (change.lost if change.approximate else 0)
        if gained > 0 and not change.by_handlers:
            number = counted(gained, "row", "rows")
            where = "was not" if gained == 1 else "were not"
            yield Said(
                f"after the way back, {change.table} has {number} that {where} there before",
                change.table,
                "check whether a data migration ran twice",
            )


@rule("values-added", Severity.BACK)
def values_added(measured: Measured) -> Iterator[Said]:
    """After the way back, values have replaced NULL in a column that no finding about losses
    names."""
    back = measured.back
    said = {each.where for each in measured.lost_there}
    for change in back.rows if back else ():
        for place, sentence in filled(change):
            if place not in said:
                yield Said(
                    f"after the way back, {sentence}",
                    place,
                    "take a backup first, if NULL means something there",
                )


@rule("way-back-unknown", Severity.UNKNOWN)
def way_back_unknown(measured: Measured) -> Iterator[Said]:
    """One of miglab's limits stopped the way back."""
    back = measured.back
    if back is not None and back.level is Return.UNKNOWN:
        for run in back.runs:
            for each in hindrances(run):
                what = f"the way back could not be rehearsed: {each.what}"
                yield Said(what, run.step.line, each.do)


@rule("column-order", Severity.NOTE)
def column_order(measured: Measured) -> Iterator[Said]:
    """The columns come back in another order."""
    back = measured.back
    if back is not None and back.reordered and back.level is not Return.NOT_AT_ALL:
        yield Said(
            f"after the way back, the columns of {', '.join(back.reordered)} are in a different "
            "order",
            back.reordered[0],
            "this is harmless, unless something reads columns by their position",
        )

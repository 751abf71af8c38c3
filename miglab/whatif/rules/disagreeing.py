"""Rules about truths that agreed before and disagree now, and about what is not known of them."""

from __future__ import annotations

from collections.abc import Iterator

from ...compare.agreement import counted, left_behind
from ...facts.consequences import Severity
from ...facts.truths import value_or
from ..measured import Measured
from .rule import Said, first, rule


@rule("drift", Severity.TRUTHS)
def drift(measured: Measured) -> Iterator[Said]:
    """The tables no longer match the record."""
    if measured.worse.drift and measured.moved:
        yield Said(
            f"the tables no longer match the record: {first(measured.worse.drift)}",
            "",
            "Django plans from the record, so its next plan may not fit these tables",
        )


@rule("ghosts", Severity.TRUTHS)
def ghosts(measured: Measured) -> Iterator[Said]:
    """Migrations are recorded, but their files are missing."""
    gone = measured.worse.ghosts
    if gone and measured.moved:
        yield Said(
            f"recorded, but the file is missing: {', '.join(map(str, gone))}",
            str(gone[0]),
            "restore the file. Or, if no other migration depends on it, take its name out of the "
            "record with migrate APP --prune; the tables stay as they are",
        )
    yield from _ghosts_of_before(measured)


@rule("unmigrated", Severity.TRUTHS)
def unmigrated(measured: Measured) -> Iterator[Said]:
    """The models have changes that are no longer in any migration file."""
    lines = measured.worse.unmigrated
    if lines and measured.moved:
        number = counted(len(lines), "model change is", "model changes are")
        yield Said(
            f"{number} no longer in any migration file: {first(lines)}",
            "",
            "restore the file. makemigrations would write a new one, and if the first was applied, "
            "migrate would try to make the same change again",
        )


@rule("unknown", Severity.UNKNOWN)
def unknown(measured: Measured) -> Iterator[Said]:
    """Something that matters is not known."""
    for each in measured.unknown if not measured.obstacles else ():
        yield Said(each.what, each.where, each.do)


@rule("truths-unknown", Severity.UNKNOWN)
def truths_unknown(measured: Measured) -> Iterator[Said]:
    """It is not known whether the truths still agree."""
    for each in measured.worse.unknown if measured.moved else ():
        yield Said(each.what, each.where, each.do)


@rule("explained-drift", Severity.NOTE)
def explained_drift(measured: Measured) -> Iterator[Said]:
    """Tables differ from the models' state because a migration changed them directly."""
    if measured.worse.explained and measured.moved:
        yield Said(
            "the tables differ from what Django expects, and a migration's own SQL or Python may "
            f"be the reason: {first(measured.worse.explained)}"
        )


def _ghosts_of_before(measured: Measured) -> Iterator[Said]:
    """Notes about recorded migrations whose files Django did not see even before the commands, or
    whose files were already missing."""
    unseen = measured.runs[0].step.before.known_files.unseen
    for folder in dict.fromkeys(unseen[key] for key in measured.old_ghosts if key in unseen):
        keys = [key for key in measured.old_ghosts if unseen.get(key) == folder]
        yield Said(
            f"recorded, but Django does not see the files of {', '.join(map(str, keys))}: "
            f"they exist, but {folder} has no __init__.py",
            str(keys[0]),
            f"add {folder}/__init__.py",
            severity=Severity.NOTE,
        )
    gone = [key for key in measured.old_ghosts if key not in unseen]
    if gone and not measured.moved:
        yield Said(
            f"recorded, but the file was already missing: {', '.join(map(str, gone))}",
            str(gone[0]),
            "Django leaves them out of its plans: restore a file to revert its migration",
            severity=Severity.NOTE,
        )


@rule("not-installed", Severity.NOTE)
def not_installed(measured: Measured) -> Iterator[Said]:
    """Tables of an app that is recorded but not installed: no migration changes them."""
    after = measured.runs[-1].step.after
    rows = value_or(after.rows, {})
    for label, tables in left_behind(after).items():
        keys = [key for key in after.known_record.keys if key.app_label == label]
        number = sum(rows.get(table, 0) for table in tables)
        one = len(tables) == 1
        yield Said(
            f"{first([str(key) for key in keys])} {'is' if len(keys) == 1 else 'are'} recorded "
            f"for an app that is not installed; {'its table' if one else 'its tables'} "
            f"{first(tables)} {'stays' if one else 'stay'} behind with "
            f"{counted(number, 'row', 'rows')}",
            tables[0],
            "if the app was renamed, its rows are still in the old tables",
        )


@rule("old-drift", Severity.NOTE)
def old_drift(measured: Measured) -> Iterator[Said]:
    """The tables differed from the record before: the commands are not the cause."""
    was, now = measured.agreements_before.record_tables, measured.agreements_after.record_tables
    old = [each for each in now.details if each in was.details]
    if now.verdict is False and old:
        yield Said(
            f"the tables already differed from the record, and still do: {first(old)}",
            "",
            "Django plans from the record, so a plan may not fit these tables",
        )

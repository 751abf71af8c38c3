"""Rules about what is worth knowing, but is not a problem."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compare.agreement import counted
from ...facts.consequences import Severity
from ...facts.run import Planned
from ..measured import Measured
from .rule import Said, rule


@rule("pulled-in", Severity.NOTE)
def pulled_in(measured: Measured) -> Iterator[Said]:
    """Migrations of other apps are applied or unapplied too."""
    for run in measured.runs:
        pulled: dict[str, list[Planned]] = {}
        for each in run.finished:
            if each.why:
                pulled.setdefault(each.key.app_label, []).append(each)
        for label, those in pulled.items():
            number = counted(len(those), f"{label} migration is", f"{label} migrations are")
            word = "unapplied" if those[0].backwards else "applied"
            yield Said(
                f"{number} {word} too, because {_nearest(those).because}",
                label,
                "tell the owner of that app",
            )


def _nearest(pulled: Sequence[Planned]) -> Planned:
    """The migration that is pulled in over the shortest way."""
    return min(pulled, key=lambda each: len(each.why))


@rule("unknown-operation", Severity.NOTE)
def unknown_operation(measured: Measured) -> Iterator[Said]:
    """Operations that may or may not be reversible."""
    for run in measured.runs:
        for each in run.plan:
            if each.unknown:
                yield Said(
                    f"{each.key} has operations that are not Django's, so only running them shows "
                    f"whether they can be undone: {'; '.join(each.unknown)}",
                    str(each.key),
                )


@rule("kept-in", Severity.NOTE)
def kept_in(measured: Measured) -> Iterator[Said]:
    """The project tried to reach out of its copy, outside of any migration."""
    seen = set()
    for run in measured.runs:
        for reach in run.step.kept_in:
            where = f" ({reach.where})" if reach.where else ""
            what = f"the project tried to {reach.what}, but miglab did not allow this{where}"
            if what not in seen and reach.during is None:
                seen.add(what)
                do = "the effects of this are not part of the rehearsal"
                yield Said(what, reach.where, reach.do or do)


@rule("handlers", Severity.NOTE)
def handlers(measured: Measured) -> Iterator[Said]:
    """Handlers of post_migrate add rows."""
    added = [each for each in measured.rows if each.by_handlers and each.gained]
    if added:
        where = ", ".join(f"{each.gained:,} in {each.now or each.table}" for each in added)
        yield Said(f"post_migrate handlers add rows: {where}", added[0].table)


@rule("left-behind", Severity.NOTE)
def left_behind(measured: Measured) -> Iterator[Said]:
    """Content types and permissions of models whose tables are gone."""
    left = measured.left_behind
    if left.content_types:
        rights = counted(left.permissions, "permission", "permissions")
        kinds = counted(len(left.content_types), "content type", "content types")
        what = f"{kinds} and {rights}" if left.permissions else kinds
        stay = "stay" if left.permissions or len(left.content_types) > 1 else "stays"
        more = " …" if len(left.content_types) > 4 else ""
        yield Said(
            f"{what} {stay} behind: {', '.join(left.content_types[:4])}{more}",
            "django_content_type",
            "once the models are gone from the code, run manage.py remove_stale_contenttypes (with "
            "--include-stale-apps if the whole app is gone): it removes these rows, and everything "
            "that points to them"
            if not any(each.orphans for each in measured.rows)
            else "keep them until you have dealt with the rows of parent models that lost a part",
        )


@rule("orphans", Severity.NOTE)
def orphans(measured: Measured) -> Iterator[Said]:
    """Rows of a parent model stay, but the part of them that a child model stored is gone."""
    for change in measured.rows:
        for parent, number in change.orphans.items():
            verb, whose = ("stays", "its") if number == 1 else ("stay", "their")
            yield Said(
                f"{counted(number, 'row', 'rows')} of {parent} {verb}, without {whose} part in "
                f"{change.place}",
                parent,
                f"decide what to do with the rows of {parent} before anybody reads them",
            )


@rule("derived", Severity.NOTE)
def derived(measured: Measured) -> Iterator[Said]:
    """Index tables change: tables that only index what is stored elsewhere."""
    names = dict.fromkeys(each.place for each in measured.rows if each.derived and each.costs)
    if names:
        yield Said(
            f"index tables, which can be built again from the data, change too: {', '.join(names)}",
            next(iter(names)),
            "build the index again, unless a migration does it",
        )

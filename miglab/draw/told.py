"""The four truths in a few plain words each, for a panel's cards and for its text."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from ..facts.truths import NAMES, Agreement, Models, Truths, Unreadable
from ..facts.view import View
from .words import clean

#: Not a table of the project's own: it is the record.
_RECORD = "django_migrations"
#: The sign and the words of a verdict.
SIGNS = {True: ("=", "agree"), False: ("≠", "differ"), None: ("?", "cannot tell")}
#: At most this many details are listed; the others are only counted.
_DETAILS = 20


class Told(NamedTuple):
    """One truth: its name, where it is, and its state in short lines."""

    name: str
    place: str
    lines: tuple[str, ...]
    readable: bool = True


def told(view: View) -> dict[str, Told]:
    """Name → what the panel says about this truth, or about the rows."""
    found: dict[str, Told] = {}
    for name, place in [*NAMES.items(), ("rows", "the data in them")]:
        truth = getattr(view.truths, name)
        if isinstance(truth, Unreadable):
            found[name] = Told(name, place, (clean(str(truth)),), readable=False)
        else:
            found[name] = Told(name, place, tuple(_LINES[name](view.truths, view.apps)))
    return found


def agreements(view: View) -> list[tuple[str, str, Agreement]]:
    """Each pair of neighbours with their agreement, in the order in which a change travels."""
    return [
        (above, below, getattr(view.agreements, f"{above}_{below}"))
        for above, below in itertools.pairwise(NAMES)
    ]


def panel_sentence(view: View) -> str:
    """One sentence: which neighbours agree."""
    whose = f" of {', '.join(view.apps)}" if view.apps else ""
    pairs = agreements(view)
    if all(agreement.verdict for _, _, agreement in pairs):
        return clean(f"The four truths{whose} agree.")
    parts = []
    for above, below, agreement in pairs:
        colon = ":" if agreement.verdict is None else ""
        parts.append(f"{above} and {below}{colon} {SIGNS[agreement.verdict][1]}")
    return clean(f"The four truths{whose}: {'; '.join(parts)}.")


def panel_text(view: View) -> str:
    """The panel in plain lines: the truths, their agreements, and each thing that differs."""
    truths = told(view).values()
    wide = max(len(each.place) for each in truths)
    lines = [panel_sentence(view)]
    lines += [f"  {each.name:<6}  {each.place:<{wide}}  {', '.join(each.lines)}" for each in truths]
    for above, below, agreement in agreements(view):
        sign, word = SIGNS[agreement.verdict]
        lines.append(f"{sign} {above} and {below}: {word}. {clean(agreement.reason)}".rstrip())
        details = () if agreement.verdict else agreement.details
        lines += [f"    {clean(each)}" for each in details[:_DETAILS]]
        if len(details) > _DETAILS:
            lines.append(f"    … and {len(details) - _DETAILS} more")
    return "\n".join(lines)


def tables_of(names: Collection[str], truths: Truths, apps: Collection[str]) -> list[str]:
    """Those of these tables that belong to these apps. If no apps are given, all tables except the
    record.

    A table belongs to the app of its model. Without a model, it belongs to the app of the model
    whose table's name and a ``_`` its own name begins with, as tables of many-to-many fields do. If
    there is no such model, it belongs to the app whose label and a ``_`` its name begins with.
    """
    known = [name for name in names if name != _RECORD]
    if not apps:
        return known
    owners: dict[str, str] = {}
    labels = set(apps)
    if isinstance(truths.models, Models):
        labels |= truths.models.apps.keys()
        for label, models in truths.models.apps.items():
            owners.update({model.table: label for model in models.values()})
    elif not isinstance(truths.files, Unreadable):
        labels |= set(truths.files.labels)
    return [name for name in known if _owner(name, owners, labels) in apps]


def _owner(table: str, owners: Mapping[str, str], labels: Collection[str]) -> str | None:
    if table in owners:
        return owners[table]
    for starts, found in ((owners.keys(), owners), (labels, None)):
        fitting = [start for start in starts if table.startswith(f"{start}_")]
        if fitting:
            longest = max(fitting, key=len)
            return found[longest] if found else longest
    return None


def counted(number: int, one: str, many: str = "") -> str:
    """``no rows``, ``1 row``, ``2 rows``, ``1,204 rows``."""
    words = one if number == 1 else many or f"{one}s"
    return f"{number:,} {words}" if number else f"no {words}"


def _models(truths: Truths, apps: Collection[str]) -> Iterator[str]:
    assert isinstance(truths.models, Models)
    models = [
        model
        for label, app in truths.models.apps.items()
        if not apps or label in apps
        for model in app.values()
    ]
    fields = sum(len(model.fields) for model in models)
    yield f"{counted(len(models), 'model')}, {counted(fields, 'field')}"


def _files(truths: Truths, apps: Collection[str]) -> Iterator[str]:
    assert not isinstance(truths.files, Unreadable)
    keys = [*truths.files.migrations, *truths.files.bad]
    yield counted(sum(1 for key in keys if not apps or key.app_label in apps), "file")
    bad = sum(1 for key in truths.files.bad if not apps or key.app_label in apps)
    if bad:
        yield f"{bad} cannot be imported"


def _record(truths: Truths, apps: Collection[str]) -> Iterator[str]:
    assert not isinstance(truths.record, Unreadable)
    keys = [key for key in truths.record.keys if not apps or key.app_label in apps]
    if not truths.record.exists:
        yield "no such table yet"
    else:
        yield f"{len(keys):,} recorded" if keys else "nothing recorded"


def _tables(truths: Truths, apps: Collection[str]) -> Iterator[str]:
    assert not isinstance(truths.tables, Unreadable)
    names = tables_of(truths.tables.tables, truths, apps)
    columns = sum(len(truths.tables.tables[name].columns) for name in names)
    told = counted(len(names), "table")
    yield f"{told}, {counted(columns, 'column')}" if names else told


def _rows(truths: Truths, apps: Collection[str]) -> Iterator[str]:
    assert not isinstance(truths.rows, Unreadable)
    names = tables_of(truths.rows, truths, apps)
    yield counted(sum(truths.rows[name] for name in names), "row")


_LINES = {
    "models": _models,
    "files": _files,
    "record": _record,
    "tables": _tables,
    "rows": _rows,
}

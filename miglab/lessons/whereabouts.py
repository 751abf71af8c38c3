"""Where the lab of a lesson is when a question is asked about it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from ..errors import BadInput
from ..facts.truths import Models, value_or
from ..lab import Lab

#: Django's own apps and tables: they differ from one version of Django to the next.
_DJANGOS = ("auth", "contenttypes", "django")
_KNOWN = Path(__file__).with_name("asked.json")


def whereabouts(lab: Lab) -> str:
    """A digest of the four truths, without the names of migrations: how many an app has, and how
    many of them are recorded; the fields of its models, and the columns of its tables."""
    truths = lab.truths().truths
    files, record = truths.known_files, truths.known_record
    models = value_or(truths.models, Models({})).apps
    found = (
        _counted(key.app_label for key in (*files.migrations, *files.bad)),
        _counted(key.app_label for key in record.keys),
        {
            f"{label}.{name}": sorted(model.fields)
            for label, app in models.items()
            for name, model in app.items()
            if label not in _DJANGOS
        },
        {
            name: sorted(table.column_names)
            for name, table in truths.known_tables.tables.items()
            if name.split("_")[0] not in _DJANGOS
        },
    )
    return hashlib.sha1(json.dumps(found, sort_keys=True).encode()).hexdigest()[:12]


def _counted(labels: Iterable[str]) -> dict[str, int]:
    return dict(Counter(each for each in labels if each not in _DJANGOS))


def check_place(name: str, lab: Lab) -> None:
    """Make sure that a lab is in the state in which a lesson asks this question. In another state,
    the same command would answer another question.

    Raises:
        BadInput: it is not.
    """
    if name in _known() and _known()[name] != whereabouts(lab):
        raise BadInput(
            "the lab is not in the state that this question is about. Run %resume in a new cell "
            "here; then run the cells below the heading that it names"
        )


@cache
def _known() -> dict[str, str]:
    """Question → where its lesson asks it."""
    found: dict[str, str] = json.loads(_KNOWN.read_text(encoding="utf-8"))
    return found

"""Says what changed between two moments: a few lines for each truth, which a learner can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..facts.migration import Key
from ..facts.truths import Files, Lens, Model, Models, Truths, Unreadable, value_or
from .schema import schema_lines


@dataclass(frozen=True)
class Moves:
    """What changed, truth by truth, a line for each thing; an empty tuple means that nothing did.

    ``applied`` and ``unapplied`` are the keys that were added to the record and removed from it.
    """

    models: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    record: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    lens: tuple[str, ...] = ()
    applied: tuple[Key, ...] = ()
    unapplied: tuple[Key, ...] = ()

    @property
    def moved(self) -> tuple[str, ...]:
        """The names of the truths that changed."""
        return tuple(
            name for name in ("models", "files", "record", "tables") if getattr(self, name)
        )


def compare(before: Truths, after: Truths) -> Moves:
    """What changed from one moment to another. If both are the same moment, nothing has changed."""
    was, now = set(before.known_record.keys), set(after.known_record.keys)
    if isinstance(before.record, Unreadable) or isinstance(after.record, Unreadable):
        # What cannot be read has not been applied or unapplied by that.
        was = now
    return Moves(
        models=_readable(before.models, after.models) or tuple(_models(before, after)),
        files=_readable(before.files, after.files) or tuple(_files(before, after)),
        record=_readable(before.record, after.record) or tuple(_record_lines(before, after)),
        tables=_readable(before.tables, after.tables)
        or tuple(schema_lines(before.known_tables, after.known_tables)),
        lens=tuple(_lens(before, after)),
        applied=tuple(key for key in after.known_record.keys if key in now and key not in was),
        unapplied=tuple(key for key in before.known_record.keys if key in was and key not in now),
    )


def _readable(before: object, after: object) -> tuple[str, ...]:
    """A line about a truth that became readable or unreadable, or that is unreadable for another
    reason now; empty if none of this is so."""
    if isinstance(after, Unreadable):
        same = isinstance(before, Unreadable) and before.reason == after.reason
        return () if same else (str(after),)
    return ("can be read again",) if isinstance(before, Unreadable) else ()


def _models(before: Truths, after: Truths) -> Iterator[str]:
    if isinstance(before.models, Unreadable) or isinstance(after.models, Unreadable):
        return
    if before.models is after.models:
        return
    old, new = _flat(before.models), _flat(after.models)
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield f"model {name} is gone"
        elif name not in old:
            yield f"model {name} is new"
        else:
            yield from _fields(name, old[name].fields, new[name].fields)
            if (old[name].table, old[name].managed) != (new[name].table, new[name].managed):
                yield f"{name}: its db_table or its managed option changed"
            if old[name].options != new[name].options:
                changed = sorted(
                    option
                    for option in old[name].options.keys() | new[name].options.keys()
                    if old[name].options.get(option) != new[name].options.get(option)
                )
                yield f"{name}: {', '.join(changed)} changed"


def _flat(models: Models) -> Mapping[str, Model]:
    return {
        f"{label}.{name}": model
        for label, app in models.apps.items()
        for name, model in app.items()
    }


def _fields(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for field in [*old, *(each for each in new if each not in old)]:
        if field not in new:
            yield f"{name}.{field} is gone"
        elif field not in old:
            yield f"{name}.{field} is new: {new[field]}"
        elif old[field] != new[field]:
            yield f"{name}.{field}: {old[field]} → {new[field]}"


def _files(before: Truths, after: Truths) -> Iterator[str]:
    return (f"{key} {became}" for key, became in changed_files(before, after))


def changed_files(before: Truths, after: Truths) -> Iterator[tuple[Key, str]]:
    """What happened to the migration files that Django finds: ``"is gone"``, ``"is new"`` or
    ``"changed"``; nothing if they cannot be read."""
    if isinstance(before.files, Unreadable) or isinstance(after.files, Unreadable):
        return
    if before.files is after.files:
        return
    old, new = _all_files(before.files), _all_files(after.files)
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            yield key, "is gone"
        elif key not in old:
            yield key, "is new"
        elif old[key] != new[key]:
            yield key, "changed"


def _all_files(files: Files) -> dict[Key, str]:
    good = {key: each.digest for key, each in files.migrations.items()}
    return {**good, **{key: each.digest for key, each in files.bad.items()}}


def _record_lines(before: Truths, after: Truths) -> Iterator[str]:
    old, new = before.known_record, after.known_record
    if old.exists != new.exists:
        yield f"the table django_migrations {'is new' if new.exists else 'is gone'}"
    for key in old.keys:
        if key not in new.keys:
            yield f"{key} is no longer recorded"
    for key in new.keys:
        if key not in old.keys:
            yield f"{key} is recorded"


def _lens(before: Truths, after: Truths) -> Iterator[str]:
    old, new = value_or(before.lens, Lens()).settings, value_or(after.lens, Lens()).settings
    if isinstance(after.lens, Unreadable) and before.lens != after.lens:
        yield f"settings {after.lens}"
    elif not isinstance(before.lens, Unreadable):
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                yield f"{name}: {old.get(name)} → {new.get(name)}"

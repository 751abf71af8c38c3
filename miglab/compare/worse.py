"""Finds out whether truths that agreed before the commands disagree after them.

Differences that were there before are ignored. A new difference is certain, unless an operation
that ran or was faked may explain it, because Django's project state does not show its work.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ..facts.migration import Key, Migration
from ..facts.outcome import Agreeing, Unknown
from ..facts.step import Ran
from ..facts.truths import Agreement, Agreements, Record, Truths
from .agreement import ghosts


@dataclass(frozen=True)
class Worse:
    """What agreed before the commands and disagrees after them.

    Attributes:
        drift: how the tables differ from what the record says now.
        unmigrated: how the models differ from the files now.
        ghosts: migrations that are recorded, but whose files are gone now.
        explained: differences that a migration that really ran may have made.
        unknown: what could not be found out.
    """

    drift: tuple[str, ...] = ()
    unmigrated: tuple[str, ...] = ()
    ghosts: tuple[Key, ...] = ()
    explained: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @property
    def agreeing(self) -> Agreeing:
        """The comparison in one word."""
        if self.drift or self.unmigrated or self.ghosts:
            return Agreeing.WORSE
        return Agreeing.CANNOT_TELL if self.unknown else Agreeing.NO_WORSE


def worse(
    truths: tuple[Truths, Truths], agreements: tuple[Agreements, Agreements], ran: Collection[Ran]
) -> Worse:
    """Compare what agreed before the commands with what agrees after them. ``ran`` are the
    migrations that ran in between."""
    before, after = truths
    was, now = agreements
    migrations = {**before.known_files.migrations, **after.known_files.migrations}
    old = ghosts(before.known_files, before.known_record)
    new = ghosts(after.known_files, after.known_record)
    gone = tuple(key for key in new if key not in old)
    drift, explained, unknown = _drift(
        was.record_tables, now.record_tables, ran, migrations, bool(gone)
    )
    unmigrated, not_compared = _unmigrated(was.models_files, now.models_files)
    return Worse(
        drift,
        unmigrated,
        gone,
        explained,
        (*unknown, *not_compared, *_never_done(before.known_record, after, ran, migrations)),
    )


def _drift(
    was: Agreement,
    now: Agreement,
    ran: Collection[Ran],
    migrations: Mapping[Key, Migration],
    new_ghosts: bool,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Unknown, ...]]:
    """The new differences between the tables and the record: those that are certain, those that a
    migration may explain, and what cannot be known."""
    if now.verdict is True:
        return (), (), ()
    if not now.compared:
        if not ran and was == now:
            return (), (), ()
        why = "; ".join(now.details[:1]) or now.reason
        what = f"the tables could not be compared with the record: {why}"
        return (), (), (Unknown("tables-not-compared", what, do=_MEND),)
    if not was.compared:
        what = (
            f"the tables could not be compared before: {'; '.join(was.details[:1]) or was.reason}"
        )
        return (), (), (Unknown("tables-not-compared", what, do=_MEND),)
    new = [each for each in now.details if not _known(each, was.details)]
    doubtful = [each for each in new if each in now.doubtful]
    if new_ghosts:
        # What a file that is gone now had made is in no file any more: the ghost says so.
        return tuple(each for each in new if each not in doubtful), (), ()
    certain = tuple(each for each in new if each not in doubtful)
    unseen = [each for each in ran if each.done and _unseen(migrations, each.key)]
    if not doubtful:
        return certain, (), ()
    if not unseen:
        # It agreed before, and nothing moved but what every state shows.
        return (*certain, *doubtful), (), ()
    if any(not each.fake for each in unseen):
        return certain, tuple(doubtful), ()
    names = ", ".join(str(each.key) for each in unseen)
    verb = "was" if len(unseen) == 1 else "were"
    what = f"{doubtful[0]}: {names} {verb} faked, so nothing shows whether the work was done"
    return certain, (), (Unknown("faked-operations", what, str(unseen[0].key), _LOOK),)


def _known(detail: str, before: Collection[str]) -> bool:
    """Whether a difference was there before. It also counts as known if the only news is a reason
    for doubt in brackets behind it: the commands cannot explain a difference that was there before
    them."""
    return any(detail == each or detail.startswith(f"{each} (") for each in before)


_MEND = "fix the problem that stops the comparison, then rehearse again"
_LOOK = "read that migration, and check in the database whether its work was done"


def _unmigrated(was: Agreement, now: Agreement) -> tuple[tuple[str, ...], tuple[Unknown, ...]]:
    """Changes of the models that are in no migration file now and were in one before, and what is
    not known about that."""
    if now.verdict is True or now == was:
        return (), ()
    if not now.compared:
        why = "; ".join(now.details[:1]) or now.reason
        what = f"models and files could not be compared: {why}"
        return (), (Unknown("files-not-compared", what, do=_MEND),)
    if not was.compared:
        # Whether it was so before, nobody knows; that it can be seen now is no harm.
        return (), ()
    return tuple(each for each in now.details if each not in was.details), ()


def _never_done(
    record: Record, after: Truths, ran: Collection[Ran], migrations: Mapping[Key, Migration]
) -> tuple[Unknown, ...]:
    """What is not known because migrations were faked: those that are newly recorded, and whose
    work would leave no trace."""
    new = {*after.known_record.keys} - {*record.keys}
    found = []
    for key in dict.fromkeys(each.key for each in ran if each.done and each.fake):
        really = any(each.key == key and each.done and not each.fake for each in ran)
        kinds = _traceless(migrations, key)
        if key in new and kinds and not really:
            work = " and ".join(kinds)
            what = f"{key} was faked: nothing shows whether the work of its {work} was done"
            found.append(Unknown("faked-operations", what, str(key), _LOOK))
    return tuple(found)


def _unseen(migrations: Mapping[Key, Migration], key: Key) -> bool:
    """Whether a migration has operations whose work Django's ``ProjectState`` does not show."""
    found = migrations.get(key)
    return found is not None and not all(each.in_state for each in found.operations)


def _traceless(migrations: Mapping[Key, Migration], key: Key) -> tuple[str, ...]:
    """The kinds of a migration's operations whose work leaves no trace in the tables. If the
    migration is faked, that work is not done, and nothing shows that it is missing."""
    found = migrations.get(key)
    there = [each.kind for each in found.operations if each.leaves_no_trace] if found else []
    return tuple(dict.fromkeys(there))

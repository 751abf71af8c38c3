"""One migration, as its file describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Key(NamedTuple):
    """What names a migration in Django: the app label and the file's name without ``.py``."""

    app_label: str
    name: str

    def __str__(self) -> str:
        return f"{self.app_label}.{self.name}"


@dataclass(frozen=True)
class Operation:
    """One of the ``operations`` of a migration.

    Attributes:
        kind: the class, as in ``"AddField"``.
        text: Django's own words (``Operation.describe``), as in ``"Add field price to product"``.
        reversible: the value of ``Operation.reversible``; ``None`` if the operation is not one of
            Django's.
        in_state: whether Django's model state shows everything that it does to a database.
        leaves_no_trace: whether neither tables nor model state would show that it never ran.
    """

    kind: str
    text: str
    reversible: bool | None = True
    in_state: bool = True
    leaves_no_trace: bool = False


@dataclass(frozen=True)
class Migration:
    """A migration file that could be read.

    ``dependencies`` are as Django resolves them when the file is imported (a swappable user
    model is already an app); ``("app", "__first__")`` and ``"__latest__"`` stay as written.
    ``digest`` is a hash of the file's text.
    """

    key: Key
    path: str
    digest: str
    dependencies: tuple[Key, ...] = ()
    run_before: tuple[Key, ...] = ()
    replaces: tuple[Key, ...] = ()
    operations: tuple[Operation, ...] = ()
    initial: bool = False
    atomic: bool = True


@dataclass(frozen=True)
class BadFile:
    """A migration file that exists, but cannot be imported."""

    key: Key
    path: str
    digest: str
    reason: str

"""How every rehearsal of a project differs from a real run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .protection import Protection


@dataclass(frozen=True)
class Versions:
    """The versions on which something was measured: the database engine, Django and Python."""

    database: str
    django: str
    python: str

    def __str__(self) -> str:
        return f"{self.database}, Django {self.django}, Python {self.python}"


@dataclass(frozen=True)
class Replaced:
    """A setting that has another value in the copy. ``was`` is its value in the project; for a
    broker's address, it is only the scheme, because the rest may contain a password. ``instead`` is
    its value in the copy."""

    setting: str
    was: str
    instead: str


@dataclass(frozen=True)
class LeftOut:
    """Files with the same extension that are not in the copy: how many there are, and their total
    size in bytes."""

    ending: str
    count: int
    size: int


@dataclass(frozen=True)
class DatabaseCopy:
    """A database of the project, and when it was copied. ``changed`` is when the original had last
    been written to, or ``None`` if that is not known. ``size`` is in bytes. ``lacks`` says what the
    copy does not have, or does not run; each text continues the words "the copy"."""

    alias: str
    path: str
    copied: datetime
    changed: datetime | None
    size: int
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fidelity:
    """What differs in every rehearsal, whatever the command. All times are in UTC.

    Attributes:
        replaced: settings for mail, caches, brokers and logs that have another value.
        left_out: how many files were not copied, and their size in bytes.
        linked: whether the copy can still read them, through links to the originals.
        kinds: the kinds of files that were not copied, with the largest total size first; not all
            of them.
        unentered: folders that were not copied or opened, so the size of their content is unknown.
        databases: the copies of the databases.
        engine: the versions of the database, Django and Python on which the copy runs, in words.
        protection: what kept the project in its copy on this machine.
        allowed: what the user has allowed, as options: ``"--allow-program gpg"``. Its effects can
            reach outside the copy.
    """

    engine: str
    replaced: tuple[Replaced, ...] = ()
    left_out: tuple[int, int] = (0, 0)
    linked: bool = False
    kinds: tuple[LeftOut, ...] = ()
    unentered: tuple[str, ...] = ()
    databases: tuple[DatabaseCopy, ...] = ()
    allowed: tuple[str, ...] = ()
    protection: Protection = field(default_factory=Protection)

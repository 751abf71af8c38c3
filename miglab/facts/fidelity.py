"""What differs between every rehearsal of a project and a real run of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .protection import Protection


@dataclass(frozen=True)
class Versions:
    """What something was measured on: an engine with its version, Django's, Python's."""

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
    """A database of the project and when it was copied. ``changed`` is when the original was last
    written to by then, where that can be told; ``size`` is in bytes; ``lacks`` is what the copy
    does not have, or has asleep, in words that go on from "the copy"."""

    alias: str
    path: str
    copied: datetime
    changed: datetime | None
    size: int
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fidelity:
    """What differs, whatever is rehearsed. All times are in UTC.

    Attributes:
        replaced: settings for mail, caches, brokers and logs that have another value.
        left_out: how many files were not copied, and their size in bytes.
        linked: whether these can be read all the same, by links to the original.
        kinds: the biggest kinds of these, biggest first.
        unentered: folders of which nothing was copied; nobody knows how much is in them.
        databases: the copies of the databases.
        engine: the versions of the database, Django and Python that the copy runs on, in words.
        protection: what kept the project in its copy on this machine.
        allowed: what the user has allowed, as options: ``"--allow-program gpg"``. It is not kept
            in the copy.
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

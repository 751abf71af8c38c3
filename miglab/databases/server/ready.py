"""Copies of copies, made in the background. Going back then only renames one of them.

How long it takes to make a copy depends on how large its tables are; renaming one takes a few
milliseconds. There is a second copy of the copy that was restored last, and one of the last copy
but one, to which ``rewind`` goes. Large databases have none, because it would double the space.
"""

from __future__ import annotations

import itertools
import threading
from contextlib import suppress
from functools import partial
from typing import Protocol

from ...errors import MiglabError
from ..engine import Handle
from ..naming import COPY, READY
from . import meanwhile
from .meanwhile import Meanwhile

#: How large a database may be that has one, in bytes; how many a lab has.
LARGEST, _MANY = 64_000_000, 2


class Databases(Protocol):
    """The operations on databases of one kind of server."""

    def name_of(self, handle: str) -> str:
        """The name of a database on its server."""

    def beside(self, handle: str, name: str) -> Handle:
        """The handle of a database with another name on the same server."""

    def exists(self, handle: str) -> bool:
        """Whether there is such a database."""

    def rename(self, handle: str, to: str) -> None:
        """Rename a database; an existing one of that name is dropped."""

    def drop(self, handle: str) -> None:
        """Drop a database, if it exists."""

    def copy_meanwhile(self, copy: str, to: str) -> bool:
        """Copy a database in a thread, unless it is large or somebody reads it. ``to`` does not
        exist yet. Return whether the copy is complete. If it is not, the copy is made when it is
        needed."""


class Ready:
    """The second copies on servers of one kind."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._turn = threading.Lock()
        #: The second copies that are there, all of them.
        self._whole: set[str] = set()
        #: The copies that have one, or will have; the one wanted last comes last.
        self.made: dict[str, Meanwhile] = {}
        #: What is making one, or may begin to, wanted or not, and of which copy.
        self._makers: dict[Meanwhile, str] = {}
        #: What drops the second ones of copies that had one.
        self._going: dict[str, Meanwhile] = {}
        self._numbers = itertools.count()
        #: The copies that were put back.
        self._lent: set[str] = set()

    def note_restored(self, copy: str, database: str) -> None:
        """A copy was restored. It may be needed again, even in another lab if that lab has needed
        it before."""
        if self._owner(copy) == self._owner(database) or copy in self._lent:
            self.prepare(copy)
        self._lent.add(copy)

    def prepare(self, copy: str) -> None:
        """Begin to make a second copy of a copy."""
        if COPY not in self._databases.name_of(copy):
            return
        with self._turn:
            if copy in self.made:
                return
            mine = [each for each in self.made if self._owner(each) == self._owner(copy)]
            others = {each: self.made.pop(each) for each in mine[: len(mine) - _MANY + 1]}
            before = self._going.get(copy)
            made = self.made[copy] = Meanwhile(partial(self._make, copy, before))
            makers = {each: of for each, of in self._makers.items() if each.is_alive()}
            self._makers = {**makers, made: copy}
            for each, unwanted in others.items():
                about = f"{self._second(each)} {next(self._numbers)}"
                self._going[each] = Meanwhile(partial(self._drop, each, unwanted), about)

    def _drop(self, copy: str, made: Meanwhile) -> None:
        """Drop a second copy that nobody wants any more; this runs in a thread. If it fails, the
        second copy is dropped with its lab."""
        with suppress(MiglabError, OSError):
            if not made.call_off():
                self._databases.drop(self._second(copy))

    def _make(self, copy: str, before: Meanwhile | None) -> None:
        """Make a second copy, in a thread, after ``before`` has dropped an earlier one. If it
        fails, the copy is made when it is needed."""
        if before is not None:
            before.finish()
        with suppress(MiglabError, OSError):
            second = self._second(copy)
            self._whole.discard(second)
            if self._databases.copy_meanwhile(copy, second):
                self._whole.add(second)

    def take(self, copy: str, database: str) -> bool:
        """Put the second copy of a copy in a database's place; returns whether there was one."""
        with self._turn:
            made = self.made.pop(copy, None)
        if made is None or made.call_off():
            return False
        second = self._second(copy)
        if second not in self._whole or not self._databases.exists(second):
            return False
        self._whole.discard(second)
        self._databases.rename(second, database)
        return True

    def forget(self, copy: str) -> None:
        """Drop the second copy of a copy, because the copy itself is dropped."""
        self._lent.discard(copy)
        with self._turn:
            self._going.pop(copy, None)
            made = self.made.pop(copy, None)
        if made is not None and not made.call_off():
            self._databases.drop(self._second(copy))

    def forget_all(self, owner: str) -> None:
        """Drop the second copies of all copies whose names begin with ``owner``. When this returns,
        no background work makes or drops one of them any more."""
        name_of = self._databases.name_of
        for each in [each for each in self.made if name_of(each).startswith(owner)]:
            self.forget(each)
        for maker, copy in self._makers.items():
            if name_of(copy).startswith(owner):
                maker.call_off()
        meanwhile.call_off(owner)

    def _owner(self, handle: str) -> str:
        """The beginning of the names of all databases of the same lab."""
        return "_".join(self._databases.name_of(handle).split("_")[:3])

    def _second(self, copy: str) -> Handle:
        name = self._databases.name_of(copy)
        return self._databases.beside(copy, name.replace(COPY, READY, 1))

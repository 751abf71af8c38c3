"""Copies of copies, made while nobody waits, which are renamed into place when one goes back.

Making a copy takes as long as its files are large; renaming one takes a millisecond. There is one
for what was put back last, and one for the copy that was made before the last: where ``rewind``
goes. Large databases have none, for it would take as much room again.
"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import psycopg

from ..engine import Handle
from . import moments
from .address import beside, name_of, server_of
from .connections import connect

#: How large a database may be that has one, in bytes; how many a lab has.
_LARGEST, _MANY = 64_000_000, 2
#: Seconds after which one is given up because somebody reads the copy.
_PATIENCE, _PAUSE = 2.0, 0.02
_COPY, _READY = "_copy_", "_ready_"

_turn = threading.Lock()
#: The copies that have one, or will have when the thread ends; the one wanted last comes last.
_made: dict[str, threading.Thread] = {}
#: The copies that were put back.
_lent: set[str] = set()


def note_restored(copy: str, database: str) -> None:
    """A copy was put back: it may be wanted again; in another lab, where it was wanted before."""
    if _owner(copy) == _owner(database) or copy in _lent:
        prepare(copy)
    _lent.add(copy)


def prepare(copy: str) -> None:
    """Begin to have a second copy of a copy."""
    if _COPY not in name_of(copy):
        return
    with _turn:
        if copy in _made:
            return
        mine = [each for each in _made if _owner(each) == _owner(copy)]
        others = {each: _made.pop(each) for each in mine[: len(mine) - _MANY + 1]}
    thread = threading.Thread(target=_make, args=(copy, others), daemon=True)
    with _turn:
        _made[copy] = thread
    thread.start()


def take(copy: str, database: str) -> bool:
    """Have the second copy of a copy take a database's place; whether there was one."""
    with _turn:
        thread = _made.pop(copy, None)
    if thread is None:
        return False
    thread.join()
    if not moments.exists(_second(copy)):
        return False
    moments.rename(_second(copy), database)
    return True


def forget(copy: str) -> None:
    """A copy goes, and its second one too."""
    _lent.discard(copy)
    with _turn:
        thread = _made.pop(copy, None)
    if thread is not None:
        thread.join()
        moments.drop(_second(copy))


def forget_all(owner: str) -> None:
    """All databases go whose names begin so."""
    for each in [each for each in _made if name_of(each).startswith(owner)]:
        forget(each)


def _owner(handle: str) -> str:
    """What the names of a lab's databases begin with."""
    return "_".join(name_of(handle).split("_")[:3])


def _second(copy: str) -> Handle:
    return beside(copy, name_of(copy).replace(_COPY, _READY, 1))


def _make(copy: str, others: dict[str, threading.Thread]) -> None:
    """In a thread. What fails here is made when it is needed. The second ones of ``others`` go."""
    name = name_of(copy)
    until = time.monotonic() + _PATIENCE
    with suppress(psycopg.Error), connect(server_of(copy)) as server:
        for each, thread in others.items():
            thread.join()
            moments.drop_by(server, _second(each))
        size = server.execute("SELECT pg_database_size(%s)", (name,)).fetchone()
        if size is None or size[0] > _LARGEST:
            return
        # Whoever reads it would otherwise wait for the copy, and the copy for them.
        reading = "SELECT FROM pg_stat_activity WHERE datname = %s"
        while server.execute(reading, (name,)).fetchone() is not None:
            if time.monotonic() > until:
                return
            time.sleep(_PAUSE)
        moments.duplicate(server, name, name_of(_second(copy)))

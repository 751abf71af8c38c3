"""Ends a dump that waits too long for a table that somebody has locked, or for a server that is
gone. The tools themselves would wait without a limit."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pymysql

from ...errors import NoServer
from .address import name_of
from .connections import code_of, without_password
from .originals import reading

#: Seconds in which nothing may come before somebody is asked why, and that each table then gets.
LIMIT, _SHORT = 20.0, 1
#: The error's number where a lock was waited for in vain.
_LOCKED = 1205
_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"


@contextmanager
def limited(
    source: str, dump: subprocess.Popen[bytes], came: Callable[[], int]
) -> Iterator[list[NoServer]]:
    """End the dump if it waits in vain while the ``with`` block runs; the list that is yielded then
    has the reason. ``came`` returns how many bytes the dump has written so far."""
    stopped: list[NoServer] = []
    done = threading.Event()

    def watch() -> None:
        before = 0
        while not done.wait(LIMIT):
            now = came()
            why = _why(source) if now == before else None
            before = now
            if why is not None and came() == now:
                stopped.append(why)
                dump.kill()
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield stopped
    finally:
        done.set()
        thread.join()


def _why(source: str) -> NoServer | None:
    try:
        table = locked(source)
    except NoServer as error:
        return error
    if not table:
        return None
    why = f"somebody else has had the table {table} locked for more than {LIMIT:g} s"
    return NoServer(without_password(source), why)


def locked(source: str) -> str:
    """The first table that cannot be read now because somebody has locked it; ``""`` if there is
    none.

    Raises:
        NoServer: the server cannot be reached, or refuses.
    """
    with reading(source) as cursor:
        cursor.execute(f"SET SESSION lock_wait_timeout = {_SHORT:d}")
        cursor.execute(_TABLES, (name_of(source),))
        for (name,) in cursor.fetchall():
            try:
                cursor.execute("SELECT 1 FROM `{}` LIMIT 0".format(name.replace("`", "``")))
            except pymysql.OperationalError as error:
                if code_of(error) == _LOCKED:
                    return str(name)
            except pymysql.Error:
                # A view may refer to what is not there.
                continue
    return ""

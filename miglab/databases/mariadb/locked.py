"""Sees that a dump does not wait for a table that somebody has locked: the tools have no limit."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pymysql

from ...errors import NoServer
from .address import name_of
from .connections import code_of
from .originals import reading

#: Seconds in which nothing may come before somebody is asked why, and that each table then gets.
LIMIT, _SHORT = 20.0, 1
#: The error's number where a lock was waited for in vain.
_LOCKED = 1205
_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"


@contextmanager
def limited(
    source: str, dump: subprocess.Popen[bytes], came: Callable[[], int]
) -> Iterator[list[str]]:
    """Within it, a dump that stops for a lock is ended; the table is in the list then. ``came``
    says how much has come until now."""
    waited_for: list[str] = []
    done = threading.Event()

    def watch() -> None:
        before = 0
        while not done.wait(LIMIT):
            now = came()
            table = locked(source) if now == before else ""
            before = now
            if table and came() == now:
                waited_for.append(table)
                dump.kill()
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield waited_for
    finally:
        done.set()
        thread.join()


def locked(source: str) -> str:
    """The first table that cannot be read just now because somebody has it locked; ``""`` for none,
    and where the server does not say."""
    with suppress(NoServer), reading(source) as cursor:
        cursor.execute(f"SET SESSION lock_wait_timeout = {_SHORT:d}")
        cursor.execute(_TABLES, (name_of(source),))
        for (name,) in cursor.fetchall():
            try:
                cursor.execute("SELECT 1 FROM `{}` LIMIT 0".format(name.replace("`", "``")))
            except pymysql.Error as error:
                # A view may refer to what is not there.
                if code_of(error) == _LOCKED:
                    return str(name)
    return ""

"""Keeps what goes wrong while miglab measures apart from what goes wrong in the project."""

from __future__ import annotations

import contextlib
import re
from typing import Dict, Iterator, List

#: What could not be measured, as obstacles: ``id``, ``what``, ``do``.
failed: List[Dict[str, str]] = []

#: What SQLite says if a connection lacks something that another one has. It says the last words if
#: a table without row numbers is kept in an order that the connection does not know.
_LACKS = re.compile(
    r"no such (?:function|collation sequence|module|tokenizer)|unknown tokenizer|"
    r"error in tokenizer|malformed database schema|no query solution",
    re.I,
)


class Unmeasured(Exception):
    """Something cannot be measured at this moment, which is not an error."""


#: What to do if a part of the answer is not known.
BY_HAND = "check the database by hand: miglab does not know what the command did there"


@contextlib.contextmanager
def measuring(what: str, do: str = BY_HAND) -> Iterator[None]:
    """A context in which no code of the project runs. An error in it is miglab's own: it is noted,
    and not raised. If the error is ``Unmeasured``, ``do`` is noted as what to do."""
    try:
        yield
    except Unmeasured as error:
        _keep(
            "measuring-failed",
            "miglab could not %s: %s" % (what, error),
            do,
        )
    except Exception as error:
        note(what, "%s: %s" % (type(error).__name__, error))


@contextlib.contextmanager
def apart() -> Iterator[List[Dict[str, str]]]:
    """A context with a list, which gets what could not be measured in the context. ``failed`` does
    not get it."""
    found: List[Dict[str, str]] = []
    before = len(failed)
    try:
        yield found
    finally:
        found += failed[before:]
        del failed[before:]


def note(what: str, said: str) -> None:
    """Note that something could not be done: ``what``, as in ``"compare the rows"``; ``said`` is
    the error."""
    if lacks(said):
        _keep(
            "connection-lacks",
            "miglab could not %s: its own connection to the database lacks something "
            "that the project's connection has (%s)" % (what, said),
            BY_HAND,
        )
    else:
        _keep(
            "measuring-failed",
            "miglab could not %s (%s)" % (what, said),
            "report this as a bug in miglab: what the command did is not fully known",
        )


def _keep(identity: str, what: str, do: str) -> None:
    entry = {"id": identity, "what": what, "do": do}
    if entry not in failed:
        failed.append(entry)


def lacks(said: str) -> bool:
    """Whether an engine's error says that a connection lacks a function, collation or module."""
    return bool(_LACKS.search(said))

"""Checks a database that the user says is already a copy: its name, and that the project does not
use it. A second copy is made beside it, because miglab does not change it either."""

from __future__ import annotations

import time
from collections.abc import Iterable

import psycopg

from ...errors import BadInput, NoServer
from ..engine import Handle
from . import moments
from .address import name_of, parameters_of
from .connections import in_words, on_server, resolved
from .originals import identity

_SESSIONS = """
SELECT coalesce(nullif(application_name, ''), 'a session'), usename FROM pg_stat_activity
WHERE datname = %s ORDER BY 1, 2
"""
#: Seconds that connections of ours may take to be gone.
_GRACE, _PAUSE = 1.0, 0.005


def given(url: str, called: str, originals_: Iterable[Handle]) -> Handle:
    """The handle of the database at the address ``url``, whose name must be ``called``. It must not
    be one of the originals.

    Raises:
        BadInput: the database has another name, or the project uses it, or miglab cannot tell
            whether the project does.
        NoServer: the database cannot be reached.
    """
    handle, _ = resolved(url)
    name = name_of(handle)
    if called != name:
        raise BadInput(
            f"copy_is names the database {name!r}, but copy_is_called says {called!r}; both must "
            "name the database that is a copy (on the command line: --copy-is and --copy-is-called)"
        )
    before = identity(handle)
    for each in originals_:
        _keep_apart(handle, before, each)
    if identity(handle) != before:
        raise NoServer(handle, "it was started again just now; try again")
    return handle


def _keep_apart(handle: Handle, own: tuple[str, int], original: Handle) -> None:
    """Raise ``BadInput`` if a given database and an original are the same one, or may be."""
    refused = "miglab does not use it as a copy; give the address of a real copy"
    try:
        same = identity(original) == own
    except psycopg.Error as error:
        # Whoever lets nobody in is there; whoever is not there may go by another name there.
        if _was_reached(error) or name_of(original) == name_of(handle):
            raise BadInput(
                f"the project's settings name {original}, which does not let miglab in "
                f"({in_words(error)}), so miglab cannot tell whether {handle} is the same; "
                f"{refused}, and settings with another database, or with one that miglab can check"
            ) from None
        return
    if same:
        raise BadInput(
            f"{handle} is the database {original}, which the project's settings name; {refused}"
        )


def _was_reached(error: psycopg.Error) -> bool:
    """Whether the error comes from a server that was reached. If a server refuses the connection,
    the driver's error has no code."""
    return error.sqlstate is not None or "FATAL" in str(error)


def copy(source: str, to: str) -> None:
    """Copy a given database, as a template on its own server.

    Raises:
        NoServer: somebody is connected to the source, or the role does not own it.
        OSError: no space is left.
    """
    name = name_of(source)
    with on_server(to) as server:
        until = time.monotonic() + _GRACE
        while found := server.execute(_SESSIONS, (name,)).fetchall():
            if time.monotonic() > until:
                told = ", ".join(sorted({f"{what} of {who}" for what, who in found}))
                raise NoServer(
                    source,
                    f"it cannot be copied while others are connected to it ({told}); end these "
                    "sessions, then try again",
                )
            time.sleep(_PAUSE)
        if moments.there_is(server, name_of(to)):
            moments.drop(to)
        try:
            moments.duplicate(server, name, name_of(to))
        except psycopg.errors.InsufficientPrivilege:
            raise NoServer(
                source,
                f"only its owner may copy it, and the role {parameters_of(source)['user']!r} is "
                "not its owner; connect as its owner",
            ) from None
        except psycopg.errors.ObjectInUse as error:
            raise NoServer(
                source, f"somebody connected to it just now ({in_words(error)})"
            ) from None

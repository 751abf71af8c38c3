"""Folders of servers on this machine. Only the user that runs a server must be able to reach
them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import MiglabError

#: Servers refuse root. There they run as the user that owns nothing.
NOBODY = 65534
#: Where a server's folder is if root's own is closed to it, and the file there that names the home.
_ELSEWHERE, _OF = Path("/var/tmp"), "home"
#: How long the path of a socket may be, in bytes, on any system.
_LONGEST = 103


def folder_in(base: Path, name: str) -> Path:
    """The folder ``name`` for a server, in ``base`` or in a reachable place instead. It is created
    if needed."""
    base = reachable(base)
    folder = base / name
    folder.mkdir(parents=True, exist_ok=True)
    for each in (base, folder):
        if runs_as_nobody():
            _check_owner(each)
            each.chmod(0o711)
    return folder


def sockets_of(folder: Path, socket: str) -> Path:
    """The folder for the socket of the server in ``folder``. It is inside ``folder``, unless the
    socket's path would be too long."""
    sockets = folder / "socket"
    if len(os.fsencode(sockets / socket)) > _LONGEST:
        sockets = Path(tempfile.gettempdir()) / f"miglab-{digest(Path(str(os.getuid())), folder)}"
    return sockets


def runs_as_nobody() -> bool:
    """Whether servers have to run as another user, because this process is root's."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def as_server() -> dict[str, Any]:
    """Arguments for ``subprocess`` that run a program as the same user as the server."""
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if runs_as_nobody() else {}


def clean_environment() -> Mapping[str, str]:
    """An environment without variables that could change what a server's programs connect to."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def own(folder: Path) -> None:
    """Create a folder for sockets, in which nobody else may connect or create a socket.

    Raises:
        MiglabError: the folder belongs to somebody else, who made it first in a folder that
            everybody can write to.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_owner(folder)
    give(folder)
    # A jailed root has no privileges left; its group still has the folder.
    folder.chmod(0o770 if runs_as_nobody() else 0o700)


def _check_owner(folder: Path) -> None:
    state = os.lstat(folder)
    if not stat.S_ISDIR(state.st_mode) or state.st_uid not in (os.geteuid(), NOBODY):
        raise MiglabError(f"{folder} belongs to somebody else; remove it, then try again")


def give(folder: Path) -> None:
    """Give a folder to the server's user."""
    if runs_as_nobody():
        os.chown(folder, NOBODY, os.getegid())


def keep_secret(path: Path, text: str) -> None:
    """Write a file that nobody else may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def reachable(folder: Path) -> Path:
    """This folder, or a folder elsewhere if the server's user cannot reach it, as in root's own
    folders, which are closed to others."""
    if not runs_as_nobody() or can_be_reached(folder):
        return folder
    elsewhere = _ELSEWHERE / f"miglab-{digest(folder)}"
    if not elsewhere.exists():
        # Whoever sweeps takes what names a home that is not there.
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep()
        half = Path(tempfile.mkdtemp(dir=_ELSEWHERE))
        half.chmod(0o711)
        (half / _OF).write_text(str(folder.parent))
        put(half, elsewhere)
    return elsewhere


def put(made: Path, place: Path) -> None:
    """Move a folder to its place in one step, unless another process was faster."""
    try:
        os.replace(made, place)
    except OSError:
        if not place.exists():
            raise
        shutil.rmtree(made, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders in ``/var/tmp`` that belong to miglab's homes that are gone."""
    for each in _ELSEWHERE.glob(f"miglab-*/{_OF}"):
        # Another process may sweep as well.
        with contextlib.suppress(FileNotFoundError):
            if each.stat().st_uid == os.geteuid() and not Path(each.read_text()).exists():
                shutil.rmtree(each.parent, ignore_errors=True)


def can_be_reached(folder: Path) -> bool:
    """Whether every user can reach a folder."""
    there = [each for each in (folder, *folder.parents) if each.exists()]
    return all(each.stat().st_mode & stat.S_IXOTH for each in there)


def digest(*paths: Path) -> str:
    """A short name for these paths: a hash."""
    told = "\0".join(map(str, paths))
    return hashlib.blake2b(os.fsencode(told), digest_size=4).hexdigest()

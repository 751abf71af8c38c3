"""Tells whether it was the jail around a copy that refused something, or whether the system would
have refused it in the original as well. The kernel says only "no"."""

from __future__ import annotations

import errno
import os
import stat
import traceback
from typing import Any, Collection, List, Optional

from ..guarding import bounds, confine, lacks, paths

_REFUSES = (errno.EACCES, errno.EPERM, errno.EXDEV, errno.EROFS)

#: What SQLite, and ``pty`` in Python's library, say if the system refuses them something.
_SAID = {"OperationalError": "readonly database", "OSError": "out of pty devices"}
#: Modules of the standard library in which such errors are raised, and what to do about each.
_DO = {
    "socket.py": "allow the address that it needs with `--allow-address`",
    "synchronize.py": "run it on a machine whose jail has its own /dev/shm: see `miglab doctor`",
    "shared_memory.py": "run it on a machine whose jail has its own /dev/shm: see `miglab doctor`",
    "pty.py": "run it on a machine whose jail has its own terminals: see `miglab doctor`",
}
_LOOK = "check whether the command needs something outside of its copy"


def by_jail(error: BaseException) -> bool:
    """Whether a real run may be allowed what was refused here, as far as anybody can tell."""
    if not confine.jailed:
        return False
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in _REFUSES and not _anyway(error)
    text = _SAID.get(type(error).__name__)
    try:
        return text is not None and text in str(error)
    except Exception:
        return False


def what_to_do(error: BaseException) -> str:
    """What would allow the action that was refused. This depends on where the error came from."""
    frames = traceback.extract_tb(error.__traceback__)
    return _DO.get(os.path.basename(frames[-1].filename), _LOOK) if frames else _LOOK


def _anyway(error: OSError) -> bool:
    """Whether the system would refuse this even without a jail."""
    found: List[str] = []
    for each in (error.filename, error.filename2):
        if each is None:
            continue
        if isinstance(each, int):
            return False
        found.append(paths.plain(each))
    if not found:
        return False
    if _is_start(error) and not _runs(found[0]):
        return True
    if error.errno == errno.EXDEV:
        return len({_device(each) for each in found}) > 1
    if error.errno == errno.EROFS:
        return False
    return all(_denied(each, error.errno) for each in found)


def _is_start(error: OSError) -> bool:
    """Whether the error was raised when a program was to be started."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].name in ("_execute_child", "_execvpe", "_spawnvef")


def _runs(program: str) -> bool:
    try:
        state = os.stat(program)
    except OSError:
        return True
    return bool(stat.S_ISREG(state.st_mode) and state.st_mode & 0o111)


def _device(path: str) -> Optional[int]:
    state = _state(path) or _state(os.path.dirname(path) or os.curdir)
    return state.st_dev if state else None


def _denied(path: str, number: Optional[int]) -> bool:
    """Whether the modes and owners of the original would deny what was done with this path. In its
    copy, a project may do everything that it may do in the original."""
    if bounds.allowed(path):
        original = lacks.in_original(path)
        return original is None or not os.path.lexists(original) or _no_use(original, number)
    return _no_use(path, number)


def _no_use(path: str, number: Optional[int]) -> bool:
    user, groups = os.geteuid(), {os.getegid(), *os.getgroups()}
    state, above = _state(path), _state(os.path.dirname(os.path.abspath(path)))
    if above is not None and not permits(above, user, groups, 1):
        return True
    if number == errno.EPERM and state is not None and user in (0, state.st_uid):
        return False
    may_change = state is not None and permits(state, user, groups, 2)
    may_remove = above is not None and permits(above, user, groups, 3)
    if state is not None and above is not None and above.st_mode & stat.S_ISVTX:
        may_remove = may_remove and user in (0, state.st_uid, above.st_uid)
    return not may_change and not may_remove


def permits(state: Any, user: int, groups: Collection[int], wanted: int) -> bool:
    """Whether a file's mode lets this user do what is wanted: 4 to read, 2 to write, 1 to go
    through it, or their sum."""
    if user == 0:
        return True
    shift = 6 if state.st_uid == user else 3 if state.st_gid in groups else 0
    return bool((state.st_mode >> shift) & wanted == wanted)


def _state(path: str) -> Any:
    try:
        return os.stat(path)
    except OSError:
        return None

"""Tries, inside a jail, what the jail should prevent; only this decides what counts as enforced.

Only a refusal counts. If an act succeeds, or fails for any other reason, its kind does not count as
enforced.
"""

from __future__ import annotations

import _socket
import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Sequence

    Act = Callable[[], Any]

ENFORCED, WATCHED, OPEN = "enforced", "watched", "open"
#: The kinds of act, in the order in which a probe's findings are sent.
KINDS = ("contents", "metadata", "processes", "tcp", "other_sockets")
_REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV, errno.ENETUNREACH)

_THERE = ("written", "cut", "removed", "renamed", "linked", "changed")
_NOT_THERE = ("new", "elsewhere", "fifo")


def prepare(folder: str) -> None:
    """Outside the jail: make the files that a probe tries to harm, in this folder of miglab's own.
    They stay for the next probe, so that a probe that is killed leaves nothing more behind."""
    os.makedirs(folder, exist_ok=True)
    for name in _NOT_THERE:
        if os.path.lexists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    if os.path.isdir(os.path.join(folder, "folder")):
        os.rmdir(os.path.join(folder, "folder"))
    for name in _THERE:
        os.close(os.open(os.path.join(folder, name), os.O_WRONLY | os.O_CREAT, 0o600))


def processes() -> str:
    """The name of the PID namespace of this process."""
    return os.readlink("/proc/self/ns/pid")


def attempt(folder: str, writable: Sequence[str], outside: str) -> Dict[str, bool]:
    """Inside the jail: which kinds of act are refused. ``outside`` is what ``processes`` returns
    outside the jail.

    Raises:
        OSError: a folder that must be writable is not.
    """

    def at(name: str) -> str:
        return os.path.join(folder, name)

    for each in writable[:1]:
        _make_and_remove(os.path.join(each, ".probe"))
    state = os.stat(at("changed"))

    def link_in() -> None:
        # Through a second name in the copy, the original would be written.
        name = os.path.join(writable[0], ".probe-link")
        try:
            os.link(at("linked"), name)
        finally:
            if os.path.lexists(name):
                os.remove(name)

    return {
        "contents": _all_refused(
            lambda: os.close(os.open(at("written"), os.O_WRONLY)),
            lambda: os.close(os.open(at("new"), os.O_WRONLY | os.O_CREAT)),
            link_in,
            lambda: os.truncate(at("cut"), 0),
            lambda: os.remove(at("removed")),
            lambda: os.rename(at("renamed"), at("elsewhere")),
            lambda: os.mkdir(at("folder")),
            lambda: os.mkfifo(at("fifo")),
        ),
        "metadata": _all_refused(
            lambda: os.chmod(at("changed"), state.st_mode),
            lambda: os.chown(at("changed"), state.st_uid, state.st_gid),
            lambda: os.utime(at("changed"), (1, 1)),
            lambda: os.setxattr(at("changed"), "user.miglab", b"x"),
        ),
        # Where they are numbered anew, those outside have no number, and all end with the first.
        "processes": processes() != outside,
        "tcp": _all_refused(_connects(_socket.AF_INET), _connects(_socket.AF_INET6)),
        "other_sockets": _all_refused(
            _makes(_socket.AF_INET, _socket.SOCK_DGRAM),
            _makes(_socket.AF_INET6, _socket.SOCK_DGRAM),
            _makes(_socket.AF_UNIX, _socket.SOCK_STREAM),
            _makes(_socket.AF_UNIX, _socket.SOCK_DGRAM),
            _makes(_socket.AF_NETLINK, _socket.SOCK_RAW),
        ),
    }


def _connects(family: int) -> Act:
    def act() -> None:
        made = _socket.socket(family, _socket.SOCK_STREAM)
        try:
            made.setblocking(False)
            # Nobody listens there; whether one could is told by what kind of "no" it is.
            made.connect(("::1" if family == _socket.AF_INET6 else "127.0.0.1", 1))
        finally:
            made.close()

    return act


def _makes(family: int, kind: int) -> Act:
    return lambda: _socket.socket(family, kind).close()


def _make_and_remove(path: str) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    try:  # noqa: SIM105 (contextlib imports much)
        os.remove(path)
    except FileNotFoundError:
        # Another one has tried at the same moment.
        pass


def _all_refused(*acts: Act) -> bool:
    # Each is tried: what one lets through says nothing of the next.
    refused = [_refused(act) for act in acts]
    return all(refused)


def _refused(act: Act) -> bool:
    try:
        act()
    except OSError as error:
        return error.errno in _REFUSALS or _missing(error)
    return False


def _missing(error: OSError) -> bool:
    """Whether this machine has no such thing at all: an address of IPv6, say."""
    return error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL)


def verdict(refused: Dict[str, bool]) -> Dict[str, str]:
    """What holds for each kind of act. What was not refused is left to the audit hook, which does
    not see processes that go on after a command."""
    held = {name: ENFORCED if refused[name] else WATCHED for name in KINDS}
    if not refused["processes"]:
        held["processes"] = OPEN
    return held


def encoded(refused: Dict[str, bool]) -> bytes:
    """Findings as one short text."""
    return b"".join(b"1" if refused[name] else b"0" for name in KINDS)


def decoded(text: bytes) -> Dict[str, bool]:
    """The findings from which ``encoded`` made this text."""
    return {name: letter == 0x31 for name, letter in zip(KINDS, text)}

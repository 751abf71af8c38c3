"""Says which programs may be started and which addresses reached: what the user allows, and the
calls that only look and that Python's own library makes."""

from __future__ import annotations

import os
import re
import shlex
import socket
from typing import Any, Callable, List, Optional, Sequence, Tuple

_SHELLS = ("sh", "bash", "dash", "zsh", "ash")
#: Characters with which a shell does more than split a text into words.
_MORE_THAN_WORDS = re.compile(r"[;|&$<>()`\n\\*?\[\]{}~#!=]")


class Permits:
    """What a user allows: names or paths of ``programs``; ``addresses`` as ``HOST``,
    ``HOST:PORT``, ``[IPv6]:PORT`` or the path of a socket."""

    def __init__(self, programs: Sequence[str] = (), addresses: Sequence[str] = ()) -> None:
        self.programs = frozenset(programs)
        self.addresses = [split_address(each) for each in addresses]

    def program(self, words: Sequence[str]) -> bool:
        """Whether the program that is called with these words may be started."""
        return bool(words) and not self.programs.isdisjoint((words[0], os.path.basename(words[0])))

    def host(self, host: str) -> bool:
        """Whether the address of this host may be looked up."""
        return any(host.lower() == allowed.lower() for allowed, _ in self.addresses)

    def address(self, host: str, port: Optional[str]) -> bool:
        """Whether the project may connect to this address. ``host`` may also be a numeric address
        of an allowed name."""
        for allowed, allowed_port in self.addresses:
            if allowed_port is not None and allowed_port != port:
                continue
            if host == allowed or host in _numbers(allowed):
                return True
        return False


def split_address(text: str) -> Tuple[str, Optional[str]]:
    """Host and port, which may be missing.

    >>> split_address("example.org:80"), split_address("[::1]:80"), split_address("::1")
    (('example.org', '80'), ('::1', '80'), ('::1', None))
    """
    if text.startswith("["):
        host, _, rest = text[1:].partition("]")
        return host, rest.lstrip(":") or None
    if text.count(":") == 1 and not text.startswith("/"):
        host, _, port = text.partition(":")
        return host, port or None
    return text, None


def _numbers(host: str) -> List[str]:
    """The numeric addresses of a host that the user has allowed."""
    try:
        return [str(each[4][0]) for each in socket.getaddrinfo(host, None)]
    except (OSError, UnicodeError):
        return []


def words_of(executable: Any, arguments: Any) -> List[str]:
    """The words with which a program is started. Of a shell that gets one plain command, the
    words of that command."""
    if isinstance(arguments, (list, tuple)):
        words = [os.fsdecode(each) for each in arguments]
    else:
        words = split(os.fsdecode(arguments))
    if executable:
        words[:1] = [os.fsdecode(executable)]
    if len(words) == 3 and words[1] == "-c" and os.path.basename(words[0]) in _SHELLS:
        inner = split(words[2])
        return inner if inner and not _MORE_THAN_WORDS.search(words[2]) else words
    return words


def shown(words: Sequence[str]) -> str:
    """A command line as a message shows it."""
    text = " ".join(words)
    return text if len(text) <= 80 else text[:79] + "…"


def split(text: str) -> List[str]:
    """The words of a command line."""
    try:
        return shlex.split(text)
    except ValueError:
        return [text]


def only_looks(words: Sequence[str], inside: Callable[[Any], bool]) -> bool:
    """Whether this call is known to change nothing; ``inside`` says whether a path lies in the
    copy. A program of the project's own may do anything, whatever it is called."""
    if not words or (os.sep in words[0] and inside(words[0])):
        return False
    name, rest = os.path.basename(words[0]), list(words[1:])
    return rest == ["--version"] or any(each(name, rest, inside) for each in _LOOKS)


Look = Callable[[str, List[str], Callable[[Any], bool]], bool]


def _library_cache(name: str, rest: List[str], inside: Any) -> bool:
    # ctypes.util.find_library
    return name == "ldconfig" and rest in (["-p"], ["-r"])


def _compiler(name: str, rest: List[str], inside: Any) -> bool:
    # ctypes.util.find_library: a link that fails and says where it looked, into a temporary file
    called = name in ("gcc", "cc") and len(rest) == 4 and rest[:2] == ["-Wl,-t", "-o"]
    return called and bool(inside(rest[2])) and rest[3].startswith("-l")


def _linker(name: str, rest: List[str], inside: Any) -> bool:
    # ctypes.util.find_library: the same with the linker itself, into nothing
    if name != "ld" or rest[:1] != ["-t"] or rest[-3:-1] != ["-o", os.devnull]:
        return False
    between = rest[1:-3]
    paired = len(between) % 2 == 0 and all(each == "-L" for each in between[::2])
    return paired and rest[-1].startswith("-l")


def _object(name: str, rest: List[str], inside: Any) -> bool:
    # ctypes.util.find_library: the name that a library has for itself
    return name == "objdump" and len(rest) == 4 and rest[:3] == ["-p", "-j", ".dynamic"]


def _system(name: str, rest: List[str], inside: Any) -> bool:
    # platform.uname and platform.processor
    return name == "uname" and all(re.fullmatch(r"-[a-z]+", each) for each in rest)


def _kind(name: str, rest: List[str], inside: Any) -> bool:
    # platform.architecture
    return name == "file" and len(rest) == 2 and rest[0] == "-b"


def _release(name: str, rest: List[str], inside: Any) -> bool:
    # the package distro, which others ask for the system's name
    return name == "lsb_release" and rest == ["-a"]


def _locales(name: str, rest: List[str], inside: Any) -> bool:
    # the locales of this system, as people list them to choose one
    return name == "locale" and rest in ([], ["-a"])


_LOOKS: Tuple[Look, ...] = (
    _library_cache,
    _compiler,
    _linker,
    _object,
    _system,
    _kind,
    _release,
    _locales,
)

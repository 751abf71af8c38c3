"""A file of events: appended to by several processes at once, read, and merged with others."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BadInput
from .event import Event, parse, union


class Journal:
    """The events in one file. It need not exist before the first one is appended."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, event: Event) -> None:
        """Add an event at the end of the file.

        Raises:
            BadInput: the file cannot be written.
        """
        self._add([event])

    def read(self) -> tuple[Event, ...]:
        """All events, each once, in order of time; none if there is no file.

        Raises:
            BadInput: the file exists but cannot be read.
        """
        return union(self._events())

    def merge(self, *others: Path) -> tuple[Event, ...]:
        """Add the events that other files have and this one lacks. Returns the added events.

        Raises:
            BadInput: one of them cannot be read, or this one cannot be written.
        """
        for other in others:
            if not other.is_file():
                raise BadInput(f"there is no file {str(other)!r}; give a file of events")
        theirs = union(*(Journal(other)._events() for other in others))
        known = {event.id for event in self._events()}
        new = tuple(event for event in theirs if event.id not in known)
        self._add(new)
        return new

    def _events(self) -> Iterator[Event]:
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise BadInput(f"{self.path} cannot be read: {error.strerror or error}") from None
        for line in lines:
            event = parse(line.decode(errors="replace"))
            if event is not None:
                yield event

    def _add(self, events: Iterable[Event]) -> None:
        lines = b"".join(event.line().encode() + b"\n" for event in events)
        if not lines:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _BINARY, 0o666)
            try:
                with _locked(file):
                    _write(file, b"\n" + lines if _torn(file) else lines)
            finally:
                os.close(file)
        except OSError as error:
            raise BadInput(f"{self.path} cannot be written: {error.strerror or error}") from None


_BINARY = getattr(os, "O_BINARY", 0)


def _torn(file: int) -> bool:
    """Whether the last line has no line break, because its writer was stopped."""
    size = os.fstat(file).st_size
    if not size:
        return False
    os.lseek(file, size - 1, os.SEEK_SET)
    return os.read(file, 1) != b"\n"


def _write(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


if sys.platform == "win32":
    import msvcrt

    #: A position that no line reaches: on Windows, others could not read a byte that is locked.
    _FAR = 1 << 40

    @contextmanager
    def _locked(file: int) -> Iterator[None]:
        os.lseek(file, _FAR, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)
        try:
            yield
        finally:
            os.lseek(file, _FAR, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    @contextmanager
    def _locked(file: int) -> Iterator[None]:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            # Some network drives know no locks; a short line appended arrives whole there too.
            yield
            return
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

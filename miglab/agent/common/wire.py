"""The agent's end of the wire: the first standard streams, moved out of the project's reach."""

from __future__ import annotations

import contextlib
import os
import select
import sys
from typing import List, Optional

from .protocol import Message, decode, encode


class Wire:
    """Reads and writes messages on two descriptors."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self.incoming, self.outgoing = incoming, outgoing
        self._rest = b""
        self._held: List[Message] = []

    @classmethod
    def take_standard_streams(cls) -> Wire:
        """Move descriptors 0 and 1 away; leave an empty input and the error stream in place."""
        incoming, outgoing = os.dup(0), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 (stands for as long as the process)
        sys.stdout = sys.stderr
        return cls(incoming, outgoing)

    def send(self, message: Message) -> None:
        """Write one message."""
        data = memoryview(encode(message))
        while data:
            data = data[os.write(self.outgoing, data) :]

    def receive(self) -> Optional[Message]:
        """The next message, or ``None`` when the other end is closed."""
        if self._held:
            return self._held.pop(0)
        while b"\n" not in self._rest:
            data = os.read(self.incoming, 1 << 16)
            if not data:
                return None
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        return decode(line)

    def leave(self) -> None:
        """Close both ends in this process."""
        for descriptor in {self.incoming, self.outgoing}:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def hold(self, messages: List[Message]) -> None:
        """Give back messages that came too early; they are received next."""
        self._held[:0] = messages

    def wait_for(self, others: List[int]) -> int:
        """The descriptor that has something to read: this wire's, or one of the others."""
        if self._has_one:
            return self.incoming
        readable, _, _ = select.select([self.incoming, *others], [], [])
        return next((each for each in others if each in readable), self.incoming)

    def comes_within(self, seconds: float) -> bool:
        """Whether there is something to read within this time."""
        return self._has_one or bool(select.select([self.incoming], [], [], seconds)[0])

    @property
    def _has_one(self) -> bool:
        return bool(self._held) or b"\n" in self._rest

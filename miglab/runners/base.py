"""What every runner can do, however its agent runs."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..agent.common.protocol import Message
from ..facts.protection import Protection
from .jail import Jail

Ask = Callable[[str], str | None]
#: Hears in a few words what is being done.
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Setup:
    """How to start an agent: the project's interpreter, the configuration that ``protocol.CONFIG``
    describes, and the agent's environment variables. ``kind`` names the project, because only
    copies of one project may share an agent. ``jail`` is for a user's own project."""

    python: str
    config: Mapping[str, Any]
    environment: Mapping[str, str]
    kind: str = ""
    jail: Jail | None = None


class Stopped(Exception):
    """The request did not finish.

    ``why`` is ``"limit"`` (it took longer than allowed), ``"cancelled"`` (somebody asked for that)
    or ``"died"`` (its process is gone). ``detail`` says more. ``begun`` is whether a process had
    begun to work on the request.
    """

    def __init__(self, why: str, detail: str = "", begun: bool = True) -> None:
        self.why, self.detail, self.begun = why, detail, begun
        super().__init__(f"{why}: {detail}")


class Stop:
    """Asks the running request to end, from any thread. No request begins until this is
    cleared."""

    #: Seconds in which a request may still come to its end: its agent need not be started anew.
    GRACE = 0.5

    def __init__(self) -> None:
        self._since: float | None = None
        self._interrupt: Callable[[], None] | None = None

    def running(self, interrupt: Callable[[], None] | None) -> None:
        """Set the function that interrupts the request that runs now, or ``None`` if that request
        has ended."""
        self._interrupt = interrupt
        if interrupt is not None and self.asked:
            interrupt()

    def ask(self) -> None:
        """From now on, no request is begun, and a running one is interrupted, or stopped if that
        does not help."""
        if self._since is None:
            self._since = time.monotonic()
            if interrupt := self._interrupt:
                interrupt()

    def clear(self) -> None:
        """Let requests run again."""
        self._since = None

    @property
    def asked(self) -> bool:
        """Whether no request may begin."""
        return self._since is not None

    @property
    def due(self) -> bool:
        """Whether the running request must be stopped now."""
        return self._since is not None and time.monotonic() >= self._since + self.GRACE


@dataclass(frozen=True)
class Terms:
    """How a request runs: its limits and its callbacks.

    Attributes:
        ask: is called with a question that the project asks, and returns the answer, or ``None``.
        limit: the time limit in seconds; time in which a question is answered does not count.
        tell: is called with what is being done, in words.
        stop: can end the request early.
        ended: is called with what each command to a target on the way did. Each of these commands
            gets the whole ``limit``.
    """

    ask: Ask | None = None
    limit: float | None = None
    tell: Tell | None = None
    stop: Stop | None = None
    ended: Callable[[Message], None] | None = None


class Runner(ABC):
    """Runs requests, one at a time."""

    name: ClassVar[str]

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        #: The agent's own first words: its Python, its Django, its engines.
        self.about: Message = {}
        #: What keeps its project in; known once a request has been run.
        self.protection = Protection()

    def notify(self, message: Message) -> None:
        """Send a message that has no answer. Such messages only save time or memory."""
        return

    @abstractmethod
    def run(self, request: Message, terms: Terms) -> Message:
        """Run a request, and return the agent's message ``done`` for it.

        Raises:
            Stopped: the request was stopped, and may be half done.
        """

    def settle(self) -> None:
        """End a request that still runs because the code that waited for it was interrupted."""
        return

    def close(self) -> None:
        """End every process."""
        return

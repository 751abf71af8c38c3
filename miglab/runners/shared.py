"""A share of one warm agent: labs that would start the same one use it in turn."""

from __future__ import annotations

import json
import os
import threading
from typing import ClassVar

from ..agent.common.protocol import Message
from ..interrupts import Uninterrupted
from .base import Runner, Setup, Stopped, Terms
from .warm import Warm


class _Agent:
    """A warm runner, who may use it at the moment, and how many share it."""

    def __init__(self, setup: Setup) -> None:
        self.warm = Warm(setup)
        self.turn = threading.Lock()
        self.shares = 0


class Shared(Runner):
    """Opens at once where another lab has an agent already. No lab waits for another's command:
    while one runs, the next starts an agent of its own."""

    name: ClassVar[str] = "warm"

    _agents: ClassVar[dict[object, _Agent]] = {}
    _registry: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self._closed = self._running = False
        self._places: dict[str, Message] = {}
        # A fork of this process has no part in its agents.
        config = json.dumps([setup.python, dict(setup.config)], sort_keys=True, default=str)
        self._key = (
            os.getpid(),
            setup.kind,
            config,
            setup.jail,
            frozenset(setup.environment.items()),
        )
        with Shared._registry:
            if self._key not in Shared._agents:
                Shared._agents[self._key] = _Agent(setup)
            self._agent = Shared._agents[self._key]
            self._agent.shares += 1

    @property
    def pid(self) -> int | None:
        """The agent's process id (and its group's), while there is one."""
        return self._agent.warm.pid

    def notify(self, message: Message) -> None:
        agent = self._agent
        if not self._closed and agent.turn.acquire(blocking=False):
            try:
                self._note(message)
                agent.warm.notify(message)
            finally:
                agent.turn.release()

    def run(self, request: Message, terms: Terms) -> Message:
        if self._closed:
            raise Stopped("died", "the lab was closed")
        if not self._agent.turn.acquire(blocking=False):
            self._leave(_Agent(self.setup))
            self._agent.turn.acquire()
        agent, self._running = self._agent, True
        try:
            self._note(request)
            answer = agent.warm.run(request, terms)
            self.about, self.protection = agent.warm.about, agent.warm.protection
            return answer
        finally:
            self._running = False
            agent.turn.release()

    def _note(self, message: Message) -> None:
        place = message.get("place")
        if place and message["do"] != "forget":
            self._places[place["folder"]] = place
        elif place:
            self._places.pop(place["folder"], None)

    def settle(self) -> None:
        agent = self._agent
        if self._running or agent.turn.acquire(blocking=False):
            self._running = False
            agent.warm.settle()
            agent.turn.release()

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._leave(None)

    def _forget(self, agent: _Agent) -> None:
        """Let the agent lose what it keeps for this lab; where it is busy, that stays till its
        end."""
        if agent.turn.acquire(blocking=False):
            try:
                for place in self._places.values():
                    agent.warm.notify({"do": "forget", "place": place})
            finally:
                agent.turn.release()

    def _leave(self, instead: _Agent | None) -> None:
        """Give this share back, and take another agent where there is one."""
        with Uninterrupted():
            agent = self._agent
            with Shared._registry:
                agent.shares -= 1
                last = agent.shares == 0
                if last and Shared._agents.get(self._key) is agent:
                    del Shared._agents[self._key]
            if last:
                agent.warm.close()
            elif self._running:
                # A command of this lab is stopped with its agent; the others start a new one.
                stopped, agent.warm = agent.warm, agent.warm.again()
                stopped.close()
            else:
                self._forget(agent)
            self._places.clear()
            if instead is not None:
                instead.shares += 1
                self._agent = instead

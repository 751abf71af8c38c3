"""Lets labs share one warm agent: labs that would start equal agents use one of them in turn."""

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
    """A warm runner, the lock for the lab that uses it now, and how many labs share it."""

    def __init__(self, setup: Setup) -> None:
        self.warm = Warm(setup)
        self.turn = threading.Lock()
        self.shares = 0


class Shared(Runner):
    """A runner that can share its agent: a lab opens at once if another lab has an equal agent
    already. No lab waits for another lab's command: while one runs, the next lab starts its own
    agent."""

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
        """The process id of the agent, which is also the id of its process group; ``None`` while
        there is no agent."""
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
        """Have the agent forget what it keeps for this lab. If the agent is busy, it keeps that
        until it ends."""
        if agent.turn.acquire(blocking=False):
            try:
                for place in self._places.values():
                    agent.warm.notify({"do": "forget", "place": place})
            finally:
                agent.turn.release()

    def _leave(self, instead: _Agent | None) -> None:
        """Stop sharing the current agent, and use the agent ``instead``, if one is given."""
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

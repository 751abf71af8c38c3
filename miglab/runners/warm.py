"""Runs each request in a fork of a process that has already set up the project."""

from __future__ import annotations

import contextlib
from typing import ClassVar

from ..agent.common.protocol import Message
from ..interrupts import Uninterrupted
from .base import Runner, Setup, Stopped, Terms
from .process import AgentProcess


class Warm(Runner):
    """Uses one agent for many requests. After a request that had to be stopped, the next one gets a
    new agent."""

    name: ClassVar[str] = "warm"

    def __init__(self, setup: Setup, *, at_once: bool = True) -> None:
        super().__init__(setup)
        self._closed = False
        self._agent: AgentProcess | None = AgentProcess(setup) if at_once else None

    def again(self) -> Warm:
        """A new runner with the same setup, which starts its agent only when it is needed."""
        return Warm(self.setup, at_once=False)

    @property
    def pid(self) -> int | None:
        """The process id of the agent, which is also the id of its process group; ``None`` while
        there is no agent."""
        return self._agent.pid if self._agent else None

    def _started(self) -> AgentProcess:
        if self._closed:
            raise Stopped("died", "the lab was closed")
        if self._agent is None or self._agent.running or not self._agent.alive:
            with Uninterrupted():
                self._end()
                self._agent = AgentProcess(self.setup)
        return self._agent

    def notify(self, message: Message) -> None:
        if self._closed or (message["do"] == "forget" and self._agent is None):
            return
        with contextlib.suppress(Stopped):
            self._started().notify(message)

    def run(self, request: Message, terms: Terms) -> Message:
        agent = self._started()
        try:
            answer = agent.request(request, terms)
        except Stopped as stopped:
            if stopped.begun or stopped.why != "died":
                raise
            # The agent died before anything of this was done: another one can do it.
            agent = self._started()
            answer = agent.request(request, terms)
        self.about, self.protection = agent.about, agent.protection
        return answer

    def settle(self) -> None:
        if self._agent is not None and self._agent.running:
            self._end()

    def close(self) -> None:
        self._closed = True
        self._end()

    def _end(self) -> None:
        agent = self._agent
        if agent is not None:
            agent.kill()
            self._agent = None

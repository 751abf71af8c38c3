"""Runs each request in a new interpreter, on systems that cannot fork."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from ..agent.common.protocol import Message
from ..interrupts import Uninterrupted
from .base import Runner, Setup, Stopped, Terms
from .process import AgentProcess


class Fresh(Runner):
    """Starts a new agent for each request. This is slower than a warm agent, but gives the same
    answers."""

    name: ClassVar[str] = "fresh"

    def __init__(self, setup: Setup) -> None:
        super().__init__(replace(setup, config={**setup.config, "once": True}))
        self._closed = False
        self._agent: AgentProcess | None = None

    def run(self, request: Message, terms: Terms) -> Message:
        with Uninterrupted():
            agent = self._agent = AgentProcess(self.setup)
        try:
            # Asked once there is an agent to end: closing comes from another thread.
            if self._closed:
                raise Stopped("died", "the lab was closed")
            answer = agent.request(request, terms)
            self.about, self.protection = agent.about, agent.protection
            return answer
        finally:
            self.settle()

    def settle(self) -> None:
        agent = self._agent
        if agent is not None:
            agent.kill()
            self._agent = None

    def close(self) -> None:
        self._closed = True
        self.settle()

"""Runs each request in a new interpreter, on systems that cannot fork."""

from __future__ import annotations

from typing import ClassVar

from ..agent.protocol import Message
from .base import Ask, Runner, Setup, Stop, Tell
from .process import AgentProcess


class Fresh(Runner):
    """A new agent for each request: slower, and the same answers."""

    name: ClassVar[str] = "fresh"

    def __init__(self, setup: Setup) -> None:
        super().__init__(Setup(setup.python, {**setup.config, "once": True}, setup.environment))

    def run(
        self,
        request: Message,
        ask: Ask | None,
        limit: float | None,
        tell: Tell | None = None,
        stop: Stop | None = None,
    ) -> Message:
        agent = AgentProcess(self.setup)
        try:
            answer = agent.request(request, ask, limit, tell, stop)
            self.about = agent.about
            return answer
        finally:
            agent.kill()

"""An agent of a copy of the storefront, asked in the words of the protocol."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from miglab.agent.common.protocol import Message
from miglab.project import bundled
from miglab.runners import Runner, choose
from miglab.runners.base import Terms
from miglab.sandbox.sandbox import Sandbox
from miglab.steps.surroundings import place_of, setup_for


class Asked:
    """A runner and a copy with an empty database; the agent is asked about the copy as it is."""

    def __init__(self, runner: str | None = None) -> None:
        project = bundled("storefront")
        self.sandbox = Sandbox(project)
        self.runner: Runner = choose(runner, setup_for(project))
        self.place = place_of(self.sandbox, project)

    def ask(self, do: str, terms: Terms | None = None, **more: Any) -> Message:
        """The agent's ``done``."""
        request = {
            "do": do,
            "place": self.place,
            "digest": self.sandbox.snapshot().digest,
            "ask": False,
            **more,
        }
        return self.runner.run(request, terms or Terms(limit=120))

    def manage(self, *words: str, **more: Any) -> Message:
        """A management command."""
        return self.ask("manage", argv=list(words), **more)

    def close(self) -> None:
        """End the agent and remove the copy."""
        self.runner.close()
        self.sandbox.remove()


@contextmanager
def asked(runner: str | None = None) -> Iterator[Asked]:
    """One that is closed in the end."""
    found = Asked(runner)
    try:
        yield found
    finally:
        found.close()

"""What is chosen on the graph: a target of ``migrate``, and its options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import BadInput
from ...facts.graph import Graph
from ...facts.migration import Key
from ...show import live
from ...steps.commands import OPTIONS, migrate_line


class Target:
    """A target with its options.

    Attributes:
        app, name: the target; ``"zero"`` is a name, and both are empty if there is none.
        options: the options that are set, in a fixed order.
        picked: whether a person chose the target. Until then, it is where the lab is.
    """

    def __init__(self) -> None:
        self.app, self.name = "", ""
        self.options: tuple[str, ...] = ()
        self.picked = False

    def choose(self, app: str, name: str, targets: Mapping[str, Sequence[str]]) -> None:
        """Make this the target.

        Raises:
            BadInput: it is not one of the targets.
        """
        if app and name not in targets.get(app, ()):
            raise BadInput(
                f"there is no target {app} {name}; choose from: {', '.join(targets) or '(none)'}"
            )
        self.app, self.name, self.picked = app, name, True

    def set_option(self, name: str, on: bool) -> None:
        """Set an option, or take it away.

        Raises:
            BadInput: there is no such option here.
        """
        if name not in OPTIONS:
            raise BadInput(f"{name} is not an option here; choose from: {', '.join(OPTIONS)}")
        wanted = {*self.options, name} if on else {*self.options} - {name}
        self.options = tuple(each for each in OPTIONS if each in wanted)

    def follow(self, targets: Mapping[str, Sequence[str]], recorded: Sequence[Key]) -> None:
        """If nobody has picked a target, or it is gone, take the last recorded migration."""
        if self.picked and self.name in targets.get(self.app, ()):
            return
        self.app, self.name = next(iter(targets), ""), "zero" if targets else ""
        for key in reversed(recorded):
            if key.name in targets.get(key.app_label, ()):
                self.app, self.name = key.app_label, key.name
                break
        self.picked = False

    @property
    def line(self) -> str:
        """The command that goes there."""
        return migrate_line(self.app, self.name, self.options)

    def plan(self, graph: Graph, done: set[Key]) -> live.Value:
        """What the command would apply or unapply; empty if the target is not in the graph."""
        key = None if self.name == "zero" else Key(self.app, self.name)
        if key is not None and key not in graph:
            return {}
        return live.plan(graph, done, (self.app, key), fake="--fake" in self.options)

    def value(self) -> dict[str, Any]:
        """The target and its options, as widgets show them."""
        return {
            "app": self.app,
            "name": self.name,
            "options": {each: each in self.options for each in OPTIONS},
            "line": self.line,
        }

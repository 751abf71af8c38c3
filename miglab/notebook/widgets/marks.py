"""The marks on cards beside their state: what the last command changed, and measured costs."""

from __future__ import annotations

from dataclasses import replace

from ...facts.migration import Key
from ...facts.picture import Picture, State


class Marks:
    """The marks on a lab's cards, from one picture to the next."""

    def __init__(self) -> None:
        self._states: dict[Key, State] = {}
        self._moved: set[Key] = set()
        self._costs: dict[Key, str] = {}

    def follow(self, picture: Picture) -> None:
        """Mark the migrations whose state has changed since the previous picture."""
        before, self._states = self._states, {node.key: node.state for node in picture.nodes}
        self._moved = {
            key for key, state in self._states.items() if before and before.get(key) is not state
        }

    def price(self, costs: Picture) -> None:
        """Mark cards with the measured costs of going back."""
        self._costs.update({node.key: node.cost for node in costs.nodes})

    def forget_costs(self) -> None:
        """Forget the costs: they were measured on other rows."""
        self._costs = {}

    def on(self, picture: Picture) -> Picture:
        """The picture with its marks."""
        nodes = tuple(
            replace(node, changed=node.key in self._moved, cost=self._costs.get(node.key, ""))
            for node in picture.nodes
        )
        return replace(picture, nodes=nodes)

"""A question that may be skipped: the choice can be changed until the answer is known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..errors import BadInput
from ..facts.question import AnyQuestion, Asked


@dataclass(eq=False)
class Choosing(ABC):
    """A question, and the choice in the form that the question takes. ``None`` means no choice."""

    question: AnyQuestion
    chosen: Any
    #: Called whenever something other than the choice may have changed.
    on_change: Callable[[], None] | None = field(default=None, kw_only=True)

    #: Why nothing can be chosen any more, as the beginning of a sentence.
    _frozen_because: ClassVar[str]

    @property
    @abstractmethod
    def frozen(self) -> bool:
        """Whether the answer is known, so that nothing can be chosen any more."""

    @property
    def asked(self) -> Asked:
        """The question as it is now."""
        return Asked(self.question, self.chosen, self.frozen)

    def choose(self, choice: object) -> None:
        """Answer the question; ``None`` takes the answer back.

        Raises:
            BadInput: the question does not take such a choice, or the answer is known. The earlier
                choice stays.
        """
        chosen = None if choice is None else self.question.taken(choice)
        if chosen == self.chosen:
            return
        if self.frozen:
            raise BadInput(f"{self._frozen_because}, so this answer stays; “Start again” clears it")
        self._take(chosen)

    @abstractmethod
    def start_again(self) -> bool:
        """Forget the answer; returns whether a lab was brought back to where the question was
        asked."""

    def changed(self) -> None:
        """Call ``on_change`` if it is set."""
        if self.on_change is not None:
            self.on_change()

    def _take(self, chosen: Any) -> None:
        self.chosen = chosen
        self._note(chosen)

    @abstractmethod
    def _note(self, chosen: Any) -> None:
        """Write down what was chosen."""

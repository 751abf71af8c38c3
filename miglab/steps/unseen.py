"""Takes steps without a look in between: no truth is read, no row is compared, and nothing is kept
to go back to. The result is looked at once, after the last step."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..agent.common.protocol import Message
from ..facts.step import Refusal
from ..interrupts import Uninterrupted
from ..runners import Stopped, answers
from ..sandbox.snapshot import digest_of_files
from .stage import Stage
from .stopping import check, explained, has_no_room


def take(
    stage: Stage, line: str, act: Message | Callable[[], None], replies: Iterable[str] = ()
) -> Refusal | None:
    """Take one step without a look. The stage's current moment stays as it is. Returns why Django
    refused the step, if it did.

    Args:
        line: what errors call the step.
        act: an edit, or a request to the agent.
        replies: what to answer when Django asks, in order.

    Raises:
        MiglabError: the step was stopped before its end.
    """
    waiting = [*replies]

    def ask(question: str) -> str | None:
        return waiting.pop(0) if waiting else None

    try:
        if callable(act):
            act()
            return None
        digest = digest_of_files(stage.sandbox.entries())
        answer = stage.reader.ask(digest, {**act, "noted": False}, ask)
    except (OSError, Stopped) as error:
        with Uninterrupted():
            full = has_no_room(stage.sandbox.root)
        ours = explained(line, error, stage.reader.time_limit, full)
        raise ours or error from None
    check(line, answer)
    return answers.refusal(answer["error"])

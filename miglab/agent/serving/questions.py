"""A standard input that sends Django's questions to miglab, and reads the answers."""

from __future__ import annotations

import io
import os
from typing import Callable, Optional


class NoAnswer(BaseException):
    """Nobody answers. It is not an ``Exception``, so no command can mistake it for one of its
    own."""


class Questions(io.TextIOBase):
    """Each line that is read is an answer; what was printed since the last one is the question.

    ``ask`` takes the question's text and gives the answer, or ``None`` when there is none.
    """

    def __init__(self, ask: Callable[[str], Optional[str]], printed: Callable[[], str]) -> None:
        self._ask, self._printed = ask, printed

    encoding = "utf-8"
    errors = "strict"

    def readable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise io.UnsupportedOperation("questions are sent to miglab")

    def readline(self, size: Optional[int] = -1) -> str:  # type: ignore[override]
        question = self._printed()
        answer = self._ask(question)
        if answer is None:
            raise NoAnswer(question)
        return answer + "\n"

    def read(self, size: Optional[int] = -1) -> str:
        return self.readline()


def printed_since(path: str) -> Callable[[], str]:
    """A function that returns what was added to the file since the function was last called."""
    place = [0]

    def printed() -> str:
        with open(path, "rb") as file:
            file.seek(place[0])
            data = file.read()
        place[0] += len(data)
        return data.decode("utf-8", "replace")

    place[0] = os.path.getsize(path)
    return printed

"""A lab that keeps everything that was typed: the text of a file, the code, the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ..facts.exercise import Instruction
from ..facts.step import Step
from ..facts.view import Rows
from ..lab import Lab

_Made = TypeVar("_Made")


class TypedLab(Lab):
    """A lab whose steps can be repeated elsewhere."""

    _instruction: Instruction | None = None

    @property
    def typed_now(self) -> Instruction | None:
        """The instruction that runs now, with the answers given so far; ``None`` if none runs."""
        told = self._instruction
        if told is not None and self._answered:
            return replace(told, body="".join(f"{each}\n" for each in self._answered))
        return told

    def manage(
        self, line: str | Sequence[str], *, answers: Iterable[str] = (), refused: str | None = None
    ) -> Step:
        text = line if isinstance(line, str) else " ".join(line)
        return self._as(
            Instruction(text.strip()),
            lambda: Lab.manage(self, line, answers=answers, refused=refused),
        )

    def shell(self, code: str) -> Step:
        return self._as(_told("shell", code), lambda: Lab.shell(self, code))

    def sql(self, sql: str, params: Sequence[Any] = ()) -> Step | Rows:
        return self._as(_told("sql", sql), lambda: Lab.sql(self, sql, params))

    def write(self, path: str, text: str) -> Step:
        told = Instruction(f"write {path}", str(text))
        return self._as(told, lambda: Lab.write(self, path, text))

    def replace(self, path: str, old: str, new: str) -> Step:
        text = self.read(path)
        if text.count(old) != 1:
            return Lab.replace(self, path, old, new)
        return self.write(path, text.replace(old, new))

    def delete(self, path: str) -> Step:
        return self._as(Instruction(f"delete {path}"), lambda: Lab.delete(self, path))

    def copy_file(self, source: str, target: str) -> Step:
        told = Instruction(f"copy {source} {target}")
        return self._as(told, lambda: Lab.copy_file(self, source, target))

    def _as(self, instruction: Instruction, act: Callable[[], _Made]) -> _Made:
        """Run ``act``. Meanwhile ``typed_now`` is ``instruction``, for whoever notes the step."""
        before, self._instruction = self._instruction, instruction
        self._answered = []
        try:
            return act()
        finally:
            self._instruction = before


def _told(word: str, text: str) -> Instruction:
    """Code or SQL as an instruction: one line, or the word alone with the lines below it."""
    stripped = str(text).strip("\n")
    if "\n" in stripped:
        return Instruction(word, f"{stripped}\n")
    return Instruction(f"{word} {stripped.strip()}")

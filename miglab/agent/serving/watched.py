"""Lists that note what somebody asked them."""

from __future__ import annotations

import dis
import operator
import sys
from typing import Any, Callable, Dict, List, Sequence

#: One question, in a form that JSON has: ``["has", item]``, ``["part", [start, stop, step]]``,
#: ``["length"]`` or ``["length", comparison, number]``.
Question = List[Any]

#: The question to which the whole list is the answer.
WHOLE: Question = ["part", [None, None, None]]

_COMPARISONS: Dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}


def answer(items: Sequence[Any], question: Question) -> Any:
    """What a list with these items says to a question."""
    kind, *rest = question
    if kind == "has":
        return rest[0] in items
    if kind == "part":
        return list(items[slice(*rest[0])])
    if rest:
        return _COMPARISONS[rest[0]](len(items), rest[1])
    return len(items)


class Watched(List[Any]):
    """A list, such as ``sys.argv``, that notes what somebody asked it. What ``len`` gives is a
    plain number, so the question is read from the code that compares it at once, as in
    ``len(sys.argv) > 1``."""

    def __init__(self, items: Sequence[Any]) -> None:
        super().__init__(items)
        self.asked: List[Question] = []

    def _note(self, question: Question) -> None:
        if question not in self.asked:
            self.asked.append(question)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int):
            self._note(["part", [index, index + 1 or None, None]])
        else:
            bounds = [index.start, index.stop, index.step]
            plain = all(each is None or isinstance(each, int) for each in bounds)
            self._note(["part", bounds] if plain else WHOLE)
        return super().__getitem__(index)

    def __iter__(self) -> Any:
        self._note(WHOLE)
        return super().__iter__()

    def __len__(self) -> int:
        self._note(["length", *_compared_at_once(sys._getframe(1))])
        return super().__len__()

    def __contains__(self, item: object) -> bool:
        self._note(["has", item] if isinstance(item, str) else WHOLE)
        return super().__contains__(item)


def _noting_whole(name: str) -> Callable[..., Any]:
    def method(self: Watched, *args: Any, **kwargs: Any) -> Any:
        self._note(WHOLE)
        return getattr(super(Watched, self), name)(*args, **kwargs)

    method.__name__ = name
    return method


for _name in (
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__repr__", "__reversed__"),
    *("__add__", "__mul__", "__rmul__", "copy", "count", "index", "pop", "remove"),
):
    setattr(Watched, _name, _noting_whole(_name))


def _compared_at_once(frame: Any) -> List[Any]:
    """The comparison and the number with which the code of this frame goes on, or nothing."""
    later = (
        each
        for each in dis.get_instructions(frame.f_code)
        if each.offset > frame.f_lasti and each.opname != "EXTENDED_ARG"
    )
    number, comparison = next(later, None), next(later, None)
    if number is None or comparison is None or comparison.opname != "COMPARE_OP":
        return []
    if not number.opname.startswith("LOAD_") or type(number.argval) is not int:
        return []
    found = comparison.argval
    return [found, number.argval] if found in _COMPARISONS else []


class WatchedPlan(Watched):
    """A migration plan that knows whether anybody but Django looked at it."""

    def _note(self, question: Question) -> None:
        # The caller is one of the methods above; whoever is meant called that one.
        if not sys._getframe(2).f_globals.get("__name__", "").startswith("django."):
            super()._note(question)

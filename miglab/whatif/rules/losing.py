"""Rules about what is lost, whether the way back restores it or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...compare.agreement import counted
from ...compare.losses import Loss
from ...facts.consequences import Severity
from ..measured import Measured
from .rule import Look, Said, rule

#: What becomes of one thing, and of many.
HOW = {
    "rows-lost": ("is deleted with the table", "are deleted with the table"),
    "links-lost": ("is deleted with the table", "are deleted with the table"),
    "rows-deleted": ("is deleted", "are deleted"),
    "values-lost": ("is deleted with the column", "are deleted with the column"),
    "values-changed": ("changes", "change"),
    "values-retyped": ("is stored as another type", "are stored as another type"),
}

_BACKUP = "take a backup first, and keep it until nobody needs the data"


def _what(each: Loss) -> str:
    whose = "post_migrate handlers: " if each.by_handlers else ""
    return f"{whose}{counted(each.gone, *each.what)} of {each.where} {HOW[each.id][each.gone != 1]}"


def _lost(id: str) -> Look:
    """The rule for losses of one kind that do not come back completely."""

    def look(measured: Measured) -> Iterator[Said]:
        for each in measured.lost_there:
            if each.id == id and each.lost:
                one = "does" if each.lost == 1 else "do"
                part = f", and {each.lost:,} of them {one} not come back"
                rest = "" if each.lost == each.gone else part
                yield Said(f"{_what(each)}{rest}", each.where, _BACKUP, each.lost)

    return look


def _lost_and_back(id: str) -> Look:
    """The rule for losses of one kind that the way back restores."""

    def look(measured: Measured) -> Iterator[Said]:
        for each in measured.lost_there:
            if each.id == id and not each.lost:
                them = "it" if each.gone == 1 else "them"
                yield Said(f"{_what(each)}, and the way back restores {them}", each.where)

    return look


def _register(make: Callable[[str], Look], severity: Severity, ending: str = "") -> None:
    for id in HOW:
        rule(f"{id}{ending}", severity)(make(id))


_register(_lost, Severity.LOST)


@rule("lost-on-the-way-back", Severity.LOST)
def lost_on_the_way_back(measured: Measured) -> Iterator[Said]:
    """The way back itself destroys something that the commands did not destroy."""
    for each in measured.lost_coming_back:
        how = HOW[each.id][each.gone != 1]
        yield Said(
            f"on the way back, {counted(each.gone, *each.what)} of {each.where} {how}",
            each.where,
            "do not rely on the way back: take a backup first, and restore it",
            each.lost,
        )


_register(_lost_and_back, Severity.NOTE, "-and-back")

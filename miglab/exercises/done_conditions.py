"""The conditions on what was done and answered."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..facts.exercise import Finding
from .asking import several
from .look import Look


def did(look: Look, conditions: Mapping[str, Any]) -> Finding:
    """Whether something was done; with ``before``, whether it was done before something else.

    ``did`` and ``before`` are regular expressions for the beginning of a line. ``did = "backup"``
    means a copy of the database.
    """
    wanted, before = str(conditions["did"]), conditions.get("before")
    what = "a copy of the database" if wanted == "backup" else f"`{wanted}`"
    for each in look.known.done:
        fits = each.backed_up if wanted == "backup" else re.match(wanted, each.text)
        if fits:
            return Finding(True, "", "")
        if before is not None and each.moved and re.match(str(before), each.text):
            return Finding(False, f"{what} first", f"`{_first(each.text)}` came first")
    return Finding(False, what, "you have not done this yet")


def _first(text: str) -> str:
    return text.splitlines()[0]


def ran(look: Look, wanted: Any) -> Finding:
    """Whether a command whose beginning matches a pattern was run, even if Django refused it."""
    return Finding(bool(runs(look, wanted)), f"`{wanted}`", "it was not run")


def runs(look: Look, wanted: Any) -> list[int]:
    """The positions, in what was done, of the lines whose beginning matches a pattern."""
    done = enumerate(look.known.done)
    return [at for at, e in done if any(re.match(one, e.text) for one in several(wanted))]


def answer(look: Look, wanted: str) -> Finding:
    """Whether the learner gave the right answer to a question."""
    given, key = look.known.answers.get(wanted), look.known.keys.get(wanted)
    if given is None:
        return Finding(False, f'an answer: `lab.answer("{wanted}", …)`', "there is none yet")
    right = key is not None and _plain(given) == _plain(key)
    return Finding(right, "another answer", f"you answered {given}")


def answered(look: Look, wanted: str) -> Finding:
    """Whether the learner answered a question, rightly or wrongly."""
    return Finding(wanted in look.known.answers, "an answer", "there is none yet")


def _plain(text: str) -> str:
    return " ".join(sorted(re.findall(r"[^\s,;]+", text.strip().strip("`'\"").lower())))


def refused(look: Look, wanted: Any) -> Finding:
    """Whether the last step was refused with one of these errors."""
    refusal = look.last.refusal if look.last else None
    return Finding(
        refusal is not None and refusal.error in several(wanted), "a refusal", str(refusal or "")
    )

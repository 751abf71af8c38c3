"""Keeps verdicts from one notebook to the next, until something that they depend on changes."""

from __future__ import annotations

import contextlib
import json
import secrets
from dataclasses import asdict
from pathlib import Path

from ..facts.lesson import Case, Claim, Verdict
from ..home import home
from ..project.circumstances import circumstances


def keep(verdict: Verdict) -> None:
    """Store a verdict; if that fails, the claim is tried again the next time."""
    place = _place(verdict.claim)
    told = {
        "cases": [asdict(case) for case in verdict.cases],
        "advice": verdict.advice,
        "reason": verdict.reason,
    }
    # Two notebooks may try the same claim at once, so each file is complete at every moment.
    draft = place.with_suffix(f".{secrets.token_hex(4)}")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(place)


def kept(claim: Claim) -> Verdict | None:
    """The verdict on a claim, or ``None`` if there is none that can be read."""
    try:
        told = json.loads(_place(claim).read_text(encoding="utf-8"))
        cases = tuple(
            Case(**{**each, "commands": tuple(each["commands"])}) for each in told["cases"]
        )
        return Verdict(claim, cases, told["advice"], told["reason"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _place(claim: Claim) -> Path:
    return home() / "verdicts" / circumstances() / f"{claim.number}.json"

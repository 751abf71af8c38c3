"""What a rehearsal found out, made by hand, for the tests of what is concluded from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from miglab.facts.migration import Key
from miglab.facts.outcome import Return
from miglab.facts.run import Fate, Planned, Run, WayBack
from miglab.facts.step import Obstacle, Refusal, RowChange, Step
from miglab.whatif.measured import Following, Measured

from ..draw.samples import AGREE, truths
from ..show.consequences_samples import AGREED

FIRST, SECOND, THIRD = (Key("shop", name) for name in ("0001_initial", "0002_sku", "0003_kind"))
REFUSED = Refusal("CommandError", "Cannot find a migration matching '0009' from app 'shop'.")
STOPPED = Obstacle(
    "program-stopped", "miglab does not let a copy start programs (`gpg`)", "--allow-program gpg"
)


def step(line: str = "migrate shop 0001", **more: Any) -> Step:
    """A command, with truths at which nobody looks."""
    return Step(line, "manage", "", truths(), truths(), **more)


def planned(key: Key = SECOND, fate: Fate = Fate.DONE, **more: Any) -> Planned:
    """A migration that was to be unapplied."""
    return Planned(key, fate=fate, **{"backwards": True, **more})


def run(*plan: Planned, line: str = "migrate shop 0001", **more: Any) -> Run:
    """A command with this plan."""
    return Run(step(line, **more), plan, 0.1)


def change(table: str = "shop_item", now: str | None = "", **more: Any) -> RowChange:
    """What became of the rows of a table, which keeps its name where nothing else is said."""
    made = RowChange(table, table if now == "" else now, 9, 9, **more)
    names = {**{name: name for name in made.changed_columns}, **made.old_names}
    return replace(made, changed=max(made.changed_columns.values(), default=0), old_names=names)


def way_back(level: Return = Return.VALUES, *runs: Run, **more: Any) -> WayBack:
    """The way back, by plain ``migrate`` where nothing else is said."""
    done = runs or (run(line="migrate"),)
    return WayBack(tuple(each.step.line for each in done), False, done, level, **more)


def following(**more: Any) -> Following:
    """Plain ``migrate`` afterwards."""
    return Following(**{"run": run(line="migrate"), **more})


def measured(*runs: Run, **more: Any) -> Measured:
    """All of it: one migration was unapplied, and nothing was lost; ``more`` facts replace."""
    facts: dict[str, Any] = {
        "rows": (),
        "lost": (),
        "moved": True,
        "agreements_before": AGREED,
        "agreements_after": replace(AGREED, files_record=AGREE),
        "back": way_back(),
    }
    return Measured(runs or (run(planned()),), **{**facts, **more})

"""What a widget can ask of a lab: each order is accepted at once, and carried out when its turn
comes."""

from __future__ import annotations

from collections.abc import Callable

from ...compare.losses import losses
from ...errors import BadInput, UnknownName
from ...facts.line import one_line
from ...facts.mend import Mend
from ...facts.step import Step
from ...facts.truths import AGREEING
from ...lab import Lab
from ...show.consequences import brief_ladder
from ...show.html import html
from ...show.masks import masked
from ...show.steps import brief
from .hub import LabModel, Order


def obey(model: LabModel, order: Order) -> None:
    """Accept an order: ``{"do": its name, …}``.

    Raises:
        BadInput: there is no such order, or it lacks something, or cannot be done now.
    """
    name = order.get("do", "")
    if name not in _ORDERS:
        raise BadInput(f"there is no command {name!r}; choose from: {', '.join(_ORDERS)}")
    try:
        _ORDERS[name](model, order)
    except KeyError as missing:
        raise BadInput(f"{name} needs {missing}") from None


def _choose(model: LabModel, order: Order) -> None:
    """Choose a target, and clear what was said about the last command; the history has it."""
    model.choose(order["app"], order["name"])
    model.show(said={})


def _step(model: LabModel, line: str, *acts: Callable[[Lab], Step]) -> None:
    """Take steps in turn, and show what the latest one did. After a refusal, take no more."""
    model.worker.cancel(looks_only=True)

    def take() -> None:
        for act in acts:
            step = act(model.lab)
            model.show(said={"kind": "step", "html": brief(step), "line": masked(step.line)})
            if step.refused:
                return

    model.do(line, take)


def _manage(line: str) -> Callable[[Lab], Step]:
    return lambda lab: lab.manage(line)


def _run(model: LabModel, order: Order) -> None:
    line = model.chosen.get("line", "")
    if not line:
        raise BadInput("no migration is chosen; choose one first")
    _step(model, line, _manage(line))


def _go(model: LabModel, order: Order) -> None:
    to = order["to"]

    def move(lab: Lab) -> Step:
        by = to - lab.history().position
        if by == 0:
            raise BadInput("the lab is at that moment already")
        return lab.forward(by) if by > 0 else lab.rewind(-by)

    _step(model, f"going to moment {to}", move)


def _move(model: LabModel, order: Order) -> None:
    name = order["do"]
    _step(model, f"lab.{name}()", lambda lab: getattr(lab, name)())


def _cancel(model: LabModel, order: Order) -> None:
    """Stop what runs, and forget what waits. Only the latter is reported here."""
    forgotten = [job.line for job in model.worker.cancel() if job.moves]
    if forgotten:
        lines = one_line(forgotten)
        model.show(said={"kind": "error", "text": f"{lines} was cancelled before it began."})


def _compare(model: LabModel, order: Order) -> None:
    first, second = order["first"], order["second"]

    def look() -> None:
        step = model.lab.between(first, second, for_good=True)
        earlier, later = sorted((first, second))
        told = html(step) + _not_measured(step, earlier, later)
        model.show(between={"first": earlier, "second": later, "html": told})

    model.do(f"comparing moments {first} and {second}", look)


def _not_measured(step: Step, earlier: int, later: int) -> str:
    """A note that the way back could not be measured; empty if it was, or nothing was lost."""
    if all(loss.measured for loss in losses(step.rows)):
        return ""
    return (
        f"<p>miglab could not measure the way back from moment {later} to moment {earlier} in a "
        f"copy. In this lab, a rewind to moment {earlier} restores everything.</p>"
    )


def _map(model: LabModel, order: Order) -> None:
    """Measure each step back in the chosen app; show the costs on the graph and in words."""
    app = model.target.app

    def measure() -> None:
        ladder = model.lab.what_if_all(app)
        model.mark(model.lab.graph(), ladder.picture)
        model.show(said={"kind": "costs", "html": brief_ladder(ladder)})

    model.do(f"trying all steps back in {app} in a copy", measure)


def _mend(model: LabModel, order: Order) -> None:
    """Try the ways to make two truths agree, in copies, and show what each did."""
    which = order["which"]
    if which not in [*AGREEING]:
        raise UnknownName("pair of truths", which, AGREEING)
    pair = " and ".join(f"the {each}" for each in which.split("_"))
    model.show(mends={"which": which, "text": f"Trying ways to make {pair} agree, in a copy …"})

    def measure() -> None:
        model.found = model.lab.mends(which)
        count = sum(each.mends for each in model.found)
        text = f"Ways to make {pair} agree: {len(model.found)} tried, {count} worked."
        model.show(mends={"which": which, "text": text, "found": [*map(_way, model.found)]})

    model.do(f"trying ways to make {pair} agree", measure)


def _way(mend: Mend) -> Order:
    if mend.mends:
        told = "✓ repairs this"
    else:
        told = "✗ only moves the difference" if mend.moves else "✗ does not repair this"
    verdict = f"{told}: {masked(mend.verdict)}."
    return {"lines": [*mend.lines], "mends": mend.mends, "verdict": verdict}


def _cure(model: LabModel, order: Order) -> None:
    """Run one of the ways that ``_mend`` tried, in the lab itself."""
    at = order["at"]
    if at not in range(len(model.found)):
        raise BadInput(f"there is no fix number {at!r}; number of fixes found: {len(model.found)}")
    lines = model.found[at].lines
    _step(model, one_line(lines), *map(_manage, lines))


_ORDERS: dict[str, Callable[[LabModel, Order], None]] = {
    "choose": _choose,
    "option": lambda model, order: model.option(order["name"], order["on"]),
    "run": _run,
    "rewind": _move,
    "forward": _move,
    "restart": _move,
    "go": _go,
    "compare": _compare,
    "close": lambda model, _order: model.show(between={}),
    "cancel": _cancel,
    "map": _map,
    "mend": _mend,
    "cure": _cure,
}

"""Judges an exercise: its goals, the words for a wrong end, the hint for the present state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..errors import BadInput, MiglabError
from ..facts.exercise import Exercise, Finding, Goal, Hint, Reached, WrongEnd
from ..facts.graph import graph_of
from ..facts.truths import AGREEING, value_or
from . import asking, conditions
from .done_conditions import runs
from .look import Done, Look, Query

#: What a goal says → why it does not hold.
Faults = Mapping[str, Finding]


#: A goal of every exercise, shown only if it is not reached.
NEEDLESS = "No row is lost needlessly."


def queries(goals: Iterable[Goal]) -> list[Query]:
    """The queries with which these goals will ask the databases."""
    return [query for goal in goals for query in asking.queries(goal.conditions)]


def find(look: Look, goal: Goal) -> Finding:
    """A goal's finding. Errors in a goal become findings, so a learner never sees them.

    Raises:
        Interrupted: somebody stopped it.
    """
    rest = {name: each for name, each in goal.conditions.items() if name != "key"}
    try:
        return conditions.every(look, rest)
    except MiglabError as error:
        if error.by_hand:
            raise
        return Finding(False, "this goal can be checked", str(error))


def faults(look: Look, goals: Iterable[Goal]) -> Faults:
    """The goals of the kind ``never`` that do not hold now, each with its finding."""
    found = {goal.says: find(look, goal) for goal in goals if goal.kind == "never"}
    return {says: each for says, each in found.items() if not each.holds}


def reached(exercise: Exercise, look: Look, before: Faults) -> tuple[Reached, ...]:
    """The present state of each goal; ``before`` are the ``never`` goals that were broken
    earlier."""
    goals = []
    for goal in exercise.goals:
        found = find(look, goal)
        if goal.kind == "never" and found.holds and goal.says in before:
            was = before[goal.says]
            found = Finding(
                False, was.expected, f"it is correct now, but was not before: {was.found}"
            )
        said = ("", "") if found.holds else (found.expected, found.found)
        goals.append(Reached(goal.says, goal.kind, found.holds, *said))
    return tuple(goals)


def needless(look: Look, allowed: Mapping[str, int] | None) -> tuple[Reached, ...]:
    """The goal ``NEEDLESS``, missed, if rows are gone that no way loses; otherwise nothing. Without
    this goal, destroying rows would count as a solution.

    Args:
        allowed: table → the most rows that a way loses from it; ``None`` if that is not known.
    """
    lost = {} if allowed is None else look.lost
    more = [name for name, rows in lost.items() if rows > (allowed or {}).get(name, 0)]
    if not more:
        return ()
    now = value_or(look.truths.rows, {})
    told = [f"`{name}` has {now.get(name, 0)} of {look.known.rows[name]} rows" for name in more]
    expected = "only rows that a repair has to delete are lost"
    return (Reached(NEEDLESS, "state", False, expected, "; ".join(told)),)


def remark(exercise: Exercise, look: Look) -> str:
    """The remark about the wrong end that was reached, or for somebody who has done nothing yet."""
    if not look.known.done and not look.known.answers:
        return exercise.nothing
    said = (_said(look, end) for end in exercise.wrong)
    anywhere = (each(look) for each in (_without_file, _record_alone, _in_vain))
    return next(filter(None, (*said, *anywhere)), "")


def _said(look: Look, end: WrongEnd) -> str:
    """The text for a wrong end; empty if it was not reached.

    If the wrong end is about a command (``ran``), and later commands changed something, the text
    names that command. With ``held``, commands that Django refused do not count.
    """
    if not conditions.every(look, end.when).holds:
        return ""
    if "ran" not in end.when:
        return end.says
    done = look.known.done
    held = end.when.get("held")
    places = [at for at in runs(look, end.when["ran"]) if not (held and done[at].refused)]
    if not places:
        return ""
    later = any(each.moved for each in done[places[-1] + 1 :])
    return f"About `{_short(done[places[-1]])}`: {end.says}" if later else end.says


def _short(done: Done) -> str:
    """The line; for code or SQL in several lines, only the first word, with ``…``."""
    return f"{done.line} …" if done.line in ("sql", "shell") else done.line


def _without_file(look: Look) -> str:
    """The remark of any exercise if a file is gone that another one needs; otherwise empty."""
    truths = look.truths
    for child, parent in graph_of(truths.known_files, truths.known_record.keys).missing:
        if f"{parent.app_label}/migrations/{parent.name}.py" in look.known.files:
            return (
                f"`{child}` depends on `{parent}`, whose file is gone. Every command that reads "
                "the migrations fails while it is missing; here, `lab.rewind()` brings it back."
            )
    return ""


def _record_alone(look: Look) -> str:
    """The remark of any exercise if a fake, or somebody by hand, changed the record, and the record
    and the tables differ now; otherwise empty."""
    if look.agreements.record_tables.verdict is not False:
        return ""
    for each in reversed(look.known.done):
        words = each.text.lower().split()
        by_hand = words[:1] in (["sql"], ["shell"]) and "django_migrations" in each.text
        if each.moved and (by_hand or (words[:1] == ["migrate"] and "--fake" in words)):
            return (
                f"`{_short(each)}` changed only the record: no migration ran, and no table "
                "changed. Now the record and the tables differ. Here, you can rewind."
            )
    return ""


def _in_vain(look: Look) -> str:
    """What to say if the last command should have changed something, and found nothing to do."""
    last = look.known.done[-1] if look.known.done else None
    if last is None or last.moved or last.refused:
        return ""
    words = last.line.split()
    acts = words[:1] in (["migrate"], ["makemigrations"]) and not _LOOKS & {*words}
    return f"`{last.line}` found nothing to do here: everything is as it was." if acts else ""


#: Options with which a command only looks.
_LOOKS = {"--plan", "--check", "--dry-run"}


def hint(exercise: Exercise, look: Look) -> tuple[int, Hint]:
    """The first hint that fits the present state, and its position.

    Raises:
        BadInput: no hint fits.
    """
    for place, each in enumerate(exercise.hints):
        if conditions.every(look, each.when).holds:
            return place, each
    raise BadInput("there is no hint for the present state; lab.restart() starts again")


def read_aloud(look: Look) -> list[str]:
    """Sentences: Django's last error, and which truths do not agree now."""
    told = []
    last = look.last
    if last is not None and last.refusal is not None:
        first = (last.refusal.message.strip().splitlines() or [""])[0]
        told.append(f"Django's last error was {last.refusal.error}: {first}")
    for pair in AGREEING:
        found = getattr(look.agreements, pair)
        if found.verdict is not True:
            told.append(found.why)
    return told or ["All four truths agree now."]

"""An exercise's story, goals and hints, as text and as HTML."""

from __future__ import annotations

import re
from html import escape

from ..compare.agreement import counted, part
from ..facts.exercise import Advice, Attempted, Overview, Reached, Standing, Told
from .html import html
from .masks import masked
from .prose import coded
from .text import text

#: The facts of an exercise that a notebook shows in a way of its own.
TYPES: tuple[type, ...] = (Told, Standing, Attempted, Advice, Overview)

_NEVER = {"never": " (at every moment)", "did": " (among your steps)"}


@text.register
def _(told: Told) -> str:
    exercise = told.exercise
    shape = f", {exercise.shape}" if exercise.shape else ""
    goals = [f"  ○ {goal.says}" for goal in exercise.goals]
    return "\n".join(
        [f"{exercise.title} (level {exercise.level}{shape})", "", exercise.story, "", *goals]
    )


@html.register
def _(told: Told) -> str:
    exercise = told.exercise
    story = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", coded(" ".join(exercise.story.split())))
    return f"<div><h3>{coded(exercise.title)}</h3><p>Level {exercise.level}</p><p>{story}</p></div>"


@text.register
def _(standing: Standing) -> str:
    lines = [summary(standing)]
    for goal in standing.goals:
        lines.append(f"  {'✓' if goal.done else '○'} {goal.says}{_NEVER.get(goal.kind, '')}")
        lines += [f"      {each}" for each in missed(goal)]
    lines += ["", standing.remark] if standing.remark else []
    lines += ["", *told_on_success(standing)] if standing.success else []
    return "\n".join(lines)


@html.register
def _(standing: Standing) -> str:
    goals = ""
    for goal in standing.goals:
        more = "".join(f"<br><small>{coded(each)}</small>" for each in missed(goal))
        mark = "✓ <b>done:</b>" if goal.done else "○ <b>to do:</b>"
        goals += f"<li>{mark} {coded(goal.says)}{_NEVER.get(goal.kind, '')}{more}</li>"
    remark = f"<p>{coded(standing.remark)}</p>" if standing.remark else ""
    told = "".join(f"<p>{coded(each)}</p>" for each in told_on_success(standing))
    return (
        f"<div><b>{escape(summary(standing))}</b>"
        f"<ul style='list-style:none;padding-left:8px'>{goals}</ul>{remark}{told}</div>"
    )


def summary(standing: Standing) -> str:
    """The standing, in a sentence."""
    done = sum(goal.done for goal in standing.goals)
    if standing.done:
        return "Solved: every goal is reached."
    return f"{part(done, len(standing.goals), 'goals')} reached."


def missed(goal: Reached) -> list[str]:
    """What a missed goal expects, and what was found."""
    if goal.done:
        return []
    return [f"expected: {masked(goal.expected)}", f"found: {masked(goal.found)}"]


def told_on_success(standing: Standing) -> list[str]:
    """What happened, why it works, and what a wrong end would have cost; then the number of
    commands, if they are counted."""
    if standing.success is None:
        return []
    told = [*standing.success]
    if standing.moves is not None and standing.shortest is not None:
        commands = counted(standing.moves, "command", "commands")
        told.append(
            f"You used {commands} that changed something; "
            f"the shortest known way needs {standing.shortest}."
        )
    return told


@text.register
def _(attempted: Attempted) -> str:
    lines = [f"  {each}" for each in attempted.lines]
    done = ["", "You did:", *lines] if lines else []
    return "\n".join([text(attempted.standing), *done, "", text(attempted.graph)])


@html.register
def _(attempted: Attempted) -> str:
    items = "".join(f"<li><code>{escape(each)}</code></li>" for each in attempted.lines)
    done = f"<p>You did:</p><ol>{items}</ol>" if items else ""
    return f"<div>{html(attempted.standing)}{done}{html(attempted.graph)}</div>"


@text.register
def _(advice: Advice) -> str:
    says = "\n".join(masked(each) for each in advice.says)
    return f"Hint {advice.tier} of {advice.tiers}:\n{says}"


@html.register
def _(advice: Advice) -> str:
    hint, *truths = (coded(masked(each)) for each in advice.says)
    now = "".join(f"<li><small>{each}</small></li>" for each in truths)
    told = f"<p>{hint}</p>" + (f"<ul>{now}</ul>" if now else "")
    return f"<div><b>Hint {advice.tier} of {advice.tiers}</b>{told}</div>"


LEVELS = {
    1: "First commands",
    2: "Going back",
    3: "A record that lies",
    4: "Working together",
    5: "Incidents",
}


@text.register
def _(overview: Overview) -> str:
    lines = [_counted(overview)]
    for level, name in LEVELS.items():
        rows = [row for row in overview.rows if row.level == level]
        lines += ["", f"Level {level}: {name}"] if rows else []
        for row in rows:
            lines.append(f"  {'✓' if row.solved else '○'} {row.number:<4} {row.name}: {row.title}")
    return "\n".join(lines)


@html.register
def _(overview: Overview) -> str:
    told = f"<p><b>{escape(_counted(overview))}</b></p>"
    for level, name in LEVELS.items():
        rows = [row for row in overview.rows if row.level == level]
        items = "".join(
            f"<li>{'✓ <b>solved:</b>' if row.solved else '○'} "
            f"<a href='{escape(row.file)}'>{escape(row.number)} {coded(row.title)}</a></li>"
            for row in rows
        )
        if rows:
            told += (
                f"<h4>Level {level}: {escape(name)}</h4><ul style='list-style:none'>{items}</ul>"
            )
    return f"<div>{told}</div>"


def _counted(overview: Overview) -> str:
    done = sum(row.solved for row in overview.rows)
    return f"{part(done, len(overview.rows), 'exercises')} solved."

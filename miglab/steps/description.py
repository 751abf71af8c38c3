"""Turns the agent's answer into a step."""

from __future__ import annotations

import glob

from ..agent.common.protocol import Message
from ..facts.step import Difference, FileChange, Obstacle, Ran, Step
from ..project import Project
from ..runners import answers
from .moments import Moment


def describe_step(
    project: Project,
    apps: tuple[str, ...],
    typed: tuple[str, str],
    moments: tuple[Moment, Moment],
    answer: Message,
) -> Step:
    """The step that an answer of the agent describes. ``apps`` are the app labels that the step's
    pictures show. ``typed`` is its line and kind. ``moments`` are the moments before and after
    it."""
    (line, kind), (before, after) = typed, moments
    assert before.truths is not None
    assert after.truths is not None
    sql = answers.statements(answer.get("sql", ()))
    return Step(
        line=line,
        kind=kind,
        output=answer.get("output", ""),
        before=before.truths,
        after=after.truths,
        refusal=answers.refusal(answer.get("error")),
        sql=sql,
        rows=answers.row_changes(answer.get("rows", ())),
        files=_file_changes(before, after),
        apps=apps,
        sql_left_out=answer.get("sql_left_out", 0),
        plan=answers.plan(answer.get("plan", ())),
        ran=answers.ran(answer.get("migrations", ()), sql),
        renames=answers.renames(answer.get("renames", {})),
        kept_in=answers.reaches(answer.get("refused", ())),
        obstacles=_obstacles(project, answer),
        differs=_differs(project, answer),
    )


def ran_outside(step: Step) -> tuple[Ran, ...]:
    """The migrations that were run in a terminal, judged by the record: those that are no longer in
    it were unapplied, and new ones were applied."""
    was, now = step.before.known_record.keys, step.after.known_record.keys
    fake = "--fake" in step.line.split()
    moves = [(key, True) for key in reversed(was) if key not in now]
    moves += [(key, False) for key in now if key not in was]
    return tuple(Ran(key, backwards, fake, True, 0.0) for key, backwards in moves)


def _obstacles(project: Project, answer: Message) -> tuple[Obstacle, ...]:
    """The limits of miglab that were in the way. A missing file counts only if it was never
    copied."""
    found = [
        each
        for each in answer.get("obstacles", ())
        if "path" not in each or _was_left_out(project, each["path"])
    ]
    return answers.obstacles([*found, *answer.get("unmeasured", ())])


def _differs(project: Project, answer: Message) -> tuple[Difference, ...]:
    lacks = [each for each in answer.get("lacks", ()) if _was_left_out(project, each)]
    files = tuple(
        Difference(
            "file-not-copied",
            f"the project looked for {path}, which is not in the copy",
            do=f"copy it with `--include '{glob.escape(path)}'`",
        )
        for path in lacks
    )
    return (*answers.instead(answer.get("instead", {})), *files)


def _was_left_out(project: Project, path: str) -> bool:
    """Whether this path was never copied: it was not among the copied files and folders, and it is
    not a database that has a place of its own."""
    placed = f"project/{path}" in project.databases.values()
    return not placed and path not in project.files and path not in project.folders


def _file_changes(before: Moment, after: Moment) -> tuple[FileChange, ...]:
    old, new = before.snapshot.files, after.snapshot.files
    how = {True: "removed", False: "changed"}
    return tuple(
        FileChange(path, "added" if path not in old else how[path not in new])
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    )

"""The exact commands to run for real, in the right order, the backup first."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ...compare.agreement import counted
from ...databases import registry
from ...facts.consequences import Consequences
from ...facts.run import Run, WayBack
from ..lines import (
    stopped,
)
from .words import seconds

_BACK_UP = "# stop the application, then back up {} with the database's own tool"
_RESTORE = "# stop the application, then restore the backup of {}"


def for_real(consequences: Consequences) -> list[tuple[str, str]]:
    """The commands to run for real in the right order, each with why: the backup, a last look,
    the commands, the record, the way back, and how to restore the backup.

    What no command can do is written as a comment of the shell.
    """
    backup, restore = _backup(consequences)
    found = [backup]
    for place, line in enumerate(consequences.commands):
        run = consequences.runs[place] if place < len(consequences.runs) else None
        found += _one_command(consequences, line, run)
    apps = list(dict.fromkeys(each.key.app_label for each in consequences.plan))
    found.append(
        (
            _manage(["showmigrations", *apps, *_on(consequences)]),
            "Check that the record is as you expect.",
        )
    )
    if consequences.back is not None:
        found += _commands_back(consequences, consequences.back)
    return [*found, restore]


def _backup(consequences: Consequences) -> tuple[tuple[str, str], tuple[str, str]]:
    """The command that backs up, and the one that restores, each with why."""
    path = consequences.database
    last = "Only if the way back is not enough. Stop the application first. Everything written "
    last += "since the backup will be lost."
    engine = registry.of_version(consequences.engine.database)
    if not path or engine is None:
        alias = _alias(consequences)
        file = path or f"the database that DATABASES[{alias!r}] names in the settings"
        file = " ".join(file.split())
        first = "First take a backup: nothing else brings lost data back."
        return (_BACK_UP.format(file), first), (_RESTORE.format(file), last)
    by_hand = engine.by_hand(path)
    first = f"First take a backup. {by_hand.copy} must not exist yet: it would be overwritten."
    return (by_hand.back_up, first), (by_hand.restore, last)


def _one_command(consequences: Consequences, line: str, run: Run | None) -> list[tuple[str, str]]:
    first, _, rest = line.partition(" ")
    after = _after(run)
    if first == "delete":
        return [(f"rm -- {shlex.quote(rest.strip())}", after)]
    if first == "sql":
        engine = registry.of_version(consequences.engine.database)
        option = engine.runs_sql if engine is not None else ()
        words = ["dbshell", *_on(consequences), "--", *option, rest.strip()]
        return [(_manage(words), after)]
    words = _words(line)
    found = [(_manage(words), after)]
    if words[:1] == ["migrate"] and "--plan" not in words:
        number = counted(len(run.plan), "migration", "migrations") if run else ""
        same = f": {number}, as in this report" if number else ""
        found.insert(0, (_manage([*words, "--plan"]), f"Check the plan once more{same}."))
    return found


def _after(run: Run | None) -> str:
    if run is None:
        return "Not reached in the copy, because an earlier command stopped."
    if run.step.refusal:
        return f"In the copy, this command {stopped(run)}. Do not run it before the cause is fixed."
    return f"Run the command. In the copy, it took {seconds(run.seconds)}."


def _commands_back(consequences: Consequences, back: WayBack) -> list[tuple[str, str]]:
    how = f"The way back, if you need it. In the copy: {back.level.words}."
    found = []
    if back.files_put_back:
        found.append(("# restore the files, as with git checkout", how))
    for place, line in enumerate(back.commands):
        run = back.runs[place] if place < len(back.runs) else None
        refused = f" This command {stopped(run)}." if run and run.step.refusal else ""
        found.append((_manage(_words(line)), f"{how}{refused}"))
    return found


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        return line.split()


def _manage(words: Sequence[str]) -> str:
    return f"python manage.py {shlex.join(words)}"


def _alias(consequences: Consequences) -> str:
    """The alias of the database that the commands name; without one, ``default``."""
    words = [word for line in consequences.commands for word in _words(line)]
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word.startswith("--database="):
            return word.partition("=")[2]
        if word == "--database":
            return after
    return "default"


def _on(consequences: Consequences) -> list[str]:
    alias = _alias(consequences)
    return [] if alias == "default" else ["--database", alias]

"""Reads the commands that a what-if takes, finds out which database they are about, and runs
them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import BadInput
from ..facts.run import Run
from ..runners.base import Ask
from ..steps import edits
from ..steps.commands import arguments, typed
from ..steps.stage import Stage
from .plan import planned

#: What a person may type besides management commands: a file deleted, SQL by hand.
OURS = ("delete", "sql")


@dataclass(frozen=True)
class Command:
    """One command: its line, its kind (``manage``, ``delete`` or ``sql``), and its words."""

    line: str
    kind: str
    words: tuple[str, ...]

    @property
    def alias(self) -> str | None:
        """The alias of the database that the command names with ``--database``, if it does."""
        for place, word in enumerate(self.words):
            if word.startswith("--database="):
                return word.partition("=")[2]
            if word == "--database" and place + 1 < len(self.words):
                return self.words[place + 1]
        return None


def command(line: str | Sequence[str]) -> Command:
    """Read a command: a management command, ``delete path/of/a/file.py``, or ``sql …``.

    Raises:
        BadInput: the line is none of these, or it is incomplete.
    """
    if isinstance(line, str):
        first, _, rest = line.strip().partition(" ")
        if first in OURS:
            if not rest.strip():
                what = "a file" if first == "delete" else "a statement"
                raise BadInput(f"{line!r} is incomplete; give {what}, as in {_EXAMPLES[first]}")
            return Command(line.strip(), first, (rest.strip(),))
    return Command(typed(line), "manage", tuple(arguments(line)))


def one_alias(stage: Stage, commands: Sequence[Command]) -> str:
    """The alias of the database that the commands are about. A ``migrate`` command that names none
    means the stage's own.

    Raises:
        BadInput: there is no such database, or the commands are about several.
    """
    own = stage.reader.alias
    migrating = [each for each in commands if each.words[:1] == ("migrate",)]
    aliases = {each.alias for each in commands if each.alias}
    if any(each.alias is None for each in migrating):
        aliases.add(own)
    if len(aliases) > 1:
        raise BadInput(
            f"these commands use several databases: {', '.join(sorted(aliases))}; rehearse "
            "the commands for each database separately, with --database"
        )
    alias = next(iter(aliases), own)
    known = stage.sandbox.databases
    if alias not in known:
        raise BadInput(f"there is no database {alias!r}; choose from: {', '.join(sorted(known))}")
    return alias


def run_in(stage: Stage, each: Command, ask: Ask | None = None, compare: str = "all") -> Run:
    """Run a command in the copy of a stage, and measure it. ``compare`` has the values that
    ``protocol.REQUESTS`` explains."""
    started = time.perf_counter()
    if each.kind == "delete":
        step = edits.delete(stage, *each.words)
    else:
        request = {"do": "manage", "argv": [*each.words], "compare": compare}
        if each.kind == "sql":
            request = {"do": "sql", "sql": each.words[0], "params": []}
        step, _ = stage.step(each.kind, each.line, request, ask)
    return Run(step, planned(step), time.perf_counter() - started)


_EXAMPLES = {
    "delete": "'delete store/migrations/0005_tag.py'",
    "sql": "'sql DROP TABLE store_tag'",
}

"""A copy of a lab's project with its own database, in which commands run as in a terminal."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from miglab import Lab
from miglab.facts.migration import Key
from miglab.facts.step import Refusal
from miglab.steps.surroundings import environment

from . import engines
from .engines import Plain as Tools
from .state import State


class Plain:
    """A project and its database, copied from a folder and a handle."""

    def __init__(self, source: Path, handle: str, tools: Tools, to: Path) -> None:
        self.source, self.tools = source, tools
        self.refusal: tuple[str, str] | None = None
        self.output = ""
        self.folder = to / "project"
        shutil.copytree(source, self.folder)
        self.handle = tools.beside(self.folder)
        tools.drop(self.handle)
        tools.copy(handle, self.handle)
        # The settings of a practice project that is not on SQLite read it.
        entry = {"default": dict(tools.setting(self.handle))}
        (to / "databases.json").write_text(json.dumps(entry), encoding="utf-8")

    @classmethod
    def of(cls, lab: Lab, to: Path) -> Plain:
        """A copy of a lab as it is now."""
        return cls(lab.folder, engines.handle_of(lab), engines.of(lab), to)

    def copy(self, to: Path) -> Plain:
        """A second copy."""
        return Plain(self.folder, self.handle, self.tools, to)

    def drop(self) -> None:
        """Remove its database."""
        self.tools.drop(self.handle)

    @property
    def state(self) -> State:
        """What its database holds."""
        return self.tools.read(self.handle)

    def run(self, lines: Iterable[str], answers: Iterable[str] = ()) -> None:
        """Run commands until one is refused; the answers are typed in."""
        typed = "".join(f"{each}\n" for each in answers)
        for line in lines:
            if self.refusal is not None:
                return
            first, _, rest = line.partition(" ")
            if first == "delete":
                (self.folder / rest).unlink()
            elif first == "sql":
                self.tools.run(self.handle, rest)
            else:
                self._manage(line.split(), typed)

    def _manage(self, words: Sequence[str], typed: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.folder,
            env=environment(),
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        self.output += done.stdout
        if done.returncode:
            self.refusal = refused(done.stderr)

    def put_files_back(self) -> None:
        """As ``git checkout`` would; the database stays."""
        for path in self.folder.rglob("*.py"):
            path.unlink()
        for path in self.source.rglob("*.py"):
            shutil.copyfile(path, self.folder / path.relative_to(self.source))

    def migrations(self, labels: Sequence[str]) -> set[Key]:
        """The migration files of these apps."""
        return {
            Key(label, path.stem)
            for label in labels
            for path in (self.folder / label).glob("migrations/[!_]*.py")
        }


def refused(told: str) -> tuple[str, str]:
    """The error's class and message, from what a terminal shows."""
    starts = list(re.finditer(r"^(?:[a-z_]\w*\.)*([A-Z]\w*)(?:: |$)", told, re.MULTILINE))
    last = starts[-1]
    return last.group(1), plainly(told[last.end() :])


def plainly(message: str) -> str:
    """A message without what differs from run to run: addresses."""
    return re.sub(r"0x[0-9a-f]+", "0x…", message.strip())


def as_pair(refusal: Refusal | None) -> tuple[str, str] | None:
    """A refusal as ``refused`` gives it."""
    return (refusal.error, plainly(refusal.message)) if refusal else None

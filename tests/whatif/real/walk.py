"""Goes back in every app of a project, by a what-if and by plain Django, and compares both."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from miglab import Lab
from miglab.facts.consequences import Consequences, Severity
from miglab.facts.step import Renames

from ...plain.project import plainly
from ..law import brute
from ..law.brute import Names
from ..law.check import check
from ..law.measure import Beside, plainly_beside

#: How many single steps back are taken in each app, before zero.
STEPS = 5

SETTINGS = "config.settings"

ORDER = """
import django, json
django.setup()
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader

loader = MigrationLoader(connection)
found = {}
for label in sorted(loader.migrated_apps):
    plan = dict.fromkeys(
        key for leaf in loader.graph.leaf_nodes(label) for key in loader.graph.forwards_plan(leaf)
    )
    applied = loader.applied_migrations
    names = [name for app, name in plan if app == label and (app, name) in applied]
    if names:
        found[label] = names
print("@" + json.dumps(found))
"""

#: An m2m table's two foreign keys, by its name.
LINKS = """
import django, json
django.setup()
from django.apps import apps

found = {}
for model in apps.get_models(include_auto_created=True):
    if model._meta.auto_created:
        ends = [each.column for each in model._meta.local_fields if each.remote_field]
        found[model._meta.db_table] = ends[:2]
print("@" + json.dumps(found))
"""


@dataclass(frozen=True)
class Held:
    """One command held against plain Django; ``why`` is how they differ, or nothing."""

    app: str
    target: str
    verdict: str
    status: int
    unknown: str
    why: str
    seconds: float
    plain_seconds: float

    def __str__(self) -> str:
        equal = f"DIFFERS: {self.why[:300]}" if self.why else "equal"
        return (
            f"{self.app:<24} {self.target[:32]:<32} {self.status:>3} {self.seconds:6.1f} s "
            f"(plain {self.plain_seconds:5.1f} s)  {equal}\n    {self.verdict[:160]}"
        )


class Walk:
    """A project that is gone through; its folder, its interpreter."""

    def __init__(self, site: Path, python: str) -> None:
        self.site, self.python = site, python
        self.links = {name: tuple(ends) for name, ends in self._asked(LINKS).items()}

    @cached_property
    def applied(self) -> Mapping[str, list[str]]:
        """The applied migrations of each app, in their order."""
        return self._asked(ORDER)

    @property
    def migrations(self) -> int:
        """How many there are in all."""
        return sum(map(len, self.applied.values()))

    def steps(self) -> Iterator[tuple[str, str]]:
        """The commands' apps and targets: ``zero`` of each app first, then the last step of each,
        and so on, so that a walk that is ended early has been in every app."""
        of_each = {
            label: ["zero", *names[:-1][::-1][:STEPS]] for label, names in self.applied.items()
        }
        for turn in range(STEPS + 1):
            for label, targets in of_each.items():
                if turn < len(targets):
                    yield label, targets[turn]

    def _asked(self, code: str) -> Mapping[str, list[str]]:
        done = subprocess.run(
            [
                self.python,
                "-c",
                f"import os; os.environ['DJANGO_SETTINGS_MODULE'] = '{SETTINGS}'\n" + code,
            ],
            cwd=self.site,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: Mapping[str, list[str]] = json.loads(done.stdout.rpartition("@")[2])
        return found

    def held(self, *only: str, done: Collection[tuple[str, str]] = ()) -> Iterator[Held]:
        """Each of them, held against plain Django; ``only`` are some apps, and ``done`` the apps
        and targets that are left out."""
        with (
            Lab.of(self.site, python=self.python) as lab,
            tempfile.TemporaryDirectory() as folder,
        ):
            copy = Path(folder, "project")
            shutil.copytree(self.site, copy)
            for label, target in self.steps():
                if (label, target) not in done and (not only or label in only):
                    yield self._one(lab, copy, label, target)

    def _one(self, lab: Lab, copy: Path, label: str, target: str) -> Held:
        began = time.monotonic()
        run = lab.what_if(f"migrate {label} {target}")
        took = time.monotonic() - began
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as to:
            plain = self._plainly(lab, run, copy, Path(to))
            plain_took = time.monotonic() - began
            why = ""
            try:
                self._compare(run, plain)
            except AssertionError as error:
                why = str(error)[:2000] or "AssertionError"
        unknown = [each.what for each in run.findings if each.severity is Severity.UNKNOWN]
        return Held(
            label,
            target,
            run.verdict,
            run.outcome.status,
            "; ".join(unknown),
            why,
            took,
            plain_took,
        )

    def _plainly(self, lab: Lab, run: Consequences, copy: Path, to: Path) -> Beside:
        """What plain Django does there and back, in a copy of the project."""
        return plainly_beside(run, copy, to / "after", SETTINGS, self.python)()

    def _compare(self, run: Consequences, plain: Beside) -> None:
        refusal, error = run.runs[-1].step.refusal, plainly(plain.error)
        if refusal is not None:
            assert error == plainly(str(refusal))
            return
        check(run, self._names(run, plain), plain)
        back = run.back.runs[-1].step.refusal if run.back and run.back.runs else None
        assert error == (plainly(str(back)) if back else "")

    def _names(self, run: Consequences, plain: Beside) -> Names:
        """What was renamed, as the what-if says; that it is so shows in what brute force finds."""
        renames = run.runs[0].step.renames.get("default", Renames())
        old = brute.contents(plain.before)
        columns = {
            table: {
                name: renames.column(table, name)
                if table in renames.rebuilt or table in renames.columns
                else name
                for name in stored.types
            }
            for table, stored in old.items()
        }
        there = {renames.table(name) or "": ends for name, ends in self.links.items()}
        return Names(renames.tables, columns, self.links, there)

"""What a what-if on PostgreSQL tells is what plain Django does there and back, by brute force."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from miglab.agent.engines.postgresql import copies, drivers
from miglab.facts.outcome import Cost, Return
from miglab.lab import Lab

from .law import brute
from .law.measure import found, told
from .law.pulled import contents

PLAIN = Path(__file__).parent / "law" / "plain_on_postgresql.py"
ROOT = Path(__file__).parents[2]
LINKS = {
    "store_product_tags": ("product_id", "tag_id"),
    "auth_group_permissions": ("group_id", "permission_id"),
    "auth_user_groups": ("user_id", "group_id"),
    "auth_user_user_permissions": ("user_id", "permission_id"),
}
NAMES = brute.Names({}, {}, LINKS, LINKS)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("storefront", database="postgresql") as lab:
        yield lab


def beside(lab: Lab, before: str, commands: list[list[str]], folder: Path) -> Any:
    """What plain Django leaves after each command, from the same database, and what it objects
    to."""
    project = folder / "project"
    shutil.copytree(lab.folder, project)
    copy = copies.beside(before, str(folder))
    copies.copy(before, copy)
    try:
        known = drivers.parts(copy)
        entry = {"ENGINE": "django.db.backends.postgresql", "NAME": known["dbname"]}
        entry |= {n: known.get(n.lower(), "") for n in ("USER", "HOST", "PORT")}
        (project / "plain.py").write_text(
            f"from storefront.settings import *\nDATABASES = {{'default': {entry!r}}}\n"
        )
        done = subprocess.run(
            [sys.executable, str(PLAIN), "plain", json.dumps(commands)],
            cwd=project,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr.decode()
        return pickle.loads(done.stdout)
    finally:
        copies.drop(copy)


@pytest.mark.parametrize(
    "line",
    [
        "migrate store 0004",
        "migrate store 0002",
        "migrate store zero",
        "migrate accounts zero",
        "migrate marketplace 0002",
        "migrate blog 0001",
        "migrate auth 0008",
        "migrate contenttypes zero",
    ],
)
def test_rows_there_and_back_are_those_of_plain_django(lab: Lab, line: str, tmp_path: Path) -> None:
    run = lab.what_if(line)
    assert run.full is not None
    handle = str(run.full.before.databases["default"])
    with closing(drivers.connect(handle)) as connection:
        before = contents(connection)
    back = run.back.commands if run.back else ()
    stages, error = beside(lab, handle, [e.split() for e in (*run.commands, *back)], tmp_path)
    if run.stops:
        assert error
        return
    line_there, after = stages[0]
    by_migrations = brute.compare(before, line_there, NAMES)
    by_handlers = brute.compare(line_there, after, NAMES)
    assert told(run.rows, by_handlers=False) == found(by_migrations)
    assert told(run.rows, by_handlers=True) == found(by_handlers)
    if run.back is None:
        assert not by_migrations
        return
    assert (run.back.level is Return.NOT_AT_ALL) == bool(error), error
    if error:
        return
    at_end = brute.compare(before, stages[-1][1], NAMES)
    costs = {pair: change for pair, change in at_end.items() if change.costs}
    assert told(each for each in run.back.rows if each.costs) == found(costs)
    loses = brute.loses(before, at_end)
    assert run.outcome.cost is (Cost.SOME if loses else Cost.NOTHING)
    if any(change.lost for change in costs.values()):
        assert run.back.level in (Return.RUNS, Return.SCHEMA)
    # What is told to be lost is what is not there again.
    ends = {table: change for (table, _), change in at_end.items() if change.before}
    rows = {each.table: each for each in run.lost_there if not each.by_handlers}
    for (table, _), change in by_migrations.items():
        wanted = brute.not_back(change, ends.get(table), {})
        told_back = rows.get(table)
        if "" in wanted and told_back is not None:
            assert told_back.rows_not_back == wanted.pop("")
            values = dict(told_back.values_not_back or {})
            assert {name: values.get(name, 0) for name in wanted} == wanted

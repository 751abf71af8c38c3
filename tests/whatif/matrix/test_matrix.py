"""What a what-if says is what plain ``manage.py`` does: over all operations of Django, kinds of
fields, names and data, features of the engine, and both directions."""

from __future__ import annotations

import inspect
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.db.migrations import operations

from miglab import Lab
from miglab.facts.outcome import Return

from ..law.check import check
from ..law.measure import begin, beside, insert
from . import coverage, past_trial
from .dimensions import DATA, DIRECTIONS, FEATURES, FIELDS, NAMES
from .histories import DATA as OF_HISTORIES
from .histories import HISTORIES, TARGETS, Past, pasts
from .operations import OPERATIONS, Case
from .packs import BACK, THERE, Pack
from .trial import DJANGO, Tally, from_json, tried

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """The storefront; every pack begins where it was opened."""
    with Lab("storefront") as lab:
        yield lab


def names_of(module: Any, kind: type) -> set[str]:
    """The public classes of a module that are of this kind, but for the kind itself."""
    found = {name: each for name, each in vars(module).items() if inspect.isclass(each)}
    return {name for name, e in found.items() if issubclass(e, kind) and e is not kind}


def test_every_operation_of_django_is_in_the_matrix() -> None:
    base = operations.base.Operation
    assert names_of(operations, base) == {each.split(" ")[0] for each in OPERATIONS}


def test_every_kind_of_field_of_django_is_in_the_matrix() -> None:
    # What others are made of, what an order with respect to adds, and what has no column any more.
    beside = {"ForeignObject", "OrderWrt", "NullBooleanField"}
    assert names_of(models, models.Field) - beside | {"CompositePrimaryKey"} == {*FIELDS}


@pytest.mark.parametrize("seed", [coverage.SEED, 20261129])
def test_in_a_part_of_it_every_operation_meets_all_that_django_allows(seed: int) -> None:
    mixed = coverage.cases(seed)
    part = [(case, direction) for case in mixed[:1500] for direction in DIRECTIONS]
    # A number with nothing behind it is alone, and one of how many is like 0/96.
    numbers = re.findall(r"(?<=\s)\d+(?:/\d+)?(?=\s)", coverage.table(part) + "\n")
    assert [each for each in numbers if each == "0" or each.startswith("0/")] == []


def test_in_ten_thousand_cells_every_operation_was_tried_on_every_field_with_all_data() -> None:
    mixed = coverage.cases()
    with_data = [{(e.operation, e.field, e.data) for e in some} for some in (mixed, mixed[:5000])]
    assert with_data[0] == with_data[1]
    assert len({*mixed}) == len(mixed)


def test_cells_of_the_matrix_that_differ_from_plain_django_there_are_none(lab: Lab) -> None:
    some = coverage.few(coverage.cases(), 64)
    for place, among in ((0, OPERATIONS), (1, FIELDS), (2, NAMES), (3, DATA), (4, FEATURES)):
        parts = [(e.operation, e.field, e.name, e.data, e.feature)[place] for e in some]
        assert {*parts} == {*among}
    tally = Tally()
    for at in range(0, len(some), 32):
        tally.add(tried(lab, some[at : at + 32]))
    holds(tally)
    assert len(tally.tried) == 2 * len(some)


def holds(tally: Tally) -> None:
    """Nothing differs, and at most one verdict in twenty is unknown, each with its reason."""
    assert not tally.differ, tally
    assert len(tally.unknown) <= len(tally.tried) * 0.05, tally
    assert all(tally.unknown.values())


def test_a_command_after_any_history_does_what_plain_django_does(lab: Lab) -> None:
    data, targets = itertools.cycle(OF_HISTORIES), itertools.cycle([*TARGETS][:-1])
    some = [Past(*each) for each in zip(HISTORIES, data, targets, strict=False)]
    found = past_trial.tried(lab, some)
    assert not found.differ, found
    assert len(found.tried) == len(HISTORIES)
    assert 1 not in found.statuses


def test_a_wrong_number_would_be_noticed(lab: Lab, tmp_path: Path) -> None:
    case = Case(0, "RunPython (deletes)", "CharField", "plain", "rows", "none")
    pack = Pack([case])
    begin(lab, pack.files, [*DJANGO, *pack.labels], law=False)
    for line in (THERE, BACK):
        assert not lab.manage(line).refused
    insert(lab, pack.rows("there"))
    run = lab.what_if(THERE)
    plain = beside(lab, run, tmp_path)()
    check(run, pack.names("there"), plain)
    (change,) = run.rows
    assert run.back is not None
    assert change.lost == 2
    for wrong in (
        replace(run, rows=(replace(change, lost=1),)),
        replace(run, rows=()),
        replace(run, lost_there=()),
        replace(run, back=replace(run.back, level=Return.VALUES)),
    ):
        with pytest.raises(AssertionError):
            check(wrong, pack.names("there"), plain)


@pytest.mark.long
def test_no_cell_of_the_matrix_differs_and_none_that_django_allows_is_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    parts = os.cpu_count() or 1
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{number}.json") for number in range(parts)]
        module = "tests.whatif.matrix"
        running = [
            subprocess.Popen(
                [sys.executable, "-m", module, "--part", f"{n}/{parts}", "--json", str(file)],
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            for n, file in enumerate(files, 1)
        ]
        for each in running:
            each.wait()
        for file in files:
            tally.add(from_json(json.loads(file.read_text(encoding="utf-8"))))
    with capsys.disabled():
        print("", coverage.table(tally.tried), tally, sep="\n")
    holds(tally)
    assert len(tally.tried) >= 10_000
    assert not coverage.empty(tally.tried)


@pytest.mark.long
def test_no_command_after_a_history_differs_and_no_cell_is_empty(
    lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    found = past_trial.tried(lab, pasts())
    with capsys.disabled():
        print("", found.table(), found, sep="\n")
    assert not found.differ, found
    assert {*found.tried} == {*pasts()}
    assert len(found.unknown) <= len(found.tried) * 0.05, found

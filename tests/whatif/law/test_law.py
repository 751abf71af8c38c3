"""What a what-if tells of the rows is what a brute-force comparison finds: nothing over, nothing
missing."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from miglab import Lab

from ...budgets import examples
from .check import check
from .measure import begin, beside, insert
from .projects import Project, projects_on


def hold(lab: Lab, project: Project, statuses: list[int]) -> None:
    """Rehearse a project there and back; the exit statuses are added to ``statuses``."""
    begin(lab, project.files)
    step = lab.manage("migrate law 0001")
    assert not step.refused, step.output
    insert(lab, project.rows)
    with tempfile.TemporaryDirectory() as folder:
        there = lab.what_if("migrate law")
        plain = beside(lab, there, Path(folder, "there"))
        step = lab.manage("migrate law")
        if not step.refused:
            insert(lab, project.more_rows)
            again = lab.what_if("migrate law 0001")
            for rung in lab.what_if_all("law"):
                if rung.target is not None and rung.target.name.startswith("0001"):
                    assert (rung.outcome, rung.verdict) == (again.outcome, again.verdict)
                    assert rung.rows == again.rows
            plain_again = beside(lab, again, Path(folder, "again"))
        check(there, project.forward, plain())
        statuses.append(there.outcome.status)
        if not step.refused:
            check(again, project.backward, plain_again())
            statuses.append(again.outcome.status)


@pytest.mark.every_engine
@pytest.mark.short
def test_the_rows_of_a_what_if_are_what_brute_force_finds_and_unknown_is_rare(
    lab: Lab, engine_of_labs: str
) -> None:
    statuses: list[int] = []
    often = examples(14 if engine_of_labs == "sqlite" else 2, 40)

    @settings(
        max_examples=often,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(project=projects_on(engine_of_labs))
    def held(project: Project) -> None:
        hold(lab, project, statuses)

    held()
    assert len(statuses) >= often
    assert 1 not in statuses
    assert statuses.count(13) <= len(statuses) * 0.05, statuses

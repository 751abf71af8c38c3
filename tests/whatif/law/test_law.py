"""What a what-if tells of the rows is what a brute-force comparison finds: nothing over, nothing
missing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from miglab import Lab

from .check import check
from .measure import begin, beside, insert
from .projects import Project, projects


@settings(
    max_examples=14,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(project=projects)
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


def test_the_rows_of_a_what_if_are_what_brute_force_finds_and_unknown_is_rare(lab: Lab) -> None:
    statuses: list[int] = []
    hold(lab=lab, statuses=statuses)
    assert len(statuses) >= 14
    assert 1 not in statuses
    assert statuses.count(13) <= len(statuses) * 0.05, statuses

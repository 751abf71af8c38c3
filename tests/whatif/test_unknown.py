"""Each reason for which something is unknown, brought about in a real project, with what would make
it known; and what only looks unknown is known."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miglab import Lab
from miglab.facts.consequences import Consequences, Finding, Severity
from miglab.facts.outcome import Agreeing, Cost

from .own import manage, shop, write
from .test_ladder import migration

UP, DOWN = "UPDATE shop_item SET price = price + 1", "UPDATE shop_item SET price = price - 1"
SQL = f"RunSQL({UP!r}, {DOWN!r})"
TRIES = """
import subprocess


def tries(apps, schema_editor):
    try:
        subprocess.run(["git", "--exec-path"], check=True)
    except Exception:
        pass


"""


def what_if(folder: Path, *lines: str) -> Consequences:
    """The answer for a project of one's own."""
    with Lab.of(folder, python=sys.executable) as lab:
        return lab.what_if(*lines)


def third(folder: Path, *operations: str, head: str = "") -> None:
    """Write 0003 with these operations."""
    text = migration("0002_price", *operations)
    write(folder, {"shop/migrations/0003_next.py": text.replace("class ", f"{head}class ", 1)})


def reasons(found: Consequences) -> list[Finding]:
    """What is said to be unknown."""
    return [each for each in found.findings if each.severity is Severity.UNKNOWN]


@pytest.mark.parametrize(
    "operation", [SQL, "RunPython(migrations.RunPython.noop, migrations.RunPython.noop)"]
)
def test_whether_faked_sql_or_python_is_done_nobody_can_see(tmp_path: Path, operation: str) -> None:
    """faked-operations"""
    folder = shop(tmp_path / "site")
    third(folder, operation)
    found = what_if(folder, "migrate --fake shop")
    assert (found.outcome.status, found.outcome.agreeing) == (13, Agreeing.CANNOT_TELL)
    (why,) = reasons(found)
    assert (why.id, why.where) == ("truths-unknown", "shop.0003_next")
    assert "was faked" in why.what
    assert why.do


def test_what_a_stopped_program_would_have_done_in_a_migration_is_unknown(tmp_path: Path) -> None:
    """program-stopped"""
    folder = shop(tmp_path / "site")
    third(folder, "RunPython(tries, migrations.RunPython.noop)", head=TRIES)
    found = what_if(folder, "migrate")
    assert (found.outcome.status, found.outcome.cost) == (13, Cost.UNKNOWN)
    (why,) = reasons(found)
    assert (why.id, why.where) == ("unknown", "shop.0003_next")
    assert "git" in why.what
    assert "--allow-program git" in why.do


def test_so_is_what_it_would_have_done_on_the_way_back(tmp_path: Path) -> None:
    """program-stopped, on the way back"""
    folder = shop(tmp_path / "site")
    third(folder, "RunPython(migrations.RunPython.noop, tries)", head=TRIES)
    found = what_if(folder, "migrate")
    assert (found.outcome.status, found.outcome.cost) == (13, Cost.UNKNOWN)
    assert [each.what.startswith("on the way back: ") for each in reasons(found)] == [True]


def test_a_history_with_sql_is_not_unknown_for_ever(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site")
    third(folder, SQL)
    manage(folder, "migrate", "-v0")
    for line in ("migrate shop 0002", "migrate shop 0001", "migrate shop zero"):
        assert what_if(folder, line).outcome.status in (0, 10), line
    assert what_if(folder, "migrate shop 0002").outcome.status == 0

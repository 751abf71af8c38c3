"""No answer is better than what plain ``manage.py`` does: the false all-clears that there were."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from miglab import Lab
from miglab.errors import MiglabError, NoProject
from miglab.facts.consequences import Consequences
from miglab.facts.outcome import Agreeing, Happened, Return

from .own import manage, shop, write
from .test_ladder import KIND, foreign_key, migration, overwrites

KINDS = "    kind = models.CharField(max_length=9, default='-')\n"
COUNT = """from django.db import models


class Count(models.Model):
    item = models.ForeignKey("shop.Item", models.CASCADE, null=True)
"""
CREATED = (
    "CreateModel('Item', [('id', models.BigAutoField(primary_key=True)), "
    "('name', models.CharField(max_length=20)), ('price', models.IntegerField(default=0))])"
)


def what_if(folder: Path, *lines: str) -> Consequences:
    """The answer for a project of one's own."""
    with Lab.of(folder, python=sys.executable) as lab:
        return lab.what_if(*lines)


def beside(folder: Path, *lines: str) -> Path:
    """A copy of the project in which plain ``manage.py`` ran these."""
    copy = folder.with_name(f"{folder.name}-plain")
    shutil.copytree(folder, copy)
    for line in lines:
        manage(copy, *line.split())
    return copy


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """What the database of a project answers."""
    connection = sqlite3.connect(folder / "db.sqlite3")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("line", ["migrate --fake", "migrate --fake shop", "migrate shop --fake"])
def test_a_fake_that_goes_too_far_beside_ghosts_leaves_truths_apart(
    tmp_path: Path, line: str
) -> None:
    """shop: 0001, 0002 (ghosts) · 0001_new (as they were) ← 0003 (kind, never run); faked"""
    folder = shop(tmp_path / "site")
    for name in ("0001_initial", "0002_price"):
        (folder / f"shop/migrations/{name}.py").unlink()
    models = folder / "shop/models.py"
    models.write_text(models.read_text() + KINDS)
    write(
        folder,
        {
            "shop/migrations/0001_new.py": migration("", CREATED),
            "shop/migrations/0003_kind.py": migration("0001_new", KIND),
        },
    )
    plain = beside(folder, *line.split("\n"))
    columns = [row[1] for row in rows(plain, "PRAGMA table_info(shop_item)")]
    assert "kind" not in columns
    found = what_if(folder, line)
    assert (found.outcome.status, found.outcome.agreeing) == (11, Agreeing.WORSE)
    drift = found.finding("drift")
    assert drift is not None
    assert "shop_item.kind" in drift.what


def test_a_noop_reverse_that_overwrites_on_the_way_back_is_a_loss(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site")
    overwrites(folder)
    plain = beside(folder, "migrate shop 0002", "migrate")
    names = "SELECT name FROM shop_item"
    assert rows(folder, names) != rows(plain, names)
    found = what_if(folder, "migrate shop 0002")
    assert found.outcome.status == 10
    assert found.verdict == (
        "loses 3 values of shop_item.name on the way back · the rows come back, not all values"
    )
    assert found.finding("lost-on-the-way-back") is not None


def way_back_drops_nothing(found: Consequences) -> None:
    """No command of the way back drops the table, and it isn't printed with zero but faked."""
    assert found.back is not None
    for run in found.back.runs:
        assert 'DROP TABLE "shop_item"' not in [each.sql for each in run.step.sql]
        assert "zero" not in run.step.line.split() or "--fake" in run.step.line
        assert run.step.after.rows["shop_item"] == 3  # type: ignore[index]


def test_the_way_back_from_a_reset_drops_no_table_with_rows(tmp_path: Path) -> None:
    """Both files are deleted, and makemigrations makes 0001_initial anew"""
    folder = shop(tmp_path / "site")
    first, second = (f"shop/migrations/{n}.py" for n in ("0001_initial", "0002_price"))
    found = what_if(folder, f"delete {first}", f"delete {second}", "makemigrations shop", "migrate")
    way_back_drops_nothing(found)
    assert not found.loses


def test_the_way_back_from_a_reset_of_two_apps_with_a_foreign_key_drops_no_rows(
    tmp_path: Path,
) -> None:
    """stock.0001 refers to shop.0002; the files of both apps are deleted and made anew"""
    folder = shop(tmp_path / "site")
    foreign_key(folder)
    write(folder, {"stock/models.py": COUNT})
    apps = {"shop": ("0001_initial", "0002_price"), "stock": ("0001_initial",)}
    gone = [f"delete {app}/migrations/{n}.py" for app, names in apps.items() for n in names]
    found = what_if(folder, *gone, "makemigrations shop stock", "migrate --fake")
    assert found.outcome.happened is Happened.RAN
    assert not found.loses
    for run in found.back.runs if found.back else ():
        assert "DROP TABLE" not in " ".join(each.sql for each in run.step.sql)


@pytest.mark.parametrize("prune", [False, True])
def test_the_way_back_from_a_squash_drops_no_table_with_rows(tmp_path: Path, prune: bool) -> None:
    folder = shop(tmp_path / "site")
    lines = ["squashmigrations shop 0002 --noinput", "migrate"]
    if prune:
        lines += ["delete shop/migrations/0001_initial.py", "delete shop/migrations/0002_price.py"]
        name = "shop/migrations/0001_squashed_0002_price.py"
        manage(folder, "squashmigrations", "shop", "0002", "--noinput")
        manage(folder, "migrate", "-v0")
        text = (folder / name).read_text()
        start = text.index("    replaces = [")
        (folder / name).write_text(text[:start] + text[text.index("]", start) + 1 :])
        lines = [*lines[2:], "migrate shop --prune"]
    found = what_if(folder, *lines)
    way_back_drops_nothing(found)
    assert not found.loses
    assert found.outcome.happened is Happened.RAN


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_program_at_import_could_not_be_rehearsed_and_is_not_a_refusal(
    tmp_path: Path, wrapped: bool
) -> None:
    body = "import subprocess\n\n"
    call = "subprocess.run(['git', '--exec-path'], check=True)"
    if wrapped:
        call = f"try:\n    {call}\nexcept Exception as e:\n    raise ValueError('no git') from e"
    folder = shop(tmp_path / "site", migrated=True)
    second = folder / "shop/migrations/0002_price.py"
    second.write_text(second.read_text() + f"\n{body}{call}\n")
    found = what_if(folder, "migrate shop 0001")
    assert (found.outcome.happened, found.outcome.status) == (Happened.NOT_REHEARSED, 1)
    assert "nothing lost" not in found.verdict
    told = found.finding("not-rehearsed")
    assert told is not None
    assert "--allow-program git" in told.do
    assert found.finding("refused") is None


def test_a_database_that_is_not_there_is_not_called_safe(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site")
    (folder / "db.sqlite3").unlink()
    with pytest.raises(NoProject, match=r"no database at .*db\.sqlite3.*--settings"):
        what_if(folder, "migrate shop 0001")


OTHER = 'DATABASES["other"] = {**DATABASES["default"], "NAME": BASE_DIR / "other.sqlite3"}\n'


def test_of_two_databases_the_one_that_is_named_is_rehearsed(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site", settings=OTHER)
    shutil.copyfile(folder / "db.sqlite3", folder / "other.sqlite3")
    with sqlite3.connect(folder / "db.sqlite3") as connection:
        connection.execute("DELETE FROM shop_item")
    connection.close()
    with Lab.of(folder, python=sys.executable) as lab:
        other = lab.what_if("migrate shop 0001 --database other")
        default = lab.what_if("migrate shop 0001")
        with pytest.raises(MiglabError, match="several databases"):
            lab.what_if("migrate shop 0001 --database other", "migrate")
        ladder = lab.what_if_all("shop", "other")
    assert "3 values of other:shop_item.price" in other.verdict
    assert (default.outcome.status, default.outcome.back) == (0, Return.VALUES)
    assert ladder.rungs[0].outcome == other.outcome


@pytest.mark.parametrize("words", [["--since", ""], ["shop", ""], ["", ""], ["--run", " "]])
def test_an_empty_value_is_a_usage_error_in_a_terminal(tmp_path: Path, words: list[str]) -> None:
    folder = shop(tmp_path / "site", migrated=False)
    done = subprocess.run(
        [sys.executable, "-m", "miglab", "whatif", str(folder), *words],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "is empty" in done.stderr

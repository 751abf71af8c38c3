"""Each sentence of a lesson that speaks of a database that its lab is not on, run there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from miglab import Lab
from miglab.lessons.acts import add_field

from ..agent.serving.story import FAILING, migration
from ..plain import engines
from ..plain.project import Plain
from ..whatif.shop import applied

pytestmark = [pytest.mark.every_engine, pytest.mark.short]

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"PostgreSQL|MariaDB|MySQL")
on_servers = pytest.mark.only_on("postgresql", "mysql")
EXISTS = {"postgresql": "already exists", "mysql": "Duplicate column name"}

#: A sentence, by its beginning, and what runs it: tests of this module, and other modules.
SAID = {
    "PostgreSQL would refuse, because the column already exists.": "a_new_0004",
    "On an empty PostgreSQL database, that would fail.": "an_empty",
    "On PostgreSQL, another kind of database, Django adds it to": "fake_initial",
    "SQLite and PostgreSQL can do that for changes to tables.": "a_failed_migration",
    "MySQL and MariaDB cannot.": "a_failed_migration",
    "On PostgreSQL the command fails, because the column already exists.": "a_merge",
    "On PostgreSQL and MariaDB, Django changes the existing table": "an_existing_table",
    "PostgreSQL, MySQL and MariaDB do not store a database in one file": "test_other_engines",
    "These are commands for PostgreSQL, in a terminal.": "test_other_engines",
    "For MariaDB, type these in its client:": "test_other_engines",
}


def sentences() -> Iterator[tuple[str, str]]:
    """Each sentence of the lessons and of what explains their answers that names another engine,
    with its place; headings and rows of tables, which say nothing, are left out."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield from ((path.name, each) for each in _in("".join(cell["source"])))
    for path in sorted((ROOT / "miglab" / "lessons").rglob("*.py")):
        yield from ((path.name, each) for each in _in(path.read_text(encoding="utf-8")))


def _in(text: str) -> Iterator[str]:
    text = re.sub(r"^[#|].*$", "", text, flags=re.MULTILINE)
    for block in re.split(r"\n\s*\n", text):
        for sentence in re.split(r"(?<=[.:!?])\s+", " ".join(block.split())):
            if NAMED.search(sentence):
                yield sentence


@pytest.mark.one_engine
def test_each_sentence_about_another_engine_has_a_test() -> None:
    found = [*sentences()]
    assert found
    unknown = [each for each in found if not each[1].startswith(tuple(SAID))]
    assert not unknown
    unused = [each for each in SAID if not any(said.startswith(each) for _, said in found)]
    assert not unused
    for test in SAID.values():
        here = [name for name in globals() if name.startswith("test_") and test in name]
        assert here or (Path(__file__).parent / f"{test}.py").exists(), test


@pytest.fixture
def there(open_lab: Callable[..., Lab]) -> Lab:
    """The storefront on the engine of the test."""
    return open_lab("storefront", apps=["store", "blog"])


def is_refused(lab: Lab, line: str, engine: str) -> None:
    """The column is there already."""
    step = lab.manage(line)
    assert step.refusal is not None
    assert EXISTS[engine] in step.refusal.message


@on_servers
def test_a_new_0004_is_refused_and_keeps_the_approvals(there: Lab, engine_of_labs: str) -> None:
    """Delete a file: the column exists, and Django applies a new 0004."""
    before = there.rows("blog_comment").rows
    there.delete("blog/migrations/0004_comment_is_approved.py")
    applied(there, "migrate blog --prune")
    applied(there, "makemigrations blog")
    is_refused(there, "migrate blog", engine_of_labs)
    assert there.rows("blog_comment").rows == before


@on_servers
def test_an_existing_table_is_changed_and_not_built_anew(there: Lab) -> None:
    """What a migration is: a column is added."""
    output = there.manage("sqlmigrate store 0002").output
    assert "ALTER TABLE" in output
    assert "CREATE TABLE" not in output


def test_an_empty_database_takes_files_that_add_columns_twice_on_sqlite_alone(
    there: Lab, engine_of_labs: str, tmp_path: Path
) -> None:
    """Delete a file: 0001 makes every column, then 0002 and 0004 add two of them again."""
    there.delete("blog/migrations/__init__.py")
    applied(there, "makemigrations blog")
    copy = Plain.of(there, tmp_path / "plain")
    copy.tools.empty(copy.handle)
    copy.run(["migrate blog"])
    copy.drop()
    if engine_of_labs == "sqlite":
        assert copy.refusal is None
    else:
        assert copy.refusal is not None
        assert EXISTS[engine_of_labs] in copy.refusal[1]


@on_servers
def test_fake_initial_stops_with_an_error_and_keeps_the_prices(
    there: Lab, engine_of_labs: str
) -> None:
    """Fake: the record is empty, and the tables are as 0004 left them."""
    applied(there, "migrate store 0004")
    before = there.rows("store_product").rows
    applied(there, "migrate --fake store zero")
    is_refused(there, "migrate store --fake-initial", engine_of_labs)
    assert there.rows("store_product").rows == before


def test_a_failed_migration_leaves_nothing_where_changes_to_tables_are_in_a_transaction(
    there: Lab, engine_of_labs: str
) -> None:
    """When it fails: half of the migration is in the tables on MySQL and MariaDB."""
    body = """    operations = [
        migrations.AddField("product", "colour", models.CharField(max_length=9, default="-")),
        migrations.RunPython(change_then_fail),
    ]"""
    there.write(
        "store/migrations/0006_product_colour.py",
        migration("0005_tag_product_tags", body, head=FAILING),
    )
    before = there.rows("store_product")
    step = there.manage("migrate store")
    assert step.refusal is not None
    assert step.refusal.message == "this row cannot be migrated"
    after = there.rows("store_product")
    if engine_of_labs == "mysql":
        assert {*after.columns} - {*before.columns} == {"colour"}
    else:
        assert after == before


@on_servers
def test_a_merge_of_two_files_that_add_one_column_fails_and_keeps_the_weights(
    there: Lab, engine_of_labs: str
) -> None:
    """Team: Ben's own file made the column; now he applies Ada's file and the merge."""
    field = "models.PositiveSmallIntegerField(default=0)"
    add_field(there, f"weight = {field}")
    for name in ("0006_product_weight", "0006_weight"):
        body = f'    operations = [migrations.AddField("product", "weight", {field})]'
        there.write(f"store/migrations/{name}.py", migration("0005_tag_product_tags", body))
        if name == "0006_product_weight":
            applied(there, "migrate store")
            there.sql("UPDATE store_product SET weight = 5")
    applied(there, "makemigrations store --merge --noinput")
    before = there.rows("store_product").rows
    is_refused(there, "migrate store", engine_of_labs)
    assert there.rows("store_product").rows == before


def test_a_server_keeps_no_file_that_a_copy_of_the_folder_has(there: Lab) -> None:
    """Back up: only SQLite's database is a file of the project."""
    is_file = (there.folder / "db.sqlite3").exists()
    assert is_file == (engines.of(there).VENDOR == "sqlite")

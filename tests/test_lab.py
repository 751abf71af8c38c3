"""What a lab does with commands, files and its own history."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from miglab import Lab
from miglab.compare.truths import compare
from miglab.errors import BadInput, RefusalExpected, Unanswered, UnknownName
from miglab.facts.migration import Key
from miglab.facts.step import RowChange
from miglab.facts.truths import Record, Unreadable

from .agent.serving.story import migration

pytestmark = pytest.mark.every_engine

LONGER = "name = models.CharField(max_length=120)"
SKU = "    sku = models.CharField(max_length=20, unique=True)\n"


def record(lab: Lab, app: str = "store") -> list[str]:
    """The names recorded for an app, in order."""
    found = lab.truths().truths.record
    assert isinstance(found, Record)
    return [key.name[:4] for key in found.keys if key.app_label == app]


@pytest.mark.short
def test_a_lab_opens_with_everything_applied_and_rows_in_its_tables(lab: Lab) -> None:
    assert record(lab) == ["0001", "0002", "0003", "0004", "0005"]
    assert len(lab.rows("store_product")) == 24
    agreements = lab.truths().agreements
    assert agreements.models_files.verdict is True
    assert agreements.files_record.verdict is True
    assert agreements.record_tables.verdict is True


def test_at_says_where_a_lab_starts_and_every_other_app_goes_as_far_as_it_can(
    open_lab: Callable[..., Lab],
) -> None:
    """marketplace.0001 needs accounts: it stays back with accounts at zero."""
    lab = open_lab(at=["store.0003", "accounts.zero"])
    assert record(lab) == ["0001", "0002", "0003"]
    assert record(lab, "accounts") == record(lab, "marketplace") == record(lab, "media") == []
    assert record(lab, "blog") == ["0001", "0002", "0003", "0004"]
    assert "discount" not in lab.rows("store_product").columns
    assert len(lab.rows("store_product")) == 24


@pytest.mark.short
def test_a_step_holds_the_line_the_output_the_sql_and_what_moved(lab: Lab) -> None:
    step = lab.manage("python manage.py migrate store 0004")
    assert step.line == "migrate store 0004"
    assert "Unapplying store.0005_tag_product_tags... OK" in step.output
    written = [each.sql.replace("`", '"') for each in step.sql if each.writes]
    assert any(each.startswith('DROP TABLE "store_tag"') for each in written)
    moves = compare(step.before, step.after)
    assert moves.unapplied == (Key("store", "0005_tag_product_tags"),)
    assert moves.moved == ("record", "tables")
    lost = {change.table: change.lost for change in step.rows if not change.by_handlers}
    assert lost == {"store_product_tags": 40, "store_tag": 6}


@pytest.mark.short
def test_a_command_that_reads_moves_nothing_and_makes_no_history(lab: Lab) -> None:
    step = lab.manage("showmigrations store")
    assert "[X] 0005_tag_product_tags" in step.output
    assert compare(step.before, step.after).moved == ()
    assert lab.history().lines == ()


@pytest.mark.short
def test_what_django_refuses_is_a_step_and_no_python_error(lab: Lab) -> None:
    step = lab.manage("migrate store 9")
    assert step.refusal is not None
    assert step.refusal.error == "CommandError"
    assert step.refusal.message == "Cannot find a migration matching '9' from app 'store'."


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("migrate nowhere", "CommandError"),
        ("migrate store 00", "CommandError"),
        ("migrate --nonsense", "SystemExit"),
        ("nonsense", "SystemExit"),
        ("migrate blog zero", "IrreversibleError"),
    ],
)
def test_a_lesson_that_expects_a_refusal_passes_on_that_one_alone(
    lab: Lab, line: str, error: str
) -> None:
    assert lab.manage(line, refused=error).refused
    with pytest.raises(RefusalExpected, match="KeyError was expected"):
        lab.expect_refused("KeyError")
    lab.restart()
    lab.manage("showmigrations")
    with pytest.raises(RefusalExpected, match="was not refused"):
        lab.expect_refused(error)


def test_an_irreversible_revert_stops_halfway_and_the_step_says_what_is_gone(lab: Lab) -> None:
    """blog: 0001 ← 0002 ← 0003 (RunPython without a reverse) ← 0004"""
    step = lab.manage("migrate blog zero")
    assert step.refusal is not None
    assert step.refusal.error == "IrreversibleError"
    assert compare(step.before, step.after).unapplied[0].name.startswith("0004")
    assert record(lab, "blog") == ["0001", "0002", "0003"]


def test_djangos_questions_are_answered_by_argument(lab: Lab) -> None:
    lab.replace("store/models.py", SKU, SKU + "    weight = models.IntegerField()\n")
    step = lab.manage("makemigrations store", answers=["1", "7"])
    assert [each.path for each in step.files] == ["store/migrations/0006_product_weight.py"]
    lab.manage("migrate store")
    rows = lab.rows("store_product")
    assert {row["weight"] for row in rows} == {7}


def test_a_question_that_nobody_answers_stops_the_command_and_nothing_is_lost(lab: Lab) -> None:
    lab.replace("store/models.py", SKU, SKU + "    weight = models.IntegerField()\n")
    before = lab.truths().truths
    with pytest.raises(Unanswered, match=r"non-nullable field 'weight'.*answers="):
        lab.manage("makemigrations store")
    with pytest.raises(Unanswered, match=r"Please enter the default value"):
        lab.manage("makemigrations store", answers=["1"])
    assert lab.truths().truths == before
    assert lab.manage("showmigrations store").refusal is None


def test_a_rename_answered_with_yes_keeps_the_values(lab: Lab) -> None:
    lab.replace("store/models.py", "    discount = ", "    rebate = ")
    lab.manage("makemigrations store", answers=["y"])
    step = lab.manage("migrate store")
    assert [change for change in step.rows if change.costs] == []


def test_a_rename_answered_with_no_loses_them(lab: Lab) -> None:
    lab.replace("store/models.py", "    discount = ", "    rebate = ")
    lab.manage("makemigrations store", answers=["n"])
    (change,) = [change for change in lab.manage("migrate store").rows if change.costs]
    assert change.lost_values == {"discount": 24}


def test_rewind_brings_back_files_tables_record_and_rows_at_any_depth(lab: Lab) -> None:
    start = lab.truths().truths
    prices = list(lab.rows("store_product"))
    lab.manage("migrate store 0004")
    lab.write("store/models.py", "# empty\n")
    lab.delete("store/migrations/0005_*.py")
    lab.manage("migrate blog 0003")
    assert lab.history().position == 4
    lab.rewind(4)
    assert lab.truths().truths == start
    assert list(lab.rows("store_product")) == prices
    lab.forward(2)
    assert lab.read("store/models.py") == "# empty\n"
    assert record(lab) == ["0001", "0002", "0003", "0004"]
    lab.restart()
    assert lab.truths().truths == start
    lab.forward(4)
    assert record(lab, "blog") == ["0001", "0002", "0003"]


def test_there_and_back_again_is_the_same_lab_for_every_step(lab: Lab) -> None:
    for command in ("migrate store zero", "migrate --fake blog 0002", "migrate accounts 0001"):
        before = lab.truths().truths
        lab.manage(command)
        after = lab.truths().truths
        assert before != after
        lab.rewind()
        assert lab.truths().truths == before
        lab.forward()
        assert lab.truths().truths == after


def test_a_new_step_cuts_off_what_was_rewound(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    lab.rewind()
    lab.manage("migrate store 0003")
    assert lab.history().lines == ("migrate store 0003",)
    with pytest.raises(BadInput, match="cannot go forward 1 step; there are no steps ahead"):
        lab.forward()


@pytest.mark.parametrize("steps", [0, -1, 1.5, True, "2"])
def test_rewinding_by_what_is_no_number_of_steps_is_refused(lab: Lab, steps: object) -> None:
    with pytest.raises(BadInput, match="must be a whole number, 1 or more"):
        lab.rewind(steps)  # type: ignore[arg-type]


def test_rewinding_further_than_the_beginning_says_how_far_it_goes(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    with pytest.raises(BadInput, match="cannot rewind 2 steps; there is 1 step to rewind"):
        lab.rewind(2)


def test_what_a_terminal_did_in_the_folder_becomes_a_step(lab: Lab) -> None:
    terminal = [sys.executable, "manage.py", "migrate", "store", "0004"]
    subprocess.run(terminal, cwd=lab.folder, check=True, capture_output=True)
    (lab.folder / "store" / "notes.txt").write_text("from the terminal")
    step = lab.manage("showmigrations store")
    assert "[ ] 0005_tag_product_tags" in step.output
    (noticed,) = lab.take_noticed()
    assert noticed.kind == "outside"
    assert [each.path for each in noticed.files] == ["store/notes.txt"]
    assert {change.table for change in noticed.rows if change.lost} >= {"store_tag"}
    lab.rewind()
    assert record(lab)[-1] == "0005"
    assert not (lab.folder / "store" / "notes.txt").exists()


def test_a_syntax_error_in_the_models_leaves_the_other_truths_readable(lab: Lab) -> None:
    lab.write("store/models.py", "this is no Python\n")
    view = lab.truths()
    assert isinstance(view.truths.models, Unreadable)
    assert "SyntaxError" in view.truths.models.reason
    assert "store/models.py, line 1" in view.truths.models.reason
    assert view.agreements.models_files.verdict is None
    assert view.agreements.files_record.verdict is True
    assert lab.manage("check", refused="SyntaxError").output.startswith("Traceback")
    lab.rewind()
    assert lab.truths().agreements.models_files.verdict is True


def test_a_migration_file_that_does_not_import_is_still_a_file(lab: Lab) -> None:
    lab.write("store/migrations/0006_bad.py", "import nothing_like_this\n")
    view = lab.truths()
    assert Key("store", "0006_bad") in view.truths.files.bad  # type: ignore[union-attr]
    assert view.agreements.files_record.verdict is None
    assert "0006_bad" in lab.graph().text


def test_a_deleted_file_of_an_applied_migration_leaves_a_ghost(lab: Lab) -> None:
    lab.delete("store/migrations/0005_tag_product_tags.py")
    agreed = lab.truths().agreements.files_record
    assert agreed.verdict is False
    assert agreed.details == ("store.0005_tag_product_tags is recorded, but its file is gone",)
    assert "✗ 0005_tag_product_tags" in lab.graph().text


def test_sql_behind_djangos_back_is_drift_and_the_record_says_otherwise(lab: Lab) -> None:
    lab.sql("DROP TABLE store_product_tags")
    agreed = lab.truths().agreements.record_tables
    assert agreed.verdict is False
    assert agreed.details == ("table store_product_tags is missing",)
    assert agreed.missing == (Key("store", "0005_tag_product_tags"),)
    assert "≠ 0005_tag_product_tags" in lab.graph().text


def test_after_a_merge_of_one_field_the_order_of_the_graph_is_what_counts(lab: Lab) -> None:
    """Both branches alter the name; here the longer one came first, so the shorter one holds.

    0005 ← 0006_longer_name ← 0007_merge → 0006_shorter_name → 0005
    """
    lab.replace("store/models.py", "name = models.CharField(max_length=100)", LONGER)
    lab.manage("makemigrations store --name longer_name")
    lab.manage("migrate store")
    lab.write(
        "store/migrations/0006_shorter_name.py",
        "from django.db import migrations, models\n\n\n"
        "class Migration(migrations.Migration):\n"
        "    dependencies = [('store', '0005_tag_product_tags')]\n"
        "    operations = [\n"
        "        migrations.AlterField('product', 'name', models.CharField(max_length=80))\n"
        "    ]\n",
    )
    lab.manage("makemigrations --merge --noinput")
    lab.manage("migrate store")
    told = lab.truths().agreements
    # In the graph's order the longer name is the last, as in the models.
    assert told.models_files.verdict is True
    assert told.record_tables.verdict is False
    assert re.search(r"var(char|ying)\(80\)", " ".join(told.record_tables.details))


@pytest.mark.short
def test_drift_that_runpython_may_explain_cannot_be_told(lab: Lab) -> None:
    lab.sql("ALTER TABLE blog_post ADD COLUMN mood text")
    agreed = lab.truths().agreements.record_tables
    assert agreed.verdict is None
    assert "blog_post.mood" in agreed.details[0]


@pytest.mark.short
def test_sql_that_only_reads_gives_rows_and_no_step(lab: Lab) -> None:
    rows = lab.sql("SELECT count(*) AS n FROM store_product WHERE price IS NULL")
    assert list(rows) == [{"n": 3}]  # type: ignore[arg-type]
    assert lab.history().lines == ()


def test_python_runs_in_the_project_with_its_models_at_hand(lab: Lab) -> None:
    step = lab.shell("chair = Product.objects.first()\nchair.delete()\nProduct.objects.count()")
    assert step.output.strip().endswith("23")
    assert {c.table: c.lost for c in step.rows}["store_product"] == 1


def test_what_goes_wrong_in_the_shell_is_a_step(lab: Lab) -> None:
    step = lab.shell("Product.objects.get(pk=999)")
    assert step.refusal is not None
    assert step.refusal.error == "DoesNotExist"


def test_graph_shows_what_going_to_a_target_would_pull_in(lab: Lab) -> None:
    """accounts ← marketplace ← media: accounts.zero takes them all."""
    text = lab.graph("accounts.zero").text
    assert "↩ 0001_initial" in text
    assert "⤷ 0002_photo_alt_text" in text
    assert lab.graph("store.0005").sentence == (
        "Going to store 0005_tag_product_tags would change nothing."
    )


def test_the_plan_of_the_picture_is_the_plan_of_django(lab: Lab) -> None:
    for target in ("accounts.0001", "store.0002", "media.zero", "blog.0003"):
        label, name = target.split(".")
        moving = [n.key for n in lab.graph(target).nodes if n.state.glyph in "↩⤷"]
        plan = lab.manage(f"migrate {label} {name} --plan").output
        for key in moving:
            assert str(key) in plan
        assert plan.count("Undo") >= len(moving)


def test_two_labs_do_not_disturb_each_other(open_lab: Callable[..., Lab]) -> None:
    one, other = open_lab(), open_lab()
    one.manage("migrate store zero")
    assert record(one) == []
    assert record(other)[-1] == "0005"


def test_a_lab_named_wrongly_says_what_there_is() -> None:
    with pytest.raises(UnknownName, match="no project 'shopfront'; choose from: storefront"):
        Lab("shopfront")
    with pytest.raises(UnknownName, match="no migration '0009' in app 'store'; choose from: 0001"):
        Lab(at="store.0009")
    with pytest.raises(UnknownName, match="no app with migrations 'shop'"):
        Lab(at="shop.0001")
    with pytest.raises(BadInput, match="'0003' is not a migration"):
        Lab(at="0003")
    with pytest.raises(UnknownName, match="no app 'shop'"):
        Lab(apps=["shop"])
    with pytest.raises(UnknownName, match="no runner 'hot'"):
        Lab(runner="hot")


def changed_rows(lab: Lab, *operations: str) -> dict[str, RowChange]:
    """What became of the rows when store.0006, with these operations, is applied."""
    body = ", ".join(f"migrations.{each}" for each in operations)
    text = migration("0005_tag_product_tags", f"    operations = [{body}]")
    lab.write("store/migrations/0006_names.py", text)
    step = lab.manage("migrate store --skip-checks")
    assert step.refusal is None, step.output
    return {each.table: each for each in step.rows if not each.by_handlers and each.costs}


def test_a_column_removed_and_its_name_taken_by_another_is_told_as_lost(lab: Lab) -> None:
    found = changed_rows(
        lab, 'RemoveField("product", "name")', 'RenameField("product", "sku", "name")'
    )
    assert set(found) == {"store_product"}
    assert found["store_product"].lost_values == {"name": 24}
    assert found["store_product"].changed == 0


def test_a_table_dropped_and_its_name_taken_by_another_is_told_as_lost(lab: Lab) -> None:
    found = changed_rows(
        lab,
        'RemoveField("product", "tags")',
        'DeleteModel("Tag")',
        'RenameModel("Category", "Tag")',
    )
    assert {table: each.lost for table, each in found.items()} == {
        "store_tag": 6,
        "store_product_tags": 40,
    }


@pytest.mark.parametrize(
    "operation", ['RenameModel("Product", "Item")', 'RenameField("product", "tags", "labels")']
)
def test_a_rename_with_a_many_to_many_loses_nothing_there_and_back(
    lab: Lab, operation: str
) -> None:
    assert changed_rows(lab, operation) == {}
    back = lab.manage("migrate store 0005 --skip-checks")
    assert [each for each in back.rows if each.costs and not each.by_handlers] == []


def test_a_rename_done_in_a_terminal_is_no_loss(lab: Lab) -> None:
    operations = '[migrations.RenameField("product", "sku", "code")]'
    text = migration("0005_tag_product_tags", f"    operations = {operations}")
    lab.write("store/migrations/0006_names.py", text)
    terminal = [sys.executable, "manage.py", "migrate", "store", "--skip-checks"]
    subprocess.run(terminal, cwd=lab.folder, check=True, capture_output=True)
    lab.truths()
    (noticed,) = lab.take_noticed()
    assert [each for each in noticed.rows if each.costs and not each.by_handlers] == []


def test_a_key_that_is_null_is_not_taken_for_lost(lab: Lab) -> None:
    lab.sql("CREATE TABLE odd (name text PRIMARY KEY, value text)")
    lab.sql("INSERT INTO odd VALUES (NULL, 'a'), (NULL, 'b'), ('c', 'd')")
    step = lab.sql("UPDATE store_tag SET name = 'x' WHERE id = 1")
    assert [each.table for each in step.rows] == ["store_tag"]  # type: ignore[union-attr]


def test_a_table_that_django_does_not_manage_is_no_drift(lab: Lab) -> None:
    lab.replace(
        "store/models.py",
        "class Tag(",
        "class Legacy(models.Model):\n    class Meta:\n        managed = False\n"
        '        db_table = "legacy"\n\n\nclass Tag(',
    )
    lab.manage("makemigrations store")
    lab.manage("migrate store")
    lab.sql("CREATE TABLE legacy (id integer PRIMARY KEY)")
    assert lab.truths().agreements.record_tables.verdict is True


def test_drift_is_found_after_a_squash_whose_originals_are_deleted(lab: Lab) -> None:
    """store: 0001 … 0005, squashed into one, recorded, the originals deleted"""
    lab.manage("squashmigrations store 0005 --noinput")
    lab.manage("migrate store")
    lab.delete("store/migrations/0001_initial.py")
    lab.delete("store/migrations/000[2-5]_*.py")
    assert lab.truths().agreements.record_tables.verdict is True
    lab.sql("ALTER TABLE store_product ADD COLUMN zz text")
    assert "store_product.zz" in lab.truths().agreements.record_tables.details[0]


def test_a_copy_is_as_the_lab_is_and_goes_its_own_way(
    lab: Lab, open_lab: Callable[..., Lab]
) -> None:
    lab.manage("migrate store 0004")
    lab.write("store/notes.txt", "mine")
    with lab.copy() as copy:
        assert record(copy) == ["0001", "0002", "0003", "0004"]
        assert copy.read("store/notes.txt") == "mine"
        assert copy.history().lines == ()
        copy.manage("migrate store zero")
        copy.delete("store/notes.txt")
        assert record(lab) == ["0001", "0002", "0003", "0004"]
        assert lab.read("store/notes.txt") == "mine"
        lab.rewind(2)
        assert record(copy) == []


def test_a_what_if_knows_what_the_same_command_then_does(lab: Lab) -> None:
    told = lab.what_if("migrate store 0002")
    assert (record(lab), lab.history().lines) == (["0001", "0002", "0003", "0004", "0005"], ())
    step = lab.manage("migrate store 0002")
    assert told.runs[0].step.output == step.output
    assert {each.table: each.lost for each in told.rows} == {e.table: e.lost for e in step.rows}
    assert [each.sql for each in told.plan] == [each.sql for each in step.ran]


def test_what_was_lost_can_be_listed_until_the_lab_is_closed(lab: Lab, tmp_path: Path) -> None:
    told = lab.what_if("migrate store 0004")
    lab.what_if("migrate store zero")
    assert len(told.lost("store_product_tags", limit=3).rows) == 3
    path = told.lost_csv("store_tag", tmp_path / "tags.csv")
    assert path.read_text().splitlines()[:2] == ["id,name", "1,outdoor"]
    with pytest.raises(
        UnknownName, match="no loss 'store_product'; choose from: store_product_tags"
    ):
        told.lost("store_product")
    lab.close()
    with pytest.raises(BadInput, match="closed"):
        told.lost("store_tag")


@pytest.mark.parametrize(
    ("commands", "told"),
    [
        ([], "the command is missing"),
        (["delete"], "is incomplete"),
        (["delete store/nothing.py"], "no file 'store/nothing.py'"),
        (["runserver"], "does not run here"),
    ],
)
def test_a_what_if_that_cannot_be_says_why(lab: Lab, commands: list[str], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        lab.what_if(*commands)
    assert lab.what_if("showmigrations").verdict == "nothing changes"


def test_a_copy_outlives_the_lab_it_was_made_from() -> None:
    with Lab("storefront", apps=["store"]) as lab:
        lab.manage("migrate store 0004")
        copy = lab.copy()
    with copy:
        copy.manage("migrate store 0001")
        copy.restart()
        assert record(copy)[-1] == "0004"
        assert len(copy.rows("store_product")) == 24


def test_a_query_is_no_step(lab: Lab) -> None:
    step = lab.manage("migrate store 0004")
    lab.sql("SELECT count(*) FROM store_product")
    assert lab.last is step


def test_two_moments_are_compared_and_the_lab_stays_where_it_is(lab: Lab) -> None:
    """From the first to the last of four moments, whichever is named first."""
    lab.manage("migrate store 0004")
    lab.manage("migrate store 0003")
    lab.manage("migrate store")
    step = lab.between(3, 0)
    assert {change.table: change.lost for change in step.rows if change.lost} == {
        "store_product_tags": 40,
        "store_tag": 6,
    }
    assert lab.between(1, 2).rows[0].lost_values == {"discount": 24}
    assert lab.history().position == 3


def test_of_what_two_moments_lost_it_is_counted_how_much_a_way_back_restores(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    lab.manage("migrate store 0003")
    values = {
        change.table: change.values_not_back for change in lab.between(0, 2, for_good=True).rows
    }
    assert values["store_product"] == {"discount": 9}
    lab.manage("migrate store")
    since = lab.between(0, 3, for_good=True)
    rows = {change.table: change.rows_not_back for change in since.rows}
    assert (rows["store_tag"], rows["store_product_tags"]) == (6, 40)
    assert lab.history().position == 3


def test_a_column_that_was_renamed_on_the_way_lost_nothing(lab: Lab) -> None:
    lab.sql("ALTER TABLE store_product RENAME COLUMN sku TO code")
    lab.sql("ALTER TABLE store_product RENAME COLUMN code TO number")
    assert not any(change.costs for change in lab.between(0, 2).rows)


def test_a_moment_that_there_is_not_is_refused(lab: Lab) -> None:
    with pytest.raises(BadInput, match="give a number from 0 to 0"):
        lab.between(0, 1)


def test_the_steps_are_those_of_the_history_the_rewound_ones_too(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    lab.rewind()
    assert [step.line for step in lab.steps()] == ["migrate store 0004"]


def test_who_watches_hears_of_each_step_and_of_the_end(open_lab: Callable[..., Lab]) -> None:
    lab = open_lab("storefront")
    heard: list[bool] = []
    lab.watch(lambda: heard.append(lab.closed))
    lab.manage("migrate store 0004")
    lab.sql("SELECT 1")
    lab.what_if("migrate store zero")
    lab.rewind()
    assert heard == [False, False]
    lab.close()
    lab.close()
    assert heard == [False, False, True]


@pytest.mark.one_engine
def test_a_transaction_that_django_leaves_open_is_rolled_back(lab: Lab) -> None:
    """SQLite's schema editor finds a broken foreign key at the end of zero, and leaves it so."""
    lab.sql("ALTER TABLE store_product DROP COLUMN discount")
    lab.manage("migrate --fake store 0003")
    lab.manage("migrate store 0004")
    step = lab.manage("migrate store zero", refused="IntegrityError")
    assert "store_product" in step.after.tables.tables
    assert Key("store", "0001_initial") in step.after.record.keys
    assert lab.what_if("migrate store zero").stops


def test_labs_of_two_tests_share_an_agent(
    open_lab: Callable[..., Lab], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_lab().truths()
    before = {each.pid for each in psutil.Process().children()}
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "another")
    open_lab().truths()
    assert {each.pid for each in psutil.Process().children()} == before

"""Single cases of the law: what counts as lost, and what does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from miglab import Lab
from miglab.errors import MiglabError
from miglab.facts.consequences import Consequences
from miglab.facts.outcome import Return
from miglab.facts.step import RowChange

from .measure import DJANGO, begin, insert
from .projects import APPS, MIGRATION

pytestmark = pytest.mark.every_engine
#: What it does, others do not take: types are not kept to, SQL and collations are of its own.
sqlite_alone = pytest.mark.only_on("sqlite")

CHAR = "models.CharField(max_length=9, default='')"
INT = "models.IntegerField(default=0)"
ID = "('id', models.BigAutoField(primary_key=True))"


def rehearsed(
    lab: Lab,
    created: str,
    operations: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
    columns: str = "id a",
    table: str = "law_item",
    handlers: Sequence[str] = (),
    back: bool = False,
    apps: Sequence[str] = (),
) -> Consequences:
    """What 0002 with these operations does to these rows; or with ``back``, what 0001 does."""
    initial = ", ".join(f"migrations.{each}" for each in (created,) if each)
    next_ = ",\n        ".join(f"migrations.{each}" for each in operations)
    statements = repr(list(handlers))
    files = {
        "law/__init__.py": "",
        "law/apps.py": APPS.format(count=len(handlers), statements=statements),
        "law/models.py": "",
        "law/migrations/__init__.py": "",
        "law/migrations/0001_initial.py": MIGRATION.format(dependencies=[], operations=initial),
        "law/migrations/0002_next.py": MIGRATION.format(
            dependencies=[("law", "0001_initial")], operations=next_
        ),
    }
    begin(lab, files, apps)
    step = lab.manage("migrate law" if back else "migrate law 0001")
    assert not step.refused, step.output
    insert(lab, [(table, tuple(columns.split()), each) for each in rows])
    found = lab.what_if("migrate law 0001" if back else "migrate law")
    assert not found.stops, found.verdict
    return found


def item(*fields: str) -> str:
    """A model ``Item`` with a number and these fields."""
    return f"CreateModel('Item', [{', '.join([ID, *fields])}])"


def of(found: Consequences, table: str = "law_item", handlers: bool = False) -> RowChange | None:
    """What is told of a table."""
    return next((e for e in found.rows if e.table == table and e.by_handlers is handlers), None)


def sql(up: str, down: str | None = None) -> str:
    """A RunSQL; without ``down`` the way back does nothing."""
    return f"RunSQL({up!r}, {repr(down) if down else 'migrations.RunSQL.noop'})"


# -- types


@sqlite_alone
def test_007_becomes_7_and_comes_back_as_another_text(lab: Lab) -> None:
    alter = [f"AlterField('Item', 'a', {INT})"]
    found = rehearsed(lab, item(f"('a', {CHAR})"), alter, [(1, "007"), (2, "7"), (3, "")])
    assert not found.stops
    assert of(found).retyped == ("a",)
    assert found.verdict.startswith("loses 1 value of law_item.a")
    assert found.back.level is Return.ROWS
    (end,) = found.back.rows
    assert (end.lost, end.changed_columns) == (0, {"a": 1})
    assert found.lost("law_item.a").total == 2  # '' is no number, and stays a text


def test_7_becomes_7_and_comes_back_as_it_was(lab: Lab) -> None:
    alter = [f"AlterField('Item', 'a', {INT})"]
    found = rehearsed(lab, item(f"('a', {CHAR})"), alter, [(1, "7"), (2, "-12")])
    assert not found.loses
    assert found.back.level is Return.VALUES
    assert found.finding("values-retyped-and-back")


def test_a_wider_text_loses_nothing(lab: Lab) -> None:
    alter = ["AlterField('Item', 'a', models.TextField(default=''))"]
    found = rehearsed(lab, item(f"('a', {CHAR})"), alter, [(1, "007"), (2, "Ünï ☃")])
    assert found.rows == ()
    assert found.back.level is Return.VALUES


@sqlite_alone
def test_a_number_that_becomes_a_float_is_another_value(lab: Lab) -> None:
    alter = ["AlterField('Item', 'a', models.FloatField(default=0))"]
    rows = [(1, 1), (2, 2**53 + 1)]
    found = rehearsed(lab, item(f"('a', {INT})"), alter, rows)
    assert of(found).changed_columns == {"a": 2}
    assert "loses 1 value of law_item.a" in found.verdict


@sqlite_alone
@pytest.mark.parametrize("number", [-(2**63), 2**63 - 1])
def test_an_integer_at_the_edge_that_comes_back_as_a_float_is_another_value(
    lab: Lab, number: int
) -> None:
    alter = ["AlterField('Item', 'a', models.FloatField(default=0))"]
    found = rehearsed(lab, item(f"('a', {INT})"), alter, [(1, number), (2, 7)])
    (end,) = found.back.rows
    assert end.changed_columns == {"a": 1}
    assert found.loses


# -- what only looks like a change


def test_a_column_dropped_and_made_anew_with_the_same_values_loses_nothing(lab: Lab) -> None:
    operations = [
        "RemoveField('Item', 'a')",
        f"AddField('Item', 'a', {INT})",
        sql("UPDATE law_item SET a = 7"),
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 7)])
    assert found.rows == ()
    assert of(rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])).changed == 1


@pytest.mark.only_on("mysql")
@pytest.mark.short
def test_what_stops_after_a_column_was_dropped_and_made_anew_has_lost_its_values(lab: Lab) -> None:
    operations = [
        "RemoveField('Item', 'a')",
        f"AddField('Item', 'a', {INT})",
        sql("UPDATE law_item SET no_such_column = 7"),
    ]
    with pytest.raises(AssertionError, match=r"stops at law\.0002_next .* loses 2 values of law_i"):
        rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 7)])


def test_a_column_that_takes_the_name_of_a_dropped_one_is_not_that_one(lab: Lab) -> None:
    operations = ["RemoveField('Item', 'b')", "RenameField('Item', 'a', 'b')"]
    fields = [f"('a', {INT})", f"('b', {INT})"]
    found = rehearsed(lab, item(*fields), operations, [(1, 7, 8), (2, 5, 5)], "id a b")
    assert (of(found).changed, of(found).lost_values) == (0, {"b": 2})


def test_a_column_copied_into_another_that_takes_its_name_keeps_its_values(lab: Lab) -> None:
    operations = [
        f"AddField('Item', 'b', {INT})",
        sql("UPDATE law_item SET b = a"),
        "RemoveField('Item', 'a')",
        "RenameField('Item', 'b', 'a')",
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert found.rows == ()


def test_a_new_column_with_the_name_of_a_renamed_one_is_not_that_one(lab: Lab) -> None:
    operations = ["RenameField('Item', 'a', 'b')", f"AddField('Item', 'a', {INT})"]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert found.rows == ()


def test_nor_is_it_when_the_table_is_rebuilt_later(lab: Lab) -> None:
    operations = [
        "RenameField('Item', 'a', 'b')",
        "AddField('Item', 'a', models.IntegerField(null=True))",
        "AlterField('Item', 'b', models.BigIntegerField(default=0))",
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert found.rows == ()


def test_a_new_table_with_the_name_of_a_renamed_one_is_not_that_one(lab: Lab) -> None:
    operations = ["RenameModel('Item', 'Thing')", item(f"('a', {INT})")]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert of(found) is None
    assert not found.loses


def test_tables_that_change_their_names_are_followed(lab: Lab) -> None:
    operations = [
        "RenameModel('Item', 'Thing')",
        "AlterModelTable('Thing', 'Law things')",
        "RenameField('Thing', 'a', 'b')",
        sql(
            'UPDATE "Law things" SET "b" = 9 WHERE "id" = 1',
            'UPDATE "Law things" SET "b" = 7 WHERE "id" = 1',
        ),
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    change = of(found)
    assert (change.now, change.changed_columns, change.lost) == ("Law things", {"b": 1}, 0)
    assert not found.loses
    assert not any(each.costs for each in found.back.rows)


def test_a_rename_in_sql_by_hand_is_a_rename(lab: Lab) -> None:
    operations = [
        sql("ALTER TABLE law_item RENAME TO law_thing", "ALTER TABLE law_thing RENAME TO law_item")
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert not any(each.lost or each.gained for each in found.rows)


def test_a_column_renamed_in_sql_by_hand_is_renamed(lab: Lab) -> None:
    operations = [
        sql(
            "alter table law_item rename column a to b", "alter table law_item rename column b to a"
        )
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert found.rows == ()


@sqlite_alone
def test_a_table_dropped_and_made_anew_with_the_same_rows_loses_nothing(lab: Lab) -> None:
    operations = [
        sql(
            'CREATE TABLE "law_item_new" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, '
            '"a" integer NOT NULL)'
        ),
        sql('INSERT INTO "law_item_new" SELECT * FROM "law_item"'),
        sql('DROP TABLE "law_item"'),
        sql('ALTER TABLE "law_item_new" RENAME TO "law_item"'),
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert found.rows == ()


# -- keys

TEXT_KEY = "CreateModel('Item', [('code', models.CharField(max_length=9, primary_key=True{})), "
TEXT_KEY += "('a', models.IntegerField(default=0))])"


def test_a_text_key_names_rows_by_every_letter(lab: Lab) -> None:
    operations = [sql("DELETE FROM \"law_item\" WHERE code = 'A'")]
    rows = [("A", 1), ("a", 1), ("", 1), ("007", 1), ("7", 1)]
    found = rehearsed(lab, TEXT_KEY.format(""), operations, rows, "code a")
    assert (of(found).lost, of(found).gained, of(found).changed) == (1, 0, 0)
    assert found.lost("law_item").rows[0][0] == "A"


@sqlite_alone
def test_a_key_that_takes_upper_and_lower_case_as_one_is_compared_by_every_letter(lab: Lab) -> None:
    operations = [sql('UPDATE "law_item" SET "code" = upper("code")')]
    created = TEXT_KEY.format(", db_collation='NOCASE'")
    found = rehearsed(lab, created, operations, [("a", 1), ("B", 1)], "code a")
    assert found.loses
    assert sum(each.lost + each.changed for each in found.rows) == 1


@sqlite_alone
def test_values_that_upper_and_lower_case_compare_as_one_are_others(lab: Lab) -> None:
    nocase = "models.CharField(max_length=9, db_collation='NOCASE')"
    operations = [sql('UPDATE "law_item" SET "a" = upper("a")')]
    found = rehearsed(lab, item(f"('a', {nocase})"), operations, [(1, "a"), (2, "B")])
    assert of(found).changed_columns == {"a": 1}


RAW = "RunSQL('CREATE TABLE law_raw ({})', 'DROP TABLE law_raw')"


@sqlite_alone
def test_rows_without_a_key_are_multisets(lab: Lab) -> None:
    operations = [sql("DELETE FROM law_raw WHERE rowid = 1")]
    rows = [("x", 1), ("x", 1), ("y", None)]
    found = rehearsed(lab, RAW.format("a text, b"), operations, rows, "a b", "law_raw")
    change = of(found, "law_raw")
    assert (change.lost, change.gained, change.approximate) == (1, 0, True)


@sqlite_alone
@pytest.mark.parametrize(
    ("columns", "value", "then"),
    [
        ("a text COLLATE NOCASE, b", "x", "'X'"),
        ("a, b", 1, "1.0"),
        ("a, b", "7", "X'37'"),
    ],
)
def test_values_of_rows_without_a_key_are_compared_with_their_type(
    lab: Lab, columns: str, value: Any, then: str
) -> None:
    operations = [sql(f"UPDATE law_raw SET a = {then}")]
    found = rehearsed(lab, RAW.format(columns), operations, [(value, 1)], "a b", "law_raw")
    change = of(found, "law_raw")
    assert change is not None
    assert (change.lost, change.gained) == (1, 1)


@sqlite_alone
def test_a_row_with_null_in_its_text_key_is_still_a_row(lab: Lab) -> None:
    columns = "code text PRIMARY KEY, a integer"
    rows = [(None, 1), (None, 1), ("x", 2)]
    same = [sql("UPDATE law_raw SET a = a")]
    found = rehearsed(lab, RAW.format(columns), same, rows, "code a", "law_raw")
    assert found.rows == ()
    other = [sql("DELETE FROM law_raw WHERE rowid = 1")]
    found = rehearsed(lab, RAW.format(columns), other, rows, "code a", "law_raw")
    assert (of(found, "law_raw").lost, of(found, "law_raw").gained) == (1, 0)


NEW_KEY = [
    "RemoveField('Item', 'id')",
    "AlterField('Item', 'code', models.CharField(max_length=9, primary_key=True))",
]


def test_a_key_that_does_not_last_loses_no_row(lab: Lab) -> None:
    fields = [f"('code', {CHAR})", f"('a', {INT})"]
    rows = [(1, "x", 7), (2, "y", 7)]
    found = rehearsed(lab, item(*fields), NEW_KEY, rows, "id code a")
    change = of(found)
    assert (change.lost, change.gained, change.approximate) == (0, 0, True)
    assert change.lost_values == {"id": 2}


def test_007_is_lost_where_the_key_does_not_last(lab: Lab) -> None:
    fields = [f"('code', {CHAR})", f"('a', {CHAR})"]
    operations = [*NEW_KEY, f"AlterField('Item', 'a', {INT})"]
    found = rehearsed(lab, item(*fields), operations, [(1, "x", "007")], "id code a")
    assert found.loses
    assert any(each.lost for each in found.rows) or "law_item.a" in found.verdict


def test_a_number_that_becomes_a_text_key_still_names_its_row(lab: Lab) -> None:
    operations = ["AlterField('Item', 'id', models.CharField(max_length=9, primary_key=True))"]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert (of(found).lost, of(found).gained) == (0, 0)
    assert found.back.level is Return.VALUES


def test_one_number_answers_to_one_text_alone(lab: Lab) -> None:
    operations = [
        "AlterField('Item', 'id', models.CharField(max_length=9, primary_key=True))",
        sql(
            "INSERT INTO law_item (id, a) VALUES ('07', 9)", "DELETE FROM law_item WHERE id = '07'"
        ),
    ]
    created = f"CreateModel('Item', [('id', models.IntegerField(primary_key=True)), ('a', {INT})])"
    found = rehearsed(lab, created, operations, [(7, 1)])
    change = of(found)
    assert (change.lost, change.gained, change.changed) == (0, 1, 1)


# -- many-to-many

LINKS = "models.ManyToManyField('law.Item', related_name='+', symmetrical=False)"
MADE = item(f"('a', {INT})") + f", migrations.AddField('Item', 'links', {LINKS})"
LINKED = [
    sql("INSERT INTO law_item VALUES (1, 7), (2, 8)"),
    sql("INSERT INTO law_item_links (id, from_item_id, to_item_id) VALUES (5, 1, 2), (6, 2, 1)"),
]
CREATED = f"{MADE}, migrations.{LINKED[0]}, migrations.{LINKED[1]}"


def test_links_with_other_row_numbers_are_the_same_links(lab: Lab) -> None:
    operations = [sql("UPDATE law_item_links SET id = id + 100")]
    found = rehearsed(lab, CREATED, operations, [])
    assert found.rows == ()
    operations = [sql("UPDATE law_item_links SET to_item_id = 1")]
    found = rehearsed(lab, CREATED, operations, [])
    assert (of(found, "law_item_links").lost, of(found, "law_item_links").gained) == (1, 1)


def test_a_many_to_many_table_that_is_rebuilt_loses_no_link(lab: Lab) -> None:
    operations = [
        "RenameModel('Item', 'Thing')",
        "AlterField('Thing', 'id', models.CharField(max_length=9, primary_key=True))",
        sql("UPDATE law_thing_links SET id = id + 100"),
    ]
    found = rehearsed(lab, CREATED, operations, [])
    change = of(found, "law_item_links")
    assert (change.lost, change.gained) == (0, 0)
    assert not any(each.costs for each in found.back.rows)


def test_a_many_to_many_table_dropped_and_made_anew_with_the_same_links_loses_none(
    lab: Lab,
) -> None:
    operations = [
        "RemoveField('Item', 'links')",
        f"AddField('Item', 'links', {LINKS})",
        sql(
            "INSERT INTO law_item_links (id, from_item_id, to_item_id) "
            "VALUES (15, 2, 1), (16, 1, 2)"
        ),
    ]
    found = rehearsed(lab, CREATED, operations, [])
    assert not any(each.lost for each in found.rows)


# -- what never counts


@pytest.mark.parametrize("stored", [True, False])
def test_generated_columns_never_count(lab: Lab, stored: bool) -> None:
    generated = "('g', models.GeneratedField(expression=models.F('a') * 2, "
    generated += f"output_field=models.IntegerField(), db_persist={stored}))"
    operations = [
        "RemoveField('Item', 'g')",
        sql(
            'UPDATE "law_item" SET "a" = "a" + 1 WHERE "id" = 1',
            'UPDATE "law_item" SET "a" = "a" - 1 WHERE "id" = 1',
        ),
    ]
    found = rehearsed(lab, item(f"('a', {INT})", generated), operations, [(1, 7), (2, 8)])
    assert (of(found).changed_columns, of(found).lost_values) == ({"a": 1}, {})
    assert found.back.level is Return.VALUES


@sqlite_alone
def test_blobs_are_compared_byte_by_byte(lab: Lab) -> None:
    operations = [sql("UPDATE law_item SET a = X'00FF01' WHERE id = 1")]
    rows = [(1, b"\x00\xff\x00"), (2, b""), (3, None)]
    found = rehearsed(lab, item("('a', models.BinaryField(null=True))"), operations, rows)
    assert of(found).changed_columns == {"a": 1}
    same = [sql("UPDATE law_item SET a = '7' WHERE id = 1")]
    found = rehearsed(lab, item("('a', models.BinaryField(null=True))"), same, [(1, b"7")])
    assert of(found).changed_columns == {"a": 1}  # the same byte, another type


@sqlite_alone
def test_a_text_that_is_no_utf_8_is_a_value_like_others(lab: Lab) -> None:
    operations = [sql("UPDATE law_item SET a = 'x' WHERE id = 1")]
    row = sql("INSERT INTO law_item VALUES (1, CAST(X'00FF' AS TEXT))")
    made = item(f"('a', {CHAR})") + f", migrations.{row}"
    try:
        found = rehearsed(lab, made, operations, [])
    except MiglabError as error:
        pytest.fail(str(error))
    assert of(found).changed_columns == {"a": 1}


def test_nothing_changes_nothing(lab: Lab) -> None:
    rehearsed(lab, item(f"('a', {INT})"), [f"AddField('Item', 'b', {INT})"], [(1, 7)])
    found = lab.what_if("showmigrations")
    assert (found.rows, found.back, found.verdict) == ((), None, "nothing changes")


# -- what the way back does not restore


@pytest.mark.parametrize(
    "operation",
    [
        "CreateModel('Thing', [('id', models.BigAutoField(primary_key=True))])",
        "RenameModel('Item', 'Thing')",
    ],
)
def test_rows_that_handlers_added_on_the_way_there_keep_nothing_from_coming_back(
    lab: Lab, operation: str
) -> None:
    found = rehearsed(lab, item(f"('a', {INT})"), [operation], [(1, 7)], apps=DJANGO)
    assert found.back.level is Return.VALUES
    assert found.finding("rows-added") is None


def test_a_value_lost_in_a_column_that_was_renamed_is_lost(lab: Lab) -> None:
    operations = ["RenameField('Item', 'a', 'b')", sql('UPDATE "law_item" SET "b" = 0')]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 0)])
    assert found.back.level is Return.ROWS
    assert found.loses
    assert "loses 1 value of law_item" in found.verdict


@pytest.mark.parametrize(
    ("operations", "lost"),
    [
        (
            [
                sql("DELETE FROM law_item WHERE id = 1"),
                sql("UPDATE law_item SET a = a + 1", "UPDATE law_item SET a = a - 1"),
            ],
            "1 row of law_item",
        ),
        (
            [
                sql("DELETE FROM law_item WHERE id = 2", "INSERT INTO law_item VALUES (2, 8)"),
                sql("DROP TABLE IF EXISTS law_nothing", "DELETE FROM law_item WHERE id = 3"),
            ],
            "1 row of law_item on the way back",
        ),
    ],
    ids=["a value", "a row"],
)
def test_what_comes_back_is_not_lost_because_another_row_is(
    lab: Lab, operations: list[str], lost: str
) -> None:
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8), (3, 9)])
    assert found.verdict.startswith(f"loses {lost} ·")


def test_null_that_comes_back_as_the_default_is_no_lost_value(lab: Lab) -> None:
    operations = ["AddField('Item', 'b', models.IntegerField(null=True, default=5))"]
    rows = [(1, 7, 5), (2, 8, None)]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, rows, "id a b", back=True)
    assert of(found).lost_values == {"b": 1}  # row 1 has its 5 again, row 2 had nothing
    assert not found.loses


NULLABLE = "models.IntegerField(null=True)"
FILLING = "UPDATE law_item SET b = 5 WHERE b IS NULL"


@pytest.mark.short
def test_a_null_that_becomes_a_value_is_no_lost_value_and_does_not_come_back(lab: Lab) -> None:
    fields, rows = item(f"('a', {INT})", f"('b', {NULLABLE})"), [(1, 7, None), (2, 8, 3)]
    found = rehearsed(lab, fields, [sql(FILLING)], rows, "id a b")
    assert (of(found).changed, of(found).filled) == (1, {"b": 1})
    assert found.verdict == "nothing lost · the rows come back, not all values"
    assert found.outcome.status == 11
    told = [each.what for each in found.findings if each.id == "values-added"]
    assert told == ["after the way back, 1 NULL of law_item.b has become a value"]


def test_a_null_that_becomes_a_value_and_is_null_again_costs_nothing(lab: Lab) -> None:
    fields, rows = item(f"('a', {INT})", f"('b', {NULLABLE})"), [(1, 7, None), (2, 8, 3)]
    back = "UPDATE law_item SET b = NULL WHERE b = 5"
    found = rehearsed(lab, fields, [sql(FILLING, back)], rows, "id a b")
    assert found.verdict == "nothing lost · comes back whole"


@pytest.mark.parametrize(
    ("down", "lost"),
    [(None, 1), ("UPDATE law_item SET b = 3 WHERE id = 2", 0)],
)
def test_of_values_and_nulls_that_are_overwritten_the_values_alone_are_lost(
    lab: Lab, down: str | None, lost: int
) -> None:
    fields, rows = item(f"('a', {INT})", f"('b', {NULLABLE})"), [(1, 7, None), (2, 8, 3)]
    found = rehearsed(lab, fields, [sql("UPDATE law_item SET b = 5", down)], rows, "id a b")
    (change,) = found.lost_there
    assert (change.overwritten, change.values_not_back) == ({"b": 1}, {"b": lost})
    assert [each["before"] for each in change.changed_sample["b"]] == [3]
    assert found.loses == bool(lost)
    listed = found.lost("law_item.b") if lost else []
    assert len(listed) == lost


@pytest.mark.short
def test_a_deleted_row_that_comes_back_with_another_value_has_lost_it(lab: Lab) -> None:
    operations = [
        sql("DELETE FROM law_item WHERE id = 1", "INSERT INTO law_item VALUES (1, 0)"),
    ]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, [(1, 7), (2, 8)])
    assert found.back.level is Return.ROWS
    assert found.loses
    # The row is back, its value isn't.
    (change,) = found.lost_there
    assert (change.lost, change.rows_not_back) == (1, 0)


def test_what_a_handler_changes_is_not_counted_twice(lab: Lab) -> None:
    operations = [
        sql(
            "UPDATE law_item SET a = a + 1 WHERE id < 4",
            "UPDATE law_item SET a = a - 1 WHERE id < 4",
        ),
    ]
    handlers = ["UPDATE law_item SET a = 50 WHERE id = 4"]
    rows = [(number, 7) for number in range(1, 5)]
    found = rehearsed(lab, item(f"('a', {INT})"), operations, rows, handlers=handlers)
    assert of(found).changed == 3
    assert of(found, handlers=True).changed == 1
    assert found.verdict.startswith("loses 1 value of law_item.a ·")

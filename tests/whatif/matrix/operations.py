"""Makes an app of a case: what there is to begin with, one operation of Django's, and who is who
among tables and columns before and after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ..law.layout import Layout, Stored
from .dimensions import AUTO, FEATURES, FIELDS, NAMES, RELATIONS, Field, Name

#: A table, its columns, and a row of it.
Insert = tuple[str, tuple[str, ...], tuple[Any, ...]]


@dataclass(frozen=True, order=True)
class Case:
    """A cell of the matrix, but for its direction; both are gone."""

    number: int
    operation: str
    field: str
    name: str
    data: str
    feature: str

    @property
    def label(self) -> str:
        """Of its app."""
        return f"c{self.number}"

    def __str__(self) -> str:
        return " × ".join((self.operation, self.field, self.name, self.data, self.feature))


@dataclass(frozen=True)
class Table:
    """A table at one moment: who it is, what it is called, and who its columns are.

    ``columns`` are (ident, name, kind of field, or ``""`` for a number that any row has);
    ``link`` are the two foreign keys of an automatic many-to-many table.
    """

    ident: str
    name: str
    columns: tuple[tuple[str, str, str], ...]
    link: tuple[str, str] | None = None

    def renamed(self, **names: str) -> Table:
        """The same with other names of columns, by who they are."""
        columns = tuple((i, names.get(i, name), kind) for i, name, kind in self.columns)
        return replace(self, columns=columns)

    def without(self, ident: str) -> Table:
        """The same without a column."""
        return replace(self, columns=tuple(e for e in self.columns if e[0] != ident))


@dataclass
class App:
    """The app of a case: 0001, then 0002 with the operation."""

    case: Case
    base: list[Table] = field(default_factory=list)
    top: list[Table] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    next: list[str] = field(default_factory=list)

    @cached_property
    def kind(self) -> Field:
        return FIELDS[self.case.field]

    @cached_property
    def called(self) -> Name:
        return NAMES[self.case.name]

    # -- what migrations say

    @property
    def key(self) -> bool:
        """Whether the field is the primary key."""
        return self.case.field in AUTO

    def arguments(self) -> list[str]:
        """What the field takes in this case."""
        found = []
        if self.case.field == "ManyToManyField":
            return (
                [f"db_table={self.called.table(self.case.label + ' m')!r}"]
                if self.called.table
                else []
            )
        if self.called.column and self.case.field != "CompositePrimaryKey":
            found.append(f"db_column={self.called.column!r}")
        nullable = self.case.data == "NULLs" or self.case.field in RELATIONS
        if nullable and not self.key and self.case.field != "GeneratedField":
            found.append("null=True")
        if self.kind.default:
            found.append(f"default={self.kind.default}")
        return found

    def source(self, *more: str, kind: Field | None = None) -> str:
        """The field, as a migration writes it."""
        text = (kind or self.kind).source
        text = text.replace("{label}", self.case.label)
        text = text.replace("{persist}", str(self.case.number % 2 == 0))
        arguments = [*self.arguments(), *more]
        if "{}" not in text:
            return text
        return replace(self.kind, source=text).made(*arguments)

    @property
    def table(self) -> str:
        """What the table of the model is called."""
        made = self.called.table
        return made(self.case.label) if made else f"{self.case.label}_{self.called.model.lower()}"

    @property
    def column(self) -> str:
        """What the column of the field is called."""
        if self.called.column:
            return self.called.column
        return self.called.field + ("_id" if self.case.field in RELATIONS else "")

    def options(self, *more: str) -> str:
        """The model's options."""
        found = [f"'db_table': {self.table!r}"] if self.called.table else []
        _, option = FEATURES[self.case.feature]
        option = option.replace("{label}", self.case.label)
        if option and self.key:
            option = option.replace("'id'", repr(self.called.field))
        if option and self.case.field == "CompositePrimaryKey":
            option = option.replace("'id'", "'left'")
        found += [option] if option else []
        return "{" + ", ".join((*found, *more)) + "}"

    def created(self, with_field: bool = True, *more: str) -> str:
        """The operation that makes the model."""
        fields = []
        if self.case.field == "CompositePrimaryKey":
            fields += ["('pk', models.CompositePrimaryKey('left', 'right'))"]
            fields += ["('left', models.IntegerField())", "('right', models.IntegerField())"]
        elif not self.key:
            fields.append("('id', models.BigAutoField(primary_key=True))")
        fields.append("('keep', models.IntegerField(default=0))")
        if with_field and self.case.field != "CompositePrimaryKey":
            fields.append(f"({self.called.field!r}, {self.source()})")
        fields += FEATURES[self.case.feature][0]
        told, options = ", ".join(fields), self.options(*more)
        return f"CreateModel({self.called.model!r}, [{told}], options={options})"

    # -- what there is

    def thing(self, with_field: bool = True) -> Table:
        """The model's table."""
        columns = [("id", "id", "key")]
        if self.key:
            columns = [("value", self.column, "key")]
        if self.case.field == "CompositePrimaryKey":
            columns = [("left", "left", "key"), ("right", "right", "key")]
        columns.append(("keep", "keep", ""))
        if with_field and self.kind.stored and not self.key:
            columns.append(("value", self.column, self.case.field))
        for each in FEATURES[self.case.feature][0]:
            if "GeneratedField" not in each:
                name = each.split("'")[1]
                columns.append((name, name, ""))
        return Table("thing", self.table, tuple(columns))

    def links(self) -> Table:
        """The table of a many-to-many field."""
        made = self.called.table
        name = made(self.case.label + " m") if made else f"{self.table}_{self.called.field}"
        ends = (f"{self.called.model.lower()}_id", "other_id")
        columns = (("lid", "id", "key"), ("one", ends[0], "thing"), ("two", ends[1], "other"))
        return Table("links", name, columns, ends)

    def other(self) -> Table:
        """A table that the others refer to."""
        return Table("other", f"{self.case.label}_other", (("oid", "id", "key"), ("x", "x", "")))

    def child(self) -> Table:
        """A table that refers to the model's."""
        columns = (("cid", "id", "key"), ("thing", "thing_id", "thing"))
        return Table("child", f"{self.case.label}_child", columns)

    @property
    def referenced(self) -> bool:
        return self.case.data == "referenced" and self.case.field != "CompositePrimaryKey"

    def child_created(self) -> str:
        """The operation that makes it."""
        return (
            "CreateModel('Child', [('id', models.BigAutoField(primary_key=True)), ('thing', "
            f"models.ForeignKey('{self.case.label}.{self.called.model}', models.CASCADE))])"
        )

    def begin(self, thing: bool = True, with_field: bool = True, *more: str) -> None:
        """What there is to begin with."""
        self.first.append(
            "CreateModel('Other', [('id', models.BigAutoField(primary_key=True)), "
            "('x', models.IntegerField(default=0))])"
        )
        self.base.append(self.other())
        if thing:
            self.first.append(self.created(with_field, *more))
            self.base += self.tables(with_field)
            if self.referenced:
                self.first.append(self.child_created())
                self.base.append(self.child())
        self.top = [*self.base]

    def tables(self, with_field: bool = True) -> list[Table]:
        """Those of the model."""
        links = with_field and self.case.field == "ManyToManyField"
        return [self.thing(with_field), *([self.links()] if links else [])]

    def change(self, ident: str, how: Callable[[Table], Table | None]) -> None:
        """A table is another one after the operation, or gone."""
        found = []
        for each in self.top:
            new = how(each) if each.ident == ident else each
            found += [new] if new else []
        self.top = found

    # -- what is written

    @property
    def files(self) -> dict[str, str]:
        label = self.case.label
        made = {
            "0001_initial": ([], self.first),
            "0002_next": ([(label, "0001_initial"), ("a_hub", "0001_initial")], self.next),
        }
        found = {
            f"{label}/__init__.py": "",
            f"{label}/models.py": "",
            f"{label}/migrations/__init__.py": "",
        }
        for name, (dependencies, operations) in made.items():
            lines = "\n".join(f"        migrations.{each}," for each in operations)
            found[f"{label}/migrations/{name}.py"] = MIGRATION.format(
                dependencies=dependencies, operations=lines
            )
        return found

    def layout(self, tables: list[Table]) -> Layout:
        """As the law's comparison has it; columns keep who they are across kinds."""
        return Layout(
            tuple(
                Stored(
                    f"{self.case.label}.{each.ident}",
                    each.name,
                    tuple((f"{each.ident}.{i}", name) for i, name, _ in each.columns),
                    each.link,
                )
                for each in tables
            )
        )

    def rows(self, tables: list[Table], first: int) -> list[Insert]:
        """Rows for these tables, with keys from ``first`` on."""
        if self.case.data == "none":
            return []
        many = 60 if self.case.data == "large" else 5
        found: list[Insert] = []
        order = {"other": 0, "thing": 1, "links": 2, "child": 3}
        for table in sorted(tables, key=lambda each: order.get(each.ident, 1)):
            if table.ident == "child" and self.case.data != "referenced":
                continue
            names = tuple(name for _, name, _ in table.columns)
            for number in range(first, first + many):
                values = tuple(self.value(kind, number) for _, _, kind in table.columns)
                found.append((table.name, names, values))
        return found

    def value(self, kind: str, number: int) -> Any:
        """What stands in a column of this kind in the row of this number."""
        if kind in ("key", "thing", "other"):
            return number
        if kind == "":
            return number
        if self.case.data == "NULLs" and number % 2:
            return None
        if kind in RELATIONS:
            return number
        made = FIELDS[kind]
        among = made.odd if self.case.data == "odd" else made.values
        if self.case.data == "large" and made.large is not None and number % 20 == 1:
            return made.large
        return among[number % len(among)]


MIGRATION = """import datetime
import uuid

from django.db import migrations, models
from django.db.models import functions


class Migration(migrations.Migration):
    dependencies = {dependencies}
    operations = [
{operations}
    ]
"""

Make = Callable[[App], None]
OPERATIONS: dict[str, Make] = {}
#: Why an operation is never about a kind of field, by both.
LEFT_OUT: dict[str, dict[str, str]] = {}

_NO_COLUMN = {
    "CompositePrimaryKey": "it has no column",
    "ManyToManyField": "it has no column",
}
_NO_AUTO = dict.fromkeys(AUTO, "there is one key, from the beginning")


def operation(name: str, **left_out: str) -> Callable[[Make], Make]:
    """Registers the function that makes an app of this operation."""

    def registered(function: Make) -> Make:
        OPERATIONS[name], LEFT_OUT[name] = function, left_out
        return function

    return registered


def app_of(case: Case) -> App:
    """The app of a case."""
    app = App(case)
    OPERATIONS[case.operation](app)
    return app


@operation("CreateModel")
def _create_model(app: App) -> None:
    app.begin(thing=False)
    app.next = [app.created()]
    app.top = [*app.top, *app.tables()]
    if app.referenced:
        app.next.append(app.child_created())
        app.top.append(app.child())


@operation("DeleteModel")
def _delete_model(app: App) -> None:
    app.begin()
    app.next = [f"DeleteModel({app.called.model!r})"]
    if app.referenced:
        app.next.insert(0, "DeleteModel('Child')")
    app.top = [app.other()]


@operation("RenameModel")
def _rename_model(app: App) -> None:
    app.begin()
    new = app.called.renamed
    app.next = [f"RenameModel({app.called.model!r}, {new!r})"]
    if not app.called.table:
        name = f"{app.case.label}_{new.lower()}"
        app.change("thing", lambda each: replace(each, name=name))
        app.change("links", lambda each: replace(each, name=f"{name}_{app.called.field}"))
    ends = (f"{new.lower()}_id", "other_id")
    app.change("links", lambda each: replace(each.renamed(one=ends[0]), link=ends))


@operation("AlterModelTable")
def _alter_model_table(app: App) -> None:
    app.begin()
    made = app.called.table or "{}_moved".format
    name = made(app.case.label + "t")
    app.next = [f"AlterModelTable({app.called.model!r}, {name!r})"]
    app.change("thing", lambda each: replace(each, name=name))
    if not app.called.table:
        app.change("links", lambda each: replace(each, name=f"{name}_{app.called.field}"))


@operation("AlterModelTableComment")
def _alter_model_table_comment(app: App) -> None:
    app.begin()
    app.next = [f"AlterModelTableComment({app.called.model!r}, 'what it is')"]


@operation("AlterUniqueTogether", **_NO_COLUMN)
def _alter_unique_together(app: App) -> None:
    app.begin()
    app.next = [f"AlterUniqueTogether({app.called.model!r}, {{('keep', {app.called.field!r})}})"]


@operation("AlterIndexTogether", **_NO_COLUMN)
def _alter_index_together(app: App) -> None:
    app.begin()
    app.next = [f"AlterIndexTogether({app.called.model!r}, {{('keep', {app.called.field!r})}})"]


@operation("AlterOrderWithRespectTo")
def _alter_order_with_respect_to(app: App) -> None:
    app.begin()
    to = f"models.ForeignKey('{app.case.label}.Other', models.CASCADE, null=True)"
    app.first.insert(2, f"AddField({app.called.model!r}, 'whole', {to})")
    whole = ("whole", "whole_id", "other")
    app.base = [
        replace(e, columns=(*e.columns, whole)) if e.ident == "thing" else e for e in app.base
    ]
    app.next = [f"AlterOrderWithRespectTo({app.called.model!r}, 'whole')"]
    order = ("_order", "_order", "")
    app.top = [
        replace(e, columns=(*e.columns, order)) if e.ident == "thing" else e for e in app.base
    ]


@operation("AlterModelOptions")
def _alter_model_options(app: App) -> None:
    app.begin()
    app.next = [
        f"AlterModelOptions({app.called.model!r}, "
        "{'verbose_name': 'a thing', 'ordering': ['keep']})"
    ]


@operation("AlterModelManagers")
def _alter_model_managers(app: App) -> None:
    app.begin()
    app.next = [f"AlterModelManagers({app.called.model!r}, [('things', models.Manager())])"]


@operation("AddField", CompositePrimaryKey="Django refuses it", **_NO_AUTO)
def _add_field(app: App) -> None:
    app.begin(with_field=False)
    app.next = [f"AddField({app.called.model!r}, {app.called.field!r}, {app.source()})"]
    app.change("thing", lambda each: app.thing())
    if app.case.field == "ManyToManyField":
        app.top.append(app.links())


@operation("RemoveField", CompositePrimaryKey="Django refuses it", **_NO_AUTO)
def _remove_field(app: App) -> None:
    app.begin()
    app.next = [f"RemoveField({app.called.model!r}, {app.called.field!r})"]
    app.change("thing", lambda each: each.without("value"))
    app.change("links", lambda each: None)


@operation("AlterField", CompositePrimaryKey="Django refuses it")
def _alter_field(app: App) -> None:
    """To another type, by turns; what has none gets another help text."""
    app.begin()
    become = app.kind.become
    new, more = app.kind, ["help_text='another'"]
    if become:
        new, more = replace(app.kind, source=become[app.case.number % len(become)]), []
    if become and "primary_key" not in new.source and app.kind.default:
        # Its own default may be of another type.
        default = "5" if any(e in new.source for e in ("Integer", "Float")) else app.kind.default
        app_default = [e for e in app.arguments() if not e.startswith("default=")]
        default = "'d'" if any(e in new.source for e in ("Char", "Text")) else default
        text = new.source.replace("{label}", app.case.label)
        field = replace(new, source=text).made(*app_default, f"default={default}")
    else:
        field = app.source(*more, kind=new)
    app.next = [f"AlterField({app.called.model!r}, {app.called.field!r}, {field})"]
    if become and app.case.field in RELATIONS and not app.called.column:
        name = app.called.field if "Integer" in new.source else app.column
        app.change("thing", lambda each: each.renamed(value=name))


@operation("AlterField (db_column)", **_NO_COLUMN)
def _alter_db_column(app: App) -> None:
    app.begin()
    name = (app.called.column or "worth") + "2"
    arguments = [e for e in app.arguments() if not e.startswith("db_column=")]
    text = app.kind.source.replace("{label}", app.case.label).replace(
        "{persist}", str(app.case.number % 2 == 0)
    )
    field = replace(app.kind, source=text).made(*arguments, f"db_column={name!r}")
    app.next = [f"AlterField({app.called.model!r}, {app.called.field!r}, {field})"]
    app.change("thing", lambda each: each.renamed(value=name))


@operation("RenameField", CompositePrimaryKey="Django refuses it")
def _rename_field(app: App) -> None:
    app.begin()
    new = "worth" if app.case.name != "unicode" else "œuvre"
    app.next = [f"RenameField({app.called.model!r}, {app.called.field!r}, {new!r})"]
    if not app.called.column:
        suffix = "_id" if app.case.field in RELATIONS else ""
        app.change("thing", lambda each: each.renamed(value=new + suffix))
    if not app.called.table:
        app.change("links", lambda each: replace(each, name=f"{app.table}_{new}"))


def _index(app: App, name: str = "") -> str:
    field, name = app.called.field, name or app.called.index.format(app.case.label)
    forms = (
        f"models.Index(fields=[{field!r}], name={name!r})",
        f"models.Index(fields=['-{field}', 'keep'], name={name!r})",
        f"models.Index(fields=[{field!r}], condition=models.Q(keep__gt=1), name={name!r})",
        f"models.Index(models.F('keep') * 2, models.F({field!r}), name={name!r})",
    )
    return forms[app.case.number % len(forms)]


@operation("AddIndex", **_NO_COLUMN)
def _add_index(app: App) -> None:
    app.begin()
    app.next = [f"AddIndex({app.called.model!r}, {_index(app)})"]


@operation("RemoveIndex", **_NO_COLUMN)
def _remove_index(app: App) -> None:
    app.begin()
    app.first.append(f"AddIndex({app.called.model!r}, {_index(app)})")
    app.next = [f"RemoveIndex({app.called.model!r}, {app.called.index.format(app.case.label)!r})"]


@operation("RenameIndex", **_NO_COLUMN)
def _rename_index(app: App) -> None:
    app.begin()
    app.first.append(f"AddIndex({app.called.model!r}, {_index(app)})")
    old, new = (app.called.index.format(app.case.label + each) for each in ("", "n"))
    app.next = [f"RenameIndex({app.called.model!r}, new_name={new!r}, old_name={old!r})"]


def _constraint(app: App) -> str:
    field, name = app.called.field, app.called.index.format(app.case.label)
    forms = [
        "models.CheckConstraint(condition=models.Q(keep__gte=-9) | "
        f"models.Q({field}__isnull=True), name={name!r})",
        f"models.UniqueConstraint(fields=['keep', {field!r}], name={name!r}, "
        "condition=models.Q(keep__gt=99))",
        f"models.UniqueConstraint(fields=['keep', {field!r}], name={name!r})",
        f"models.UniqueConstraint(models.F('keep') * 1, models.F({field!r}), name={name!r})",
    ]
    return forms[app.case.number % len(forms)]


@operation("AddConstraint", **_NO_COLUMN)
def _add_constraint(app: App) -> None:
    app.begin()
    app.next = [f"AddConstraint({app.called.model!r}, {_constraint(app)})"]


@operation("RemoveConstraint", **_NO_COLUMN)
def _remove_constraint(app: App) -> None:
    app.begin()
    app.first.append(f"AddConstraint({app.called.model!r}, {_constraint(app)})")
    app.next = [
        f"RemoveConstraint({app.called.model!r}, {app.called.index.format(app.case.label)!r})"
    ]


@operation("AlterConstraint", **_NO_COLUMN)
def _alter_constraint(app: App) -> None:
    app.begin()
    name = app.called.index.format(app.case.label)
    app.first.append(f"AddConstraint({app.called.model!r}, {_constraint(app)})")
    new = _constraint(app).replace(f"name={name!r}", f"name={name!r}, violation_error_message='no'")
    app.next = [f"AlterConstraint({app.called.model!r}, {name!r}, {new})"]


def _sql(up: str, down: str | None) -> str:
    return f"RunSQL({up!r}, {down!r})" if down else f"RunSQL({up!r}, migrations.RunSQL.noop)"


@operation("RunSQL")
def _run_sql(app: App) -> None:
    """The way back undoes it, by turns."""
    app.begin()
    table = f'"{app.table}"'
    down = f"UPDATE {table} SET keep = keep - 1"
    app.next = [_sql(f"UPDATE {table} SET keep = keep + 1", down if app.case.number % 2 else None)]


@operation("RunSQL (its column)", GeneratedField="nobody can write to it", **_NO_COLUMN, **_NO_AUTO)
def _run_sql_column(app: App) -> None:
    """Values of the field are overwritten, or rows are deleted, for good."""
    app.begin()
    table, column = f'"{app.table}"', f'"{app.column}"'
    new = "NULL" if "null=True" in app.arguments() else "'9'"
    app.next = [_sql(f"UPDATE {table} SET {column} = {new} WHERE keep < 3", None)]


@operation("RunPython")
def _run_python(app: App) -> None:
    app.begin()
    model = f"apps.get_model({app.case.label!r}, {app.called.model!r})"

    def by(number: int) -> str:
        return f"lambda apps, editor: {model}.objects.update(keep=models.F('keep') + {number})"

    back = by(-1) if app.case.number % 2 else "migrations.RunPython.noop"
    app.next = [f"RunPython({by(1)}, {back})"]


@operation("RunPython (deletes)")
def _run_python_deletes(app: App) -> None:
    """The ORM deletes rows, and what refers to them."""
    app.begin()
    model = f"apps.get_model({app.case.label!r}, {app.called.model!r})"
    app.next = [
        f"RunPython(lambda apps, editor: {model}.objects.filter(keep__lt=3).delete(), "
        "migrations.RunPython.noop)"
    ]


@operation("SeparateDatabaseAndState", GeneratedField="the same as AlterField", **_NO_COLUMN)
def _separate(app: App) -> None:
    """The column gets its name by hand, and the state hears of it."""
    app.begin()
    table, name = f'"{app.table}"', (app.called.column or "worth") + "3"
    there = f'ALTER TABLE {table} RENAME COLUMN "{app.column}" TO "{name}"'
    again = f'ALTER TABLE {table} RENAME COLUMN "{name}" TO "{app.column}"'
    arguments = [e for e in app.arguments() if not e.startswith("db_column=")]
    text = app.kind.source.replace("{label}", app.case.label)
    field = replace(app.kind, source=text).made(*arguments, f"db_column={name!r}")
    state = f"migrations.AlterField({app.called.model!r}, {app.called.field!r}, {field})"
    app.next = [f"SeparateDatabaseAndState([migrations.{_sql(there, again)}], [{state}])"]
    app.change("thing", lambda each: each.renamed(value=name))


def left_out(operation: str, field: str, data: str) -> str:
    """Why there is no such case, or nothing."""
    why = LEFT_OUT[operation].get(field, "")
    if data == "referenced" and field == "CompositePrimaryKey":
        why = why or "Django has no foreign key to it"
    if data == "NULLs" and field in (*AUTO, *_NO_COLUMN, "GeneratedField"):
        why = why or "it holds no NULL"
    if data in ("odd",) and field in (*AUTO, *_NO_COLUMN, *RELATIONS, "GeneratedField"):
        why = why or "it holds the keys of rows alone"
    return why

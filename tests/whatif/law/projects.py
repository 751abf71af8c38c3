"""Makes small projects: an app with migrations, rows before and after them, and handlers.

0001    what is there to begin with; then come ``rows``
0002 …  one to three operations each; then come ``more_rows``
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from hypothesis import strategies as st

from ...plain.state import Insert
from .brute import Names
from .dialects import DIALECTS, Dialect
from .layout import Column, Layout, Link, Model

_MODELS = "Ash Birch Cedar Date Elm Fig Gorse"
_COLUMNS = "a b c d e h i j k l m n o p q r s t u v w x y z"
_LINKS = "links more others ties bonds"

APPS = '''"""Written by a test: {count} handlers."""

from django.apps import AppConfig
from django.db import Error, connection
from django.db.models.signals import post_migrate

STATEMENTS = {statements}


def handle(**kwargs):
    for statement in STATEMENTS:
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        except Error:
            pass  # not every table is there at every migration


class LawConfig(AppConfig):
    name = "law"

    def ready(self):
        post_migrate.connect(handle, sender=self)
'''

MIGRATION = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = {dependencies}
    operations = [
{operations}
    ]
"""


@dataclass(frozen=True, repr=False)
class Project:
    """The app ``law``.."""

    migrations: tuple[tuple[str, tuple[str, ...]], ...]
    base: Layout
    top: Layout
    rows: tuple[Insert, ...] = ()
    more_rows: tuple[Insert, ...] = ()
    handlers: tuple[str, ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """Every file of the app."""
        statements = "[\n" + "".join(f"    {each!r},\n" for each in self.handlers) + "]"
        found = {
            "law/__init__.py": "",
            "law/apps.py": APPS.format(count=len(self.handlers), statements=statements),
            "law/models.py": "",  # without it Django sends no post_migrate for the app
            "law/migrations/__init__.py": "",
        }
        parent: list[tuple[str, str]] = []
        for name, operations in self.migrations:
            told = "\n".join(f"        {each}," for each in operations)
            text = MIGRATION.format(dependencies=parent, operations=told)
            found[f"law/migrations/{name}.py"] = text
            parent = [("law", name)]
        return found

    @property
    def forward(self) -> Names:
        """What is renamed from 0001 to the last."""
        return renamed(self.base, self.top)

    @property
    def backward(self) -> Names:
        """What is renamed from the last to 0001."""
        return renamed(self.top, self.base)

    def __repr__(self) -> str:
        lines = ["Project"]
        for name, operations in self.migrations:
            lines += [f"  {name}", *(f"    {each}" for each in operations)]
        for title, rows in (("rows", self.rows), ("more rows", self.more_rows)):
            lines += [f"  {title}"]
            lines += [f"    {table} {dict(zip(c, v, strict=True))}" for table, c, v in rows]
        lines += ["  handlers", *(f"    {each}" for each in self.handlers)]
        return "\n".join(lines)


def renamed(old: Layout, new: Layout) -> Names:
    """Tables and columns by who they are, whatever they are called."""
    there = {each.ident: each for each in new.tables}
    tables: dict[str, str | None] = {}
    columns: dict[str, dict[str, str | None]] = {}
    for table in old.tables:
        now = there.get(table.ident)
        tables[table.name] = now.name if now else None
        names = dict(now.columns) if now else {}
        columns[table.name] = {name: names.get(ident) for ident, name in table.columns}
    return Names(
        tables,
        columns,
        {each.name: each.link for each in old.tables if each.link},
        {each.name: each.link for each in new.tables if each.link},
    )


@dataclass
class _Builder:
    """A project on its way: what there is by now, and the operations that led here."""

    random: Random
    dialect: Dialect
    models: dict[int, Model] = field(default_factory=dict)
    links: dict[int, Link] = field(default_factory=dict)
    operations: list[str] = field(default_factory=list)
    #: Names of models and links that are gone. They are not used again: see
    #: ``test_rows.test_a_table_dropped_and_made_anew_with_the_same_rows_loses_nothing``.
    gone: set[str] = field(default_factory=set)
    #: Names that columns had once. No other column is called so, and none is renamed to one that
    #: was removed (the way back meets the same): see
    #: ``test_rows.test_a_new_column_with_the_name_of_a_renamed_one_is_not_that_one``.
    renamed: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    _idents: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def values(self) -> Mapping[str, list[Any]]:
        return self.dialect.values

    @property
    def layout(self) -> Layout:
        return Layout.of(self.models, self.links)

    def one(self, among: Any) -> Any:
        return self.random.choice(list(among))

    def number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def ident(self) -> int:
        return next(self._idents)

    def add(self, *operations: str) -> None:
        self.operations += [f"migrations.{each}" for each in operations]

    # -- what an operation may be about

    def free_name(self, taken: Any, names: str) -> str:
        return self.one([each for each in names.split() if each not in taken])

    def model_name(self) -> str:
        """One that no model has, and none had that is gone."""
        return self.free_name({each.name for each in self.models.values()} | self.gone, _MODELS)

    def linked(self, model: Model) -> list[Link]:
        return [each for each in self.links.values() if model.ident in (each.owner, each.target)]

    def plain_columns(self) -> list[tuple[Model, Column]]:
        """Columns that may be renamed, removed and altered."""
        return [
            (model, column)
            for model in self.models.values()
            for column in model.columns
            if not column.held
        ]

    def put(self, model: Model, old: Column, new: Column | None) -> None:
        columns = [new if each is old else each for each in model.columns]
        kept = tuple(each for each in columns if each is not None)
        self.models[model.ident] = replace(model, columns=kept)

    def column(self, name: str, kind: str) -> Column:
        return Column(self.ident(), name, kind, self.one([True, False]))

    # -- operations, the simplest first; each is offered where ``may`` has something for it

    def update(self) -> None:
        """Values change, and the way back does nothing, the like, or the opposite."""
        model, column = self.one(self.may["update"])
        where = self.dialect.first(model, self.number(1, 3))
        table, name = self.dialect.quoted(model.table), self.dialect.quoted(column.name)

        def to(value: Any) -> str:
            return f"UPDATE {table} SET {name} = {self.dialect.literal(value)} {where}"

        values = [each for each in self.values[column.kind] if each is not None]
        up, down = to(self.one(values)), self.one(["noop", "like", "exact"])
        if column.kind == "blob" and down == "exact":
            down = "noop"  # see test_rows.test_a_text_that_is_no_utf_8_is_a_value_like_others
        back = {"noop": "migrations.RunSQL.noop", "like": repr(to(self.one(values)))}.get(down)
        if back is None:
            change = {"int": ("+ 1", "- 1"), "big": ("+ 1", "- 1")}
            same = self.dialect.unchanged(column.kind)
            there, again = change.get(column.kind, (same, same))
            up, back = (
                f"UPDATE {table} SET {name} = {name} {then} {where}" for then in (there, again)
            )
            back = repr(back)
        self.add(f"RunSQL({up!r}, {back})")

    def delete_rows(self) -> None:
        """The ORM deletes rows, links along with them."""
        model = self.one(self.may["delete_rows"])
        rows = self.number(1, 2)
        self.add(
            f"RunPython(lambda apps, editor: [each.delete() for each in apps.get_model('law', "
            f"{model.name!r}).objects.order_by('pk')[:{rows}]], migrations.RunPython.noop)"
        )

    def insert_row(self) -> None:
        """A row comes, and goes with the way back or not."""
        model = self.one(self.may["insert_row"])
        names, values = model.row(self, self.number(50, 51))
        up = self.dialect.insert(model, names, values)
        table, key = self.dialect.quoted(model.table), self.dialect.quoted(names[0])
        down = f"DELETE FROM {table} WHERE {key} = {self.dialect.literal(values[0])}"
        back = repr(down) if self.one([True, False]) else "migrations.RunSQL.noop"
        self.add(f"RunSQL({up!r}, {back})")

    def add_field(self) -> None:
        model = self.one(self.may["add_field"])
        name = self.free_name(model.names | self.renamed, _COLUMNS)
        column = self.column(name, self.one(self.dialect.kinds))
        self.models[model.ident] = replace(model, columns=(*model.columns, column))
        self.add(f"AddField({model.name!r}, {name!r}, {column.field})")

    def remove_field(self) -> None:
        model, column = self.one(self.may["remove_field"])
        self.put(model, column, None)
        self.removed.add(column.name)
        self.add(f"RemoveField({model.name!r}, {column.name!r})")

    def rename_field(self) -> None:
        model, column = self.one(self.may["rename_field"])
        name = self.free_name(model.names | self.renamed | self.removed, _COLUMNS)
        self.renamed.add(column.name)
        self.put(model, column, replace(column, name=name))
        self.add(f"RenameField({model.name!r}, {column.name!r}, {name!r})")

    def alter_field(self) -> None:
        """Another type, or NULL allowed or not."""
        model, column = self.one(self.may["alter_field"])
        kind = self.one([column.kind, *self.dialect.kinds[column.kind].become])
        null = not column.null if kind == column.kind else self.one([True, False])
        new = replace(column, kind=kind, null=null)
        self.put(model, column, new)
        self.add(f"AlterField({model.name!r}, {column.name!r}, {new.field})")

    def rename_model(self) -> None:
        model = self.one(self.may["rename_model"])
        name = self.model_name()
        self.models[model.ident] = replace(model, name=name)
        self.add(f"RenameModel({model.name!r}, {name!r})")

    def move_table(self) -> None:
        model = self.one(self.may["move_table"])
        names = ["law_moved", "Law Moved"]
        taken = {each.db_table for each in self.models.values()}
        table = self.one([each for each in [None, *names] if each is None or each not in taken])
        self.models[model.ident] = replace(model, db_table=table)
        self.add(f"AlterModelTable({model.name!r}, {table!r})")

    def add_link(self) -> None:
        owner = self.one(self.may["add_link"])
        target = self.one(self.may["add_link"])
        name = self.free_name({each.name for each in self.linked(owner)} | self.gone, _LINKS)
        link = Link(self.ident(), name, owner.ident, target.ident, (self.ident(), self.ident()))
        self.links[self.ident()] = link
        self.add(
            f"AddField({owner.name!r}, {name!r}, models.ManyToManyField('law.{target.name}'"
            f", related_name='+', symmetrical=False))"
        )

    def remove_link(self) -> None:
        key = self.one(self.may["remove_link"])
        link = self.links.pop(key)
        self.gone.add(link.name)
        self.add(f"RemoveField({self.models[link.owner].name!r}, {link.name!r})")

    def create_model(self) -> None:
        name = self.model_name()
        self.new_model(name)

    def new_model(self, name: str) -> None:
        key = self.one(["auto", "auto", "text", "pair"])
        model = Model(self.ident(), name, key)
        ids = {"auto": ("id",), "text": ("code",), "pair": ("left", "right")}[key]
        kinds = {"id": "auto", "code": "char", "left": "int", "right": "char"}
        keys = [Column(self.ident(), each, kinds[each], held=True) for each in ids]
        plain = [
            self.column(each, self.one(self.dialect.kinds)) for each in "ab"[: self.one([1, 2])]
        ]
        generated = None
        if self.one([False, False, True]):
            plain[0] = replace(plain[0], held=True)
            generated = self.one(self.dialect.generated)
        model = replace(model, columns=(*keys, *plain), generated=generated)
        self.models[model.ident] = model
        self.add(model.created)

    def delete_model(self) -> None:
        model = self.one(self.may["delete_model"])
        del self.models[model.ident]
        self.gone.add(model.name)
        self.add(f"DeleteModel({model.name!r})")

    def alter_key(self) -> None:
        """The automatic number becomes a text, and stays the key."""
        model = self.one(self.may["alter_key"])
        number = model.columns[0]
        self.put(model, number, replace(number, kind="char"))
        self.add(
            f"AlterField({model.name!r}, 'id', models.CharField(max_length=20, primary_key=True))"
        )

    @property
    def may(self) -> dict[str, list[Any]]:
        """Each operation with what it could be about now."""
        models = [*self.models.values()]
        lonely = [each for each in models if not self.linked(each)]
        plain = self.plain_columns()
        every = [(m, c) for m in models for c in m.columns if c.kind in self.dialect.kinds]
        return {
            "update": [(m, c) for m, c in every if c not in m.key_columns],
            "add_field": [each for each in models if len(each.columns) < 5],
            "alter_field": plain,
            "rename_field": plain,
            "remove_field": plain,
            "insert_row": models,
            "delete_rows": models,
            "rename_model": [each for each in models if each.db_table is None],
            "move_table": models,
            "create_model": [1] if len(models) < 3 else [],
            "delete_model": lonely,
            "add_link": [each for each in models if each.number] if len(self.links) < 2 else [],
            "remove_link": [*self.links],
            "alter_key": [each for each in models if each.number],
        }

    def step(self) -> None:
        """One operation."""
        may = self.may
        getattr(self, self.one([name for name, about in may.items() if about]))()

    # -- rows

    def rows(self, first: int, most: int) -> tuple[Insert, ...]:
        """Rows for every table as it is now, with keys from ``first`` on."""
        found: list[Insert] = []
        keys: dict[int, list[Any]] = {}
        for model in self.models.values():
            for number in range(first, first + self.number(most // 2, most)):
                names, values = model.row(self, number)
                found.append((model.table, names, values))
                keys.setdefault(model.ident, []).append(values[0])
        for link in self.links.values():
            stored = self.layout.stored(link)
            among = itertools.product(keys.get(link.owner, ()), keys.get(link.target, ()))
            pairs = [pair for pair in among if self.one([True, False])]
            found += [(stored.name, stored.link or (), pair) for pair in pairs[:most]]
        return tuple(found)

    def handler(self) -> str:
        """One statement of a handler, about any table that there ever was."""
        model = self.one(self.models.values())
        what = self.one(["insert", "update", "delete"])
        if what == "delete":
            return f"DELETE FROM {self.dialect.quoted(model.table)} {self.dialect.one(model)}"
        column = model.columns[-1]
        if what == "update" and column not in model.key_columns:
            among = [each for each in self.values[column.kind] if each is not None]
            table, name = self.dialect.quoted(model.table), self.dialect.quoted(column.name)
            value = self.dialect.literal(self.one(among))
            return f"UPDATE {table} SET {name} = {value} {self.dialect.some(model)}"
        return self.dialect.insert(model, *model.row(self, 90))


def project(
    seed: int, operations: int, rows: int, handlers: int, vendor: str = "sqlite"
) -> Project:
    """The project of a seed: one or two models, and one or two more migrations."""
    builder = _Builder(Random(seed), DIALECTS[vendor])
    for name in ("Ash", "Birch")[: builder.number(1, 2)]:
        builder.new_model(name)
    if builder.may["add_link"] and builder.one([True, False]):
        builder.add_link()
    migrations = [("0001_initial", tuple(builder.operations))]
    base, first = builder.layout, builder.rows(1, rows)
    told = [builder.handler() for _ in range(handlers // 2)]
    builder.operations = []
    for number in range(operations):
        builder.random.seed(f"{seed} {number}")  # the same, however many there are
        builder.step()
    half = builder.number(1, len(builder.operations))
    for name, done in (
        ("0002_next", builder.operations[:half]),
        ("0003_last", builder.operations[half:]),
    ):
        migrations += [(name, tuple(done))] if done else []
    if builder.models:
        told += [builder.handler() for _ in range(handlers - len(told))]
    more = builder.rows(11, rows // 2)
    return Project(tuple(migrations), base, builder.layout, first, more, tuple(told))


def projects_on(vendor: str) -> st.SearchStrategy[Project]:
    """Few numbers are drawn, so that each project is unlike the others; all but the seed shrink."""
    return st.builds(
        project,
        seed=st.integers(0, 2**32 - 1),
        operations=st.integers(1, 6),
        rows=st.integers(0, 4),
        handlers=st.integers(0, 3),
        vendor=st.just(vendor),
    )

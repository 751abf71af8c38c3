"""Histories: what became of an app's files, record and tables before the command that is tried.

past: 0001_initial ← 0002_price ← 0003_data ← 0004_kind       Item(name), price, data, kind
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from .coverage import SEED
from .operations import MIGRATION

APP = "past"
FOLDER = f"{APP}/migrations"
FIRST, SECOND, THIRD, FOURTH = "0001_initial", "0002_price", "0003_data", "0004_kind"
SQUASH, AGAIN = "0001_squashed_0002", "0001_again"

_PRICE = "models.IntegerField(default=5)"
_KIND = "models.CharField(max_length=9, null=True)"
_FUNCTIONS = """

def more(apps, schema_editor):
    apps.get_model("past", "Item").objects.create(name="added")


def fewer(apps, schema_editor):
    apps.get_model("past", "Item").objects.filter(name="added").delete()


def dearer(apps, schema_editor):
    for each in apps.get_model("past", "Item").objects.all():
        each.price += 1
        each.save()


def cheaper(apps, schema_editor):
    for each in apps.get_model("past", "Item").objects.all():
        each.price -= 1
        each.save()


NOOP = migrations.RunPython.noop
"""

#: What the data migration does, and how it is taken back.
DATA = {
    "nothing": "",
    "Python and back": "migrations.RunPython(dearer, cheaper)",
    "Python, noop back": "migrations.RunPython(dearer, NOOP)",
    "Python, one way": "migrations.RunPython(dearer)",
    "rows and back": "migrations.RunPython(more, fewer)",
    "rows, elidable": "migrations.RunPython(more, NOOP, elidable=True)",
    "SQL and back": "migrations.RunSQL('UPDATE past_item SET price = price + 1', "
    "'UPDATE past_item SET price = price - 1')",
    "SQL, one way": "migrations.RunSQL('DELETE FROM past_item WHERE price > 6')",
}

#: What is typed, by what it is for.
TARGETS = {
    "the first": f"migrate {APP} {FIRST}",
    "the second": f"migrate {APP} {SECOND}",
    "the squash": f"migrate {APP} {SQUASH}",
    "zero": f"migrate {APP} zero",
    "on": "migrate",
    "faked back": f"migrate --fake {APP} {SECOND}",
    "faked on": "migrate --fake",
    "pruned": f"migrate {APP} --prune",
}


@dataclass(frozen=True)
class Act:
    """One thing that happened: a command, a statement, or a file that is written or goes."""

    kind: str
    what: str
    text: str = ""


@dataclass(frozen=True)
class Past:
    """One cell: what happened before, what the data migration does, what is tried."""

    history: str
    data: str
    target: str

    @property
    def acts(self) -> list[Act]:
        """All that happened, in its order."""
        return [*HISTORIES[self.history](DATA[self.data])]

    @property
    def line(self) -> str:
        """The command that is tried."""
        return TARGETS[self.target]


def _manage(line: str) -> Act:
    return Act("manage", line)


def _sql(text: str) -> Act:
    return Act("sql", text)


def _gone(*names: str) -> Iterator[Act]:
    return (Act("delete", f"{FOLDER}/{name}.py") for name in names)


def _file(
    name: str, parents: list[str], *operations: str, replaces: list[str] | None = None
) -> Act:
    told = "\n".join(f"        {each}," for each in operations if each)
    text = MIGRATION.format(dependencies=[(APP, each) for each in parents], operations=told)
    text = text.replace("class Migration", f"{_FUNCTIONS}\n\nclass Migration", 1)
    if replaces is not None:
        keys = [(APP, each) for each in replaces]
        text = text.replace("    operations", f"    replaces = {keys}\n    operations", 1)
    return Act("write", f"{FOLDER}/{name}.py", text)


def _item(*more: str) -> str:
    fields = ", ".join(
        (
            "('id', models.BigAutoField(primary_key=True))",
            "('name', models.CharField(max_length=9))",
            *more,
        )
    )
    return f"migrations.CreateModel('Item', [{fields}])"


def _add(name: str, field: str) -> str:
    return f"migrations.AddField('item', '{name}', {field})"


_PRICED = _item(f"('price', {_PRICE})")
_ROWS = _sql(
    "INSERT INTO past_item (id, name, price) VALUES (21, 'a', 7), (22, 'b', 6), (23, 'c', 5)"
)


def _files(data: str) -> Iterator[Act]:
    yield _file(FIRST, [], _item())
    yield _file(SECOND, [FIRST], _add("price", _PRICE))
    yield _file(THIRD, [SECOND], data)
    yield _file(FOURTH, [THIRD], _add("kind", _KIND))


def _straight(data: str) -> Iterator[Act]:
    yield from _files(data)
    yield from (_manage("migrate"), _ROWS, _sql("UPDATE past_item SET kind = 'k' WHERE id < 23"))


def _behind(data: str) -> Iterator[Act]:
    yield from _files(data)
    yield from (_manage(f"migrate {APP} {SECOND}"), _ROWS)


def _merged(data: str) -> Iterator[Act]:
    yield _file(FIRST, [], _item())
    yield _file(SECOND, [FIRST], _add("price", _PRICE))
    yield _file("0002_side", [FIRST], _add("kind", _KIND))
    yield _file(THIRD, [SECOND], data)
    yield _file("0004_merge", [THIRD, "0002_side"])
    yield from (_manage("migrate"), _ROWS)


def _two_leaves(data: str) -> Iterator[Act]:
    yield from _straight(data)
    yield _file("0004_side", [THIRD], _add("side", _KIND))


def _squash() -> Act:
    return _file(SQUASH, [], _PRICED, replaces=[FIRST, SECOND])


def _squash_beside(data: str) -> Iterator[Act]:
    yield from (*_straight(data), _squash())


def _squash_applied(data: str) -> Iterator[Act]:
    yield from (*_squash_beside(data), _manage("migrate"))


def _squash_new(data: str) -> Iterator[Act]:
    yield from (*_files(data), _squash(), _manage("migrate"), _ROWS)


def _squash_alone(data: str) -> Iterator[Act]:
    yield from (*_squash_beside(data), *_gone(FIRST, SECOND))


def _squash_pruned(data: str) -> Iterator[Act]:
    yield from (*_squash_applied(data), *_gone(FIRST, SECOND))
    yield _file(SQUASH, [], _PRICED)
    yield _file(THIRD, [SQUASH], data)
    yield _manage(f"migrate {APP} --prune")


def _squash_half(data: str) -> Iterator[Act]:
    yield from (*_behind(data), _manage(f"migrate {APP} {FIRST}"), _squash())


def _squash_half_alone(data: str) -> Iterator[Act]:
    yield from (*_squash_half(data), *_gone(FIRST, SECOND))


def _squash_stale(data: str) -> Iterator[Act]:
    yield from (*_behind(data), _squash(), _manage(f"migrate {APP} {SECOND}"))
    yield _manage(f"migrate {APP} {FIRST}")


def _squash_with_data(data: str) -> Iterator[Act]:
    yield from _straight(data)
    yield _file(SQUASH, [], _PRICED, data, replaces=[FIRST, SECOND, THIRD])


def _squash_again(data: str) -> Iterator[Act]:
    """What was a squash is a migration like others by now, and is squashed."""
    yield from _squash_pruned(data)
    yield _file(AGAIN, [], _PRICED, data, replaces=[SQUASH, THIRD])


def _ghost_last(data: str) -> Iterator[Act]:
    yield from (*_straight(data), *_gone(FOURTH))


def _ghost_between(data: str) -> Iterator[Act]:
    yield from (*_straight(data), *_gone(SECOND), _file(THIRD, [FIRST], data))


def _ghost_named_anew(data: str) -> Iterator[Act]:
    yield from (*_straight(data), *_gone(FOURTH))
    yield _file("0004_sort", [THIRD], _add("kind", _KIND))


def _ghost_of_another_app(data: str) -> Iterator[Act]:
    yield from _straight(data)
    yield _sql("INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001', '')")


def _faked_on(data: str) -> Iterator[Act]:
    yield from (*_behind(data), _manage("migrate --fake"))


def _faked_back(data: str) -> Iterator[Act]:
    yield from (*_straight(data), _manage(f"migrate --fake {APP} {SECOND}"))


def _faked_first(data: str) -> Iterator[Act]:
    yield from _behind(data)
    yield _sql("DELETE FROM django_migrations WHERE app = 'past'")
    yield _manage(f"migrate --fake {APP} {SECOND}")


def _gap(data: str) -> Iterator[Act]:
    yield from _straight(data)
    yield _sql("DELETE FROM django_migrations WHERE name = '0002_price'")


def _twice(data: str) -> Iterator[Act]:
    yield from _straight(data)
    yield _sql(
        "INSERT INTO django_migrations (app, name, applied) "
        "SELECT app, name, applied FROM django_migrations WHERE app = 'past'"
    )


def _came_from_another_app(data: str) -> Iterator[Act]:
    """The app was called otherwise: its table and its record were renamed by hand, and its content
    type stays behind."""
    yield from _straight(data)
    yield _sql("INSERT INTO django_content_type (app_label, model) VALUES ('before', 'item')")


def _left_another_app(data: str) -> Iterator[Act]:
    """The app was called otherwise: its table and its record stay behind, and all begins anew."""
    yield from _straight(data)
    yield _sql("ALTER TABLE past_item RENAME TO before_item")
    yield _sql("UPDATE django_migrations SET app = 'before' WHERE app = 'past'")


HISTORIES: dict[str, Callable[[str], Iterator[Act]]] = {
    "straight": _straight,
    "behind": _behind,
    "merge": _merged,
    "two leaves": _two_leaves,
    "squash, not recorded": _squash_beside,
    "squash, recorded": _squash_applied,
    "squash, nothing else": _squash_new,
    "squash, originals gone": _squash_alone,
    "squash, pruned": _squash_pruned,
    "squash, half applied": _squash_half,
    "squash, half, alone": _squash_half_alone,
    "squash, stale row": _squash_stale,
    "squash with the data": _squash_with_data,
    "squash of a squash": _squash_again,
    "ghost, last": _ghost_last,
    "ghost, between": _ghost_between,
    "ghost, named anew": _ghost_named_anew,
    "ghost, another app": _ghost_of_another_app,
    "faked on": _faked_on,
    "faked back": _faked_back,
    "faked first": _faked_first,
    "gap": _gap,
    "recorded twice": _twice,
    "app renamed, record too": _came_from_another_app,
    "app renamed, begun anew": _left_another_app,
}


def pasts(seed: int = SEED) -> list[Past]:
    """Every cell, in an order that a seed decides and that mixes all."""
    found = [Past(*each) for each in itertools.product(HISTORIES, DATA, TARGETS)]
    Random(seed).shuffle(found)
    return found


def formal(past: Past) -> list[tuple[str, str]]:
    """Squashes whose row any ``migrate`` may write: all that they stand for was applied."""
    names = {"squash, not recorded", "squash, originals gone", "squash with the data"}
    found = [(APP, SQUASH)] if past.history in names else []
    return [*found, (APP, AGAIN)] if past.history == "squash of a squash" else found

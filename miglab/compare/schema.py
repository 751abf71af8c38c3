"""Says what changed between two schemas, a line for each thing; renames are recognized."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

from ..facts.schema import Column, ForeignKey, Index, Schema, Table, fold
from ..facts.step import Renames, Step

NOTHING = Renames()
#: What is said of a table whose columns only changed places.
REORDERED = "its columns are in a different order"


def schema_lines(old: Schema, new: Schema, renames: Renames = NOTHING) -> Iterator[str]:
    """What changed, table by table; then views and triggers."""
    if old is new:
        return
    taken = set()
    spelled = {fold(name): name for name in new.tables}
    for name, table in sorted(old.tables.items()):
        called = renames.table(name)
        now = spelled.get(fold(name if called is None else called))
        if now is None:
            yield f"table {name} is gone"
            continue
        if called is None:
            yield f"table {name} was dropped and created again"
        elif fold(now) != fold(name):
            yield f"table {name} is now {now}"
        taken.add(now)
        if table != new.tables[now] or not _is_untouched(table, renames):
            yield from table_lines(table, new.tables[now], renames)
    for name in sorted(new.tables.keys() - taken):
        yield f"table {name} is new"
    for what, was, is_now in (
        ("view", old.views, new.views),
        ("trigger", old.triggers, new.triggers),
    ):
        for name in sorted(was.keys() | is_now.keys()):
            if was.get(name) != is_now.get(name):
                gone, came = name not in is_now, name not in was
                yield f"{what} {name} {'is gone' if gone else 'is new' if came else 'changed'}"


def _is_untouched(table: Table, renames: Renames) -> bool:
    """Whether no name in a table has been changed: not its own, its columns', nor those to which
    its foreign keys refer."""
    places = [(table.name, table.column_names)]
    places += [(each.to_table, each.to_columns) for each in table.foreign_keys]
    return all(
        renames.table(name) == name and all(renames.column(name, each) == each for each in columns)
        for name, columns in places
    )


def table_lines(old: Table, new: Table, renames: Renames = NOTHING) -> Iterator[str]:
    """What changed within one table."""
    name = new.name
    names = _columns(old, new, renames)
    taken = set()
    for column in old.columns:
        now = names.get(column.name)
        there = new.column(now) if now else None
        if there is None:
            yield f"column {name}.{column.name} is gone"
            continue
        taken.add(there.name)
        if fold(there.name) != fold(column.name):
            yield f"column {name}.{column.name} is now {there.name}"
        if _without_name(column) != _without_name(there):
            yield f"column {name}.{there.name}: {_kind(column)} → {_kind(there)}"
    for column in new.columns:
        if column.name not in taken:
            yield f"column {name}.{column.name} is new ({_kind(column)})"
    if reordered(old, new):
        yield f"table {name}: {REORDERED}"
    if old.comment != new.comment:
        yield f"table {name}: its comment changed"
    yield from _index_lines(old, new, names)
    yield from _key_lines(old, new, names, renames)
    gone, came = Counter(old.checks), Counter(new.checks)
    for check in sorted((gone - came).elements()):
        yield f"check constraint {check} of {name} is gone"
    for check in sorted((came - gone).elements()):
        yield f"check constraint {check} of {name} is new"


def reordered(old: Table, new: Table) -> bool:
    """Whether the same columns are in another order."""
    names = [[fold(each) for each in table.column_names] for table in (old, new)]
    return names[0] != names[1] and set(names[0]) == set(names[1])


def _columns(old: Table, new: Table, renames: Renames) -> dict[str, str | None]:
    """Maps each old column to its name now, or to ``None`` if it is gone. A column that was dropped
    and created again counts as the same."""
    spelled = {fold(name): name for name in new.column_names}
    called = {each.name: renames.column(old.name, each.name) for each in old.columns}
    names = {name: spelled.get(fold(now)) if now else None for name, now in called.items()}
    anew = set(spelled.values()) - set(names.values())
    for name in names:
        same = spelled.get(fold(name))
        if called[name] is None and same in anew:
            names[name] = same
    return names


def _without_name(column: Column) -> Column:
    return replace(column, name="")


def _kind(column: Column) -> str:
    words = [column.type, "NOT NULL" if column.not_null else "NULL"]
    if column.default is not None:
        words.append(f"DEFAULT {column.default}")
    if column.collation:
        words.append(f"COLLATE {column.collation}")
    if column.counts_up:
        words.append("AUTOINCREMENT")
    if column.generated:
        how = "STORED" if column.stored else "VIRTUAL"
        words.append(f"GENERATED AS ({column.expression}) {how}")
    if column.comment:
        words.append(f"COMMENT '{column.comment}'")
    return " ".join(words)


def _index_lines(old: Table, new: Table, names: Mapping[str, str | None]) -> Iterator[str]:
    """What changed in a table's indexes. They are compared by their content, because Django makes
    up their names and does not rename them."""

    def words(index: Index, known: Mapping[str, str | None]) -> str:
        columns = [
            " ".join(filter(None, (known.get(each) or each if each else expression, order)))
            for each, expression, order in zip_longest(
                index.columns, index.expressions, index.orders
            )
        ]
        kind = {"pk": "primary key", "u": "unique constraint"}.get(index.made_by)
        kind = kind or ("unique index" if index.unique else "index")
        where = f" where {index.where}" if index.where else ""
        more = f" {index.more}" if index.more else ""
        return f"{kind} on {new.name} ({', '.join(columns)}){where}{more}"

    was = Counter(words(each, names) for each in old.indexes)
    now = Counter(words(each, {}) for each in new.indexes)
    yield from (f"{each} is gone" for each in sorted((was - now).elements()))
    yield from (f"{each} is new" for each in sorted((now - was).elements()))


def _key_lines(
    old: Table, new: Table, names: Mapping[str, str | None], renames: Renames
) -> Iterator[str]:
    def words(key: ForeignKey, columns: Iterable[str], table: str, to: Iterable[str]) -> str:
        does = [
            f" {when} {what}"
            for when, what in (("ON DELETE", key.on_delete), ("ON UPDATE", key.on_update))
            if what != "NO ACTION"
        ]
        does += [] if key.deferred else [" checked immediately"]
        does += [] if key.valid else [" not validated"]
        place = f"{new.name} ({', '.join(columns)})"
        return f"foreign key {place} → {fold(table)} ({fold(', '.join(to))}){''.join(does)}"

    was = Counter(
        words(
            each,
            tuple(names.get(name) or name for name in each.columns),
            renames.table(each.to_table) or each.to_table,
            tuple(renames.column(each.to_table, name) or name for name in each.to_columns),
        )
        for each in old.foreign_keys
    )
    now = Counter(
        words(each, each.columns, each.to_table, each.to_columns) for each in new.foreign_keys
    )
    yield from (f"{each} is gone" for each in sorted((was - now).elements()))
    yield from (f"{each} is new" for each in sorted((now - was).elements()))


def renames_of(steps: Iterable[Step]) -> dict[str, Renames]:
    """Maps each database alias to what the old names of tables and columns have become after all
    these steps, one after the other."""
    found: dict[str, Renames] = {}
    for step in steps:
        for alias, then in step.renames.items():
            found[alias] = composed(found[alias], then) if alias in found else then
    return found


def composed(first: Renames, then: Renames) -> Renames:
    """What the old names have become after both sets of renames, ``first`` and then ``then``."""
    tables: dict[str, str | None] = {}
    for name in {*first.tables, *then.tables}:
        if name in first.tables:
            now = first.tables[name]
            tables[name] = None if now is None else then.table(now)
        elif name not in first.tables.values():
            tables[name] = then.tables[name]
    back = {now: old for old, now in first.tables.items() if now is not None}
    made = {now for now in first.tables.values() if now is not None}
    columns: dict[str, dict[str, str | None]] = {}
    rebuilt = set(first.rebuilt)
    for old, names in first.columns.items():
        now = first.table(old)
        columns[old] = {
            name: then.column(now, each) if now and each else None for name, each in names.items()
        }
    for middle, names in then.columns.items():
        found = back.get(middle, middle if middle not in first.tables else None)
        if found is None and middle not in made:
            continue
        old = found or middle
        known = columns.setdefault(old, {})
        taken = set(first.columns.get(old, {}).values())
        for name, each in names.items():
            if name not in taken and name not in known:
                known[name] = each
        if middle in then.rebuilt:
            rebuilt.add(old)
    return Renames(tables, columns, tuple(sorted(rebuilt)))

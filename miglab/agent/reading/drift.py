"""Compares the tables that there are with those that there should be: one line for each difference,
with the table and the column that it is about. Column order and automatic names say nothing, nor
does the case of names, nor how the same SQL is written."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Tuple

from ..engines.sqlite.sql import fold, folded

Difference = Tuple[str, Optional[str], str]


def differences(expected: Dict[str, Any], actual: Dict[str, Any]) -> Iterator[Difference]:
    """Between tables by their folded names; the table and the column are named as they should be,
    and as they are where they should not be."""
    for name in sorted(set(expected) | set(actual)):
        if name not in actual:
            table = expected[name]["name"]
            yield table, None, "table %s is missing" % table
        elif name not in expected:
            table = actual[name]["name"]
            yield table, None, "table %s is not in any recorded migration" % table
        elif actual[name]["unreadable"]:
            table = expected[name]["name"]
            why = actual[name]["unreadable"]
            yield table, None, "table %s cannot be read (%s)" % (table, why)
        elif not actual[name].get("by_module"):
            # What a module makes up has no types, and columns that no model has or that only a
            # query sees: it is there, and that is all that can be compared.
            yield from _within(expected[name], actual[name])


def _within(expected: Dict[str, Any], actual: Dict[str, Any]) -> Iterator[Difference]:
    table = expected["name"]
    wanted = {fold(each["name"]): each for each in expected["columns"]}
    there = {fold(each["name"]): each for each in actual["columns"]}
    for name in [*wanted, *(each for each in there if each not in wanted)]:
        column = wanted.get(name, there.get(name, {}))["name"]
        if name not in there:
            yield table, column, "column %s.%s is missing" % (table, column)
        elif name not in wanted:
            yield table, column, "column %s.%s is not in any recorded migration" % (table, column)
        elif not _same_column(wanted[name], there[name]):
            words = (table, column, _column(there[name]), _column(wanted[name]))
            yield table, column, "column %s.%s is %s, but should be %s" % words
    if set(wanted) != set(there):
        return
    for what, comparable in _PARTS:
        if sorted(map(comparable, expected[what])) != sorted(map(comparable, actual[what])):
            yield table, None, "%s of table %s differ" % (what.replace("_", " "), table)


#: Types that SQLite keeps alike. Django leaves a column that points at a key as it was when the key
#: grows from one to another.
_INTEGERS = {"integer", "bigint", "smallint"}


def _same_column(one: Dict[str, Any], other: Dict[str, Any]) -> bool:
    kinds = {one["type"].lower(), other["type"].lower()}
    same_type = one["type"] == other["type"] or kinds <= _INTEGERS
    return same_type and _comparable(one) == _comparable(other)


def _comparable(column: Dict[str, Any]) -> Dict[str, Any]:
    return dict(
        column,
        name="",
        type="",
        collation=fold(column["collation"]),
        expression=folded(column["expression"] or ""),
    )


def _index(index: Dict[str, Any]) -> str:
    columns = [fold(each or "") for each in index["columns"]]
    expressions = [folded(each or "") for each in index["expressions"]]
    orders = [fold(each) for each in index["orders"]]
    where = folded(index["where"] or "")
    return str((columns, expressions, orders, where, index["unique"], index["made_by"]))


def _foreign_key(key: Dict[str, Any]) -> str:
    columns = [fold(each) for each in key["columns"]]
    to = (fold(key["to_table"]), [fold(each) for each in key["to_columns"]])
    return str((columns, to, key["on_delete"], key["on_update"], key["deferred"]))


_PARTS = (("indexes", _index), ("foreign_keys", _foreign_key), ("checks", folded))


def _column(column: Dict[str, Any]) -> str:
    words: List[str] = [column["type"], "NOT NULL" if column["not_null"] else "NULL"]
    words += ["DEFAULT %s" % column["default"]] if column["default"] is not None else []
    words += ["COLLATE %s" % column["collation"]] if column["collation"] else []
    words += ["PRIMARY KEY"] if column["key"] else []
    words += ["AUTOINCREMENT"] if column["counts_up"] else []
    if column["generated"]:
        how = "STORED" if column["stored"] else "VIRTUAL"
        words += ["GENERATED AS (%s) %s" % (column["expression"], how)]
    return " ".join(words)

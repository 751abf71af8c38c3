"""Compares the existing tables with the expected ones: one line for each difference, with the table
and the column that it is about. The order of columns, automatic names, the case of names and the
spelling of equal SQL are ignored."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Tuple

from ..engines.engine import Engine

Difference = Tuple[str, Optional[str], str]


def differences(
    engine: Engine, expected: Dict[str, Any], actual: Dict[str, Any]
) -> Iterator[Difference]:
    """The differences between expected and actual tables, both by their folded names. A table and a
    column are named as they should be or, if they should not exist, as they are."""
    within = _Within(engine)
    for name in sorted(set(expected) | set(actual)):
        if name not in actual:
            table = expected[name]["name"]
            yield table, None, "table %s is missing" % table
        elif name not in expected:
            table = actual[name]["name"]
            what = "table %s should not be there, according to the recorded migrations"
            yield table, None, what % table
        elif actual[name]["unreadable"]:
            table = expected[name]["name"]
            why = actual[name]["unreadable"]
            yield table, None, "table %s cannot be read (%s)" % (table, why)
        elif not actual[name].get("by_module"):
            # What a module makes up has no types, and columns that no model has or that only a
            # query sees: it is there, and that is all that can be compared.
            yield from within.differences(expected[name], actual[name])


class _Within:
    """Compares two tables of the same name, with names and SQL as their engine understands them."""

    def __init__(self, engine: Engine) -> None:
        self.fold, self.folded, self.alike = engine.fold, engine.folded, engine.alike
        self.parts = (
            ("indexes", self._index),
            ("foreign_keys", self._foreign_key),
            ("checks", self.folded),
        )

    def differences(self, expected: Dict[str, Any], actual: Dict[str, Any]) -> Iterator[Difference]:
        table, fold = expected["name"], self.fold
        wanted = {fold(each["name"]): each for each in expected["columns"]}
        there = {fold(each["name"]): each for each in actual["columns"]}
        for name in [*wanted, *(each for each in there if each not in wanted)]:
            column = wanted.get(name, there.get(name, {}))["name"]
            words = (table, column)
            if name not in there:
                yield table, column, "column %s.%s is missing" % words
            elif name not in wanted:
                what = "column %s.%s should not be there, according to the recorded migrations"
                yield table, column, what % words
            elif not self._same_column(wanted[name], there[name]):
                kinds = (_column(there[name]), _column(wanted[name]))
                yield table, column, "column %s.%s is %s, but should be %s" % (*words, *kinds)
        if set(wanted) != set(there):
            return
        if expected.get("comment") != actual.get("comment"):
            yield table, None, "the comment of table %s differs" % table
        for what, comparable in self.parts:
            if sorted(map(comparable, expected[what])) != sorted(map(comparable, actual[what])):
                yield table, None, "%s of table %s differ" % (what.replace("_", " "), table)

    def _same_column(self, one: Dict[str, Any], other: Dict[str, Any]) -> bool:
        same_type = self.alike(one["type"], other["type"])
        return same_type and self._comparable(one) == self._comparable(other)

    def _comparable(self, column: Dict[str, Any]) -> Dict[str, Any]:
        return dict(
            column,
            name="",
            type="",
            collation=self.fold(column["collation"]),
            expression=self.folded(column["expression"] or ""),
        )

    def _index(self, index: Dict[str, Any]) -> str:
        columns = [self.fold(each or "") for each in index["columns"]]
        expressions = [self.folded(each or "") for each in index["expressions"]]
        orders = [self.fold(each) for each in index["orders"]]
        where = self.folded(index["where"] or "")
        kind = (index["unique"], index["made_by"], index.get("more", ""))
        return str((columns, expressions, orders, where, *kind))

    def _foreign_key(self, key: Dict[str, Any]) -> str:
        columns = [self.fold(each) for each in key["columns"]]
        to = (self.fold(key["to_table"]), [self.fold(each) for each in key["to_columns"]])
        rules = (key["on_delete"], key["on_update"], key["deferred"], key.get("valid", True))
        return str((columns, to, *rules))


def _column(column: Dict[str, Any]) -> str:
    words: List[str] = [column["type"], "NOT NULL" if column["not_null"] else "NULL"]
    words += ["DEFAULT %s" % column["default"]] if column["default"] is not None else []
    words += ["COLLATE %s" % column["collation"]] if column["collation"] else []
    words += ["PRIMARY KEY"] if column["key"] else []
    words += ["AUTOINCREMENT"] if column["counts_up"] else []
    if column["generated"]:
        how = "STORED" if column["stored"] else "VIRTUAL"
        words += ["GENERATED AS (%s) %s" % (column["expression"], how)]
    words += ["COMMENT '%s'" % column["comment"]] if column.get("comment") else []
    return " ".join(words)

"""Writes down the SQL that runs, through Django's own instrumentation."""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, List

from .protocol import SQL_LIMIT

_NAME = r'["`]([^"`]+)["`]'
_RENAME_TABLE = re.compile(r"ALTER TABLE %s RENAME TO %s" % (_NAME, _NAME))
_RENAME_COLUMN = re.compile(r"ALTER TABLE %s RENAME COLUMN %s TO %s" % (_NAME, _NAME, _NAME))
_REBUILD = re.compile(r"INSERT INTO %s \(([^)]*)\) SELECT (.*) FROM %s$" % (_NAME, _NAME), re.S)
_JUST_A_NAME = re.compile(r"^%s$" % _NAME)


class Trace:
    """The statements that ran while it was on: ``[alias, text]``, ``SQL_LIMIT`` of them."""

    def __init__(self) -> None:
        self.statements: List[List[str]] = []
        self.left_out = 0
        self._schema: List[str] = []
        self._on = False

    def start(self) -> None:
        from django.db.backends.signals import connection_created

        self._on = True
        connection_created.connect(self._watch, weak=False, dispatch_uid="miglab trace")

    def stop(self) -> None:
        self._on = False

    def _watch(self, connection: Any, **kwargs: Any) -> None:
        if self._note not in connection.execute_wrappers:
            connection.execute_wrappers.append(self._note)

    def _note(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: Dict[str, Any],
    ) -> Any:
        if self._on:
            self._keep(context["connection"].alias, str(sql), params, many)
        return execute(sql, params, many, context)

    def _keep(self, alias: str, sql: str, params: Any, many: bool) -> None:
        if sql.startswith(("ALTER TABLE", "INSERT INTO")) and not params:
            self._schema.append(sql)
        if len(self.statements) >= SQL_LIMIT:
            self.left_out += 1
            return
        if many:
            sql += " -- for each of several rows"
        elif params:
            sql = _filled(sql, params)
        self.statements.append([alias, sql])

    def renames(self) -> Dict[str, Any]:
        """The names that changed: ``tables`` {old: new}, ``columns`` {new table: {old: new}}.

        Read off the statements that ran: a rename, or a table built anew and filled from the old
        (``DatabaseSchemaEditor._remake_table`` on SQLite).
        """
        tables: Dict[str, str] = {}
        columns: Dict[str, Dict[str, str]] = {}
        rebuilt: Dict[str, Dict[str, str]] = {}
        for sql in self._schema:
            found = _RENAME_COLUMN.match(sql)
            if found:
                table, old, new = found.groups()
                _follow(columns.setdefault(table, {}), {old: new})
                continue
            found = _REBUILD.match(sql)
            if found:
                rebuilt[found.group(1)] = _pairs(found.group(2), found.group(3))
                continue
            found = _RENAME_TABLE.match(sql)
            if found:
                old, new = found.groups()
                if old in rebuilt:
                    _follow(columns.setdefault(new, {}), rebuilt.pop(old))
                else:
                    _follow(tables, {old: new})
                    if old in columns:
                        columns[new] = columns.pop(old)
        return {"tables": tables, "columns": columns}


def _pairs(into: str, values: str) -> Dict[str, str]:
    """The columns that a rebuilt table takes over under another name."""
    new, old = into.split(", "), values.split(", ")
    if len(new) != len(old):
        return {}
    found: Dict[str, str] = {}
    for each, source in zip(new, old):
        name = _JUST_A_NAME.match(source.strip())
        if name and name.group(1) != each.strip().strip('"`'):
            found[name.group(1)] = each.strip().strip('"`')
    return found


def _follow(names: Dict[str, str], more: Dict[str, str]) -> None:
    """Add renames to a mapping first → last name."""
    for old, new in more.items():
        first = next((key for key, value in names.items() if value == old), old)
        names[first] = new


def _filled(sql: str, params: Any) -> str:
    """The statement with its parameters in place, to be read, not run."""
    try:
        if isinstance(params, dict):
            return sql % {name: _literal(value) for name, value in params.items()}
        return sql % tuple(_literal(value) for value in params)
    except (TypeError, ValueError, KeyError):
        return sql


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int, float)):
        return str(value)
    return "'%s'" % str(value).replace("'", "''")

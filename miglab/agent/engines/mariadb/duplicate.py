"""Copies, renames and drops databases within one MariaDB or MySQL server, by SQL alone.

The server has no statement for the first two. ``CREATE TABLE … LIKE`` would lose foreign keys, and
``RENAME TABLE`` takes neither views nor triggers to another database, so these are made anew. A
``cursor`` is a driver's, of a connection that is in no transaction. Both sides of miglab use this
module: it imports nothing of the agent's.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import Any, Iterable, Iterator, List, NamedTuple, Tuple

#: The settings of the session meanwhile. Values are copied as they are, even those that the
#: project's own settings would refuse.
_SETTINGS = {
    "foreign_key_checks": "0",
    "unique_checks": "0",
    "sql_mode": "'NO_AUTO_VALUE_ON_ZERO'",
    "sql_quote_show_create": "1",
}
#: The comment of a database that is not complete yet.
UNFINISHED = "miglab is making this database right now"
#: Engines of tables whose rows are in other tables, or nowhere; and engines of tables that lead to
#: other servers or files: filling a copy of such a table would write there.
_WITHOUT_ROWS = ("MRG_MYISAM", "BLACKHOLE")
ELSEWHERE = ("FEDERATED", "CONNECT", "SPIDER", "S3")

_TABLES = """
SELECT table_name, table_type, engine FROM information_schema.tables
WHERE table_schema = %s ORDER BY table_name
"""
_COLUMNS = """
SELECT table_name, column_name, extra FROM information_schema.columns
WHERE table_schema = %s ORDER BY table_name, ordinal_position
"""
_TRIGGERS = """
SELECT trigger_name FROM information_schema.triggers WHERE event_object_schema = %s
ORDER BY event_object_table, action_timing, event_manipulation, action_order
"""
_ROUTINES = """
SELECT routine_type, routine_name FROM information_schema.routines
WHERE routine_schema = %s ORDER BY routine_type DESC, routine_name
"""
_EVENTS = "SELECT event_name FROM information_schema.events WHERE event_schema = %s"
_MADE_WITH = """
SELECT default_character_set_name, default_collation_name FROM information_schema.schemata
WHERE schema_name = %s
"""
_GENERATED = re.compile(r"(VIRTUAL|STORED|PERSISTENT) GENERATED", re.I)
#: The definer. Naming another user needs a special right; if no definer is named, it is the user
#: who connects.
_NAME = r"""(?:`(?:[^`]|``)*`|"(?:[^"]|"")*")"""
_DEFINER = re.compile(r"\bDEFINER\s*=\s*(?:%s@%s|\S+)\s" % (_NAME, _NAME))
#: Where an event says whether it runs.
_ALIVE = re.compile(r"(ON COMPLETION (?:NOT )?PRESERVE) (?:ENABLE|DISABLE ON SLAVE|DISABLE)")
#: Codes of the server's errors: no such table or column; a view that refers to what is not there.
_NOT_THERE = (1146, 1054, 1356)


class _Made(NamedTuple):
    """Something that is made by a statement of its own: the ``sql_mode`` that is set before, and
    the statement."""

    kind: str
    name: str
    sql_mode: str
    sql: str


def quoted(name: str) -> str:
    """A name in quotes for SQL."""
    return "`%s`" % name.replace("`", "``")


def exists(cursor: Any, name: str) -> bool:
    """Whether there is such a database."""
    return bool(_all(cursor, _MADE_WITH, name))


def holds_anything(cursor: Any, name: str) -> bool:
    """Whether there is such a database, and something in it."""
    return any(_all(cursor, sql, name) for sql in (_TABLES, _ROUTINES, _EVENTS))


def drop(cursor: Any, name: str) -> None:
    """Drop a database, if it exists."""
    with _session(cursor):
        cursor.execute("DROP DATABASE IF EXISTS %s" % quoted(name))


def duplicate(cursor: Any, source: str, to: str) -> None:
    """Make a database ``to`` that equals ``source`` at this moment, if nobody writes to it in the
    meantime. An older one of that name is dropped. Events are copied, but do not run.

    Raises:
        LookupError: something in it cannot be copied; the message names it.
    """
    with _session(cursor):
        _make(cursor, source, to)
        tables = _all(cursor, _TABLES, source)
        elsewhere = [name for name, _, engine in tables if str(engine).upper() in ELSEWHERE]
        if elsewhere:
            raise LookupError("these tables store their rows elsewhere: %s" % ", ".join(elsewhere))
        views = [name for name, kind, _ in tables if kind == "VIEW"]
        made = _views(cursor, source, views), _rest(cursor, source)
        kinds = {name: kind for name, kind, _ in tables if kind not in ("VIEW", "SEQUENCE")}
        sequences = [name for name, kind, _ in tables if kind == "SEQUENCE"]
        statements = [_shown(cursor, "TABLE", source, name)[1] for name in [*sequences, *kinds]]
        cursor.execute("USE %s" % quoted(to))
        for statement in statements:
            cursor.execute(statement)
        for name in sequences:
            value = "SELECT next_not_cached_value FROM %s.%s" % (quoted(source), quoted(name))
            cursor.execute(value)
            (value,) = cursor.fetchall()[0]
            cursor.execute("SELECT SETVAL(%s, %d, 0)" % (quoted(name), value))
            cursor.fetchall()
        without = {name for name, _, engine in tables if str(engine).upper() in _WITHOUT_ROWS}
        _fill(cursor, source, {name: kind for name, kind in kinds.items() if name not in without})
        _make_all(cursor, source, to, *made)


def move(cursor: Any, source: str, to: str, comment: str = "") -> None:
    """Rename a database. An older one of that name is dropped. If a comment is given, the database
    gets it at the end, and has the comment ``UNFINISHED`` until then; MySQL has no such
    comments."""
    with _session(cursor):
        _make(cursor, source, to, UNFINISHED if comment else "")
        tables = _all(cursor, _TABLES, source)
        views = [name for name, kind, _ in tables if kind == "VIEW"]
        made = _views(cursor, source, views), _rest(cursor, source)
        for each in made[1]:
            if each.kind == "TRIGGER":
                cursor.execute("DROP TRIGGER %s.%s" % (quoted(source), quoted(each.name)))
        renames = [
            "%s.%s TO %s.%s" % (quoted(source), quoted(name), quoted(to), quoted(name))
            for name, kind, _ in tables
            if kind != "VIEW"
        ]
        if renames:
            cursor.execute("RENAME TABLE %s" % ", ".join(renames))
        _make_all(cursor, source, to, *made)
        if comment:
            cursor.execute("ALTER DATABASE %s COMMENT %%s" % quoted(to), (comment,))
        cursor.execute("DROP DATABASE %s" % quoted(source))


def exchange(cursor: Any, one: str, other: str, between: str) -> None:
    """Swap two databases; ``between`` is a name that no database has."""
    move(cursor, one, between)
    move(cursor, other, one)
    move(cursor, between, other)


@contextmanager
def _session(cursor: Any) -> Iterator[None]:
    """A context in which the session has the ``_SETTINGS``. At the end, it gets back its own
    settings and its database."""
    names = list(_SETTINGS)
    cursor.execute("SELECT DATABASE(), %s" % ", ".join("@@SESSION.%s" % each for each in names))
    database, *values = cursor.fetchall()[0]
    _set(cursor, ["%s = %s" % pair for pair in _SETTINGS.items()])
    try:
        yield
    finally:
        told = [
            "%s = '%s'" % (name, each) for name, each in zip(names, values) if name == "sql_mode"
        ]
        told += [
            "%s = %s" % (name, each) for name, each in zip(names, values) if name != "sql_mode"
        ]
        _set(cursor, told)
        there = database is not None and exists(cursor, str(database))
        # Whoever is in none is in a copy now, as somebody who could write to it.
        cursor.execute("USE %s" % quoted(str(database) if there else "information_schema"))


def _set(cursor: Any, settings: Iterable[str]) -> None:
    cursor.execute("SET SESSION %s" % ", SESSION ".join(settings))


def _all(cursor: Any, query: str, *values: str) -> List[Tuple[Any, ...]]:
    cursor.execute(query, values)
    return [tuple(row) for row in cursor.fetchall()]


def _make(cursor: Any, source: str, to: str, comment: str = "") -> None:
    """Make an empty database with the character set and collation of another one."""
    found = _all(cursor, _MADE_WITH, source)
    if not found:
        raise LookupError("there is no database %s" % source)
    cursor.execute("DROP DATABASE IF EXISTS %s" % quoted(to))
    made = "CREATE DATABASE %s CHARACTER SET %s COLLATE %s" % ((quoted(to),) + found[0])
    cursor.execute(made + (" COMMENT '%s'" % comment if comment else ""))


def _shown(cursor: Any, kind: str, database: str, name: str) -> Tuple[Any, ...]:
    cursor.execute("SHOW CREATE %s %s.%s" % (kind, quoted(database), quoted(name)))
    return tuple(cursor.fetchall()[0])


def _views(cursor: Any, source: str, names: Iterable[str]) -> List[_Made]:
    """The statements that make views. Names in them are without the database, because it is the
    session's current one."""
    found = []
    cursor.execute("USE %s" % quoted(source))
    for name in names:
        found.append(_Made("VIEW", name, "", _shown(cursor, "VIEW", source, name)[1]))
    return found


def _rest(cursor: Any, source: str) -> List[_Made]:
    """The statements that make routines, triggers and events."""
    found = []
    for kind, name in _all(cursor, _ROUTINES, source):
        _, mode, sql, *_ = _shown(cursor, kind, source, name)
        found.append(_Made(kind, name, mode, sql))
    for (name,) in _all(cursor, _TRIGGERS, source):
        _, mode, sql, *_ = _shown(cursor, "TRIGGER", source, name)
        found.append(_Made("TRIGGER", name, mode, sql))
    for (name,) in _all(cursor, _EVENTS, source):
        _, mode, _, sql, *_ = _shown(cursor, "EVENT", source, name)
        found.append(_Made("EVENT", name, mode, sql))
    for each in found:
        if each.sql is None:
            raise LookupError("this user may not read the %s %s" % (each.kind.lower(), each.name))
    return found


def _fill(cursor: Any, source: str, kinds: Any) -> None:
    """Copy all rows, in one transaction that holds no locks in the source."""
    columns: Any = {}
    for table, name, extra in _all(cursor, _COLUMNS, source):
        if not _GENERATED.search(extra or ""):
            columns.setdefault(table, []).append(name)
    versioned = [name for name, kind in kinds.items() if kind == "SYSTEM VERSIONED"]
    if versioned:
        cursor.execute("SET SESSION system_versioning_insert_history = 1")
    cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    cursor.execute("START TRANSACTION")
    for name in kinds:
        of_all = name in versioned
        these = columns.get(name, []) + (_periods(cursor, source, name) if of_all else [])
        listed = ", ".join(map(quoted, these))
        cursor.execute(
            "INSERT INTO %s (%s) SELECT %s FROM %s.%s%s"
            % (
                quoted(name),
                listed,
                listed,
                quoted(source),
                quoted(name),
                " FOR SYSTEM_TIME ALL" if of_all else "",
            )
        )
    cursor.execute("COMMIT")
    if versioned:
        cursor.execute("SET SESSION system_versioning_insert_history = 0")


def _periods(cursor: Any, source: str, table: str) -> List[str]:
    """The columns of a versioned table that say from when to when a row was there. If the table
    does not name them, they have the usual names."""
    found = re.search(
        r"PERIOD FOR SYSTEM_TIME \(`((?:[^`]|``)+)`, `((?:[^`]|``)+)`\)",
        _shown(cursor, "TABLE", source, table)[1],
    )
    return (
        [each.replace("``", "`") for each in found.groups()] if found else ["row_start", "row_end"]
    )


def _make_all(cursor: Any, source: str, to: str, views: List[_Made], rest: List[_Made]) -> None:
    """Run these statements in an order in which each finds what it needs: views may need functions
    and one another."""
    cursor.execute("USE %s" % quoted(to))
    for each in rest:
        if each.kind not in ("TRIGGER", "EVENT"):
            _make_one(cursor, source, to, each)
    waiting = views
    while waiting:
        again = []
        for each in waiting:
            try:
                _make_one(cursor, source, to, each)
            except Exception as error:
                if not error.args or error.args[0] not in _NOT_THERE:
                    raise
                again.append(each)
                reason = str(error.args[-1])
        if len(again) == len(waiting):
            names = ", ".join(each.name for each in again)
            raise LookupError(
                "these views refer to something that does not exist: %s (%s)" % (names, reason)
            )
        waiting = again
    for each in rest:
        if each.kind in ("TRIGGER", "EVENT"):
            _make_one(cursor, source, to, each)


def _make_one(cursor: Any, source: str, to: str, made: _Made) -> None:
    sql = _DEFINER.sub("", made.sql, count=1)
    if made.kind == "VIEW":
        sql = sql.replace(quoted(source) + ".", quoted(to) + ".")
        cursor.execute(sql)
        return
    if made.kind == "EVENT":
        sql = _ALIVE.sub(r"\1 DISABLE", sql, count=1)
    _set(cursor, ["sql_mode = '%s'" % made.sql_mode])
    cursor.execute(sql)
    _set(cursor, ["sql_mode = %s" % _SETTINGS["sql_mode"]])


def describe(cursor: Any, name: str) -> List[Tuple[str, str, str]]:
    """Everything in a database: kind, name and the statement that makes it; for the database
    itself, its defaults for tables."""
    found = [("DATABASE", "", " ".join(map(str, each))) for each in _all(cursor, _MADE_WITH, name)]
    for table, kind, _ in _all(cursor, _TABLES, name):
        shown = _shown(cursor, "VIEW" if kind == "VIEW" else "TABLE", name, table)
        found.append(("VIEW" if kind == "VIEW" else "TABLE", table, str(shown[1])))
    found += [(each.kind, each.name, each.sql) for each in _rest(cursor, name)]
    return found

"""Reads what a MariaDB or MySQL server counts of one database.

A server with ``userstat`` counts how many rows were written in each table. The numbers that InnoDB
gives to tables show which tables there are. Statements that change the structure of tables are
counted for all databases together. A ``cursor`` is a driver's, of a connection to the server. Both
sides of miglab use this module: it imports nothing of the agent's.
"""

from __future__ import annotations

import hashlib
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

_ROWS = """
SELECT table_name, rows_changed FROM information_schema.table_statistics
WHERE table_schema = %s AND rows_changed > 0 ORDER BY table_name
"""
_TABLES = """
SELECT table_id, space, name FROM information_schema.innodb_sys_tables
WHERE LEFT(name, %s) = %s ORDER BY table_id
"""
_OTHERS = """
SELECT id FROM information_schema.processlist WHERE db = %s AND id <> CONNECTION_ID()
"""
#: When the server was started, as seconds: all counts begin anew then.
_BEGAN = """
SELECT UNIX_TIMESTAMP() - variable_value FROM information_schema.global_status
WHERE variable_name = 'UPTIME'
"""
#: The moment, in seconds; a file that is made now may be dated a little earlier.
_NOW = "SELECT FLOOR(UNIX_TIMESTAMP(NOW(6)) - 0.1)"
_DATES = """
SELECT table_name, UNIX_TIMESTAMP(create_time) FROM information_schema.tables
WHERE table_schema = %s AND table_type = 'BASE TABLE' AND create_time IS NOT NULL
"""
_STATUS = """
SHOW GLOBAL STATUS WHERE variable_name IN
('Innodb_lsn_current', 'Innodb_redo_log_current_lsn', 'Handler_write', 'Handler_update',
 'Handler_delete')
OR variable_name REGEXP '%s'
"""
_MAKE = "^Com_(alter|create|delete|drop|import|rename|repair|truncate|xa_commit)"


class Counted(NamedTuple):
    """What was counted of a database. ``own`` is what concerns only this database. ``made`` is how
    many statements on the whole server may have changed what exists. ``log`` is where the server's
    log ends. ``others`` are the numbers of other sessions in the database."""

    own: Tuple[Any, ...]
    made: int
    log: Any
    others: Tuple[int, ...]

    @property
    def told(self) -> str:
        """A text that is equal for two counts if nothing was written to the database between them,
        and nothing was made on the server. Other sessions may be at work."""
        return hashlib.sha1(repr((self.own, self.made)).encode()).hexdigest()


def count(cursor: Any, name: str) -> Counted:
    """What is counted of a database.

    Raises:
        Error: the driver's own; its number is 1227 if this user may not see what InnoDB counts.
    """
    # First, so that what somebody does meanwhile shows the next time.
    found = status(cursor)
    others = tuple(int(number) for (number,) in _all(cursor, _OTHERS, name))
    tables = _all(cursor, _TABLES, len(name) + 1, name + "/")
    began = tuple(float(value) for (value,) in _all(cursor, _BEGAN))
    rows = tuple((str(table), int(number)) for table, number in _all(cursor, _ROWS, name))
    own = (began, rows, tuple((int(one), int(other), str(file)) for one, other, file in tables))
    return Counted(own, made(found), found.get("Innodb_lsn_current"), others)


def status(cursor: Any) -> Dict[str, int]:
    """What is counted for all databases together."""
    return {str(name): int(value) for name, value in _all(cursor, _STATUS % _MAKE)}


def made(found: Dict[str, int]) -> int:
    """How many statements may have changed what there is, according to what ``status`` returned."""
    return sum(value for name, value in found.items() if name.startswith("Com_"))


def made_in_session(cursor: Any) -> int:
    """How many statements that may change what there is this session has run."""
    found = _all(cursor, "SHOW SESSION STATUS WHERE variable_name REGEXP '%s'" % _MAKE)
    return sum(int(value) for _, value in found)


def now(cursor: Any) -> int:
    """The moment by the server's clock, in whole seconds."""
    return int(_all(cursor, _NOW)[0][0])


def dates(cursor: Any, name: str, moment: int) -> Dict[str, List[Optional[int]]]:
    """When each table of a database was last made or altered, in whole seconds. If that was not
    before ``moment``, also a checksum of its rows, because a table may be altered twice within one
    second.

    If InnoDB drops a column and adds another one with its name and type at once, nothing else shows
    it: the table keeps its number, and none of its rows counts as changed."""
    found: Dict[str, List[Optional[int]]] = {
        str(table): [int(date), None] for table, date in _all(cursor, _DATES, name)
    }
    recent = [table for table, (date, _) in found.items() if date is not None and date >= moment]
    if recent:
        places = ["`%s`.`%s`" % (name.replace("`", "``"), t.replace("`", "``")) for t in recent]
        sums = _all(cursor, "CHECKSUM TABLE " + ", ".join(places))
        for table, (_, value) in zip(recent, sums):
            found[table][1] = value if value is None else int(value)
    return found


def altered(
    before: Dict[str, List[Optional[int]]], now: Dict[str, List[Optional[int]]], moment: int
) -> bool:
    """Whether a table that is in both of these was altered, or may hold something else. ``before``
    was read at a moment, and ``now`` is what ``dates`` finds for this moment: a table whose date is
    older, and the same, was not altered since."""
    return any(
        date != before[table][0]
        or (
            (date is None or date >= moment)
            and before[table][1] is not None
            and value != before[table][1]
        )
        for table, (date, value) in now.items()
        if table in before
    )


def _all(cursor: Any, query: str, *values: object) -> Tuple[Any, ...]:
    cursor.execute(query, values or None)
    return tuple(map(tuple, cursor.fetchall()))

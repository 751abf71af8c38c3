"""Names what a copy of a database lacks, or has switched off: what belongs to its server, what
would start by itself and reach out, and who has which rights."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql

from ...agent.engines.postgresql import waiting
from ..engine import Lacks
from .connections import connect, on_server
from .originals import reading

#: How many names are told of one kind.
_SHOWN = 5
_OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'"
#: What a copy does not have: where it is looked for, and what is said of it; ``{}`` are the names.
_NOT_THERE = (
    (
        "SELECT pubname FROM pg_publication ORDER BY 1",
        "lacks the publications {}: nothing is replicated from it",
    ),
    (
        "SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
        "WHERE d.datname = current_database() ORDER BY 1",
        "lacks the subscriptions {}: nothing is replicated to it",
    ),
    (
        "SELECT evtname FROM pg_event_trigger ORDER BY 1",
        "does not run the event triggers {}: what they do during a migration is not measured",
    ),
    (
        "SELECT srvname FROM pg_foreign_server ORDER BY 1",
        "cannot reach the foreign servers {}: a migration that uses one of them fails here",
    ),
)
#: The same of what is there, and otherwise than in the original.
_OTHERWISE = (
    (
        f"SELECT DISTINCT pg_get_userbyid(c.relowner) FROM pg_class c "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') "
        f"AND {_OWN} AND pg_get_userbyid(c.relowner) <> current_user ORDER BY 1",
        "belongs to one role, and has no grants: a migration may change tables of other owners "
        "({}) here, but perhaps not in the original",
    ),
    (
        f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE c.relrowsecurity AND {_OWN} ORDER BY 1",
        "does not apply row security ({}): a migration sees all rows here",
    ),
)
#: The functions, types, tables and the like that extensions have brought.
_BROUGHT = """
SELECT DISTINCT coalesce(p.proname, t.typname, c.relname, o.oprname, s.opcname)
FROM pg_depend d
JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
LEFT JOIN pg_operator o ON d.classid = 'pg_operator'::regclass AND o.oid = d.objid
LEFT JOIN pg_opclass s ON d.classid = 'pg_opclass'::regclass AND s.oid = d.objid
WHERE d.deptype = 'e' AND e.extname = ANY(%s)
"""
_EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
#: What the role that asks may make.
_ABLE = """
SELECT a.name FROM pg_available_extensions a
JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
WHERE NOT v.superuser OR v.trusted
  OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
"""


def of_original(handle: str, server: str) -> Lacks:
    """What a copy of this database lacks on a server. Among it are the extensions that the server
    does not have, or that the role of copies may not create there.

    Raises:
        NoServer: the database cannot be read.
    """
    with on_server(server) as connection:
        able = set(_names(connection, _ABLE))
    with reading(handle) as connection:
        gone, otherwise = _found(connection, _NOT_THERE), _found(connection, _OTHERWISE)
        missing = [each for each in _names(connection, _EXTENSIONS) if each not in able]
        brought = _names(connection, _BROUGHT, missing) if missing else []
    said = [*gone, *otherwise]
    if missing:
        one = len(missing) == 1
        what, them = ("extension", "it") if one else ("extensions", "them")
        said.append(
            f"lacks the {what} {_listed(missing)}: migrations that use {them} cannot be tried here"
        )
    names = [each for some in gone.values() for each in some]
    return Lacks(tuple(said), (*names, *missing, *brought))


def of_server(server: str) -> tuple[str, ...]:
    """How the server of copies differs from others, in words that continue "the copy"."""
    with on_server(server) as connection:
        waits = connection.execute("SHOW fsync").fetchone() == ("on",)
        # It is set to wait while locks are measured.
        will = connection.execute(waiting.MAY).fetchone() == (True,)
    if waits or will:
        return ()
    return (
        "is on a server that does not wait for the disk (fsync is off): locks may last longer on "
        "the original",
    )


def _found(
    connection: psycopg.Connection[Any], queries: Sequence[tuple[str, str]]
) -> dict[str, list[str]]:
    """Maps each sentence about the copy to the names that it mentions. Queries that this role may
    not run are left out."""
    found = {}
    for query, says in queries:
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
            if names := _names(connection, query):
                found[says.format(_listed(names))] = names
    return found


def _names(connection: psycopg.Connection[Any], query: str, *values: object) -> list[str]:
    found = connection.execute(query.encode(), values or None).fetchall()
    return [str(name) for (name, *_) in found if name is not None]


def _listed(names: list[str]) -> str:
    return ", ".join([*names[:_SHOWN], *(["…"] if len(names) > _SHOWN else [])])


def put_to_sleep(copy: str) -> None:
    """Let nothing in a new copy reach out or start by itself: it has no logins for foreign servers,
    and event triggers are off. Rows that a policy hides in the original are visible in the copy,
    because the policy's roles do not exist there."""
    with connect(copy) as connection:
        found = connection.execute(
            "SELECT srvname, CASE WHEN umuser = 0 THEN NULL ELSE usename END FROM pg_user_mappings"
        ).fetchall()
        for server, user in found:
            who = sql.SQL("PUBLIC") if user is None else sql.Identifier(user)
            connection.execute(
                sql.SQL("DROP USER MAPPING IF EXISTS FOR {} SERVER {}").format(
                    who, sql.Identifier(server)
                )
            )
        for (trigger,) in connection.execute("SELECT evtname FROM pg_event_trigger").fetchall():
            connection.execute(
                sql.SQL("ALTER EVENT TRIGGER {} DISABLE").format(sql.Identifier(trigger))
            )
        for schema, table in connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE c.relforcerowsecurity"
        ).fetchall():
            connection.execute(
                sql.SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(
                    sql.Identifier(schema, table)
                )
            )

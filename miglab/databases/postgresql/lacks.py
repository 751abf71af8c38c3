"""Names what a copy of a database lacks, or has switched off: what belongs to its server, what
would start by itself and reach out, and who has which rights."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
from psycopg import sql

from ...agent.engines.postgresql import waiting
from .connections import connect, on_server
from .originals import reading

#: How many names are told of one kind.
_SHOWN = 5
_OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'"
#: What is looked for, and what is said of it; ``{}`` are the names.
_QUERIES = (
    (
        "SELECT pubname FROM pg_publication ORDER BY 1",
        "has no publications ({}): nothing is replicated from it",
    ),
    (
        "SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid "
        "WHERE d.datname = current_database() ORDER BY 1",
        "has no subscriptions ({}): nothing is replicated to it",
    ),
    (
        "SELECT evtname FROM pg_event_trigger ORDER BY 1",
        "has no event triggers that are on ({}): what they do at a migration is not measured",
    ),
    (
        "SELECT srvname FROM pg_foreign_server ORDER BY 1",
        "reaches no foreign servers ({}): a migration that reads or writes there fails here",
    ),
    (
        f"SELECT DISTINCT pg_get_userbyid(c.relowner) FROM pg_class c "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') "
        f"AND {_OWN} AND pg_get_userbyid(c.relowner) <> current_user ORDER BY 1",
        "belongs to one role, and has no grants: tables of other owners ({}) may be changed here, "
        "and on the original perhaps not",
    ),
    (
        f"SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE c.relrowsecurity AND {_OWN} ORDER BY 1",
        "is not bound by row security ({}): a migration sees all rows here",
    ),
)
_EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
#: What the role that asks may make.
_ABLE = """
SELECT a.name FROM pg_available_extensions a
JOIN pg_available_extension_versions v ON v.name = a.name AND v.version = a.default_version
WHERE NOT v.superuser OR v.trusted
  OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
"""


def named(handle: str) -> tuple[str, ...]:
    """What a copy of this database lacks, in words that continue "the copy".

    Raises:
        NoServer: it cannot be read.
    """
    return tuple(_named(handle))


def of_extensions(handle: str, server: str) -> tuple[str, ...]:
    """Which extensions of a database the role of copies may not make on their server, or that has
    none of, in the same words.

    Raises:
        NoServer: the database cannot be read.
    """
    with reading(handle) as connection:
        names = [str(name) for (name,) in connection.execute(_EXTENSIONS.encode()).fetchall()]
    with on_server(server) as connection:
        able = {name for (name,) in connection.execute(_ABLE.encode()).fetchall()}
    missing = [each for each in names if each not in able]
    if not missing:
        return ()
    return (f"does not have the extensions {_listed(missing)}: what uses them fails here",)


def of_server(server: str) -> tuple[str, ...]:
    """How the server of copies differs from others, in the same words."""
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


def _named(handle: str) -> Iterator[str]:
    with reading(handle) as connection:
        for query, says in _QUERIES:
            try:
                with connection.transaction():
                    names = [str(row[0]) for row in connection.execute(query.encode()).fetchall()]
            except psycopg.errors.InsufficientPrivilege:
                # Who may not see them is not told of them.
                continue
            if names:
                yield says.format(_listed(names))


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

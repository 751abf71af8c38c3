"""Keeps a copy on the original's own server apart from the original: the copy belongs to its own
role, which should have no rights in the original. If there can be no such role, or the role does
have such rights, the report says so."""

from __future__ import annotations

import secrets

import psycopg
from psycopg import Connection, sql

from ..naming import beginning
from .address import handle_of, keep_password, parameters_of, with_kept_password
from .connections import connect, leave_server, on_server
from .originals import Original, identity, reading

#: What only a superuser may make again: then the copy is made by whoever may.
_UNTRUSTED = """
SELECT format('the extension %%s', name) FROM pg_available_extension_versions v
WHERE NOT trusted AND name = ANY(%s)
  AND version = (SELECT default_version FROM pg_available_extensions a WHERE a.name = v.name)
"""
_UNTRUSTED_FUNCTIONS = """
SELECT format('the function %s', p.proname) FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE NOT l.lanpltrusted AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
LIMIT 1
"""
_MAY = """
SELECT has_database_privilege(%s, current_database(), 'CONNECT'), rolsuper
FROM pg_roles WHERE rolname = %s
"""
#: What a role may change in a database that it can connect to.
_RIGHTS = """
SELECT format('create in the schema %%s', nspname) FROM pg_namespace
WHERE nspname !~ '^pg_' AND has_schema_privilege(%(role)s, oid, 'CREATE')
UNION ALL
SELECT format('write to %%s', oid::regclass) FROM pg_class
WHERE relkind IN ('r', 'p', 'v', 'f') AND relnamespace <> 'pg_catalog'::regnamespace
  AND relnamespace <> 'information_schema'::regnamespace
  AND has_table_privilege(%(role)s, oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
UNION ALL
SELECT format('call %%s', p.oid::regprocedure) FROM pg_proc p
WHERE prosecdef AND pronamespace <> 'pg_catalog'::regnamespace
  AND has_function_privilege(%(role)s, p.oid, 'EXECUTE')
LIMIT 1
"""
#: Whether a role owns a copy, or another process goes by it.
_USED = """
SELECT FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE r.rolname = %s
UNION ALL SELECT FROM pg_stat_activity WHERE usename = %s
"""
#: By the host, the port and the name of a role that was made here: the server by who made it.
_made: dict[tuple[str, ...], str] = {}


def server_apart(server: str, source: str, original: Original) -> str:
    """The handle of the same server, but with a role of miglab's own that owns only copies.
    ``server`` is returned unchanged if it is not the original's server, or if its role may not
    create roles. It is also unchanged if the new role cannot connect or would have too few
    rights."""
    if not _is_same(server, source):
        return server
    with on_server(server) as admin:
        may = admin.execute(
            "SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        if may != (True,) or _needs_more(admin, source, original):
            return server
        apart = _role(admin, server)
    try:
        connect(apart).close()
    except psycopg.Error:
        # The server lets nobody in whom it does not know.
        with on_server(server) as admin:
            _drop(admin, parameters_of(apart)["user"])
        return server
    _made[_key(apart)] = server
    return apart


def forget(server: str) -> None:
    """Drop the role of a server's handle if this process created or joined it in ``server_apart``
    and it no longer owns a copy."""
    key, role = _key(server), parameters_of(server)["user"]
    maker = _made.get(key)
    if maker is None:
        return
    leave_server(server)
    with on_server(maker) as admin:
        owns = (
            "SELECT FROM pg_database WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = %s)"
        )
        if admin.execute(owns, (role,)).fetchone() is None:
            del _made[key]
            _drop(admin, role)


def in_words_of(server: str, source: str) -> tuple[str, ...]:
    """Say, in words that continue "the copy", whether a copy's project can reach the original on
    the same server. On another server, say whether the copy's role may do everything there."""
    role = parameters_of(server)["user"]
    if not _is_same(server, source):
        with on_server(server) as there:
            row = there.execute(
                "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
        says = f"belongs to the role {role}, which may do everything on its server: SQL that "
        return (f"{says}starts a program there is not stopped",) if row == (True,) else ()
    begins = "is on the original's own server, and its separation from the original is"
    if role == parameters_of(source)["user"]:
        return (f"{begins} watched, not enforced: both are used by the same role",)
    with reading(source) as connection:
        may = "SELECT has_database_privilege(%s, current_database(), 'CONNECT'), rolsuper "
        (row,) = connection.execute(
            may + "FROM pg_roles WHERE rolname = %s", (role, role)
        ).fetchall()
        connects, is_super = row
        if is_super:
            # By dblink, or by a program that SQL starts.
            says = "watched where Python connects, but SQL can still reach the original"
            return (f"{begins} {says}: its role {role} may do everything",)
        if not connects:
            return (f"{begins} enforced: its role {role} may not connect to the original",)
        right = connection.execute(_RIGHTS, {"role": role}).fetchone()
    if right is not None:
        return (f"{begins} watched, not enforced: its role {role} may {right[0]} there",)
    return (f"{begins} enforced: its role {role} may change nothing there",)


def _key(server: str) -> tuple[str, ...]:
    known = parameters_of(server)
    return tuple(known.get(each, "") for each in ("host", "port", "user"))


def _is_same(server: str, source: str) -> bool:
    """Whether a server is the original's own, because both were started at the same moment."""
    return identity(server)[0] == identity(source)[0]


def _needs_more(admin: Connection[tuple[object, ...]], source: str, original: Original) -> bool:
    found = admin.execute(_UNTRUSTED, (list(original.extensions),)).fetchall()
    if not found:
        with reading(source) as connection:
            found = connection.execute(_UNTRUSTED_FUNCTIONS.encode()).fetchall()
    return bool(found)


def _role(admin: Connection[tuple[object, ...]], server: str) -> str:
    """Find or create the role that this home has on a server. Return the server's handle with this
    role."""
    name, password = f"{beginning()}role", secrets.token_urlsafe(24)
    known = {**parameters_of(server), "user": name, "dbname": "postgres"}
    known.pop("passfile", None)
    there = admin.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,)).fetchone()
    before = with_kept_password(known)
    if there is not None and before is not None:
        # Another lab may go by it.
        return handle_of(before)
    admin.execute(
        sql.SQL("{} ROLE {} LOGIN CREATEDB PASSWORD {}").format(
            sql.SQL("CREATE" if there is None else "ALTER"),
            sql.Identifier(name),
            sql.Literal(password),
        )
    )
    return handle_of(keep_password({**known, "password": password}))


def _drop(admin: Connection[tuple[object, ...]], role: str) -> None:
    admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))

"""PostgreSQL as an engine: a handle is a connection URI of libpq's without a password, and this
room's modules do what is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ContextManager, Dict, Iterator, List, Optional, Tuple, Type

from ...common.later import bring, later
from ...common.measuring import Unmeasured
from ..engine import Lineage, MayOpen, Renames, Watch
from ..entries import compare_each
from . import direct, drivers, guarded

if TYPE_CHECKING:
    from . import (
        catalogue,
        copies,
        durable,
        lineage,
        locks,
        lost,
        marks,
        opening,
        rows,
        sessions,
        sql,
        tables,
        taken,
    )
else:
    # A project on another engine needs none of these.
    (
        catalogue,
        copies,
        durable,
        lineage,
        locks,
        lost,
        marks,
        opening,
        rows,
        sessions,
        sql,
        tables,
        taken,
    ) = later(
        __package__,
        "catalogue",
        "copies",
        "durable",
        "lineage",
        "locks",
        "lost",
        "marks",
        "opening",
        "rows",
        "sessions",
        "sql",
        "tables",
        "taken",
    )

#: Django's backends on this server, and what packages call theirs: ``psqlextra.backend``,
#: ``django_prometheus.db.backends.postgis``.
_BACKENDS = re.compile(r"postgres|postgis|psql|psycopg", re.I)
#: Options that say where a connection leads, or how one proves who one is there.
_LEADING = re.compile(
    r"service|servicefile|passfile|pool|host|hostaddr|port|db(name)?|database|user|passw(or)?d|"
    r"conninfo|dsn|ssl\w*|gss\w*|krb\w*|channel_binding|require_auth|requirepeer|"
    r"target_session_attrs|load_balance_hosts|assume_role|oauth\w*|scram\w*"
)


class PostgreSQL:
    """See ``engine.Engine``."""

    vendor = "postgresql"
    where = "on a PostgreSQL server"
    backend = ""
    sidecars: Tuple[str, ...] = ()
    events = (guarded.EVENT,)
    denial = "miglab does not let a copy open the database"
    scheme = guarded.SCHEME
    connecting = False
    can_fork = False
    creates_alone = False
    lines_last = True
    #: A constraint that is not valid yet is not among them: no state shows whether it is.
    plain_operations = tuple(
        "django.contrib.postgres.operations.%s" % each
        for each in (
            "CreateExtension",
            "CreateCollation",
            "RemoveCollation",
            "AddIndexConcurrently",
            "RemoveIndexConcurrently",
        )
    )

    @property
    def error(self) -> Type[Exception]:
        """The driver's."""
        return drivers.error()

    def refused(self, error: BaseException) -> str:
        """By the server's code."""
        return drivers.refused(error)

    def unknown(self, error: BaseException) -> str:
        """By the server's code."""
        return drivers.unknown(error)

    def bring(self) -> None:
        """The rest of this room."""
        bring(__package__)

    def version(self) -> str:
        """What the driver says of itself."""
        return "PostgreSQL (%s)" % (drivers.version() or "no driver")

    def runs(self, engine: str) -> bool:
        """Whether a backend speaks to such a server."""
        return bool(_BACKENDS.search(engine)) and "cockroach" not in engine.lower()

    def full_name(self, database: Dict[str, Any]) -> str:
        """The URI of its own server and database."""
        return guarded.uri(database)

    def password(self, database: Dict[str, Any]) -> str:
        """The entry's own."""
        return guarded.password(database)

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Name the copy, and drop all options that would lead to another database."""
        known = drivers.parts(handle)
        database["NAME"] = opening.database(handle)
        names = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        for name, part in names.items():
            database[name] = known.pop(part, "")
        options = database.get("OPTIONS")
        kept = dict(options) if isinstance(options, dict) else {}
        kept = {name: each for name, each in kept.items() if not _LEADING.fullmatch(name)}
        more = {name: each for name, each in known.items() if name not in ("dbname", "options")}
        database["OPTIONS"] = {**kept, **more}
        guarded.forget_environment()

    def other(self, database: Dict[str, Any], handle: str) -> Optional[str]:
        """Its name, if it is another database or on another server."""
        known = drivers.parts(handle)
        meant = {"NAME": opening.database(handle)}
        meant.update(HOST=known.get("host", ""), PORT=known.get("port", ""))
        if all(str(database.get(name) or "") == each for name, each in meant.items()):
            return None
        return str(database["NAME"])

    def address(self, handle: str) -> str:
        """Host, port and database."""
        return guarded.address(drivers.parts(handle))

    def hold(self, may_open: MayOpen) -> None:
        """Tell of each connection by the event."""
        guarded.hold()

    def may_look_up(self, name: Any) -> bool:
        """Not libpq's that connect."""
        return direct.may_look_up(name)

    def hurry(self, connection: Any) -> None:
        """Whether to wait for the disk is the server's to say: a session that does not wait loses
        what it committed when the server is killed."""

    def together(self) -> ContextManager[None]:
        """With the connections open."""
        return opening.together()

    def exists(self, handle: str) -> bool:
        """Whether the server has it."""
        return opening.exists(handle)

    def mark(self, handle: str) -> Any:
        """What the server counts of this database."""
        return marks.mark(handle)

    def last_mark(self, handle: str) -> Any:
        """With the number of transactions that will have ended."""
        return marks.last_mark(handle)

    def hear_mark(self, handle: str, told: Any) -> Any:
        """As it is."""
        return told

    def take(self, connection: Any, handle: str) -> None:
        """The session goes on as one of ours. Nothing is measured any more."""
        durable.end()
        taken.take(connection, handle)

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """Record, catalogue and row counts."""
        return catalogue.read(handle)

    def read_tables(self, handle: str) -> Dict[str, Any]:
        """The catalogue."""
        with opening.opened(handle) as connection, opening.at_one_moment(connection):
            return tables.read_tables(connection)

    def scratch(self, connection: Any, handle: str) -> ContextManager[Any]:
        """A database on the same server."""
        return copies.scratch(connection, handle)

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue."""
        return tables.read_tables(connection.connection)

    def make_way(self, connection: Any, handle: str) -> None:
        """Nobody may be connected."""
        if connection.connection is None:
            return
        if not sessions.can_reopen(connection):
            raise Unmeasured(
                "the project's connection cannot be closed here: it holds a transaction, "
                "temporary tables, locks or settings"
            )
        taken.take(connection, handle)

    def keep(self, handle: str, name: str) -> str:
        """Copy it within the server."""
        copy = copies.beside(handle, name)
        copies.copy(handle, copy)
        return copy

    def forget(self, handle: str) -> None:
        """Drop it."""
        copies.drop(handle)

    def can_reopen(self, connection: Any) -> bool:
        """By what its session holds."""
        return sessions.can_reopen(connection)

    def exchange(self, handle: str, kept: str) -> None:
        """Both are renamed."""
        copies.exchange(handle, kept)

    def fold(self, name: str) -> str:
        """Different names are never treated as equal."""
        return name

    def folded(self, text: str) -> str:
        """The server writes all its SQL in one way."""
        return text

    def alike(self, kind: str, other: str) -> bool:
        """Different types are never treated as equal."""
        return kind == other

    def made(self, text: str) -> Iterator[Tuple[str, str, str]]:
        """As the server reads SQL."""
        return sql.made(text)

    def may_rename(self, text: str) -> bool:
        """Names are compared at the end."""
        return False

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """From the catalogue as it is now, or as the copy has it."""
        name = str(connection.settings_dict["NAME"])
        return lineage.Lineage(connection.connection, name, old)

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """By the server's own list of locks."""
        if lasting:
            durable.begin(connection)
        return locks.Watch(connection, atomic)

    def settle(self, lineage: Lineage, handle: str) -> None:
        """By the catalogue as it is then."""
        with opening.opened(handle) as connection:
            lineage.settle(connection)

    def compare(
        self, old: str, new: str, renames: Renames, own: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """Streams of keys and hashes are merged."""
        return rows.compare(old, new, renames)

    def compare_all(
        self,
        old: Dict[str, Optional[str]],
        new: Dict[str, str],
        renames: Dict[str, Renames],
        own: bool,
    ) -> List[Dict[str, Any]]:
        """Database by database."""
        return compare_each(old, new, renames, lambda alias, *of_alias: rows.compare(*of_alias))

    def not_back(self, request: Dict[str, Any], own: bool) -> List[Dict[str, Any]]:
        """Three streams are merged."""
        return lost.not_back(request)

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """Two streams are merged."""
        return lost.list_lost(request)

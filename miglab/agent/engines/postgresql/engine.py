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
    #: Operations on constraints that are not validated are not among them: the state does not show
    #: whether a constraint is.
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
        """The base class of the driver's errors."""
        return drivers.error()

    def refused(self, error: BaseException) -> str:
        """The driver's error in one line, if the server's code says that something is forbidden or
        lacking; otherwise ``""``."""
        return drivers.refused(error)

    def unknown(self, error: BaseException) -> str:
        """The driver's error in one line, if the server's code says that something is unknown;
        otherwise ``""``."""
        return drivers.unknown(error)

    def bring(self) -> None:
        """Import the rest of this room."""
        bring(__package__)

    def version(self) -> str:
        """The name PostgreSQL, with the name and version of the driver."""
        return "PostgreSQL (%s)" % (drivers.version() or "no driver")

    def runs(self, engine: str) -> bool:
        """Whether a backend is for PostgreSQL servers."""
        return bool(_BACKENDS.search(engine)) and "cockroach" not in engine.lower()

    def full_name(self, database: Dict[str, Any]) -> str:
        """The URI of the server and the database that an entry of ``DATABASES`` means."""
        return guarded.uri(database)

    def password(self, database: Dict[str, Any]) -> str:
        """The password for an entry of ``DATABASES``, or ``""``."""
        return guarded.password(database)

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Make an entry of ``DATABASES`` lead to the copy, and drop all options that would lead to
        another database."""
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
        """The name of the entry's database, if it is not the handle's or is on another server;
        otherwise ``None``."""
        known = drivers.parts(handle)
        meant = {"NAME": opening.database(handle)}
        meant.update(HOST=known.get("host", ""), PORT=known.get("port", ""))
        if all(str(database.get(name) or "") == each for name, each in meant.items()):
            return None
        return str(database["NAME"])

    def address(self, handle: str) -> str:
        """The host, port and database of a handle, as text."""
        return guarded.address(drivers.parts(handle))

    def hold(self, may_open: MayOpen) -> None:
        """From now on, raise the audit event before each new connection. ``may_open`` is not
        used."""
        guarded.hold()

    def may_look_up(self, name: Any) -> bool:
        """Whether a function may be looked up. Libpq's functions that connect may not, except by
        psycopg itself."""
        return direct.may_look_up(name)

    def hurry(self, connection: Any) -> None:
        """Do nothing: only the whole server may stop waiting for the disk. A session that does not
        wait loses what it committed if the server is killed."""

    def together(self) -> ContextManager[None]:
        """A context in which miglab's own connections stay open from one question to the next."""
        return opening.together()

    def exists(self, handle: str) -> bool:
        """Whether the server has this database."""
        return opening.exists(handle)

    def mark(self, handle: str) -> Any:
        """What the server has counted of the changes to this database."""
        return marks.mark(handle)

    def last_mark(self, handle: str) -> Any:
        """The mark, with the number of transactions that will have ended once miglab's connection
        is closed."""
        return marks.last_mark(handle)

    def hear_mark(self, handle: str, told: Any) -> Any:
        """``told``, unchanged."""
        return told

    def take(self, connection: Any, handle: str) -> None:
        """Close Django's connection; if possible, its session goes on as one of miglab's own. Locks
        are not measured any more."""
        durable.end()
        taken.take(connection, handle)

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """The record, the catalogue and the number of rows of each table."""
        return catalogue.read(handle)

    def read_tables(self, handle: str) -> Dict[str, Any]:
        """The catalogue of a database at one moment."""
        with opening.opened(handle) as connection, opening.at_one_moment(connection):
            return tables.read_tables(connection)

    def scratch(self, connection: Any, handle: str) -> ContextManager[Any]:
        """A connection of Django's to an empty database on the same server."""
        return copies.scratch(connection, handle)

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue of a scratch database."""
        return tables.read_tables(connection.connection)

    def make_way(self, connection: Any, handle: str) -> None:
        """Close Django's connection, because nobody may be connected to a database while it is
        copied."""
        if connection.connection is None:
            return
        if not sessions.can_reopen(connection):
            raise Unmeasured(
                "the project's connection cannot be closed here: it holds a transaction, "
                "temporary tables, locks or settings"
            )
        taken.take(connection, handle)

    def keep(self, handle: str, name: str) -> str:
        """Copy the database within the server, and return the handle of the copy."""
        copy = copies.beside(handle, name)
        copies.copy(handle, copy)
        return copy

    def forget(self, handle: str) -> None:
        """Drop a copy that ``keep`` made."""
        copies.drop(handle)

    def can_reopen(self, connection: Any) -> bool:
        """Whether the session of Django's connection holds nothing that would be lost."""
        return sessions.can_reopen(connection)

    def exchange(self, handle: str, kept: str) -> None:
        """Swap two databases by renaming them."""
        copies.exchange(handle, kept)

    def fold(self, name: str) -> str:
        """The name, unchanged: different names are never treated as equal."""
        return name

    def folded(self, text: str) -> str:
        """The text, unchanged: the server writes all SQL of its catalogue in one way."""
        return text

    def alike(self, kind: str, other: str) -> bool:
        """Whether two types are written alike: different types are never treated as equal."""
        return kind == other

    def made(self, text: str) -> Iterator[Tuple[str, str, str]]:
        """Each trigger and view that the SQL makes or drops, as PostgreSQL reads SQL."""
        return sql.made(text)

    def may_rename(self, text: str) -> bool:
        """Always false: no statement needs to be read, because names are compared at the end."""
        return False

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """Begin to follow the names, from the catalogue as it is now or as the copy ``old`` has
        it."""
        name = str(connection.settings_dict["NAME"])
        return lineage.Lineage(connection.connection, name, old)

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """Begin to measure the locks of a migration, by the server's own list of locks."""
        if lasting:
            durable.begin(connection)
        return locks.Watch(connection, atomic)

    def settle(self, lineage: Lineage, handle: str) -> None:
        """Bring ``lineage`` up to date from the catalogue."""
        with opening.opened(handle) as connection:
            lineage.settle(connection)

    def compare(
        self, old: str, new: str, renames: Renames, own: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """Compare two databases by merging streams of keys and hashes."""
        return rows.compare(old, new, renames)

    def compare_all(
        self,
        old: Dict[str, Optional[str]],
        new: Dict[str, str],
        renames: Dict[str, Renames],
        own: bool,
    ) -> List[Dict[str, Any]]:
        """Compare the databases of each alias, one alias after the other."""
        return compare_each(old, new, renames, lambda alias, *of_alias: rows.compare(*of_alias))

    def not_back(self, request: Dict[str, Any], own: bool) -> List[Dict[str, Any]]:
        """How much of what was lost is missing in a third database too, by merging three
        streams."""
        return lost.not_back(request)

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """What a table lost from one database to the other, by merging two streams."""
        return lost.list_lost(request)

"""MariaDB and MySQL as an engine: a handle is a URI without a password (see ``drivers``), and this
room's modules do what is asked."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, ContextManager, Dict, Iterator, List, Optional, Tuple, Type

from ...common.later import bring, later
from ...common.measuring import Unmeasured
from ..engine import Lineage, MayOpen, Renames, Watch
from ..entries import compare_each
from . import drivers, guarded

if TYPE_CHECKING:
    from . import catalogue, copies, lineage, marks, opening, rows, sessions, sql, tables
else:
    # A project on another engine needs none of these.
    catalogue, copies, lineage, marks, opening, rows, sessions, sql, tables = later(
        __package__,
        "catalogue",
        "copies",
        "lineage",
        "marks",
        "opening",
        "rows",
        "sessions",
        "sql",
        "tables",
    )

#: Django's backend on this server, and what packages call theirs: ``django_prometheus.db.backends.
#: mysql``, ``mysql.connector.django``.
_BACKENDS = re.compile(r"mysql|mariadb", re.I)
#: Options that say where a connection leads, or how one proves who one is there.
_LEADING = re.compile(
    r"read_default_\w+|option_(files|groups)|host|port|user|passw(or)?d\d?|db|database|"
    r"(unix_)?socket|named_pipe|ssl\w*|tls\w*|pool_\w+|failover|auth\w*|server_public_key|"
    r"bind_address|dsn|krb\w*|oci\w*|kerberos\w*"
)


def _begun_with(session: str, own: Any) -> str:
    """The one statement that a connection begins with: it has the settings of the copy, then the
    project's, which override them."""
    words = re.match(r"\s*SET\s+(.*?)[\s;]*$", str(own or ""), re.I | re.S)
    return "SET SESSION %s" % ", ".join([session, *(words.groups() if words else ())])


class MariaDB:
    """See ``engine.Engine``."""

    vendor = "mysql"
    where = "on a MariaDB or MySQL server"
    backend = ""
    sidecars: Tuple[str, ...] = ()
    events = (guarded.EVENT,)
    denial = "miglab does not let a copy open the database"
    scheme = drivers.SCHEME
    can_fork = False
    creates_alone = False
    lines_last = True
    plain_operations: Tuple[str, ...] = ()

    @property
    def error(self) -> Type[Exception]:
        """The base class of the driver's errors."""
        return drivers.error()

    def refused(self, error: BaseException) -> str:
        """The driver's error in one line, if the server's code says that something is forbidden or
        lacking; otherwise ``""``."""
        return drivers.refused(error)

    def unknown(self, error: BaseException) -> str:
        """Always ``""``: a copy lacks nothing that a statement can name."""
        return ""

    def bring(self) -> None:
        """Import the rest of this room."""
        bring(__package__)

    def version(self) -> str:
        """The name MariaDB/MySQL, with the name and version of the driver."""
        return "MariaDB/MySQL (%s)" % (drivers.version() or "no driver")

    def runs(self, engine: str) -> bool:
        """Whether a backend is for MariaDB or MySQL servers."""
        return bool(_BACKENDS.search(engine))

    def full_name(self, database: Dict[str, Any]) -> str:
        """The URI of the server and the database that an entry of ``DATABASES`` means."""
        return drivers.handle_of(guarded.parts_of(database))

    def password(self, database: Dict[str, Any]) -> str:
        """The password for an entry of ``DATABASES``, or ``""``."""
        return guarded.parts_of(database).get("password", "")

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Make an entry of ``DATABASES`` lead to the copy, and drop all options that would lead to
        another database."""
        known = drivers.parts(handle)
        database["NAME"] = known.get("database", "")
        database["USER"] = known.get("user", "")
        database["PASSWORD"] = drivers.password(known)
        database["HOST"] = known.get("unix_socket") or known.get("host", "")
        database["PORT"] = known.get("port", "")
        options = database.get("OPTIONS")
        kept = dict(options) if isinstance(options, dict) else {}
        kept = {name: each for name, each in kept.items() if not _LEADING.fullmatch(name)}
        more = drivers.options(known)
        more.pop("unix_socket", None)
        if known.get("session"):
            kept["init_command"] = _begun_with(known["session"], kept.get("init_command"))
        database["OPTIONS"] = {**kept, **more}
        guarded.forget_environment()

    def other(self, database: Dict[str, Any], handle: str) -> Optional[str]:
        """The name of the entry's database, if it is not the handle's or is on another server;
        otherwise ``None``."""
        meant, known = guarded.parts_of(database), drivers.parts(handle)
        if guarded.address(meant) == guarded.address(known):
            return None
        return str(database["NAME"])

    def address(self, handle: str) -> str:
        """The server and database of a handle, as text."""
        return guarded.address(drivers.parts(handle))

    def hold(self, may_open: MayOpen) -> None:
        """From now on, raise the audit event before each new connection. ``may_open`` is not
        used."""
        guarded.hold()

    @property
    def connecting(self) -> bool:
        """Whether this thread is making an allowed connection. A driver in Python, such as PyMySQL,
        opens sockets for it."""
        return guarded.connecting()

    def may_look_up(self, name: Any) -> bool:
        """Always true: functions of the server's C library are not watched."""
        return True

    def hurry(self, connection: Any) -> None:
        """Do nothing: the server decides whether to wait for the disk."""

    def together(self) -> ContextManager[None]:
        """A context that does nothing, because opening a connection is fast."""
        return contextlib.nullcontext()

    def exists(self, handle: str) -> bool:
        """Whether the server has this database."""
        return opening.exists(handle)

    def mark(self, handle: str) -> Any:
        """A value made from what the server counts of this database, and from its catalogue."""
        return marks.mark(handle)

    def last_mark(self, handle: str) -> Any:
        """The mark, with what the server has counted until now."""
        return marks.last_mark(handle)

    def hear_mark(self, handle: str, told: Any) -> Any:
        """The mark in ``told``. It is kept: if the server has counted nothing new by then, the next
        mark is the same."""
        return marks.hear(handle, told)

    def take(self, connection: Any, handle: str) -> None:
        """Close Django's connection."""
        marks.note_leaving()
        connection.close()

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """The record, the catalogue and the number of rows of each table."""
        return catalogue.read(handle)

    def read_tables(self, handle: str) -> Dict[str, Any]:
        """The catalogue of a database."""
        with opening.opened(handle) as connection:
            return tables.read_tables(connection, opening.database(handle))

    def scratch(self, connection: Any, handle: str) -> ContextManager[Any]:
        """A connection of Django's to an empty database on the same server."""
        return copies.scratch(connection, handle)

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue of a scratch database."""
        name = str(connection.settings_dict["NAME"])
        return tables.read_tables(connection.connection, name)

    def make_way(self, connection: Any, handle: str) -> None:
        """Make sure that the project's connection is in no transaction, because what it has written
        there cannot be copied."""
        if connection.connection is None:
            return
        if connection.in_atomic_block or not connection.get_autocommit():
            raise Unmeasured("the project's connection is in a transaction")
        marks.note_staying(connection.connection)

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
        """Swap two databases by moving their tables."""
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
        """Each trigger and view that the SQL makes or drops, as the server reads SQL."""
        return sql.made(text)

    def may_rename(self, text: str) -> bool:
        """Whether a statement may change names, judged by its words."""
        return sql.concerns(text)

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """Begin to follow the names, from the catalogue as it is now."""
        return lineage.Lineage(connection.connection, str(connection.settings_dict["NAME"]))

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """Always ``None``: the locks of this engine are not measured."""
        return None

    def settle(self, lineage: Lineage, handle: str) -> None:
        """Bring ``lineage`` up to date from the catalogue."""
        with opening.opened(handle) as connection:
            lineage.settle(connection)

    def compare(
        self, old: str, new: str, renames: Renames, own: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """Compare two databases within their server."""
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
        """How much of what was lost is missing in a third database too, counted within their
        server."""
        return rows.not_back(request)

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """What a table lost from one database to the other, found within their server."""
        return rows.list_lost(request)

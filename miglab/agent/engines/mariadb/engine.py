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
    """The statement that a connection begins with: there is only one, and the project's wins."""
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
        """The driver's."""
        return drivers.error()

    def refused(self, error: BaseException) -> str:
        """By the server's code."""
        return drivers.refused(error)

    def unknown(self, error: BaseException) -> str:
        """A copy lacks nothing."""
        return ""

    def bring(self) -> None:
        """The rest of this room."""
        bring(__package__)

    def version(self) -> str:
        """What the driver says of itself."""
        return "MariaDB/MySQL (%s)" % (drivers.version() or "no driver")

    def runs(self, engine: str) -> bool:
        """Whether a backend speaks to such a server."""
        return bool(_BACKENDS.search(engine))

    def full_name(self, database: Dict[str, Any]) -> str:
        """The URI of its own server and database."""
        return drivers.handle_of(guarded.parts_of(database))

    def password(self, database: Dict[str, Any]) -> str:
        """The entry's own."""
        return guarded.parts_of(database).get("password", "")

    def turn(self, database: Dict[str, Any], handle: str) -> None:
        """Name the copy, and drop all options that would lead to another database."""
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
        """Its name, where another one or another server is meant."""
        meant, known = guarded.parts_of(database), drivers.parts(handle)
        if guarded.address(meant) == guarded.address(known):
            return None
        return str(database["NAME"])

    def address(self, handle: str) -> str:
        """Server and database."""
        return guarded.address(drivers.parts(handle))

    def hold(self, may_open: MayOpen) -> None:
        """Tell of each connection by the event."""
        guarded.hold()

    @property
    def connecting(self) -> bool:
        """By PyMySQL, for one."""
        return guarded.connecting()

    def may_look_up(self, name: Any) -> bool:
        """Functions of the server's C library are not watched."""
        return True

    def hurry(self, connection: Any) -> None:
        """Whether to wait for the disk is the server's to say."""

    def together(self) -> ContextManager[None]:
        """A connection is opened at once."""
        return contextlib.nullcontext()

    def exists(self, handle: str) -> bool:
        """Whether the server has it."""
        return opening.exists(handle)

    def mark(self, handle: str) -> Any:
        """What the server counts of this database, and its catalogue."""
        return marks.mark(handle)

    def last_mark(self, handle: str) -> Any:
        """With what the server counts."""
        return marks.last_mark(handle)

    def hear_mark(self, handle: str, told: Any) -> Any:
        """Until the next one, which may be the same by what the server counts."""
        return marks.hear(handle, told)

    def take(self, connection: Any, handle: str) -> None:
        """It is closed."""
        marks.note_leaving()
        connection.close()

    def read(self, handle: str, own: Optional[str] = None) -> Dict[str, Any]:
        """Record, catalogue and row counts."""
        return catalogue.read(handle)

    def read_tables(self, handle: str) -> Dict[str, Any]:
        """The catalogue."""
        with opening.opened(handle) as connection:
            return tables.read_tables(connection, opening.database(handle))

    def scratch(self, connection: Any, handle: str) -> ContextManager[Any]:
        """A database on the same server."""
        return copies.scratch(connection, handle)

    def read_scratch(self, connection: Any) -> Dict[str, Any]:
        """The catalogue."""
        name = str(connection.settings_dict["NAME"])
        return tables.read_tables(connection.connection, name)

    def make_way(self, connection: Any, handle: str) -> None:
        """What it holds in a transaction cannot be copied."""
        if connection.connection is None:
            return
        if connection.in_atomic_block or not connection.get_autocommit():
            raise Unmeasured("the project's connection is in a transaction")
        marks.note_staying(connection.connection)

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
        """Their tables change places."""
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
        """By its words."""
        return sql.concerns(text)

    def follow(self, connection: Any, old: Optional[str] = None) -> Lineage:
        """From the catalogue as it is now."""
        return lineage.Lineage(connection.connection, str(connection.settings_dict["NAME"]))

    def watch(self, connection: Any, atomic: bool, lasting: bool) -> Optional[Watch]:
        """Its locks are not measured."""
        return None

    def settle(self, lineage: Lineage, handle: str) -> None:
        """By the catalogue as it is then."""
        with opening.opened(handle) as connection:
            lineage.settle(connection)

    def compare(
        self, old: str, new: str, renames: Renames, own: Optional[str] = None
    ) -> List[Dict[str, Any]]:
        """Within the server."""
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
        """Within the server."""
        return rows.not_back(request)

    def list_lost(self, request: Dict[str, Any], own: bool) -> Optional[Dict[str, Any]]:
        """Within the server."""
        return rows.list_lost(request)

"""A user's own project whose database is on a PostgreSQL server: rehearsed on a copy of it, on
another server; its own server is only read."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from miglab import Lab
from miglab.databases.naming import OURS
from miglab.databases.postgresql import cluster, moments
from miglab.databases.postgresql.address import name_of
from miglab.databases.postgresql.binaries import embedded
from miglab.databases.postgresql.cluster import Cluster
from miglab.databases.server import serving
from miglab.errors import MiglabError, NoProject, NoServer

from ..databases.postgresql import servers
from .own import manage, shop

Of = Callable[..., Lab]
VERDICT = "loses 3 values of shop_item.price · the rows come back, not all values"


@dataclass(frozen=True)
class Live:
    """A database that is somebody's, on the machine's server; ``log`` is what its server was asked
    by whoever is called ``user``."""

    admin: psycopg.Connection
    name: str
    user: str
    host: str
    port: int

    @property
    def settings(self) -> str:
        """What a project's settings say of it."""
        entry = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": "se:cret",
            "HOST": self.host,
            "PORT": self.port,
        }
        return f"\nDATABASES['default'] = {entry!r}\n"

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        """A session of the administrator's in it."""
        with psycopg.connect(
            host=self.host, port=self.port, user="postgres", dbname=self.name, autocommit=True
        ) as connection:
            yield connection

    def seen(self) -> tuple[object, ...]:
        """What nobody may change: all that it counts of written rows, and which databases of its
        server are its user's. Those of other labs come and go."""
        counted = self.admin.execute(
            "SELECT tup_inserted, tup_updated, tup_deleted FROM pg_stat_database"
            " WHERE datname = %s",
            (self.name,),
        ).fetchone()
        names = self.admin.execute(
            "SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s ORDER BY 1",
            (self.user,),
        ).fetchall()
        return counted, names


@pytest.fixture
def live() -> Iterator[Live]:
    """A database of a role that may not make any."""
    address = servers.server("named")
    name = f"miglabtest_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'se:cret'".encode())
        admin.execute(f"CREATE DATABASE {name} OWNER {name}".encode())
        try:
            yield Live(admin, name, name, admin.info.host, admin.info.port)
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            admin.execute(f"DROP ROLE IF EXISTS {name}".encode())


@pytest.fixture
def folder(live: Live, tmp_path: Path) -> Path:
    """A project with three rows in it."""
    return shop(tmp_path / "site", settings=live.settings)


def test_a_revert_is_rehearsed_on_a_copy_and_the_server_is_only_read(
    live: Live, folder: Path, of: Of
) -> None:
    before = live.seen()
    lab = of(folder)
    found = lab.what_if("migrate shop 0001")
    assert found.verdict == VERDICT
    assert found.engine.database.startswith("PostgreSQL")
    assert "cret" not in repr(found)
    lab.manage("migrate shop zero")
    lab.rewind()
    assert lab.what_if("migrate shop 0001").verdict == VERDICT
    lab.close()
    assert live.seen() == before


#: What a statement begins with that only reads: by pg_dump, by miglab, and what both begin with.
READS = re.compile(
    r"SELECT|WITH RECURSIVE|SHOW|BEGIN|COMMIT|ROLLBACK|SET|DECLARE|FETCH|CLOSE|PREPARE|EXECUTE"
    r"|DEALLOCATE|COPY .* TO stdout|LOCK TABLE .* IN ACCESS SHARE MODE"
)
WRITES = re.compile(r"nextval|setval|lo_(?!get)|SET .*READ WRITE|read_only *= *off|pg_terminate")


@pytest.fixture
def logging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A server that writes down each statement that it gets; it runs until the tests end."""
    found = embedded()
    assert found is not None
    monkeypatch.setitem(cluster._ALWAYS, "log_statement", "all")
    folder = Path(tempfile.mkdtemp(prefix="miglabtest"))
    folder.chmod(0o755)
    made = Cluster(folder, folder / "s", found)
    serving.join(made)
    return made


def test_the_statements_that_its_server_gets_only_read(
    logging: Cluster, tmp_path: Path, of: Of
) -> None:
    host = str(logging.sockets)
    where = {"host": host, "port": cluster.PORT, "user": cluster.ROLE}
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE live")
    entry = {"ENGINE": "django.db.backends.postgresql", "NAME": "live", "HOST": host}
    entry |= {"USER": cluster.ROLE, "PORT": str(cluster.PORT)}
    folder = shop(tmp_path / "site", settings=f"\nDATABASES['default'] = {entry!r}\n")
    already = len(logging.log.read_text())
    lab = of(folder)
    assert lab.what_if("migrate shop 0001").verdict == VERDICT
    lab.manage("migrate shop zero")
    lab.what_if_all("contenttypes")
    lab.close()
    said = logging.log.read_text()[already:]
    statements = re.findall(r"LOG:  (?:statement|execute [^:]*):\s*(\S.*)", said)
    assert any("COPY public.shop_item" in each for each in statements)
    assert [each for each in statements if not READS.match(each) or WRITES.search(each)] == []


def test_no_database_is_left_behind(live: Live, folder: Path, of: Of) -> None:
    lab = of(folder)
    handle = next(iter(lab._stage.sandbox.databases.values()))
    assert moments.exists(handle)
    name = lab._stage.sandbox.root.name
    lab.what_if("migrate shop 0001")
    lab.close()
    assert [each for each in moments.names(handle, OURS) if name in each] == []


def test_a_database_that_is_not_there_yet_is_named(tmp_path: Path, live: Live, of: Of) -> None:
    live.admin.execute(f"DROP DATABASE {live.name}".encode())
    folder = shop(tmp_path / "site", settings=live.settings, migrated=False)
    with pytest.raises(NoProject, match="there is no database at postgresql://"):
        of(folder)


def test_a_wrong_password_is_named_and_not_shown(
    live: Live, folder: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = folder / "config" / "settings.py"
    settings.write_text(settings.read_text().replace(live.user, "nobody_at_all", 2))
    with pytest.raises(MiglabError) as error:
        of(folder)
    assert "nobody_at_all" in str(error.value)
    assert "cret" not in str(error.value)


def test_a_table_that_may_not_be_read_is_named(live: Live, folder: Path, of: Of) -> None:
    with live.connected() as connection:
        connection.execute("CREATE TABLE hidden (id int)")
    with pytest.raises(NoServer, match="permission denied for table hidden"):
        of(folder)


def test_rows_that_a_policy_hides_are_refused_and_never_left_out(
    live: Live, folder: Path, of: Of
) -> None:
    with live.connected() as connection:
        for sql in (
            "ALTER TABLE shop_item ENABLE ROW LEVEL SECURITY",
            "ALTER TABLE shop_item FORCE ROW LEVEL SECURITY",
        ):
            connection.execute(sql.encode())
    with pytest.raises(NoServer, match="row-level security"):
        of(folder)


def test_a_named_server_takes_the_copy(live: Live, folder: Path, of: Of) -> None:
    lab = of(folder, on=servers.HERE)
    handle = next(iter(lab._stage.sandbox.databases.values()))
    assert f"port={live.port}" in handle
    assert lab.what_if("migrate shop 0001").verdict == VERDICT
    lab.close()
    # Its role is gone too.
    query = "SELECT FROM pg_database WHERE datname = %s"
    assert live.admin.execute(query, (name_of(handle),)).fetchone() is None


def test_what_is_set_for_the_database_holds_in_the_copy(live: Live, folder: Path, of: Of) -> None:
    live.admin.execute(f"ALTER DATABASE {live.name} SET search_path TO shop, public".encode())
    live.admin.execute(f"ALTER ROLE {live.user} SET statement_timeout TO '17s'".encode())
    lab = of(folder)
    assert [*lab.sql("SHOW search_path")] == [{"search_path": "shop, public"}]
    assert [*lab.sql("SHOW statement_timeout")] == [{"statement_timeout": "17s"}]


def test_types_and_rows_of_all_kinds_come_along(live: Live, folder: Path, of: Of) -> None:
    with live.connected() as connection:
        for sql in (
            "CREATE EXTENSION hstore",
            "CREATE TYPE mood AS ENUM ('good', 'bad')",
            "CREATE SCHEMA other",
            "CREATE TABLE other.kinds (id int GENERATED ALWAYS AS IDENTITY, m mood, h hstore, "
            "j jsonb, a int[], doubled int GENERATED ALWAYS AS (3 * 2) STORED)",
            "INSERT INTO other.kinds (m, h, j, a) VALUES ('good', 'a=>1', '{}', '{1,2}')",
            "CREATE PUBLICATION all_of_it FOR ALL TABLES",
            "CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
            "CREATE EVENT TRIGGER noticing ON ddl_command_end EXECUTE FUNCTION noticed()",
            f"ALTER SCHEMA other OWNER TO {live.user}",
            f"ALTER TABLE other.kinds OWNER TO {live.user}",
        ):
            connection.execute(sql.encode())
    lab = of(folder)
    rows = lab.sql("SELECT m::text, h::text, j::text, a::text, doubled FROM other.kinds")
    assert [*rows] == [{"m": "good", "h": '"a"=>"1"', "j": "{}", "a": "{1,2}", "doubled": 6}]
    assert [*lab.sql("SELECT count(*) AS n FROM pg_publication")] == [{"n": 0}]


def test_two_aliases_of_one_database_share_its_copy(live: Live, folder: Path, of: Of) -> None:
    settings = folder / "config" / "settings.py"
    settings.write_text(settings.read_text() + "\nDATABASES['second'] = DATABASES['default']\n")
    lab = of(folder)
    assert len({*lab._stage.sandbox.databases.values()}) == 1
    manage(folder, "check")

"""A user's own project whose database is on a MariaDB server: rehearsed on a copy of it, on another
server; its own server is only read."""

from __future__ import annotations

import re
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from miglab import Lab
from miglab.databases.mariadb import binaries, cluster, locked, moments, originals
from miglab.databases.mariadb.address import beside, handle_of, keep_password, parameters_of
from miglab.databases.mariadb.cluster import Cluster
from miglab.databases.mariadb.connections import connect
from miglab.databases.naming import OURS
from miglab.databases.server import serving
from miglab.errors import BadInput, MiglabError, NoProject, NoServer
from miglab.show.lines import fidelity_lines

from ..databases.mariadb import servers
from ..databases.mariadb.servers import run
from ..waiting import until
from .own import shop

Of = Callable[..., Lab]
VERDICT = "loses 3 values of shop_item.price · the rows come back, not all values"
#: What a project does that has PyMySQL for its driver.
DRIVER = """
import pymysql

pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()
"""


@dataclass(frozen=True)
class Live:
    """A database that is somebody's, on a server that writes down each statement that it gets."""

    server: str
    log: Path
    name: str

    @property
    def handle(self) -> str:
        """The database, for its administrator."""
        return beside(self.server, self.name)

    @property
    def of_ann(self) -> str:
        """The database, for its user."""
        who = {"user": "ann", "password": 'se:c"r\\et'}
        return handle_of(keep_password({**parameters_of(self.handle), **who}))

    @property
    def settings(self) -> str:
        """What a project's settings say of it."""
        entry = {
            "ENGINE": "django.db.backends.mysql",
            "NAME": self.name,
            "USER": "ann",
            "PASSWORD": 'se:c"r\\et',
            "HOST": parameters_of(self.server)["unix_socket"],
            "OPTIONS": {"ssl_disabled": True},
        }
        return f"{DRIVER}\nDATABASES['default'] = {entry!r}\n"

    def statements(self) -> list[str]:
        """What it was asked by others than its administrator."""
        found = []
        mine: set[str] = set()
        for line in self.log.read_text(errors="replace").splitlines():
            known = re.match(r"(?:\d{6}\s+[\d:]+)?\s+(\d+) (Connect|Query)\s(.*)", line)
            if known is None:
                continue
            number, kind, text = known.groups()
            if kind == "Connect" and text.startswith("miglab@"):
                mine.add(number)
            elif kind == "Connect":
                mine.discard(number)
            elif number not in mine:
                found.append(text.strip())
        return found


@pytest.fixture(scope="session")
def somebodys() -> Cluster:
    """A server of somebody's, which runs until the tests end."""
    servers.needed()
    programs = next(binaries.servers())
    folder = Path(tempfile.mkdtemp(prefix="miglabtest"))
    folder.chmod(0o777)
    options = {
        "general-log": "ON",
        "general-log-file": str(folder / "statements"),
        "sql-mode": "ANSI_QUOTES,STRICT_ALL_TABLES",
    }
    role = "GRANT ALL PRIVILEGES ON *.* TO 'miglab'@'localhost' WITH GRANT OPTION;\n"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in options.items():
            patch.setitem(cluster._ALWAYS, name, value)
        patch.setattr(cluster, "_ROLE", cluster._ROLE + role)
        made = Cluster(folder, folder / "s", programs)
        serving.join(made)
    return made


@pytest.fixture
def live(somebodys: Cluster) -> Iterator[Live]:
    """A database whose user may do all with it, and nothing else."""
    socket = {"user": cluster.ROLE, "unix_socket": str(somebodys.socket), "ssl": "off"}
    found = Live(handle_of(socket), somebodys.folder / "statements", f"live_{secrets.token_hex(4)}")
    run(
        found.server,
        f"CREATE DATABASE {found.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
        "CREATE OR REPLACE USER ann@localhost IDENTIFIED BY 'se:c\"r\\\\et'",
        f"GRANT ALL PRIVILEGES ON {found.name}.* TO ann@localhost",
    )
    yield found
    run(found.server, f"DROP DATABASE IF EXISTS {found.name}", "DROP USER ann@localhost")


@pytest.fixture
def folder(live: Live, tmp_path: Path) -> Path:
    """A project with three rows in it."""
    return shop(tmp_path / "site", settings=live.settings)


def handle(lab: Lab) -> str:
    return next(iter(lab._stage.sandbox.databases.values()))


#: What a statement begins with that only reads: by mariadb-dump, by miglab, by drivers and Django.
READS = re.compile(
    r"SELECT|SHOW|START TRANSACTION|COMMIT|ROLLBACK|SET (?!GLOBAL|PASSWORD)|USE |/\*M?!\d+ "
    r"(SET|SELECT|SHOW) |UNLOCK TABLES|SAVEPOINT|RELEASE SAVEPOINT",
    re.I,
)
WRITES = re.compile(r"INTO (OUTFILE|DUMPFILE)|FOR UPDATE|GLOBAL \w+ *=", re.I)


def test_a_revert_is_rehearsed_on_a_copy_and_the_server_is_only_read(
    live: Live, folder: Path, of: Of
) -> None:
    already = len(live.statements())
    lab = of(folder)
    found = lab.what_if("migrate shop 0001")
    assert found.verdict == VERDICT
    assert "cr" not in repr(found).replace("cret", "")
    lab.manage("migrate shop zero")
    lab.rewind()
    assert lab.what_if("migrate shop 0001").verdict == VERDICT
    lab.what_if_all("contenttypes")
    lab.close()
    statements = live.statements()[already:]
    assert any("FROM `shop_item`" in each for each in statements)
    assert [each for each in statements if not READS.match(each) or WRITES.search(each)] == []
    assert not [name for (name,) in run(live.server, "SHOW DATABASES") if name.startswith(OURS)]


def test_no_database_is_left_behind(folder: Path, of: Of) -> None:
    lab = of(folder)
    mine, name = handle(lab), lab._stage.sandbox.root.name
    assert moments.exists(mine)
    lab.what_if("migrate shop 0001")
    lab.close()
    assert [each for each in moments.names(mine, OURS) if name in each] == []


def test_a_database_that_is_not_there_yet_is_named(live: Live, tmp_path: Path, of: Of) -> None:
    run(live.server, f"DROP DATABASE {live.name}")
    folder = shop(tmp_path / "site", settings=live.settings, migrated=False)
    with pytest.raises(NoProject, match=f"there is no database at mysql://.*{live.name}"):
        of(folder)


def test_a_database_that_is_a_copy_already_is_named_by_settings(
    live: Live, folder: Path, tmp_path: Path, of: Of
) -> None:
    with pytest.raises(
        BadInput, match=r"Instead, give settings that name it: .* copies it to another"
    ):
        of(folder, copy_is=live.handle, copy_is_called=live.name)
    copy = f"{live.name}_copy"
    run(live.server, f"CREATE DATABASE {copy}", f"GRANT ALL ON {copy}.* TO ann@localhost")
    try:
        for (table,) in run(live.handle, "SHOW TABLES"):
            some = "LIMIT 2" if table == "shop_item" else ""
            run(
                live.server,
                f"CREATE TABLE {copy}.{table} LIKE {live.name}.{table}",
                f"INSERT INTO {copy}.{table} SELECT * FROM {live.name}.{table} {some}",
            )
        text = f"from config.settings import *\nDATABASES['default']['NAME'] = {copy!r}\n"
        (folder / "config" / "of_copy.py").write_text(text)
        with of(folder, settings="config.of_copy") as lab:
            assert lab.what_if("migrate shop 0001").verdict == VERDICT.replace(
                "3 values", "2 values"
            )
        assert run(live.handle, "SELECT count(*) FROM shop_item") == [(3,)]
    finally:
        run(live.server, f"DROP DATABASE {copy}")


def test_a_wrong_password_is_named_and_not_shown(live: Live, folder: Path, of: Of) -> None:
    run(live.server, "ALTER USER ann@localhost IDENTIFIED BY 'another'")
    with pytest.raises(MiglabError, match="Access denied for user 'ann'") as error:
        of(folder)
    assert "se:c" not in str(error.value)


def test_settings_charset_and_collation_of_the_original_hold_in_the_copy(
    live: Live, folder: Path, of: Of
) -> None:
    lab = of(folder)
    query = "SELECT @@sql_mode AS m, @@collation_database AS c"
    assert [*lab.sql(query)] == [{"m": "ANSI_QUOTES,STRICT_ALL_TABLES", "c": "utf8mb4_unicode_ci"}]
    lab.manage("migrate shop 0001")
    lab.rewind()
    assert next(iter(lab.sql(query)))["c"] == "utf8mb4_unicode_ci"


def test_views_triggers_routines_events_and_rows_of_all_kinds_come_along(
    live: Live, folder: Path, of: Of
) -> None:
    run(
        live.of_ann,
        "CREATE TABLE kinds (id int PRIMARY KEY, b varbinary(9), j json, t timestamp(6) NULL,"
        " g int AS (id * 2) STORED, d double, s set('x', 'y'), p point)",
        "INSERT INTO kinds (id, b, j, t, d, s, p) VALUES (1, x'00FF27', '{\"a\": \"\\\\n''\"}',"
        " '2026-03-29 02:30:00.123456', 0.1, 'x,y', POINT(1, 2))",
        "CREATE VIEW seen AS SELECT name FROM shop_item",
        "CREATE PROCEDURE say() SELECT 'DEFINER=`a`@`b`'",
        "CREATE TRIGGER noting BEFORE INSERT ON shop_item FOR EACH ROW SET NEW.name = 'noted'",
        "CREATE EVENT daily ON SCHEDULE EVERY 1 DAY DO DELETE FROM shop_item",
    )
    lab = of(folder)
    (row,) = lab.sql("SELECT hex(b) b, j, t, g, d, s, ST_AsText(p) p FROM kinds")
    assert row["b"] == "00FF27"
    assert (row["g"], row["d"], row["s"], row["p"]) == (2, 0.1, "x,y", "POINT(1 2)")
    assert "02:30:00.123456" in str(row["t"])
    assert len(lab.sql("SELECT * FROM seen")) == 3
    query = "SELECT status FROM information_schema.events WHERE event_schema = DATABASE()"
    assert [*lab.sql(query)] == [{"status": "DISABLED"}]
    query = (
        "SELECT routine_definition r, definer LIKE 'miglab@%%' mine FROM"
        " information_schema.routines WHERE routine_schema = DATABASE()"
    )
    (found,) = run(handle(lab), query.replace("%%", "%"))
    assert found == ("SELECT 'DEFINER=`a`@`b`'", 1)
    lab.sql("INSERT INTO shop_item (name, price) VALUES ('new', 1)")
    assert len(lab.sql("SELECT * FROM shop_item WHERE name = 'noted'")) == 1


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        (
            "CREATE VIEW out_of_it AS SELECT user FROM mysql.user",
            "the view out_of_it, which reads another database: mysql",
        ),
        (
            "CREATE TABLE out_of_it (id int, FOREIGN KEY (id) REFERENCES {other}.far (id))",
            r"a foreign key to another database: out_of_it\.\w+ \({other}\)",
        ),
    ],
)
def test_what_leads_to_another_database_is_named(
    live: Live, folder: Path, of: Of, sql: str, told: str
) -> None:
    other = f"{live.name}_far"
    run(live.server, f"CREATE DATABASE {other}", f"CREATE TABLE {other}.far (id int PRIMARY KEY)")
    try:
        run(live.handle, sql.format(other=other))
        with pytest.raises(NoServer, match=told.format(other=other)):
            of(folder)
    finally:
        run(live.handle, "SET foreign_key_checks = 0", f"DROP DATABASE {other}")


def test_a_table_that_may_not_be_read_is_named(live: Live, folder: Path, of: Of) -> None:
    run(
        live.server,
        f"REVOKE ALL PRIVILEGES ON {live.name}.* FROM ann@localhost",
        f"GRANT SELECT ON {live.name}.django_migrations TO ann@localhost",
        f"GRANT INSERT ON {live.name}.shop_item TO ann@localhost",
    )
    with pytest.raises(NoServer, match=r"mariadb-dump: .*SELECT command denied.*shop_item"):
        of(folder)


@contextmanager
def a_lock(live: Live) -> Iterator[None]:
    """Somebody has the table locked."""
    with connect(live.handle) as other:
        other.cursor().execute("LOCK TABLES shop_item WRITE")
        yield


@contextmanager
def a_change_that_waits(live: Live) -> Iterator[None]:
    """A transaction that reads the table is open, a change of the table waits for it, and everybody
    else for the change."""
    with connect(live.handle) as reader:
        with reader.cursor() as cursor:
            cursor.execute("START TRANSACTION")
            cursor.execute("SELECT * FROM shop_item")
        change = ("SET lock_wait_timeout = 600", "ALTER TABLE shop_item ADD COLUMN colour int")
        changes = threading.Thread(target=run, args=(live.handle, *change))
        changes.start()
        until(lambda: locked.locked(live.of_ann) == "shop_item")
        yield
    changes.join()


@pytest.mark.parametrize("other", [a_lock, a_change_that_waits])
def test_a_table_that_somebody_has_locked_is_told_and_not_waited_for_long(
    live: Live,
    folder: Path,
    of: Of,
    monkeypatch: pytest.MonkeyPatch,
    other: Callable[[Live], AbstractContextManager[None]],
) -> None:
    monkeypatch.setattr(locked, "LIMIT", 0.3)
    told = r"has had the table shop_item locked for more than 0\.3 s"
    with other(live), pytest.raises(NoServer, match=told):
        of(folder)
    with of(folder) as lab:
        assert len(lab.rows("shop_item")) == 3


def test_a_transaction_that_is_open_is_not_waited_for_and_is_not_in_the_copy(
    live: Live, folder: Path, of: Of
) -> None:
    with connect(live.handle) as other, other.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("DELETE FROM shop_item WHERE id = 1")
        with of(folder) as lab:
            assert len(lab.rows("shop_item")) == 3
            assert lab.what_if("migrate shop 0001").verdict == VERDICT


def test_a_routine_that_may_not_be_read_is_named(live: Live, folder: Path, of: Of) -> None:
    run(
        live.handle,
        "CREATE PROCEDURE say() SELECT 1",
        f"REVOKE ALL PRIVILEGES ON {live.name}.* FROM ann@localhost",
        f"GRANT SELECT, TRIGGER, SHOW VIEW, EVENT, EXECUTE ON {live.name}.* TO ann@localhost",
    )
    with pytest.raises(NoServer, match="insufficient privileges"):
        of(folder)


def test_a_named_server_takes_the_copy(live: Live, folder: Path, of: Of) -> None:
    lab = of(folder, on=servers.server("named"))
    mine = handle(lab)
    assert "127.0.0.1:3306" in mine
    found = lab.what_if("migrate shop 0001")
    assert found.verdict == VERDICT
    assert "belongs to a user who may also use other databases on that server (" in "\n".join(
        fidelity_lines(found)
    )
    lab.close()
    assert not moments.exists(mine)


def test_its_own_server_takes_the_copy_for_a_user_that_cannot_reach_the_original(
    live: Live, folder: Path, of: Of
) -> None:
    with pytest.raises(NoServer, match=f"this user may use {live.name} there.*CREATE USER copier"):
        of(folder, on=live.server)
    run(
        live.server,
        "CREATE OR REPLACE USER copier@localhost IDENTIFIED BY 'pw'",
        "GRANT ALL PRIVILEGES ON `miglab\\_%`.* TO copier@localhost",
    )
    try:
        socket = parameters_of(live.server)["unix_socket"]
        lab = of(folder, on=f"mysql://copier:pw@/?unix_socket={socket}")
        found = lab.what_if("migrate shop 0001")
        assert found.verdict == VERDICT
        assert "may also use other databases" not in "\n".join(fidelity_lines(found))
        step = lab.shell(f"Item.objects.raw('DELETE FROM {live.name}.shop_item')[0]")
        assert "denied" in str(step.refusal)
        lab.close()
        assert run(live.handle, "SELECT count(*) FROM shop_item") == [(3,)]
        assert not [n for (n,) in run(live.server, "SHOW DATABASES") if n.startswith(OURS)]
    finally:
        run(live.server, "DROP USER copier@localhost")


def test_without_a_server_for_the_copy_the_error_says_how_to_get_one(
    folder: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_FOLDERS", ())
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoServer, match=r"installed here: none.*on='mysql://…'"):
        of(folder)


def test_without_the_dump_tool_the_error_names_it(
    folder: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "tools", lambda: iter(()))
    with pytest.raises(
        NoServer, match=r"needs mariadb-dump of that version or newer \(found: none"
    ):
        of(folder)


def test_a_dump_tool_that_is_older_than_the_server_is_refused(
    folder: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = binaries.Tools("mysqldump", "mysql", binaries.Version((10, 3), True))
    monkeypatch.setattr(binaries, "tools", lambda: iter((old,)))
    with pytest.raises(NoServer, match=r"found: MariaDB 10\.3"):
        of(folder)


def test_mysql_needs_a_server_of_its_own_kind(
    live: Live, folder: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = originals.look

    def as_mysql(source: str) -> originals.Original:
        found = looked(source)
        return originals.Original(**{**vars(found), "version": binaries.Version((8, 0), False)})

    monkeypatch.setattr(originals, "look", as_mysql)
    with pytest.raises(NoServer, match=r"it is MySQL 8\.0, but miglab starts only MariaDB servers"):
        of(folder)
    with pytest.raises(NoServer, match=r"but the original is MySQL 8\.0"):
        of(folder, on=servers.server("named"))

"""SQL of a project's that reaches out of its copy: the server does not let it, the original is
whole, and what the command does where it may is unknown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from miglab import Lab
from miglab.errors import NoServer
from miglab.facts.outcome import Happened
from miglab.show.lines import fidelity_lines

from ..databases.mariadb.servers import run
from . import test_own_on_mariadb as mariadb
from . import test_own_on_postgresql as postgresql
from .own import shop, write
from .test_ladder import migration

Of = Callable[..., Lab]
on_mariadb, somebodys = mariadb.live, mariadb.somebodys
on_postgresql = postgresql.live


def reaching(folder: Path, *statements: str) -> Path:
    """The project with a migration that runs these."""
    write(folder, {"shop/migrations/0003_next.py": running(*statements)})
    return folder


def running(*statements: str) -> str:
    """Such a migration's file."""
    operations = [f"RunSQL({each!r}, migrations.RunSQL.noop)" for each in statements]
    return migration("0002_price", *operations)


def check(lab: Lab, told: str) -> None:
    """That what the migration does is unknown, and why."""
    found = lab.what_if("migrate shop")
    assert found.outcome.happened is Happened.NOT_REHEARSED, found.verdict
    assert f"the server of the copy did not allow this: {told}" in found.verdict
    (why,) = lab.manage("migrate shop").obstacles
    assert (why.id, "--on URL" in why.do) == ("server-refused", True)


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("INSERT INTO {far}.kept VALUES (1)", "INSERT command denied to user"),
        ("USE {far}", "Access denied for user"),
        ("UPDATE {name}.shop_item SET price = 0", "UPDATE command denied to user"),
        ("SET GLOBAL sql_mode = ''", "Access denied; you need"),
    ],
)
def test_another_database_is_not_reached_on_mariadb(
    on_mariadb: mariadb.Live, tmp_path: Path, of: Of, sql: str, told: str
) -> None:
    folder = shop(tmp_path / "site", settings=on_mariadb.settings)
    far, name = f"{on_mariadb.name}_far", on_mariadb.name
    run(on_mariadb.server, f"CREATE DATABASE {far}", f"CREATE TABLE {far}.kept (id int)")
    try:
        with of(reaching(folder, sql.format(far=far, name=name))) as lab:
            check(lab, told)
        assert run(on_mariadb.server, f"SELECT count(*) FROM {far}.kept") == [(0,)]
        assert run(on_mariadb.handle, "SELECT price FROM shop_item") == [(9,)] * 3
    finally:
        run(on_mariadb.server, f"DROP DATABASE {far}")


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("CREATE EXTENSION dblink", 'permission denied to create extension "dblink"'),
        ("CREATE EXTENSION postgres_fdw", 'permission denied to create extension "postgres_fdw"'),
        ("CREATE EXTENSION not_there", 'extension "not_there" is not available'),
        ("COPY shop_item TO PROGRAM 'true'", ""),
        ("COPY shop_item TO '/tmp/miglab_written'", ""),
        ("SELECT pg_read_file('/etc/passwd')", "permission denied for function pg_read_file"),
    ],
)
def test_another_database_is_not_reached_on_postgresql(
    on_postgresql: postgresql.Live, tmp_path: Path, of: Of, sql: str, told: str
) -> None:
    folder = shop(tmp_path / "site", settings=on_postgresql.settings)
    before = on_postgresql.seen()
    with of(reaching(folder, sql)) as lab:
        check(lab, told)
    assert on_postgresql.seen() == before


def test_an_extension_that_reaches_others_is_not_in_a_copy_and_that_is_told(
    on_postgresql: postgresql.Live, tmp_path: Path, of: Of
) -> None:
    folder = shop(tmp_path / "site", settings=on_postgresql.settings)
    with on_postgresql.connected() as connection:
        connection.execute("CREATE EXTENSION dblink")
        connection.execute("CREATE EXTENSION pg_trgm")
    with of(folder) as lab:
        found = [each["e"] for each in lab.sql("SELECT extname AS e FROM pg_extension")]
        assert sorted(found) == ["pg_trgm", "plpgsql"]
        told = fidelity_lines(lab.what_if("migrate shop 0001"))
        assert "The copy of default lacks the extension dblink: " in "\n".join(told)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("SELECT dblink_connect('dbname=postgres')", "dblink_connect"),
        ("DROP EXTENSION dblink", "dblink"),
        ("DROP PUBLICATION everything", "everything"),
    ],
)
def test_what_fails_for_what_a_copy_lacks_is_no_refusal_of_the_projects(
    on_postgresql: postgresql.Live, tmp_path: Path, of: Of, sql: str, named: str
) -> None:
    folder = shop(tmp_path / "site", settings=on_postgresql.settings)
    with on_postgresql.connected() as connection:
        connection.execute("CREATE EXTENSION dblink")
        connection.execute("CREATE PUBLICATION everything FOR ALL TABLES")
    with of(reaching(folder, sql)) as lab:
        found = lab.what_if("migrate shop")
        assert found.outcome.happened is Happened.NOT_REHEARSED, found.verdict
        assert f"the copy lacks {named}, which the original has" in found.verdict
        # What is nowhere is not the copy's fault.
        lab.write("shop/migrations/0003_next.py", running("SELECT nobody_knows_this()"))
        assert lab.what_if("migrate shop").outcome.happened is Happened.STOPPED


def test_what_needs_an_extension_that_a_copy_cannot_have_is_named(
    on_postgresql: postgresql.Live, tmp_path: Path, of: Of
) -> None:
    folder = shop(tmp_path / "site", settings=on_postgresql.settings)
    with on_postgresql.connected() as connection:
        connection.execute("CREATE EXTENSION dblink")
        connection.execute("CREATE VIEW far AS SELECT dblink_connect('dbname=postgres') AS said")
    with pytest.raises(NoServer, match=r"would lack something .*dblink_connect.*on='postgresql"):
        of(folder)

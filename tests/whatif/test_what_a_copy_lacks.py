"""What a copy on another server does not have is named, nothing of it reaches out, and somebody
who has the original locked is named too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from miglab import Lab
from miglab.databases.postgresql import cluster, dump
from miglab.errors import NoServer
from miglab.show.lines import fidelity_lines

from ..databases.postgresql import servers
from .test_own_on_postgresql import Live, folder, live

Of = Callable[..., Lab]
__all__ = ["folder", "live"]


def run(live: Live, *statements: str) -> None:
    with live.connected() as connection:
        for each in statements:
            connection.execute(each.encode())


def lines(lab: Lab) -> str:
    return "\n".join(fidelity_lines(lab.what_if("migrate shop 0001")))


def test_what_belongs_to_the_server_or_would_come_alive_is_named(
    live: Live, folder: Path, of: Of
) -> None:
    run(
        live,
        "CREATE PUBLICATION everything FOR ALL TABLES",
        "CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE EVENT TRIGGER noticing ON ddl_command_end EXECUTE FUNCTION noticed()",
        "CREATE TABLE secrets (id int)",
        f"GRANT SELECT ON secrets TO {live.user}",
    )
    told = lines(of(folder))
    assert "The copy of default lacks the publications everything: nothing" in told
    assert "does not run the event triggers noticing: what they do" in told
    assert "a migration may change tables of other owners (postgres) here" in told


def test_a_server_that_never_waits_for_the_disk_is_named(
    live: Live, folder: Path, of: Of, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "does not wait for the disk" not in lines(of(folder))
    # Nobody may set it otherwise.
    monkeypatch.setitem(cluster._ALWAYS, "cluster_name", "another")
    monkeypatch.setattr(cluster, "_MADE", "another")
    told = lines(of(folder))
    assert "does not wait for the disk (fsync is off): locks may last longer" in told


def test_a_policy_for_a_role_that_is_not_there_hides_nothing_in_the_copy(
    live: Live, folder: Path, of: Of
) -> None:
    role = f"{live.user}_reader"
    run(
        live,
        f"CREATE ROLE {role}",
        f"CREATE POLICY own ON shop_item TO {role} USING (id = 1)",
        "ALTER TABLE shop_item ENABLE ROW LEVEL SECURITY",
    )
    try:
        with of(folder) as lab:
            assert len(lab.rows("shop_item")) == 3
            assert "The copy of default does not apply row security (shop_item)" in lines(lab)
    finally:
        run(live, "DROP POLICY own ON shop_item", f"DROP ROLE {role}")


def test_a_foreign_server_cannot_be_reached_from_the_copy(live: Live, folder: Path, of: Of) -> None:
    run(
        live,
        "CREATE EXTENSION postgres_fdw",
        "CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw "
        f"OPTIONS (host '{live.host}', port '{live.port}', dbname '{live.name}')",
        f"GRANT USAGE ON FOREIGN SERVER elsewhere TO {live.user}",
        f"CREATE USER MAPPING FOR {live.user} SERVER elsewhere OPTIONS (user 'postgres')",
        "CREATE USER MAPPING FOR PUBLIC SERVER elsewhere OPTIONS (user 'postgres')",
        "CREATE FOREIGN TABLE far (id bigint, name text) SERVER elsewhere "
        "OPTIONS (table_name 'shop_item')",
        f"GRANT SELECT ON far TO {live.user}",
    )
    with of(folder, on=servers.HERE) as lab:
        assert [*lab.sql("SELECT count(*) AS n FROM pg_user_mappings")] == [{"n": 0}]
        reads = "connection.cursor().execute('SELECT count(*) FROM far')"
        step = lab.shell(f"from django.db import connection\n{reads}")
        assert step.refusal is not None
        assert "user mapping not found" in step.refusal.message
        assert "cannot reach the foreign servers elsewhere: a migration" in lines(lab)


def test_a_table_that_somebody_has_locked_is_told_and_not_waited_for_long(
    live: Live, folder: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "_LOCK", 300)
    with live.connected() as connection, connection.transaction():
        connection.execute("LOCK TABLE shop_item IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(NoServer, match=r"has had a table locked for more than 0\.3 s"):
            of(folder)
        connection.execute("SELECT count(*) FROM shop_item")
    with of(folder) as lab:
        assert len(lab.rows("shop_item")) == 3


def test_the_time_of_a_large_copy_is_estimated_before_and_its_bytes_are_counted(
    live: Live, folder: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dump, "_LARGE", 1_000_000)
    told: list[str] = []

    @contextmanager
    def hearing() -> Iterator[Callable[[str], None]]:
        yield told.append

    monkeypatch.setattr(Lab, "progress", staticmethod(hearing))
    of(folder).close()
    about = [each for each in told if live.name in each]
    assert about[0] == f"copying {live.name}: at most 0.0 GB, about 1 minute"
    assert about[-1].startswith(f"copying {live.name}: ")
    assert " MB of at most " in about[-1]

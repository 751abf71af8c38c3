"""A project on PostgreSQL whose tables are in a schema of its own, that a search path finds."""

from __future__ import annotations

from pathlib import Path

from miglab.lab import Lab

from .own import shop
from .test_own_on_postgresql import VERDICT, Live, Of, live

__all__ = ["live"]
#: What the settings say beside the address.
OPTIONS = "\nDATABASES['default']['OPTIONS'] = {'options': '-c search_path=site,public'}\n"


def opened(live: Live, folder: Path, of: Of) -> Lab:
    """A copy of a project whose tables are in the schema site, with others beside it."""
    with live.connected() as connection:
        for sql in (
            f"CREATE SCHEMA site AUTHORIZATION {live.user}",
            f"CREATE SCHEMA other AUTHORIZATION {live.user}",
        ):
            connection.execute(sql.encode())
    shop(folder, settings=live.settings + OPTIONS)
    with live.connected() as connection:
        for sql in (
            "CREATE TABLE other.shop_item (id integer PRIMARY KEY, name text)",
            "INSERT INTO other.shop_item VALUES (1, 'x'), (2, 'y')",
            "CREATE TABLE other.parted (id integer, at date) PARTITION BY RANGE (at)",
            "CREATE TABLE other.part PARTITION OF other.parted DEFAULT",
            "INSERT INTO other.parted VALUES (1, '2000-01-01')",
            f"ALTER TABLE other.shop_item OWNER TO {live.user}",
            f"ALTER TABLE other.parted OWNER TO {live.user}",
            f"ALTER TABLE other.part OWNER TO {live.user}",
        ):
            connection.execute(sql.encode())
    return of(folder)


def test_tables_that_the_search_path_finds_go_by_their_names_alone(
    live: Live, tmp_path: Path, of: Of
) -> None:
    lab = opened(live, tmp_path / "site", of)
    rows = lab.truths().truths.rows
    assert rows["shop_item"] == 3
    assert rows["other.shop_item"] == 2
    assert rows["other.parted"] == 1
    assert "other.part" not in rows
    assert lab.what_if("migrate shop 0001").verdict == VERDICT


def test_what_becomes_of_a_table_elsewhere_is_told_by_its_whole_name(
    live: Live, tmp_path: Path, of: Of
) -> None:
    lab = opened(live, tmp_path / "site", of)
    step = lab.sql("UPDATE other.shop_item SET name = 'z' WHERE id = 1")
    (change,) = lab.last.rows
    assert step is not None
    assert (change.table, dict(change.changed_columns)) == ("other.shop_item", {"name": 1})
    lab.sql("DELETE FROM other.parted")
    (change,) = lab.last.rows
    assert (change.table, change.lost) == ("other.parted", 1)

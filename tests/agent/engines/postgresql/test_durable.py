"""While migrations of a project of somebody's own are measured, the server waits for the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from miglab.agent.engines.postgresql import waiting
from miglab.databases.postgresql.address import beside
from miglab.lab import Lab

from ....databases.postgresql import servers
from ....plain import engines
from ....whatif.own import write
from ....whatif.shop import add_shop, operations
from ....whatif.test_own_on_postgresql import Live, folder, live

__all__ = ["folder", "live"]
#: Writes down whether the server waits.
ASKS = operations(
    "0002_price", "RunSQL(\"UPDATE shop_item SET name = current_setting('fsync')\", '')"
)


def waits(handle: str) -> bool:
    with psycopg.connect(handle) as connection:
        return connection.execute("SHOW fsync").fetchone() == ("on",)


def test_it_waits_while_a_migration_of_ones_own_is_rehearsed_and_not_after_it(
    live: Live, folder: Path, of: Callable[..., Lab]
) -> None:
    write(folder, {"shop/migrations/0003_asks.py": ASKS})
    lab = of(folder)
    handle = engines.handle_of(lab)
    lab.manage("migrate shop 0003")
    assert {each["name"] for each in lab.rows("shop_item")} == {"on"}
    assert not waits(handle)


def test_in_the_practice_project_it_does_not_wait() -> None:
    with Lab("storefront", database="postgresql") as lab:
        add_shop(lab)
        lab.write("shop/migrations/0003_asks.py", ASKS.replace("0002_price", "0002_add_sku"))
        lab.manage("migrate shop 0003")
        assert {each["name"] for each in lab.rows("shop_item")} == {"off"}


def test_after_one_that_was_killed_the_next_copy_sets_it_back() -> None:
    with Lab("storefront", database="postgresql") as lab:
        handle = engines.handle_of(lab)
        with psycopg.connect(beside(handle, "postgres"), autocommit=True) as connection:
            for each in waiting.WAIT:
                connection.execute(each)
            lab.manage("migrate store 0004")
            assert waits(handle)
        lab.manage("migrate store 0003")
        assert not waits(handle)


@pytest.mark.parametrize("kind", ["named"])
def test_a_server_of_somebody_elses_is_set_to_nothing(kind: str) -> None:
    with psycopg.connect(servers.server(kind)) as connection:
        for each in (waiting.OURS, waiting.MAY, waiting.FORGOTTEN):
            assert connection.execute(each).fetchone() == (False,)

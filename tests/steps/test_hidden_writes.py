"""Where a server is not always sure whether something was written: a write that no truth and no
row shows is a step all the same, and rewind takes it back."""

from __future__ import annotations

import pytest

from miglab import Lab

from ..plain import engines

pytestmark = [pytest.mark.every_engine, pytest.mark.short]

ON_POSTGRESQL = {
    "a sequence's position": "SELECT setval('store_product_id_seq', 500)",
    "a large object": "SELECT lo_from_bytea(0, 'abc')",
    "a label of an enumeration": "CREATE TYPE mood AS ENUM ('calm')",
    "a function": "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a right": "GRANT SELECT ON store_product TO PUBLIC",
}
ON_MARIADB = {
    "a function": "CREATE FUNCTION one() RETURNS int RETURN 1",
    "an event": "CREATE EVENT often ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
}


def is_a_step_that_rewind_takes_back(lab: Lab, sql: str) -> None:
    """A command writes it."""
    tools, handle = engines.of(lab), engines.handle_of(lab)
    before = tools.beyond(handle)
    lab.shell(f"from django.db import connection; connection.cursor().execute({sql!r})")
    assert tools.beyond(handle) != before
    assert len(lab.history().lines) == 1
    lab.rewind()
    assert tools.beyond(handle) == before


@pytest.mark.only_on("postgresql")
def test_what_only_postgresql_has_is_a_step(lab: Lab) -> None:
    for sql in ON_POSTGRESQL.values():
        is_a_step_that_rewind_takes_back(lab, sql)
        lab.restart()
        lab.begin_here()


@pytest.mark.only_on("mysql")
def test_what_only_mariadb_has_is_a_step(lab: Lab) -> None:
    for sql in ON_MARIADB.values():
        is_a_step_that_rewind_takes_back(lab, sql)
        lab.restart()
        lab.begin_here()


@pytest.mark.only_on("postgresql")
def test_what_a_server_notes_for_itself_is_no_step(lab: Lab) -> None:
    lab.truths()
    engines.of(lab).run(engines.handle_of(lab), "ANALYZE")
    lab.shell("from django.db import connection; connection.cursor().execute('ANALYZE')")
    assert lab.history().lines == ()

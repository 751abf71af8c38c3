"""What a migration leaves beside the tables keeps a way back from being whole."""

from __future__ import annotations

import pytest

from miglab import Lab
from miglab.facts.outcome import Return

from .shop import add_shop, applied, operations

pytestmark = [
    pytest.mark.every_engine,
    pytest.mark.only_on("postgresql", "mysql"),
    pytest.mark.short,
]

#: What is made, what it is called, and how it is taken back, on each engine.
MADE = {
    "postgresql": [
        ("CREATE TYPE mood AS ENUM ('calm')", "type mood", "DROP TYPE mood"),
        ("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function one()", ""),
        ("CREATE SEQUENCE tickets", "sequence tickets", "DROP SEQUENCE tickets"),
        ("SELECT lo_from_bytea(16999, 'abc')", "large object 16999", "SELECT lo_unlink(16999)"),
    ],
    "mysql": [("CREATE FUNCTION one() RETURNS int RETURN 1", "function one", "DROP FUNCTION one")],
}


def write(lab: Lab, up: str, down: str) -> None:
    """A migration that runs this SQL, and that one backwards."""
    back = repr(down) if down else "migrations.RunSQL.noop"
    lab.write("shop/migrations/0003_more.py", operations("0002_add_sku", f"RunSQL({up!r}, {back})"))


def test_what_stays_is_named_and_what_is_taken_back_is_not(lab: Lab, engine_of_labs: str) -> None:
    add_shop(lab)
    for up, name, down in MADE[engine_of_labs]:
        write(lab, up, "")
        found = lab.what_if("migrate shop")
        assert found.back is not None
        assert (found.back.level, found.back.schema) == (Return.RUNS, (f"{name} is new",))
        assert found.verdict == "nothing lost · comes back with another schema"
        if down:
            write(lab, up, down)
            assert lab.what_if("migrate shop").verdict == "nothing lost · comes back whole"


@pytest.mark.only_on("postgresql")
def test_a_label_that_no_command_takes_back_is_named(lab: Lab) -> None:
    add_shop(lab)
    write(lab, "CREATE TYPE mood AS ENUM ('calm')", "DROP TYPE mood")
    applied(lab, "migrate shop")
    more = "RunSQL(\"ALTER TYPE mood ADD VALUE 'sad'\", migrations.RunSQL.noop)"
    lab.write("shop/migrations/0004_sad.py", operations("0003_more", more))
    found = lab.what_if("migrate shop")
    assert found.back is not None
    assert found.back.schema == ("type mood is different",)

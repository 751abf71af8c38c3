"""Tables and columns are followed through statements, by what they say and what came of it."""

from __future__ import annotations

from contextlib import closing, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from miglab.agent.engines.mariadb import drivers, opening, sql
from miglab.agent.engines.mariadb.engine import MariaDB
from miglab.agent.engines.mariadb.sql import Change

from .conftest import run

MADE = (
    "CREATE TABLE shop (id integer PRIMARY KEY, name varchar(9), price integer)",
    "CREATE TABLE other (id integer PRIMARY KEY, name varchar(9))",
)
NOTHING: dict[str, Any] = {"tables": {}, "columns": {}, "rebuilt": []}

#: Statements → tables and columns that are called otherwise.
FOLLOWED: dict[tuple[str, ...], dict[str, Any]] = {
    ("UPDATE shop SET name = 'DROP TABLE shop'",): {},
    ("ALTER TABLE shop RENAME TO market",): {"tables": {"shop": "market"}},
    ("RENAME TABLE shop TO market, other TO shop",): {
        "tables": {"shop": "market", "other": "shop"}
    },
    ("RENAME TABLE shop TO between_, other TO shop, between_ TO other",): {
        "tables": {"shop": "other", "other": "shop"}
    },
    ("ALTER TABLE shop RENAME COLUMN name TO title",): {"columns": {"shop": {"name": "title"}}},
    ("ALTER TABLE shop RENAME COLUMN NAME TO title",): {"columns": {"shop": {"name": "title"}}},
    ("ALTER TABLE shop CHANGE COLUMN `name` `title` varchar(20) NOT NULL DEFAULT ','",): {
        "columns": {"shop": {"name": "title"}}
    },
    ("ALTER TABLE shop RENAME COLUMN name TO price, RENAME COLUMN price TO name",): {
        "columns": {"shop": {"name": "price", "price": "name"}}
    },
    ("ALTER TABLE shop DROP COLUMN name, ADD COLUMN title varchar(9)",): {
        "columns": {"shop": {"name": None}}
    },
    ("ALTER TABLE shop DROP name", "ALTER TABLE shop ADD name varchar(9)"): {
        "columns": {"shop": {"name": None}}
    },
    ("ALTER TABLE shop ADD INDEX i (name)", "ALTER TABLE shop DROP INDEX i"): {},
    ("ALTER TABLE shop ADD INDEX i (name)", "ALTER TABLE shop RENAME INDEX i TO name"): {},
    ("DROP TABLE IF EXISTS shop, other",): {"tables": {"shop": None, "other": None}},
    ("DROP TABLE shop", "CREATE TABLE shop (id integer, more integer)"): {"tables": {"shop": None}},
    ("ALTER TABLE shop RENAME market", "ALTER TABLE market RENAME COLUMN name TO title"): {
        "tables": {"shop": "market"},
        "columns": {"shop": {"name": "title"}},
    },
    ("/* why */ alter table `shop` /*!50000 rename */ to market",): {"tables": {"shop": "market"}},
    ("CREATE TEMPORARY TABLE shop (id integer)",): {},
}


@pytest.mark.parametrize("statements", FOLLOWED, ids=" ; ".join)
def test_names_are_followed(engine: MariaDB, database: str, statements: tuple[str, ...]) -> None:
    assert followed(engine, database, statements) == {**NOTHING, **FOLLOWED[statements]}


def followed(engine: MariaDB, database: str, statements: tuple[str, ...]) -> dict[str, Any]:
    run(database, *MADE)
    with closing(drivers.connect(database)) as connection:
        name = opening.database(database)
        django = SimpleNamespace(connection=connection, settings_dict={"NAME": name})
        lineage = engine.follow(django)
        for each in statements:
            concerns = engine.may_rename(each)
            if concerns:
                lineage.before(connection)
            done = False
            with suppress(drivers.error()):
                drivers.rows(connection, each)
                done = True
            if concerns:
                lineage.after(connection, each, done)
        engine.settle(lineage, database)
        return lineage.renames()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE shop RENAME TO other",
        "ALTER TABLE shop RENAME COLUMN name TO price",
        "ALTER TABLE shop RENAME COLUMN nothing TO title",
        "ALTER TABLE shop DROP COLUMN name, ADD COLUMN price integer",
        "DROP TABLE shop, nothing_ SYNTAX",
        "RENAME TABLE shop TO market, nothing TO shop",
    ],
)
def test_a_statement_that_failed_changes_no_name(
    engine: MariaDB, database: str, statement: str
) -> None:
    assert followed(engine, database, (statement,)) == NOTHING


def test_what_a_procedure_does_is_seen_in_the_end(engine: MariaDB, database: str) -> None:
    run(
        database,
        "CREATE PROCEDURE p() BEGIN DROP TABLE other; ALTER TABLE shop DROP name; END",
    )
    assert followed(engine, database, ("CALL p()",)) == {
        "tables": {"other": None},
        "columns": {"shop": {"name": None}},
        "rebuilt": [],
    }


def test_a_table_of_another_database_is_another_one() -> None:
    said = "ALTER TABLE apart.shop RENAME TO market; ALTER TABLE `here`.`shop` RENAME here.market"
    assert list(sql.changes(said, "here")) == [Change("shop", "market")]


def test_a_text_or_a_comment_makes_nothing() -> None:
    said = "SELECT 'CREATE VIEW v', \"DROP TRIGGER t\" -- CREATE VIEW w\n# DROP VIEW x\n"
    assert list(MariaDB().made(said)) == []


def test_views_and_triggers_that_are_made_are_found() -> None:
    said = (
        "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW v AS SELECT 1;"
        "CREATE DEFINER = CURRENT_USER TRIGGER IF NOT EXISTS `t``x` BEFORE INSERT ON s FOR EACH ROW"
        " SET @a = 1; DROP VIEW IF EXISTS here.w"
    )
    assert list(MariaDB().made(said)) == [
        ("CREATE", "VIEW", "v"),
        ("CREATE", "TRIGGER", "t`x"),
        ("DROP", "VIEW", "w"),
    ]

"""What migrations and handlers do on PostgreSQL is told apart where the project's connection can be
closed, and is said not to be where it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miglab.lab import Lab

from ...whatif.shop import add_shop, install, operations

TEMPORARY = 'RunSQL("CREATE TEMPORARY TABLE mine (id integer)", "")'
LISTENING = """
from django.apps import AppConfig
from django.db.models.signals import post_migrate


def add(sender, using, **kwargs):
    from django.db import connections

    with connections[using].cursor() as cursor:
        cursor.execute("INSERT INTO shop_item (name, sku) VALUES ('by a handler', '-')")


class Listening(AppConfig):
    name = "listening"

    def ready(self):
        post_migrate.connect(add, sender=self)
"""


@pytest.fixture
def plain() -> Iterator[Lab]:
    with Lab("storefront", database="postgresql") as lab:
        add_shop(lab)
        yield lab


@pytest.fixture
def lab(plain: Lab) -> Lab:
    """With a handler that adds a row."""
    install(plain, "listening")
    plain.write("listening/apps.py", LISTENING)
    plain.write("listening/models.py", "")
    return plain


def test_what_handlers_do_is_told_apart_from_what_migrations_do(lab: Lab) -> None:
    lab.write(
        "shop/migrations/0003_more.py",
        operations("0002_add_sku", "RunSQL(\"UPDATE shop_item SET sku = 'x' WHERE id = 1\", '')"),
    )
    step = lab.manage("migrate shop")
    assert not step.obstacles
    told = {each.by_handlers: each for each in step.rows if each.table == "shop_item"}
    assert dict(told[False].changed_columns) == {"sku": 1}
    assert (told[False].gained, told[True].gained) == (0, 1)


def test_what_a_connection_holds_keeps_them_from_being_told_apart(lab: Lab) -> None:
    lab.write("shop/migrations/0003_more.py", operations("0002_add_sku", TEMPORARY))
    step = lab.manage("migrate shop")
    (obstacle,) = step.obstacles
    assert obstacle.what.startswith(
        "miglab could not tell what the migrations did from what the post_migrate handlers did: "
        "the project's connection cannot be closed here"
    )
    (change,) = [each for each in step.rows if each.table == "shop_item"]
    assert (change.by_handlers, change.gained) == (False, 1)


def test_all_targets_are_tried_one_by_one(plain: Lab) -> None:
    found = [*plain.what_if_all("shop")]
    assert [len(each.unapplied) for each in found] == [1, 1]
    assert "3 values of shop_item.sku" in found[0].verdict
    assert not found[0].error

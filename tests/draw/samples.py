"""Pictures and views that the tests of this room share."""

from __future__ import annotations

import itertools
from typing import Any

from miglab.facts.migration import Key, Migration
from miglab.facts.picture import Node, Picture, State
from miglab.facts.schema import Column, Schema, Table
from miglab.facts.truths import (
    Agreement,
    Agreements,
    Files,
    Model,
    Models,
    Record,
    Truths,
)
from miglab.facts.view import View

NAMES = (
    "0001_initial",
    "0002_add_price_to_product",
    "0003_change_price_field",
    "0004_add_discount_field",
    "0005_tag_product_tags",
)


def key(text: str) -> Key:
    """``store.0001_initial`` as a key."""
    return Key(*text.split(".", 1))


def node(text: str, state: State = State.APPLIED, **flags: bool) -> Node:
    return Node(key(text), state, **flags)


def edges(*pairs: str) -> tuple[tuple[Key, Key], ...]:
    """``"store.0001 store.0002"`` as parent and child."""
    return tuple((key(pair.split()[0]), key(pair.split()[1])) for pair in pairs)


def picture(*nodes: Node, edges: tuple[tuple[Key, Key], ...] = (), **more: Any) -> Picture:
    """A picture whose apps are those of its nodes."""
    facts: dict[str, Any] = {
        "title": "",
        "sentence": "One sentence.",
        "apps": tuple(dict.fromkeys(each.key.app_label for each in nodes)),
    }
    return Picture(**{**facts, **more}, nodes=nodes, edges=edges)


def history(*states: State) -> Picture:
    """The store's five migrations in a row::

    0001 ─ 0002 ─ 0003 ─ 0004 ─ 0005
    """
    given = [*states, *[State.UNAPPLIED] * (5 - len(states))]
    nodes = [
        Node(Key("store", name), state, leaf=name == NAMES[-1])
        for name, state in zip(NAMES, given, strict=True)
    ]
    keys = [each.key for each in nodes]
    return picture(*nodes, edges=tuple(itertools.pairwise(keys)))


def three_apps() -> Picture:
    """A revert that takes two more apps along::

    accounts     0001◎─ 0002↩─ 0003↩
                   │      └┐     └──┐
    marketplace  0001✓─ 0002⤷       │
                   │                │
    media        0001⤷─────────── 0002⤷
    """
    return picture(
        node("accounts.0001_initial", target=True),
        node("accounts.0002_split_full_name", State.TO_UNAPPLY),
        node("accounts.0003_seller_phone", State.TO_UNAPPLY, leaf=True),
        node("marketplace.0001_initial"),
        node("marketplace.0002_listing_condition", State.PULLED_IN, leaf=True),
        node("media.0001_initial", State.PULLED_IN),
        node("media.0002_photo_alt_text", State.PULLED_IN, leaf=True),
        edges=edges(
            "accounts.0001_initial accounts.0002_split_full_name",
            "accounts.0002_split_full_name accounts.0003_seller_phone",
            "marketplace.0001_initial marketplace.0002_listing_condition",
            "media.0001_initial media.0002_photo_alt_text",
            "accounts.0001_initial marketplace.0001_initial",
            "accounts.0002_split_full_name marketplace.0002_listing_condition",
            "marketplace.0001_initial media.0001_initial",
            "accounts.0003_seller_phone media.0002_photo_alt_text",
        ),
        sentence="Going to accounts.0001 unapplies four migrations of other apps.",
    )


def long_chain(length: int, label: str = "store") -> Picture:
    """``0001 ─ 0002 ─ … ─ length``, all applied."""
    nodes = [node(f"{label}.{number:04}_step") for number in range(1, length + 1)]
    keys = [each.key for each in nodes]
    return picture(*nodes, edges=tuple(itertools.pairwise(keys)))


def table(name: str, *columns: str) -> Table:
    return Table(name, tuple(Column(each, "integer") for each in columns))


def truths(**other: Any) -> Truths:
    """The store at the end of its history, with a blog beside it; ``other`` truths replace."""
    fields = dict.fromkeys(
        ("id", "category", "name", "sku", "price", "discount", "tags"), "Field()"
    )
    tables = [
        table("store_category", "id", "name"),
        table("store_tag", "id", "name"),
        table("store_product", "id", "category_id", "name", "sku", "price", "discount"),
        table("store_product_tags", "id", "product_id", "tag_id"),
        table("blog_post", "id"),
        table("django_migrations", "id", "app", "name", "applied"),
    ]
    keys = tuple(Key("store", name) for name in NAMES)
    facts: dict[str, Any] = {
        "models": Models(
            {
                "store": {
                    "Category": Model("store_category", {"id": "", "name": ""}),
                    "Tag": Model("store_tag", {"id": "", "name": ""}),
                    "Product": Model("store_product", fields),
                },
                "blog": {"Post": Model("blog_post", {"id": ""})},
            }
        ),
        "files": Files(("store", "blog"), {each: Migration(each, "", "") for each in keys}),
        "record": Record(keys),
        "tables": Schema({each.name: each for each in tables}),
        "rows": {
            "store_category": 5,
            "store_tag": 8,
            "store_product": 40,
            "store_product_tags": 22,
            "blog_post": 3,
            "django_migrations": 30,
        },
    }
    return Truths(**{**facts, **other})


AGREE = Agreement(True, "They say the same.")


def view(
    models_files: Agreement = AGREE,
    files_record: Agreement = AGREE,
    record_tables: Agreement = AGREE,
    apps: tuple[str, ...] = ("store",),
    **other: Any,
) -> View:
    """What ``lab.truths()`` gives; all agree where nothing else is said."""
    return View(truths(**other), Agreements(models_files, files_record, record_tables), apps)

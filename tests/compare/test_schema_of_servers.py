"""What a server's catalogue says beside columns and keys is seen where it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miglab.compare.schema import schema_lines
from miglab.facts.schema import Column, ForeignKey, Index, Schema, Table

TABLE = Table(
    "shop_item",
    (Column("id", "bigint", key=1), Column("name", "text")),
    (Index("by_name", ("name",), more="USING gin"),),
    (ForeignKey(("id",), "shop_kind", ("id",)),),
)
CHANGES: dict[str, tuple[Table, list[str]]] = {
    "a comment": (replace(TABLE, comment="to sell"), ["table shop_item: its comment changed"]),
    "a column's comment": (
        replace(TABLE, columns=(TABLE.columns[0], Column("name", "text", comment="its sign"))),
        ["column shop_item.name: text NULL → text NULL COMMENT 'its sign'"],
    ),
    "an index's method": (
        replace(TABLE, indexes=(Index("by_name", ("name",), more="USING gist"),)),
        [
            "index on shop_item (name) USING gin is gone",
            "index on shop_item (name) USING gist is new",
        ],
    ),
    "a key's validity": (
        replace(TABLE, foreign_keys=(ForeignKey(("id",), "shop_kind", ("id",), valid=False),)),
        [
            "foreign key shop_item (id) → shop_kind (id) is gone",
            "foreign key shop_item (id) → shop_kind (id) not validated is new",
        ],
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_it_is_told(what: str) -> None:
    table, lines = CHANGES[what]
    assert list(schema_lines(Schema({"shop_item": TABLE}), Schema({"shop_item": table}))) == lines

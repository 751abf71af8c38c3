"""Sets of exercises that tests write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

#: A whole exercise: undo the last migration of the store, and keep the discounts.
WHOLE = """\
title = "Undo the last"
level = 1
belief = "You name what you undo."
apps = ["store"]
story = "Undo `store.0005`."
start = ""
nothing = "Nothing has changed yet."
happened = "It went back."
why = "The name says where to arrive."
cost = "The discounts."

[[goals]]
says = "`store` is at `0004`."
at = { store = "0004" }

[[goals]]
says = "The discounts stay."
never = true
same = "SELECT id, discount FROM store_product ORDER BY id"

[[hints]]
says = ["Look.", "Think.", "`migrate store 0004`"]

[[ways]]
name = "at once"
steps = "migrate store 0004"

[[ways]]
name = "by its whole name"
steps = "migrate store 0004_add_discount_field"

[[wrong]]
name = "too far"
tempting = true
steps = "migrate store 0003"
when = { not_applied = "store.0004" }
says = "That was one too many."

[[wrong]]
name = "the one to undo"
steps = "migrate store 0005"
when = { ran = "migrate store 0005" }
says = "The name says where to arrive."
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes ``WHOLE`` into a folder, with some texts replaced; gives its file."""

    def write(*changes: tuple[str, str], name: str = "undo") -> Path:
        text = WHOLE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / "set" / f"{name}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write

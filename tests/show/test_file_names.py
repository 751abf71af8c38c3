"""Files of what is lost are named after tables and columns, whatever those are called."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miglab.show.report.file_names import file_names


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("shop_item.price", "shop_item.price.csv"),
        ("sales/2024.a", "sales%2F2024.a.csv"),
        ("..", "%2E%2E.csv"),
        ("100%", "100%25.csv"),
        ("con.x", "%63on.x.csv"),
    ],
)
def test_a_name_can_be_read_and_read_back(name: str, file: str) -> None:
    assert file_names([name]) == {name: file}
    assert unquote(file) == f"{name}.csv"


@settings(deadline=None)
@given(st.lists(st.text("aAé/\\.:%\"'*? []\0\n", max_size=6), unique=True, max_size=8))
def test_each_name_has_a_file_of_its_own_in_the_folder(names: list[str]) -> None:
    with TemporaryDirectory() as folder:
        found = file_names(names)
        for name, file in found.items():
            Path(folder, file).write_text(name, encoding="utf-8", newline="")
        assert sorted(each.name for each in Path(folder).iterdir()) == sorted(found.values())
        assert len({file.lower() for file in found.values()}) == len(names)


def test_very_long_names_that_begin_alike_stay_apart() -> None:
    found = file_names(["é" * 300, "é" * 299])
    assert len(set(found.values())) == 2
    assert all(len(each.encode()) <= 255 for each in found.values())

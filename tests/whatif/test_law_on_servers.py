"""What a what-if on a server tells is what plain Django does there and back, by brute force."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

from miglab.lab import Lab

from ..plain.engines import PLAIN
from .law import brute
from .law.check import check
from .law.measure import beside

pytestmark = [pytest.mark.every_engine, pytest.mark.only_on("postgresql", "mysql")]

LINKS = {
    "store_product_tags": ("product_id", "tag_id"),
    "auth_group_permissions": ("group_id", "permission_id"),
    "auth_user_groups": ("user_id", "group_id"),
    "auth_user_user_permissions": ("user_id", "permission_id"),
}
NAMES = brute.Names({}, {}, LINKS, LINKS)
SHORT = ("migrate accounts zero",)
LONG = (
    "migrate store 0002",
    "migrate store 0004",
    "migrate store zero",
    "migrate marketplace 0002",
    "migrate blog 0001",
    "migrate auth 0008",
    "migrate contenttypes zero",
)


@pytest.fixture(scope="module")
def labs() -> Iterator[Callable[[str], Lab]]:
    with ExitStack() as stack:
        yield cache(lambda vendor: stack.enter_context(Lab(database=PLAIN[vendor].DATABASE)))


def compare(lab: Lab, line: str, folder: Path) -> None:
    """A what-if beside plain Django."""
    run = lab.what_if(line)
    check(run, NAMES, beside(lab, run, folder / "plain")())


@pytest.mark.short
@pytest.mark.parametrize("line", SHORT)
def test_rows_there_and_back_are_those_of_plain_django(
    labs: Callable[[str], Lab], engine_of_labs: str, line: str, tmp_path: Path
) -> None:
    compare(labs(engine_of_labs), line, tmp_path)


@pytest.mark.parametrize("line", LONG)
def test_rows_of_other_reverts_are_those_of_plain_django(
    labs: Callable[[str], Lab], engine_of_labs: str, line: str, tmp_path: Path
) -> None:
    compare(labs(engine_of_labs), line, tmp_path)

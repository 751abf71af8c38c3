"""One lab for all of this room, on each engine: each test begins where it was opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from miglab import Lab

from ...plain.engines import PLAIN


@pytest.fixture(scope="package")
def labs() -> Iterator[Callable[[str], Lab]]:
    """The storefront on the engine of a vendor."""
    with ExitStack() as stack:
        yield cache(lambda vendor: stack.enter_context(Lab(database=PLAIN[vendor].DATABASE)))


@pytest.fixture
def lab(labs: Callable[[str], Lab], engine_of_labs: str) -> Lab:
    """``begin`` puts the app ``law`` into it."""
    return labs(engine_of_labs)

"""One lab for all of this room: each test begins where it was opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miglab import Lab


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    """The storefront; ``begin`` puts the app ``law`` into it."""
    with Lab("storefront") as lab:
        yield lab

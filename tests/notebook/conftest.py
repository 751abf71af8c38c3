"""Each test begins as a kernel does: nothing was asked or begun before it."""

from __future__ import annotations

import pytest

from ..lessons.conftest import new_kernel


@pytest.fixture(autouse=True)
def _new_kernel() -> None:
    new_kernel()

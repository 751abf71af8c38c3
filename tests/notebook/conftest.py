"""Each test begins as a kernel does: nothing was asked or begun before it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell

from miglab.notebook import install

from ..lessons.conftest import anywhere as anywhere
from ..lessons.conftest import new_kernel


@pytest.fixture(autouse=True)
def _new_kernel() -> None:
    new_kernel()


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """IPython as a kernel has it, with what miglab adds."""
    shell = InteractiveShell.instance()
    install(shell)
    yield shell
    InteractiveShell.clear_instance()

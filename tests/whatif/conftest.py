"""What the tests of projects of one's own share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from miglab import Lab


@pytest.fixture
def of() -> Iterator[Callable[..., Lab]]:
    """Opens labs of own projects with this interpreter, and closes them."""
    labs: list[Lab] = []

    def opened(path: Path, **kwargs: object) -> Lab:
        labs.append(Lab.of(path, **{"python": sys.executable, **kwargs}))  # type: ignore[arg-type]
        return labs[-1]

    yield opened
    for lab in labs:
        lab.close()

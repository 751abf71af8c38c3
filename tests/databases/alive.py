"""Databases of a test's own folder, on a server that it shares with others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miglab.databases.naming import lab_of, owner_of
from miglab.home import home
from miglab.sandbox import owners


@contextmanager
def alive(folder: Path) -> Iterator[None]:
    """The databases that belong to this folder are a living lab's: labs that another process opens
    meanwhile sweep those of dead ones."""
    labs = home() / "labs"
    labs.mkdir(parents=True, exist_ok=True)
    path = labs / f"{lab_of(owner_of(folder))}.lock"
    with open(path, "wb") as file:
        assert owners._lock(file)
        yield
    path.unlink()

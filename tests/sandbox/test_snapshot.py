"""A moment of a copy: what differs has another digest, and what is restored is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from miglab.project import bundled
from miglab.sandbox.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A copy of the storefront, with no database yet."""
    found = Sandbox(bundled("storefront"))
    yield found
    found.remove()


def add(project: Path) -> None:
    (project / "later").mkdir()
    (project / "later" / "notes.txt").write_text("new")


def change(project: Path) -> None:
    (project / "store" / "models.py").write_text("changed")


def same_size(project: Path) -> None:
    path = project / "store" / "models.py"
    path.write_bytes(path.read_bytes()[::-1])


def remove(project: Path) -> None:
    (project / "store" / "models.py").unlink()


CHANGES = pytest.mark.parametrize("act", [add, change, same_size, remove])


def texts(project: Path) -> dict[str, bytes]:
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


def test_where_nothing_changed_two_moments_are_one(sandbox: Sandbox) -> None:
    assert sandbox.snapshot() == sandbox.snapshot()


@CHANGES
def test_a_file_that_changed_makes_another_moment(
    sandbox: Sandbox, act: Callable[[Path], None]
) -> None:
    before = sandbox.snapshot()
    act(sandbox.project)
    after = sandbox.snapshot()
    assert after != before
    assert after.digest != before.digest


@CHANGES
def test_what_is_restored_is_as_it_was(sandbox: Sandbox, act: Callable[[Path], None]) -> None:
    before, was = sandbox.snapshot(), texts(sandbox.project)
    act(sandbox.project)
    assert texts(sandbox.project) != was
    sandbox.restore(before)
    assert texts(sandbox.project) == was
    assert sandbox.snapshot() == before


def test_bytecode_makes_no_other_moment(sandbox: Sandbox) -> None:
    before = sandbox.snapshot()
    (sandbox.project / "store" / "__pycache__").mkdir()
    (sandbox.project / "store" / "__pycache__" / "models.pyc").write_bytes(b"x")
    assert sandbox.snapshot().digest == before.digest


def test_a_copy_is_gone_when_it_is_removed() -> None:
    sandbox = Sandbox(bundled("storefront"))
    assert sandbox.manage.exists()
    sandbox.remove()
    assert not sandbox.root.exists()

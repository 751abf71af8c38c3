"""Files of a project, read and changed as steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miglab.errors import BadInput, OutsideSandbox, UnknownName
from miglab.facts.step import FileChange
from miglab.project import bundled
from miglab.steps import edits
from miglab.steps.opening import open_stage
from miglab.steps.stage import Stage


@pytest.fixture(scope="module")
def _open() -> Iterator[Stage]:
    stage = open_stage(bundled("storefront"), None, ("store",), 60.0, None)
    yield stage
    stage.close()


@pytest.fixture
def stage(_open: Stage) -> Stage:
    """As it was opened."""
    if _open.moments.position:
        _open.move("restart", -_open.moments.position)
    return _open


def test_what_was_written_is_read(stage: Stage) -> None:
    step = edits.write(stage, "store/later/notes.py", "# ä\r\n")
    assert step.files == (FileChange("store/later/notes.py", "added"),)
    assert edits.read(stage, "store/later/notes.py") == "# ä\r\n"


def test_a_pattern_may_mean_one_file(stage: Stage) -> None:
    assert "class Product" in edits.read(stage, "store/mod*.py")
    with pytest.raises(BadInput, match="files; name one"):
        edits.read(stage, "store/migrations/*.py")


def test_a_piece_is_replaced_in_the_one_file_that_a_pattern_means(stage: Stage) -> None:
    path = "store/migrations/0002_add_price_to_product.py"
    edits.replace(stage, "store/migrations/0002_*.py", "max_digits=6", "max_digits=9")
    assert "max_digits=9" in edits.read(stage, path)
    assert not (stage.sandbox.project / "store/migrations/0002_*.py").exists()


def test_a_piece_is_replaced_where_it_stands_once(stage: Stage) -> None:
    edits.write(stage, "notes.txt", "one two two")
    edits.replace(stage, "notes.txt", "one", "three")
    assert edits.read(stage, "notes.txt") == "three two two"
    for old in ("two", "four"):
        with pytest.raises(BadInput):
            edits.replace(stage, "notes.txt", old, "x")
    assert edits.read(stage, "notes.txt") == "three two two"


def test_all_that_a_pattern_fits_is_deleted_in_one_step(stage: Stage) -> None:
    for name in ("a.txt", "b.txt"):
        edits.write(stage, name, name)
    step = edits.delete(stage, "[ab].txt")
    assert step.files == (FileChange("a.txt", "removed"), FileChange("b.txt", "removed"))


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "store/../../x"])
def test_a_path_that_leaves_the_project_is_refused(stage: Stage, path: str) -> None:
    with pytest.raises(OutsideSandbox):
        edits.write(stage, path, "x")
    with pytest.raises((OutsideSandbox, UnknownName)):
        edits.read(stage, path)


def test_what_a_file_cannot_hold_is_refused(stage: Stage) -> None:
    with pytest.raises(BadInput, match="the content of a file must be text"):
        edits.write(stage, "notes.txt", b"bytes")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="is a folder"):
        edits.write(stage, "store", "x")

"""What is known of a place's databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.agent.common import measuring
from miglab.agent.serving.place import Databases

#: A server that nobody runs, by engine.
NOWHERE = {
    "postgresql": "postgresql://nobody@localhost:9/nothing",
    "mysql": "mysql://nobody@localhost:9/nothing",
}


@pytest.mark.every_engine
@pytest.mark.only_on("postgresql", "mysql")
@pytest.mark.short
def test_a_first_mark_that_cannot_be_read_is_like_no_other_and_the_reason_is_kept(
    engine_of_labs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "failed", [])
    handle = NOWHERE[engine_of_labs]
    databases = Databases(
        {"databases": {"default": handle}, "engines": {"default": engine_of_labs}}
    )
    first, second = databases.first_marks(), databases.first_marks()
    assert first != second
    assert "could not see whether the database was written to" in measuring.failed[0]["what"]


def test_a_mark_that_is_known_is_taken(tmp_path: Path) -> None:
    handle = str(tmp_path / "db.sqlite3")
    databases = Databases({"databases": {"default": handle}, "engines": {}})
    assert databases.first_marks({"default": "given"}) == {handle: "given"}

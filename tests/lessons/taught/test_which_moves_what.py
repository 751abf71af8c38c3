"""The spine, measured, and its task."""

from __future__ import annotations

from miglab.lessons import check, spine, your_turn


def test_the_cells_that_the_lessons_teach() -> None:
    found = spine()
    cells = {does: dict(zip(found.columns, row, strict=True)) for does, row in found.rows}
    readers = {does for does, row in cells.items() if "tables" in row["decides by"]}
    assert readers == {"migrate --fake-initial"}
    assert {does for does, row in cells.items() if "models" in row["decides by"]} == {
        "makemigrations"
    }
    assert cells["sqlmigrate"]["decides by"] == "files"
    for does in ("showmigrations", "migrate --plan"):
        assert cells[does] == dict.fromkeys(found.columns, "") | {"decides by": "files, record"}
    for does in ("migrate --fake store 0004", "migrate --fake store zero"):
        moved = {name for name in found.columns[1:] if cells[does][name]}
        assert moved == {"record"}
    assert cells["migrate --fake-initial"]["rows"] == "24 changed"


def test_faking_is_done_and_migrating_is_not() -> None:
    with your_turn("one-truth-alone") as lab:
        assert not check("one-truth-alone").done
        lab.manage("migrate store 0004")
        assert not check("one-truth-alone").done
        lab.restart()
        lab.manage("migrate --fake store 0004")
        assert check("one-truth-alone").done

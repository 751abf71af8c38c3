"""Measures a dropped column on a million rows of a server: a what-if, and the most memory that it
takes, compared with the same by hand: a dump, a restore, a migration back and one forward."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from miglab.databases.engine import Engine, Handle

from .measure import Result, timed
from .whatif import BIG, EXTRA, MILLION, Peak, manage

MEMORY = 150


@dataclass(frozen=True)
class Tools:
    """How one kind of server is used by hand. ``run`` runs a statement on a database.
    ``copy`` fills a database from another one by a dump. ``numbers`` returns SQL for a number of
    rows with a column ``n``, counted from 1. ``text`` is SQL for a text with this number. ``limit``
    is the largest allowed ratio of the what-if to the same by hand."""

    database: str
    name: str
    engine: Engine
    run: Callable[[str, str], None]
    copy: Callable[[str, str], None]
    numbers: Callable[[int], str]
    text: str
    limit: float


def dropped_column(tools: Tools, rows: int = MILLION) -> list[Result]:
    """Measure a what-if in which one of ten columns of a table is dropped and created again."""
    from miglab import Lab

    with (
        Lab("storefront", apps=["store"], time_limit=900, database=tools.database) as lab,
        tempfile.TemporaryDirectory() as place,
    ):
        lab.write("store/migrations/0006_big.py", BIG)
        lab.write("store/migrations/0007_extra.py", EXTRA)
        lab.manage("migrate")
        handle = lab._stage.sandbox.databases["default"]
        columns = ", ".join(tools.text if n % 2 else "7" for n in range(8))
        tools.run(
            handle, f"INSERT INTO store_big SELECT n, {columns}, n % 10 FROM {tools.numbers(rows)}"
        )
        lab.truths()
        folder = by_hand(lab.folder, Path(place))
        copy = tools.engine.kept(lab._stage.sandbox.store, "by_hand")

        def hand() -> None:
            tools.engine.make_room(copy)
            tools.copy(handle, copy)
            manage(folder, "migrate", "store", "0006")()
            manage(folder, "migrate")()

        lead(folder, tools.engine, copy)
        taken = timed(hand)
        tools.engine.remove(copy)
        ours = timed(lambda: lab.what_if("migrate store 0006"))
        with Peak() as peak:
            (lost,) = lab.what_if("migrate store 0006").lost_there
        assert lost.lost_values == {"extra": rows}, lost
    return [
        Result(f"{tools.name}: a what-if on a million rows", ours, taken, tools.limit, "×"),
        Result(f"{tools.name}: its memory", peak.with_this_process, None, MEMORY, "MB"),
    ]


def by_hand(folder: Path, place: Path) -> Path:
    """Copy a lab's project, and put the file that names its databases beside it."""
    shutil.copytree(folder, place / "project")
    shutil.copy(folder.parent / "databases.json", place)
    return place / "project"


def lead(folder: Path, engine: Engine, handle: Handle) -> None:
    """Make a project's settings name this database."""
    told = {"default": engine.setting(handle)}
    (folder.parent / "databases.json").write_text(json.dumps(told), encoding="utf-8")

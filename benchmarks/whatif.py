"""Measures what-ifs, compared with the same by hand: on the practice project, on a million rows,
and on 300 migrations."""

from __future__ import annotations

import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from . import large
from .measure import Act, Result, Spent, in_turns, nothing, timed

MILLION = 1_000_000
#: How many of the long app's steps are measured by hand; their mean stands for all of them.
SAMPLE = 9

BIG = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [
        migrations.CreateModel(
            "Big",
            [("id", models.BigAutoField(primary_key=True))]
            + [
                (f"c{n}", models.CharField(max_length=40) if n % 2 else models.IntegerField())
                for n in range(8)
            ],
        ),
    ]
"""

EXTRA = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0006_big")]
    operations = [migrations.AddField("big", "extra", models.IntegerField(default=5))]
"""


def all_of_it(times: int) -> list[Result]:
    """Every measurement of what-ifs."""
    return [
        *on_the_sandbox(times),
        as_a_command(times),
        *on_a_million_rows(),
        *on_hundreds_of_migrations(),
    ]


def manage(folder: Path, *words: str) -> Act:
    """An act that runs plain ``manage.py`` in a new process."""
    return lambda: subprocess.run(
        [sys.executable, "manage.py", *words], cwd=folder, capture_output=True, check=True
    )


def on_the_sandbox(times: int) -> list[Result]:
    """Measure a what-if, there and back, with both graphs as facts, compared with the same revert
    once by hand. The first what-if of a lab makes the copy that later what-ifs use."""
    from miglab import Lab

    with Lab("storefront", apps=["store"]) as lab, tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "project"
        shutil.copytree(lab.folder, folder)
        kept = Path(place) / "kept.sqlite3"
        shutil.copy(folder / "db.sqlite3", kept)
        first = timed(lambda: lab.what_if("migrate store 0002"))
        ours, hand = in_turns(
            times,
            (nothing, lambda: lab.what_if("migrate store 0002")),
            (
                lambda: shutil.copy(kept, folder / "db.sqlite3"),
                manage(folder, "migrate", "store", "0002"),
            ),
        )
    return [
        Result("a what-if, there and back", ours, hand, 1, "×"),
        Result("the first what-if of a lab", first, hand, 2, "×"),
    ]


def as_a_command(times: int) -> Result:
    """Measure the CPU time of all processes of ``miglab whatif`` on a new project, compared with
    that of the revert and the way back by hand. Most of this time goes into starting Python."""
    from miglab import Lab

    with Lab("storefront", apps=["store"]) as lab, tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "project"
        shutil.copytree(lab.folder, folder)
        found = [cpu(folder, Path(sys.executable), "store", "0002") for _ in range(times)]
    ours, hand = (statistics.median(each) for each in zip(*found, strict=True))
    return Result("the CPU of miglab whatif", ours, hand, 1.4, "×")


def cpu(folder: Path, python: Path, app: str, target: str) -> tuple[float, float]:
    """How many milliseconds of CPU time ``miglab whatif`` takes in an empty ``MIGLAB_HOME``, and
    how many the same revert and its way back take by plain ``manage.py``."""
    with tempfile.TemporaryDirectory() as place:
        words = ["-m", "miglab", "whatif", str(folder), app, target, "--quiet"]
        asked = [sys.executable, *words, "--python", str(python)]
        ours = Spent(asked, folder, {**os.environ, "MIGLAB_HOME": place})
        copy = Path(place) / "copy"
        shutil.copytree(folder, copy)
        lines = (["migrate", app, target], ["migrate"])
        hand = [Spent([str(python), "manage.py", *line], copy, os.environ) for line in lines]
    return ours.cpu * 1000, sum(each.cpu for each in hand) * 1000


def on_a_million_rows() -> list[Result]:
    """Measure a what-if in which one of ten columns of a table is dropped and created again, and
    how much more memory it takes than on an empty table."""
    ours, by_hand, peak = _dropped_column(MILLION)
    _, _, empty = _dropped_column(0)
    return [
        Result("a what-if on a million rows", ours, by_hand, 2.5, "×"),
        Result("memory for a million rows", peak - empty, None, 50, "MB"),
    ]


def _dropped_column(rows: int) -> tuple[float, float, float]:
    """How many milliseconds the what-if takes, and the same by hand, and the agent's peak memory in
    MB."""
    from miglab import Lab

    with Lab("storefront", apps=["store"], time_limit=900) as lab:
        lab.write("store/migrations/0006_big.py", BIG)
        lab.write("store/migrations/0007_extra.py", EXTRA)
        lab.manage("migrate")
        _fill(lab.folder / "db.sqlite3", rows)
        lab.truths()
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "project"
            shutil.copytree(lab.folder, folder)

            def by_hand() -> None:
                shutil.copy(folder / "db.sqlite3", folder / "copy.sqlite3")
                manage(folder, "migrate", "store", "0006")()
                manage(folder, "migrate")()

            hand = timed(by_hand)
        with Peak() as peak:
            ours = timed(lambda: lab.what_if("migrate store 0006"))
    return ours, hand, peak.megabytes


def _fill(path: Path, rows: int) -> None:
    connection = sqlite3.connect(path)
    try:
        names = [row[1] for row in connection.execute("PRAGMA table_info(store_big)")]
        texts = {f"c{n}" for n in range(1, 8, 2)}
        connection.executemany(
            f"INSERT INTO store_big ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
            (
                [
                    number if name in ("id", "extra") else f"text {number}" if name in texts else 7
                    for name in names
                ]
                for number in range(1, rows + 1)
            ),
        )
        connection.commit()
    finally:
        connection.close()


class Peak:
    """A context that measures the most memory that this process's children take together, counting
    only pages that no other process shares (``megabytes``). A database's server, the process that
    starts it, and the children with the process ids ``others`` are not counted."""

    def __init__(self, others: Iterable[int] = ()) -> None:
        self._others = {*others}

    def __enter__(self) -> Peak:
        self.megabytes = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()

    @property
    def with_this_process(self) -> float:
        """``megabytes``, and the memory that this process takes now, in MB."""
        import psutil

        return self.megabytes + float(psutil.Process().memory_full_info().uss) / 1e6

    def _watch(self) -> None:
        import psutil

        while not self._over.wait(0.05):
            total = 0.0
            for child in psutil.Process().children():
                try:
                    kept = any(word.endswith("keeper.py") for word in child.cmdline())
                    if kept or child.pid in self._others:
                        continue
                    for process in (child, *child.children(recursive=True)):
                        total += process.memory_full_info().uss / 1e6
                except (psutil.Error, AttributeError):
                    continue
            self.megabytes = max(self.megabytes, total)


def on_hundreds_of_migrations() -> Result:
    """Measure all targets of an app with 90 migrations, in a project of more than 300. By hand,
    only a sample of the steps is measured, evenly from top to bottom; it stands for all steps."""
    from miglab import Lab

    with tempfile.TemporaryDirectory() as place:
        folder, hand = Path(place) / "project", Path(place) / "hand"
        large.write(folder)
        shutil.copytree(folder, hand)
        with Lab.of(folder, python=sys.executable) as lab:
            ours = timed(lambda: lab.what_if_all("long"))
        spent = 0.0
        for step in range(SAMPLE):
            target = 90 - step * 10
            manage(hand, "migrate", "long", f"{target:04}")()
            start = time.perf_counter()
            manage(hand, "migrate", "long", f"{target - 1:04}" if target > 1 else "zero")()
            spent += (time.perf_counter() - start) * 1000
    return Result("all 90 targets of an app, of 310", ours, spent / SAMPLE * 90, 0.25, "×")

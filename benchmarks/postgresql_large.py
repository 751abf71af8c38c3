"""Measures labs on PostgreSQL with many rows and many moments: a dropped column on a million rows,
five million rows in fifty tables, and what a hundred moments take on the disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .measure import Result, timed
from .whatif import BIG, EXTRA, MILLION, Peak, manage

TABLES, ROWS = 50, 100_000
MOMENTS = 100

WIDE = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [
        migrations.CreateModel(
            f"Wide{{number}}",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("text", models.CharField(max_length=40)),
                ("number", models.IntegerField()),
            ],
        )
        for number in range({tables})
    ]
"""
LAST = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0006_wide")]
    operations = [migrations.AddField("wide0", "extra", models.IntegerField(default=5))]
"""


def all_of_it() -> list[Result]:
    """All of it; it takes minutes."""
    return [dropped_column(), *fifty_tables(), a_hundred_moments()]


def dropped_column(rows: int = MILLION) -> Result:
    """A column of a table of ten is dropped and comes again. By hand: dump, restore, migrate back,
    migrate forward."""
    from miglab import Lab
    from miglab.databases.postgresql import moments
    from miglab.databases.postgresql.address import beside, name_of
    from miglab.databases.postgresql.connections import connect

    with (
        Lab("storefront", apps=["store"], time_limit=900, database="postgresql") as lab,
        tempfile.TemporaryDirectory() as place,
    ):
        lab.write("store/migrations/0006_big.py", BIG)
        lab.write("store/migrations/0007_extra.py", EXTRA)
        lab.manage("migrate")
        handle = lab._stage.sandbox.databases["default"]
        columns = ", ".join("'text ' || n" if n % 2 else "7" for n in range(8))
        with connect(handle) as connection:
            connection.execute(
                f"INSERT INTO store_big SELECT n, {columns}, 5 "
                f"FROM generate_series(1, {rows}) AS n".encode()
            )
        lab.truths()
        folder, copy = _by_hand(lab.folder, Path(place)), beside(handle, name_of(handle) + "_hand")

        def by_hand() -> None:
            moments.make(copy)
            _dump_and_restore(handle, copy)
            manage(folder, "migrate", "store", "0006")()
            manage(folder, "migrate")()

        _lead(folder, copy)
        hand = timed(by_hand)
        moments.drop(copy)
        ours = timed(lambda: lab.what_if("migrate store 0006"))
    return Result("PostgreSQL: a what-if on a million rows", ours, hand, 1.5, "×")


def fifty_tables() -> list[Result]:
    """A project of one's own with five million rows: copied by the server's tools, tried, put back;
    and the most memory that miglab takes, its own process included. What the server takes is not
    counted."""
    import psutil

    from miglab import Lab
    from miglab.databases.postgresql import moments
    from miglab.databases.postgresql.address import beside
    from miglab.databases.postgresql.connections import connect

    with (
        Lab("storefront", apps=["store"], time_limit=3600, database="postgresql") as lab,
        tempfile.TemporaryDirectory() as place,
    ):
        lab.write("store/migrations/0006_wide.py", WIDE.format(tables=TABLES))
        lab.write("store/migrations/0007_last.py", LAST)
        lab.manage("migrate")
        handle = lab._stage.sandbox.databases["default"]
        # Its name does not say that it is miglab's: so it is copied as anybody's is.
        original = beside(handle, "benchmark_wide")
        folder = _by_hand(lab.folder, Path(place))
        _lead(folder, original)
        with connect(beside(handle, "postgres")) as server:
            server.execute(b"DROP DATABASE IF EXISTS benchmark_wide")
            moments.leave(server, lab_name := handle.rpartition("/")[2].partition("?")[0])
            server.execute(f'CREATE DATABASE benchmark_wide TEMPLATE "{lab_name}"'.encode())
        try:
            with connect(original) as connection:
                for number in range(TABLES):
                    more = ", 5" if number == 0 else ""
                    connection.execute(
                        f"INSERT INTO store_wide{number} SELECT n, 'text ' || n, n{more} "
                        f"FROM generate_series(1, {ROWS}) AS n".encode()
                    )
            settings = "storefront.settings_elsewhere"
            with Peak() as peak:
                began = lambda: Lab.of(  # noqa: E731
                    folder, python=sys.executable, settings=settings, time_limit=3600
                )
                opened: list[Lab] = []
                copied = timed(lambda: opened.append(began()))
                (own,) = opened
                with own:
                    tried = timed(lambda: own.what_if("migrate store 0006"))
                    own.manage("migrate store 0006")
                    back = timed(own.rewind)
        finally:
            with connect(beside(handle, "postgres")) as server:
                moments.leave(server, "benchmark_wide")
                server.execute(b"DROP DATABASE IF EXISTS benchmark_wide")
    memory = peak.megabytes + psutil.Process().memory_full_info().uss / 1e6
    return [
        Result("PostgreSQL: 5,000,000 rows, copied", copied, None, 600_000, "ms"),
        Result("PostgreSQL: 5,000,000 rows, a what-if", tried, None, 600_000, "ms"),
        Result("PostgreSQL: 5,000,000 rows, a rewind", back, None, 60_000, "ms"),
        Result("PostgreSQL: 5,000,000 rows, memory", memory, None, 150, "MB"),
    ]


def a_hundred_moments() -> Result:
    """What one of a hundred moments of the sandbox takes on the disk of miglab's own server."""
    from miglab import Lab
    from miglab.databases.postgresql.address import parameters_of
    from miglab.databases.postgresql.connections import connect

    with Lab("storefront", apps=["store"], database="postgresql") as lab:
        sandbox = lab._stage.sandbox
        handle, engine = sandbox.databases["default"], sandbox.engines["default"]
        data = Path(parameters_of(handle)["host"]).parent / "data"
        before = _size(data)
        for number in range(MOMENTS):
            with connect(handle) as connection:
                connection.execute(b"UPDATE store_product SET discount = discount + 1")
            engine.copy(handle, engine.kept(sandbox.store, f"moment{number}"))
        size = _size(data) - before
    return Result(
        "PostgreSQL: one of 100 moments, on the disk", size / MOMENTS / 1e6, None, 15, "MB"
    )


def _by_hand(folder: Path, place: Path) -> Path:
    """A copy of a lab's project, with the file of its databases beside it."""
    shutil.copytree(folder, place / "project")
    shutil.copy(folder.parent / "databases.json", place)
    return place / "project"


def _lead(folder: Path, handle: str) -> None:
    """Have a project's settings lead to this database."""
    import json

    from miglab.databases.engine import Handle
    from miglab.databases.postgresql_engine import PostgreSQL

    told = {"default": PostgreSQL().setting(Handle(handle))}
    (folder.parent / "databases.json").write_text(json.dumps(told), encoding="utf-8")


def _dump_and_restore(source: str, to: str) -> None:
    from miglab.databases.postgresql import binaries

    found = binaries.embedded()
    assert found is not None
    with subprocess.Popen(
        [found.program("pg_dump"), "-Fc", "-Z0", f"--dbname={source}"], stdout=subprocess.PIPE
    ) as dump:
        subprocess.run(
            [found.program("pg_restore"), "--no-owner", f"--dbname={to}"],
            stdin=dump.stdout,
            check=True,
        )


def _size(folder: Path) -> int:
    """Bytes on the disk."""
    return sum(
        os.lstat(os.path.join(place, name)).st_blocks * 512
        for place, _, names in os.walk(folder)
        for name in names
    )

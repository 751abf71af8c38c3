"""Measures labs on PostgreSQL with many rows and many moments: a dropped column on a million rows,
five million rows in fifty tables, and what a hundred moments take on the disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .measure import Result, timed
from .million import Tools, by_hand, dropped_column
from .whatif import Peak

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
    """Measure everything in this module, which takes minutes."""
    return [*on_a_million_rows(), *fifty_tables(), a_hundred_moments()]


def on_a_million_rows() -> list[Result]:
    """Measure a dropped column on a million rows."""
    from miglab.databases.postgresql_engine import PostgreSQL

    tools = Tools(
        database="postgresql",
        name="PostgreSQL",
        engine=PostgreSQL(),
        run=_run,
        copy=_dump_and_restore,
        numbers="generate_series(1, {}) AS n".format,
        text="'text ' || n",
        limit=1.5,
    )
    return dropped_column(tools)


def fifty_tables() -> list[Result]:
    """Measure a user's own project with five million rows: its copy by the server's tools, a
    what-if, a rewind, and the most memory that miglab takes, including this process. The server's
    memory is not counted."""
    import psutil

    from miglab import Lab
    from miglab.databases.postgresql import moments
    from miglab.databases.postgresql.address import beside, name_of
    from miglab.databases.postgresql.connections import connect
    from miglab.databases.postgresql_engine import PostgreSQL

    with (
        Lab("storefront", apps=["store"], time_limit=3600, database="postgresql") as lab,
        tempfile.TemporaryDirectory() as place,
    ):
        lab.write("store/migrations/0006_wide.py", WIDE.format(tables=TABLES))
        lab.write("store/migrations/0007_last.py", LAST)
        lab.manage("migrate")
        handle = lab._stage.sandbox.databases["default"]
        # Its name is not one of miglab's, so it is copied like any other database.
        original = beside(handle, "benchmark_wide")
        folder = by_hand(lab.folder, Path(place))
        entry = PostgreSQL().setting(original)
        settings = f"from .settings import *\n\nDATABASES = {{'default': {entry!r}}}\n"
        (folder / "storefront" / "settings_wide.py").write_text(settings, encoding="utf-8")
        with connect(beside(handle, "postgres")) as server:
            server.execute(b"DROP DATABASE IF EXISTS benchmark_wide")
            moments.leave(server, name_of(handle))
            server.execute(f'CREATE DATABASE benchmark_wide TEMPLATE "{name_of(handle)}"'.encode())
        try:
            with connect(original) as connection:
                for number in range(TABLES):
                    more = ", 5" if number == 0 else ""
                    connection.execute(
                        f"INSERT INTO store_wide{number} SELECT n, 'text ' || n, n{more} "
                        f"FROM generate_series(1, {ROWS}) AS n".encode()
                    )
            # The lab that made the rows has an agent too.
            with Peak(each.pid for each in psutil.Process().children()) as peak:
                began = lambda: Lab.of(  # noqa: E731
                    folder,
                    python=sys.executable,
                    settings="storefront.settings_wide",
                    time_limit=3600,
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
    return [
        Result("PostgreSQL: 5,000,000 rows, copied", copied, None, 600_000, "ms"),
        Result("PostgreSQL: 5,000,000 rows, a what-if", tried, None, 600_000, "ms"),
        Result("PostgreSQL: 5,000,000 rows, a rewind", back, None, 60_000, "ms"),
        Result("PostgreSQL: 5,000,000 rows, memory", peak.with_this_process, None, 150, "MB"),
    ]


def a_hundred_moments() -> Result:
    """Measure the disk space that one of a hundred moments takes on miglab's own server."""
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


def _run(handle: str, sql: str) -> None:
    from miglab.databases.postgresql.connections import connect

    with connect(handle) as connection:
        connection.execute(sql.encode())


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
    """How many bytes a folder takes on the disk."""
    return sum(
        os.lstat(os.path.join(place, name)).st_blocks * 512
        for place, _, names in os.walk(folder)
        for name in names
    )

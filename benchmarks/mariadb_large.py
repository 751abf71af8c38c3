"""Measures a lab on MariaDB with a million rows."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from .measure import Result
from .million import Tools, dropped_column


def all_of_it() -> list[Result]:
    """Measure a dropped column on a million rows; empty if no server is installed."""
    from miglab.databases.mariadb import binaries
    from miglab.databases.mariadb_engine import MariaDB

    if next(binaries.servers(), None) is None:
        return []
    tools = Tools(
        database="mariadb",
        name="MariaDB",
        engine=MariaDB(),
        run=_run,
        copy=_dump_and_restore,
        numbers="(SELECT seq AS n FROM seq_1_to_{}) AS numbers".format,
        text="concat('text ', n)",
        limit=2.5,
    )
    return dropped_column(tools)


def _run(handle: str, sql: str) -> None:
    from miglab.databases.mariadb.connections import connect

    with connect(handle) as connection, connection.cursor() as cursor:
        cursor.execute(sql)


def _dump_and_restore(source: str, to: str) -> None:
    from miglab.databases.mariadb import binaries
    from miglab.databases.mariadb.address import name_of, option_file, server_of

    tools = next(binaries.tools())
    with tempfile.TemporaryDirectory() as place:
        file = Path(place, "options")
        file.write_text(option_file(server_of(source)), encoding="utf-8")
        given = f"--defaults-file={file}"
        with subprocess.Popen(
            [tools.dump, given, "--single-transaction", "--quick", name_of(source)],
            stdout=subprocess.PIPE,
        ) as dump:
            subprocess.run([tools.client, given, name_of(to)], stdin=dump.stdout, check=True)

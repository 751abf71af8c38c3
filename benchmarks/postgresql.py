"""Measures labs on PostgreSQL: moments against the plain statement that copies a database, and warm
commands against ``manage.py`` in fresh processes on the same database."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .measure import Act, Result, in_turns


def all_of_it(times: int) -> list[Result]:
    """All of it, on the server of miglab's own."""
    from miglab import Lab

    with Lab("storefront", apps=["store"], database="postgresql") as lab:
        return [*moments(times, lab), *commands(times, lab)]


def moments(times: int, lab: object) -> list[Result]:
    """A copy with a new connection, and a rewind, against the statement alone."""
    from miglab import Lab
    from miglab.databases.postgresql import moments as plain
    from miglab.databases.postgresql.address import beside, name_of
    from miglab.databases.postgresql.connections import connect, on_server

    assert isinstance(lab, Lab)
    sandbox = lab._stage.sandbox
    handle, engine = sandbox.databases["default"], sandbox.engines["default"]
    copy = engine.kept(sandbox.store, "benchmark")
    other = beside(handle, name_of(handle) + "_plain")
    statement = (
        f'CREATE DATABASE "{name_of(other)}" TEMPLATE "{name_of(handle)}" STRATEGY file_copy'
    )

    def reconnect() -> None:
        with connect(handle) as connection:
            connection.execute("SELECT 1")

    def write() -> None:
        with connect(handle) as connection:
            connection.execute("UPDATE store_product SET discount = discount + 1")

    def by_hand() -> None:
        with on_server(handle) as server:
            server.execute(statement.encode())

    def moment() -> None:
        engine.copy(handle, copy)
        reconnect()

    def rewind() -> None:
        engine.restore(copy, handle)
        reconnect()

    def forget() -> None:
        plain.drop(copy)

    ours, hand = in_turns(times, (forget, moment), (lambda: plain.drop(other), by_hand))
    back, again = in_turns(times, (write, rewind), (lambda: plain.drop(other), by_hand))
    plain.drop(other)
    return [
        Result("PostgreSQL: a moment, connected again", ours, hand, 1.5, "×"),
        Result("PostgreSQL: a rewind, connected again", back, again, 1.0, "×"),
    ]


def commands(times: int, lab: object) -> list[Result]:
    """Commands through a lab, the truths before and after included, and by hand on a database of
    its own."""
    from miglab import Lab

    assert isinstance(lab, Lab)
    results = []
    with (
        Lab("storefront", database="postgresql") as other,
        tempfile.TemporaryDirectory() as place,
    ):
        root = Path(place)
        shutil.copytree(other.folder, root / "project")
        shutil.copy(other.folder.parent / "databases.json", root)

        def by_hand(*words: str) -> Act:
            return lambda: subprocess.run(
                [sys.executable, "manage.py", *words],
                cwd=root / "project",
                capture_output=True,
                check=True,
            )

        for what, line, limit in (
            ("a command that reads (showmigrations)", "showmigrations store", 0.06),
            ("a revert of one migration", "migrate store 0004", 0.3),
            ("zero", "migrate store zero", 0.35),
        ):
            ours, hand = in_turns(
                times,
                (lab.restart, lambda line=line: lab.manage(line)),  # type: ignore[misc]
                (other.restart, by_hand(*line.split())),
            )
            results.append(Result(f"PostgreSQL: {what}", ours, hand, limit, "×"))
    return results

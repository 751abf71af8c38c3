"""Measures labs on PostgreSQL: moments against the plain statement that copies a database, and warm
commands against ``manage.py`` in fresh processes on the same database."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from functools import partial
from pathlib import Path

from .fork import forking
from .measure import Act, Result, after_each_other, in_turns, nothing
from .whatif import manage


def all_of_it(times: int) -> list[Result]:
    """Measure everything in this module, on miglab's own server."""
    from miglab import Lab

    with Lab("storefront", apps=["store"], database="postgresql") as lab:
        return [*moments(times, lab), *commands(times, lab), what_if(times)]


def moments(times: int, lab: object) -> list[Result]:
    """Measure a copy and a rewind, each with a new connection, compared with the plain
    statement."""
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


def commands(
    times: int,
    lab: object,
    database: str = "postgresql",
    name: str = "PostgreSQL",
    limits: tuple[float, float, float] = (0.06, 0.3, 0.35),
) -> list[Result]:
    """Measure commands through a lab, including the truths before and after, compared with the same
    by hand on another database; and how long a bare fork takes. ``limits`` are the largest ratios
    for a command that reads, a revert, and zero."""
    from miglab import Lab

    assert isinstance(lab, Lab)
    results = []
    with (
        Lab("storefront", database=database) as other,
        tempfile.TemporaryDirectory() as place,
        contextlib.ExitStack() as stack,
    ):
        root = Path(place)
        shutil.copytree(other.folder, root / "project")
        shutil.copy(other.folder.parent / "databases.json", root)
        fork = stack.enter_context(forking(root / "project"))

        def by_hand(*words: str) -> Act:
            return manage(root / "project", *words)

        # A step says what is gone for good: for that, the way back is gone, here and by hand.
        for what, line, back, limit in (
            ("a command that reads", "showmigrations store", "", limits[0]),
            ("a revert, and its way back", "migrate store 0004", "migrate store", limits[1]),
            ("zero, and its way back", "migrate store zero", "migrate store", limits[2]),
        ):
            lines = [each for each in (line, back) if each]
            ours, hand, bare = in_turns(
                times,
                (lab.restart, partial(lab.manage, line)),
                (other.restart, after_each_other(*(by_hand(*each.split()) for each in lines))),
                (other.restart, after_each_other(*(partial(fork, each) for each in lines))),
            )
            results.append(Result(f"{name}: {what}", ours, hand, limit, "×"))
            results.append(Result("  the same by a bare fork", bare, hand, 1.0, "×"))
    return results


def what_if(times: int, database: str = "postgresql", name: str = "PostgreSQL") -> Result:
    """Measure a what-if, there and back, compared with the same revert once by hand."""
    from miglab import Lab

    with (
        Lab("storefront", apps=["store"], database=database) as lab,
        Lab("storefront", database=database) as other,
    ):
        ours, hand = in_turns(
            times,
            (nothing, lambda: lab.what_if("migrate store 0004")),
            (other.restart, manage(other.folder, "migrate", "store", "0004")),
        )
    return Result(f"{name}: a what-if, there and back", ours, hand, 0.8, "×")

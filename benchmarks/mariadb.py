"""Measures labs on MariaDB: moments against the statements that copy a database, and warm commands
against ``manage.py`` in fresh processes on the same database."""

from __future__ import annotations

from .measure import Result, in_turns
from .postgresql import commands, what_if

#: The largest allowed ratios to the same by hand: of a command that reads, a revert, and zero.
LIMITS = (0.1, 0.45, 0.5)


def all_of_it(times: int) -> list[Result]:
    """Measure everything in this module, on a server that miglab starts from installed programs.
    Empty if none are installed."""
    from miglab import Lab
    from miglab.databases.mariadb import binaries

    if next(binaries.servers(), None) is None:
        return []
    with Lab("storefront", apps=["store"], database="mariadb") as lab:
        results = [*moments(times, lab), *commands(times, lab, "mariadb", "MariaDB", LIMITS)]
    return [*results, what_if(times, "mariadb", "MariaDB")]


def moments(times: int, lab: object) -> list[Result]:
    """Measure a copy and a rewind, compared with the plain statements."""
    from miglab import Lab
    from miglab.agent.engines.mariadb import duplicate
    from miglab.databases.mariadb import moments as plain
    from miglab.databases.mariadb.address import beside, name_of
    from miglab.databases.mariadb.connections import connect, on_server

    assert isinstance(lab, Lab)
    sandbox = lab._stage.sandbox
    handle, engine = sandbox.databases["default"], sandbox.engines["default"]
    copy = engine.kept(sandbox.store, "benchmark")
    other = beside(handle, name_of(handle) + "_plain")

    def write() -> None:
        with connect(handle) as connection, connection.cursor() as cursor:
            cursor.execute("UPDATE store_product SET discount = discount + 1")

    def by_hand() -> None:
        with on_server(handle) as cursor:
            duplicate.duplicate(cursor, name_of(handle), name_of(other))

    def forget() -> None:
        plain.drop(copy)

    def moment() -> None:
        engine.copy(handle, copy)

    def rewind() -> None:
        engine.restore(copy, handle)

    def drop() -> None:
        plain.drop(other)

    ours, hand = in_turns(times, (forget, moment), (drop, by_hand))
    back, again = in_turns(times, (write, rewind), (drop, by_hand))
    plain.drop(other)
    return [
        Result("MariaDB: a moment", ours, hand, 1.5, "×"),
        Result("MariaDB: a rewind", back, again, 1.0, "×"),
    ]

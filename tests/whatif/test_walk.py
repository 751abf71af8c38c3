"""One walk tells of every target on its way, unless somebody could tell it from the command to that
target alone."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from miglab import Lab
from miglab.facts.migration import Key
from miglab.steps.copies import twin_of
from miglab.steps.stage import Stage
from miglab.whatif.command import command
from miglab.whatif.walk import Walk

from .own import manage, shop, write
from .test_ladder import KIND, both, irreversible, migration, plain, squashed

WAY = ("0002_price", "0001_initial", "zero")
LINES = ["migrate shop 0002_price", "migrate shop 0001_initial", "migrate shop zero"]


@contextmanager
def copied(folder: Path) -> Iterator[Stage]:
    """A copy of the project, as a what-if has it."""
    with Lab.of(folder, python=sys.executable) as lab:
        yield twin_of(lab._stage)


def walk(stage: Stage, targets: tuple[str, ...] = WAY) -> Walk:
    """The way back to the last of these targets of the shop."""
    commands = [command(["migrate", "shop", name]) for name in targets]
    return Walk(stage, commands, [Key("shop", name) for name in targets[:-1]])


def handler(folder: Path, signal: str, body: str) -> None:
    """The shop hears a signal."""
    write(
        folder,
        {
            "shop/apps.py": "from django.apps import AppConfig\n"
            "from django.db.models import signals\n\n\n"
            f"def hear(sender, **kwargs):\n    {body}\n\n\n"
            "class Shop(AppConfig):\n    name = 'shop'\n    default = True\n\n"
            f"    def ready(self):\n        signals.{signal}.connect(hear, sender=self)\n"
        },
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The shop, with three migrations that can be undone."""
    folder = shop(tmp_path / "site")
    plain(folder)
    return folder


def test_a_walk_tells_of_every_target_on_its_way(site: Path) -> None:
    with copied(site) as stage:
        assert list(walk(stage).ran) == [LINES[2], *LINES[:2]]


def test_each_end_is_the_database_that_plain_django_leaves(site: Path) -> None:
    with copied(site) as stage:
        ends = {
            line: each.end.snapshot.databases["default"] for line, each in walk(stage).ran.items()
        }
        told = {line: content(Path(str(end))) for line, end in ends.items()}
    for line in LINES:
        manage(site, *line.split(), "-v0")
        # What is recorded is another moment in another run.
        assert told[line] == content(site / "db.sqlite3")


def content(path: Path) -> list[str]:
    """All of a database but the times at which migrations were applied."""
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE django_migrations SET applied = ''")
        found = sorted(connection.iterdump())
        connection.rollback()
    return found


def test_the_walk_ends_where_the_command_alone_ends(site: Path) -> None:
    with copied(site) as stage:
        walk(stage)
        _, walked = stage.now()
    with copied(site) as stage:
        stage.step("manage", LINES[2], {"do": "manage", "argv": LINES[2].split()})
        _, alone = stage.now()
    assert walked == alone


def test_a_handler_that_looks_at_the_plan_is_asked_for_each_target_alone(site: Path) -> None:
    handler(site, "pre_migrate", "assert len(kwargs['plan']) < 3, 'too much at once'")
    with copied(site) as stage:
        assert list(walk(stage, WAY[:2]).ran) == [LINES[1]]
    ladder, singles = both(site)
    assert [each.outcome for each in ladder] == [each.outcome for each in singles]
    assert [each.outcome.status == 12 for each in ladder] == [False, False, True]


def test_a_handler_that_does_not_look_at_the_plan_is_no_reason_to_go_alone(site: Path) -> None:
    handler(site, "pre_migrate", "str(sender)")
    with copied(site) as stage:
        assert list(walk(stage).ran) == [LINES[2], *LINES[:2]]


def test_handlers_run_at_each_end_and_leave_nothing_on_the_way(site: Path) -> None:
    runs = "from django.db import connection as c; c.cursor().execute"
    handler(site, "post_migrate", f"{runs}('CREATE TABLE IF NOT EXISTS heard (n)')")
    with copied(site) as stage:
        found = walk(stage)
        assert len(found.ran) == 3
        for each in found.ran.values():
            assert "heard" in each.end.truths.known_tables.tables  # type: ignore[union-attr]
            assert "CREATE TABLE IF NOT EXISTS heard" not in " ".join(
                one.sql for ran in each.run.step.ran for one in ran.sql
            )


def test_what_handlers_write_to_files_lets_no_target_speak_for_another(site: Path) -> None:
    handler(site, "post_migrate", "open('heard.txt', 'a').write('x')")
    with copied(site) as stage:
        assert not walk(stage).ran


def test_a_connection_that_holds_a_temporary_table_is_not_closed(site: Path) -> None:
    runs = "RunSQL('CREATE TEMP TABLE mine (n)', 'CREATE TEMP TABLE mine (n)')"
    write(site, {"shop/migrations/0004_temp.py": migration("0003_kind", runs)})
    manage(site, "migrate", "-v0")
    with copied(site) as stage:
        assert list(walk(stage, ("0003_kind", *WAY)).ran) == [LINES[2]]


def test_a_name_that_begins_another_is_refused_as_it_is_alone(site: Path) -> None:
    made = {
        "shop/migrations/0004_a.py": migration("0003_kind", KIND.replace("kind", "a")),
        "shop/migrations/0004_a_b.py": migration("0004_a", KIND.replace("kind", "b")),
    }
    write(site, made)
    manage(site, "migrate", "-v0")
    ladder, singles = both(site)
    assert [each.outcome for each in ladder] == [each.outcome for each in singles]
    assert 12 in [each.outcome.status for each in ladder]


def test_a_migrate_command_of_the_projects_own_goes_alone(site: Path) -> None:
    write(
        site,
        {
            "shop/management/commands/migrate.py": "from django.core.management.commands.migrate "
            "import Command as Django\n\n\nclass Command(Django):\n    pass\n"
        },
    )
    with copied(site) as stage:
        assert list(walk(stage).ran) == [LINES[2]]


def test_where_the_walk_stops_all_further_targets_stop(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site")
    irreversible(folder)
    with copied(folder) as stage:
        found = walk(stage, ("0003_runs", *WAY))
        assert list(found.ran) == ["migrate shop 0003_runs"]
        assert found.stopped == {*LINES}
        assert found.stopped_at == Key("shop", "0003_runs")


def test_a_process_that_dies_at_an_end_speaks_for_nobody(site: Path) -> None:
    body = "import os; from django.apps import apps; os._exit(3) if apps.get_model else None"
    handler(site, "post_migrate", body)
    ladder, singles = both_or_error(site)
    assert ladder == singles


def both_or_error(folder: Path) -> tuple[str, str]:
    """What the ladder says, and what the what-if of its first target does."""
    with Lab.of(folder, python=sys.executable) as lab:
        asked: list[Callable[[], object]] = [
            lambda: lab.what_if_all("shop"),
            lambda: lab.what_if(LINES[2]),
        ]
        found = []
        for each in asked:
            with pytest.raises(Exception) as raised:  # noqa: PT011 (compared with the other one)
                each()
            found.append(f"{type(raised.value).__name__}: {raised.value}")
    return found[0], found[1]


def test_targets_inside_a_squash_have_a_way_of_their_own(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site")
    squashed(folder)
    with copied(folder) as stage:
        inside = walk(stage, ("0002_price", "0001_initial"))
        assert list(inside.ran) == [LINES[1], LINES[0]]


def test_what_is_refused_at_one_end_is_not_told_of_another(site: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    body = (
        "from django.db import connection as c; "
        "tables = c.introspection.table_names(); "
        "columns = [e.name for e in c.introspection.get_table_description(c.cursor(), 'shop_item')]"
        " if 'shop_item' in tables else []; "
        f"'kind' in columns or 'price' not in columns or open({str(outside)!r}, 'w')"
    )
    handler(site, "post_migrate", body)
    ladder, singles = both(site)
    assert singles[0].outcome.status == 1
    assert [each.outcome for each in ladder] == [each.outcome for each in singles]
    assert not outside.exists()

"""A report is whole by itself, says the same in three formats, and begins with the backup."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from miglab.facts.consequences import Consequences
from miglab.facts.locks import Lock
from miglab.facts.run import Run
from miglab.show.report import SCHEMA, for_real, report_html, report_json, report_markdown

from ..consequences_samples import (
    DATABASE,
    HOSTILE,
    LISTING,
    OFFER,
    PROJECT,
    STORE,
    consequences,
    halfway,
    harmless,
    hostile,
    long_history,
    step,
)

MADE: list[Callable[[], Consequences]] = [consequences, halfway, harmless, hostile]
EVERY = [report_html, report_markdown, report_json]
VOID = {"meta", "br", "wbr", "path", "rect", "circle"}


class Page(HTMLParser):
    """Collects what a page holds, and checks that each element is closed."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(code)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


# -- all three


@pytest.mark.parametrize("report", EVERY)
@pytest.mark.parametrize("make", MADE)
def test_every_finding_is_named_by_its_id(
    report: Callable[[Consequences], str], make: Callable[[], Consequences]
) -> None:
    found = make()
    told = report(found)
    assert all(each.id in told for each in found.findings)


@pytest.mark.parametrize("report", EVERY)
def test_a_report_says_everything_there_is_to_know(report: Callable[[Consequences], str]) -> None:
    found = consequences()
    told = report(found)
    for each in (
        found.verdict,
        PROJECT,
        DATABASE,
        "3.46.1",
        "DROP COLUMN",
        "49.90",
        "marketplace.offer",
        "store_tag is gone",
        "5 migrations are not applied.",
        str(OFFER),
        "0.25",
        "Load prices from the supplier",
    ):
        assert each in told


@pytest.mark.parametrize("report", [report_html, report_markdown])
def test_the_backup_is_advised_once(report: Callable[[Consequences], str]) -> None:
    told = report(long_history())
    assert told.count("keep it until nobody needs the data") == 1
    assert "for this and the next 29: take a backup first" in told


@pytest.mark.parametrize("report", EVERY)
def test_the_reason_has_a_place(report: Callable[..., str]) -> None:
    assert "Ada asked for it" in report(consequences(), "Ada asked for it")
    assert "reason" in report(consequences()).lower()


@pytest.mark.parametrize("report", EVERY)
def test_a_report_can_be_written_to_a_file_whatever_is_in_it(
    report: Callable[..., str],
) -> None:
    told = report(consequences(verdict="\x00 \udcff \x1b[31m"), "\udcff")
    told.encode("utf-8")
    assert "\x00" not in told
    assert "\x1b" not in told


# -- HTML


@pytest.mark.parametrize("make", MADE)
def test_the_page_is_whole_and_refers_to_nothing_outside(
    make: Callable[[], Consequences],
) -> None:
    code = report_html(make())
    assert code.startswith("<!doctype html>\n<html lang=")
    page = Page(code)
    assert page.seen["title"] >= 1
    assert page.seen["h1"] == 1
    assert not page.seen.keys() & {"script", "link", "img", "iframe", "object", "base", "form"}
    assert "url(" not in code
    assert "@import" not in code
    names = {"src", "href", "xlink:href", "srcset", "action"}
    assert not [each for each in page.attributes if each[1] in names]
    assert not [each for each in page.attributes if each[1].startswith("on")]


@pytest.mark.parametrize("make", MADE)
def test_no_id_stands_twice_on_the_page(make: Callable[[], Consequences]) -> None:
    ids = Counter(value for _, name, value in Page(report_html(make())).attributes if name == "id")
    assert set(ids.values()) == {1}


def test_each_picture_has_a_text_alternative_and_each_table_a_caption() -> None:
    page = Page(report_html(consequences()))
    assert page.seen["svg"] == 2
    assert len([each for each in page.attributes if each[:2] == ("svg", "aria-label")]) == 2
    assert page.seen["figcaption"] == 2
    assert "✓ 0001_initial  ✓ 0002_add_price_to_product ◎  ↩ 0003" in page.text
    assert page.seen["table"] == page.seen["caption"] > 4
    scopes = [each for each in page.attributes if each[:2] == ("th", "scope")]
    assert len(scopes) == page.seen["th"]


def test_the_page_has_colours_for_light_and_dark_and_for_paper() -> None:
    code = report_html(consequences())
    assert "prefers-color-scheme: dark" in code
    assert "color-scheme: light dark" in code
    assert "@media print" in code


def test_the_headings_go_down_one_level_at_a_time() -> None:
    levels = [int(each) for each in re.findall(r"<h(\d)>", report_html(consequences()))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_hostile_words_are_only_text_on_the_page() -> None:
    code = report_html(hostile(), HOSTILE)
    page = Page(code)
    assert not page.seen.keys() & {"script", "a"}
    assert "<script" not in code
    # The reason, the verdict, a value …
    assert page.text.count("<script>alert('x')</script>") > 10
    assert len(code) < 200_000


def test_durations_are_told_in_a_report() -> None:
    for told in (report_html(consequences()), report_markdown(consequences())):
        assert "0.012" in told
        assert "0.432 s" in told
        assert "2.346 s" in told


@pytest.mark.parametrize("report", [report_html, report_markdown])
def test_locks_that_keep_others_waiting_are_told_there_and_back(
    report: Callable[[Consequences], str],
) -> None:
    found = consequences()
    assert "What others wait for" not in report(found)
    lock = Lock("store_product", "AccessExclusiveLock", 0.03, 0.03, rewritten=True, rows=24)
    (run, *rest), back = found.runs, found.back
    assert back is not None
    plan = (replace(run.plan[0], locks=(lock,)), *run.plan[1:])
    waits = replace(run, plan=plan)
    there = report(replace(found, runs=(waits, *rest)))
    assert "What others wait for" in there
    assert "read it or write to it" in there
    assert "On the way back" not in there
    both = report(replace(found, runs=(waits, *rest), back=replace(back, runs=(waits,))))
    assert "On the way back" in both


def test_the_page_shows_locks_as_a_picture_that_is_said_in_words() -> None:
    found = consequences()
    lock = Lock("store_product", "AccessExclusiveLock", 0.03, 0.03, rows=24)
    run = replace(found.runs[0], plan=(replace(found.runs[0].plan[0], locks=(lock,)),))
    page = report_html(replace(found, runs=(run,)))
    said = "store_product (24 rows) can&#x27;t be read for 30\N{NO-BREAK SPACE}ms."
    assert f'role="img" aria-label="What others wait for: {said}"' in page
    assert f"<b>While the commands run</b>: {said}" in page


def test_where_it_stopped_is_said_with_what_was_not_reached() -> None:
    for told in (report_html(halfway()), report_markdown(halfway())):
        assert f"stops at {STORE[2]}: IrreversibleError" in told
        assert "migrate blog zero" in told


# -- Markdown


def outside_of_fences(told: str) -> list[str]:
    """The lines that Markdown reads as markup; each fence is closed by its own length."""
    lines, fence = [], ""
    for line in told.splitlines():
        found = re.match(r" *(`{3,})", line)
        if fence:
            fence = "" if line.strip() == fence else fence
        elif found:
            fence = found[1]
        else:
            lines.append(line)
    assert not fence
    return lines


@pytest.mark.parametrize("make", MADE)
def test_every_row_of_a_table_has_as_many_cells_as_its_head(
    make: Callable[[], Consequences],
) -> None:
    width = 0
    for line in outside_of_fences(report_markdown(make())):
        if not line.startswith("|"):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)\|", line))
        assert cells == (width or cells)
        width = cells


def test_hostile_words_are_only_text_in_markdown() -> None:
    told = report_markdown(hostile(), HOSTILE)
    lines = outside_of_fences(told)
    outside = "\n".join(lines)
    assert "<" not in outside
    assert not re.search(r"(?<!\\)`", outside)
    assert not re.search(r"(?<!\\)\[", outside)
    assert "http://" not in outside
    headings = [line for line in lines if line.startswith("#")]
    # Its own: the title, twelve sections, the SQL of one migration.
    assert len(headings) == 15
    assert len(told) < 100_000


def test_hostile_backticks_do_not_end_a_block() -> None:
    told = report_markdown(consequences(schema=("x",), database="```\n# no\n```"))
    assert "# no" not in outside_of_fences(told)
    outside_of_fences(told)


# -- JSON


@pytest.mark.parametrize("make", MADE)
def test_the_json_has_the_documented_keys_in_their_order(
    make: Callable[[], Consequences],
) -> None:
    told = json.loads(report_json(make()))
    assert list(told) == list(SCHEMA)
    assert told["version"] == 2


def test_the_json_gives_back_what_went_in() -> None:
    found = hostile()
    told = json.loads(report_json(found, HOSTILE))
    assert told["verdict"] == told["reason"].strip() == HOSTILE
    sample = told["rows"][0]["lost_sample"]
    assert sample == [dict(each) for each in found.rows[0].lost_sample]
    assert told["runs"][0]["plan"][0]["migration"] == f"store.{HOSTILE}"


def test_the_json_tells_the_plan_the_way_back_and_what_is_next() -> None:
    told = json.loads(report_json(consequences()))
    assert [told[each] for each in ("loses", "comes_back", "stops", "safe")] == [
        True,
        False,
        False,
        False,
    ]
    first = told["runs"][0]["plan"][0]
    assert first["why"] == [str(STORE[2]), str(LISTING), str(OFFER)]
    assert first["fate"] == "done"
    assert first["sql"][1]["sql"] == 'DROP TABLE "marketplace_offer"'
    assert told["way_back"]["level"] == "schema"
    assert told["way_back"]["commands"] == ["migrate"]
    assert told["next"]["rows"][0]["changed"] == 40
    assert told["engine"] == {"database": "SQLite 3.46.1", "django": "5.2.1", "python": "3.12.3"}
    assert told["for_real"][0]["command"].startswith("sqlite3 ")
    assert json.loads(report_json(halfway()))["stops"] is True
    assert json.loads(report_json(harmless()))["next"] is None


def test_what_json_does_not_know_becomes_text() -> None:
    rows = (
        replace(consequences().rows[0], lost_sample=({"a": float("nan"), "b": b"\x00", "c": 1},)),
    )
    told = json.loads(report_json(consequences(rows=rows)))
    assert told["rows"][0]["lost_sample"] == [{"a": "nan", "b": "b'\\x00'", "c": 1}]


# -- for real


def commands(found: Consequences) -> list[str]:
    return [command for command, _ in for_real(found)]


def test_the_commands_stand_in_the_right_order() -> None:
    assert commands(consequences()) == [
        f'sqlite3 "{DATABASE}" ".backup \'{DATABASE}.before\'"',
        "python manage.py migrate store 0002 --plan",
        "python manage.py migrate store 0002",
        "python manage.py showmigrations marketplace store",
        "python manage.py migrate",
        f'sqlite3 "{DATABASE}" ".restore \'{DATABASE}.before\'"',
    ]
    assert all(why.endswith(".") for _, why in for_real(consequences()))


@pytest.mark.parametrize("make", MADE)
def test_the_backup_stands_before_every_command(make: Callable[[], Consequences]) -> None:
    told = commands(make())
    assert "backup" in told[0]
    assert not any("backup" in each for each in told[1:-1])
    for page in (report_markdown(make()), Page(report_html(make())).text):
        changing = [each for each in told[1:] if each.startswith("python manage.py migrate")]
        first = page.index(told[0].splitlines()[0])
        assert all(first < page.index(f"{each}\n", first) for each in changing if each in page)


def test_a_command_that_stopped_in_the_copy_says_so() -> None:
    told = dict(for_real(halfway()))
    assert "Do not run it before the cause is fixed." in told["python manage.py migrate store zero"]
    assert told["python manage.py migrate blog zero"].startswith("Not reached")


def test_without_a_database_file_the_words_say_which_is_meant() -> None:
    told = for_real(consequences(database=""))
    assert told[0][0].startswith(
        "# stop the application, then back up the database that DATABASES['default'] names"
    )
    assert told[-1][0].startswith("# stop the application")
    other = consequences(database="", commands=("migrate store 0002 --database replica",))
    assert "DATABASES['replica']" in for_real(other)[0][0]
    assert "python manage.py showmigrations marketplace store --database replica" in commands(other)


def test_files_put_back_sql_and_deleted_files_are_commands_too() -> None:
    lines = ("delete store/migrations/0005 tag.py", 'sql DROP TABLE "it\'s"')
    runs = tuple(Run(step(line, kind=line.split()[0]), (), 0.1) for line in lines)
    back = consequences().back
    assert back is not None
    found = consequences(commands=lines, runs=runs, back=replace(back, files_put_back=True))
    told = commands(found)
    assert told[1] == "rm -- 'store/migrations/0005 tag.py'"
    assert shlex.split(told[2])[2:] == ["dbshell", "--", 'DROP TABLE "it\'s"']
    assert told[4] == "# restore the files, as with git checkout"


@pytest.mark.parametrize(
    ("database", "path", "option"),
    [
        ("SQLite 3.45.1", "/home/ada/db.sqlite3", []),
        ("PostgreSQL 18.6", "postgresql://ann@example.org/shop", ["-c"]),
        ("MariaDB/MySQL (mysqlclient)", "mysql://ann@example.org/shop", ["-e"]),
    ],
)
def test_each_databases_own_client_is_told_that_a_statement_follows(
    database: str, path: str, option: list[str]
) -> None:
    lines = ("migrate store --database replica", "sql DROP TABLE plain")
    engine = replace(consequences().engine, database=database)
    told = commands(consequences(commands=lines, runs=(), engine=engine, database=path))
    (line,) = [shlex.split(each)[2:] for each in told if "dbshell" in each]
    assert line == ["dbshell", "--database", "replica", "--", *option, "DROP TABLE plain"]


@pytest.mark.skipif(
    os.name == "nt" or not shutil.which("sqlite3"), reason="needs sqlite3 and a shell of POSIX"
)
@pytest.mark.parametrize("name", ["db.sqlite3", "it's $HOME `x`.db", 'a "b" c.db', "a\\b'c\"!.db"])
def test_the_backup_and_the_restore_work_in_a_shell(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    sql(path, "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    told = commands(consequences(database=str(path)))
    subprocess.run(["sh", "-c", told[0]], check=True)
    assert {each.name for each in tmp_path.iterdir()} == {name, f"{name}.before"}
    sql(path, "DELETE FROM t")
    subprocess.run(["sh", "-c", told[-1]], check=True)
    assert sql(path, "SELECT a FROM t") == [(1,)]


def sql(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """The rows of the last of them."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return [connection.execute(each).fetchall() for each in statements][-1]


def test_a_path_of_windows_keeps_its_backslashes() -> None:
    found = consequences(database="C:\\Users\\Ada B\\db.sqlite3")
    assert commands(found)[0] == (
        'sqlite3 "C:\\Users\\Ada B\\db.sqlite3" ".backup \'C:\\Users\\Ada B\\db.sqlite3.before\'"'
    )

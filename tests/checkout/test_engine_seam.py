"""Nothing but the rooms of the engines names one, and both sides have the same ones."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from miglab.agent.engines import registry as of_the_agent
from miglab.databases import registry as of_the_house

PACKAGE = Path(__file__).parents[2] / "miglab"
#: Here they are at home.
ROOMS = ("agent/engines/", "databases/")
_NAMES = re.compile(r"(?i:sqlite|spatialite|postgres|mariadb|mysql)|PRAGMA|ATTACH")

#: A module, or with a slash at its end a folder → the names that it may use, and why.
ALLOWED = {
    "cli/doctor.py": (
        {"sqlite", "postgres", "mariadb"},
        "says whether SQLite is new enough, whether MariaDB is there, and what an extra is for",
    ),
    "cli/serve.py": (
        {"sqlite", "postgres", "mariadb"},
        "tells people which databases a lab can have",
    ),
    "exercises/": ({"sqlite"}, "copy the file of the bundled project's database"),
    "extras.py": (
        {"postgres", "mariadb", "mysql"},
        "knows the extras of these names and what they bring",
    ),
    "facts/schema.py": ({"sqlite"}, "matches names as SQLite does; only its schemas come so far"),
    "lab.py": ({"sqlite", "postgres", "mariadb"}, "tells people which databases a lab can have"),
    "lessons/": (
        {"sqlite", "pragma", "postgres"},
        "teach with the file of the bundled project's database, and tell what another would do",
    ),
    "project/__init__.py": ({"sqlite"}, "knows the file that the bundled project's settings name"),
}
#: What a string or a name is made of in each Python; a comment may say what it likes.
_KINDS = ("NAME", "STRING", "FSTRING_MIDDLE")


def names_in(text: str) -> set[str]:
    """The engines and their words that identifiers and strings have, in small letters."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    read = (each.string for each in tokens if tokenize.tok_name[each.type] in _KINDS)
    return {found.lower() for each in read for found in _NAMES.findall(each)}


def named() -> Iterator[tuple[str, str]]:
    """Each module outside of the rooms with each name that it has."""
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if not place.startswith(ROOMS):
            yield from ((place, name) for name in sorted(names_in(path.read_text("utf-8"))))


def entry_of(place: str) -> str | None:
    """The entry that a module falls under: its own, or a folder's."""
    return next((e for e in ALLOWED if place == e or (e[-1] == "/" and place.startswith(e))), None)


def test_no_module_outside_of_the_rooms_names_an_engine_without_a_reason() -> None:
    new = [
        f"{place}: {name}"
        for place, name in named()
        if (entry := entry_of(place)) is None or name not in ALLOWED[entry][0]
    ]
    assert not new, "ask the engine for it, or say in ALLOWED why it is named here"


def test_each_entry_of_the_list_is_needed_and_gives_its_reason() -> None:
    used = {(entry_of(place), name) for place, name in named()}
    listed = {(entry, name) for entry, (names, _) in ALLOWED.items() for name in names}
    assert not listed - used
    assert all(reason for _, reason in ALLOWED.values())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import sqlite3", {"sqlite"}),
        ("path = 'db.sqlite3'", {"sqlite"}),
        ("if connection.vendor == 'postgresql': pass", {"postgres"}),
        ("sql = f'PRAGMA {name}'", {"pragma"}),
        ("def make_mysql_copy(): 'On MariaDB.'", {"mysql", "mariadb"}),
        ("code = SQLITE_ATTACH", {"sqlite", "attach"}),
        ("pass  # SQLite", set()),
        ("attach(handler)", set()),
    ],
)
def test_names_and_strings_are_read_and_comments_are_not(text: str, found: set[str]) -> None:
    assert names_in(text) == found


#: Backends that packages bring, and Django's own with GIS.
BROUGHT = (
    *(f"django.contrib.gis.db.backends.{each}" for each in ("spatialite", "postgis", "mysql")),
    "psqlextra.backend",
    "django_tenants.postgresql_backend",
    "django_db_geventpool.backends.postgresql_psycopg2",
    "dj_db_conn_pool.backends.mysql",
    "timescale.db.backends.postgis",
    "django_prometheus.db.backends.sqlite3",
    "django_cockroachdb",
    "cockroach.psycopg.backend",
    "mssql",
)


def test_both_sides_have_the_same_engines_and_say_the_same_of_them() -> None:
    house = {each.vendor: each for each in of_the_house.ENGINES}
    agent = of_the_agent.ENGINES
    assert house.keys() == agent.keys()
    assert of_the_house.DEFAULT.vendor == of_the_agent.DEFAULT.vendor
    backends = [f"django.db.backends.{each}" for each in ("sqlite3", "postgresql", "mysql")]
    backends += BROUGHT
    for vendor, engine in house.items():
        other = agent[vendor]
        assert (engine.where, engine.sidecars) == (other.where, other.sidecars)
        assert other.version().startswith(engine.name)
        backends += [other.backend]
        assert [engine.runs(each) for each in backends] == [other.runs(each) for each in backends]

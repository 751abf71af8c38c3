"""Each engine keeps what ``agent/engines/engine.py`` says of it, on real databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.agent.engines import registry
from miglab.agent.engines.engine import NOTHING_RENAMED, Engine
from miglab.databases.registry import of_vendor as of_the_house

from ...databases.writing import WRITE
from ...plain.engines import need

MADE = (
    "CREATE TABLE shop (id integer PRIMARY KEY, name text)",
    "INSERT INTO shop VALUES (1, 'a'), (2, 'b')",
)


@pytest.fixture(params=registry.ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    need(request.param)
    return registry.of_vendor(request.param)


@pytest.fixture
def handle(engine: Engine, tmp_path: Path) -> str:
    """A database with the table shop, two rows in it."""
    house = of_the_house(engine.vendor)
    found = house.handle(tmp_path, house.place("shop"))
    house.make_room(found)
    WRITE[engine.vendor](found, *MADE)
    return str(found)


def test_it_is_there_where_it_was_made(engine: Engine, handle: str, tmp_path: Path) -> None:
    house = of_the_house(engine.vendor)
    assert engine.exists(handle)
    assert not engine.exists(str(house.handle(tmp_path / "other", house.place("shop"))))


def test_a_write_changes_the_mark_and_reading_does_not(engine: Engine, handle: str) -> None:
    before = engine.mark(handle)
    engine.read(handle)
    assert engine.mark(handle) == before
    WRITE[engine.vendor](handle, "INSERT INTO shop VALUES (3, 'c')")
    assert engine.mark(handle) != before


def test_what_is_read_has_the_record_the_tables_and_the_rows(engine: Engine, handle: str) -> None:
    found = engine.read(handle)
    assert found["record"] == {"exists": False, "keys": []}
    assert [each["name"] for each in found["tables"]["tables"]] == ["shop"]
    assert found["rows"] == {"shop": 2}
    assert engine.read_tables(handle) == found["tables"]


@pytest.mark.parametrize("name", ["café", "٣a", "a€b", "٣", "a\u00a0b"])
def test_what_is_not_ascii_is_a_letter_of_a_name_without_quotes(
    engine: Engine, handle: str, name: str
) -> None:
    made = f"CREATE VIEW {name} AS SELECT 1 AS x"
    WRITE[engine.vendor](handle, made)
    assert [*engine.made(made)] == [("CREATE", "VIEW", name)]
    assert [*engine.read_tables(handle)["views"]] == [name]


def test_a_line_is_kept_compared_and_forgotten(engine: Engine, handle: str, tmp_path: Path) -> None:
    line = engine.keep(handle, str(tmp_path / "line"))
    WRITE[engine.vendor](
        handle, "DELETE FROM shop WHERE id = 1", "UPDATE shop SET name = 'x' WHERE id = 2"
    )
    (entry,) = engine.compare(line, handle, NOTHING_RENAMED, "default")
    assert (entry["table"], entry["lost"], entry["changed_columns"]) == ("shop", 1, {"name": 1})
    assert engine.exists(line)
    engine.forget(line)
    assert not engine.exists(line)
    assert engine.exists(handle)


def test_where_nothing_changed_there_is_nothing_to_tell(
    engine: Engine, handle: str, tmp_path: Path
) -> None:
    line = engine.keep(handle, str(tmp_path / "line"))
    assert engine.compare(line, handle, NOTHING_RENAMED, "default") == []


def test_a_backend_of_djangos_is_one_engines_at_the_most(engine: Engine) -> None:
    of_django = [f"django.db.backends.{each}" for each in ("sqlite3", "postgresql", "mysql")]
    others = [each for each in registry.ENGINES.values() if each is not engine]
    own = [each for each in of_django if engine.runs(each)]
    assert not [each for each in others for name in own if each.runs(name)]
    # Where it is imported before a project is, it is one of its own.
    assert not engine.backend or engine.runs(engine.backend.rpartition(".")[0])


@pytest.mark.parametrize("name", ["", "django.db.backends.dummy", "django.db.backends.oracle"])
def test_what_miglab_does_not_know_is_no_engines(engine: Engine, name: str) -> None:
    assert not engine.runs(name)

"""A database that somebody says is a copy already: it is used in the place of the project's own,
and neither of them is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from miglab import Lab
from miglab.errors import BadInput, NoServer
from miglab.home import home

from .own import shop
from .test_own_on_postgresql import Live, folder, live

Of = Callable[..., Lab]
__all__ = ["folder", "live"]


def url(live: Live, name: str, *, user: str = "", host: str = "") -> str:
    who = user or f"{live.user}:se%3Acret"
    return f"postgresql://{who}@/{name}?host={host or live.host}&port={live.port}"


@pytest.fixture
def copy(live: Live, folder: Path) -> Iterator[str]:
    """The name of a copy beside the project's database, with a row less."""
    name = f"{live.name}_copy"
    live.admin.execute(f"CREATE DATABASE {name} TEMPLATE {live.name} OWNER {live.user}".encode())
    live.admin.execute(f"ALTER ROLE {live.user} CREATEDB".encode())
    with psycopg.connect(url(live, name, user="postgres")) as connection:
        connection.execute("DELETE FROM shop_item WHERE id = (SELECT max(id) FROM shop_item)")
    yield name
    live.admin.execute(f"DROP DATABASE {name}".encode())


def rows(live: Live, name: str) -> int:
    with psycopg.connect(url(live, name, user="postgres")) as connection:
        (row,) = connection.execute("SELECT count(*) FROM shop_item").fetchall()
        return int(row[0])


def test_what_is_tried_is_tried_beside_it(live: Live, folder: Path, copy: str, of: Of) -> None:
    before = live.seen()
    with of(folder, copy_is=url(live, copy), copy_is_called=copy) as lab:
        found = lab.what_if("migrate shop zero")
        assert [each.lost for each in found.lost_there if each.table == "shop_item"] == [2]
        lab.manage("migrate shop zero")
    assert (rows(live, copy), rows(live, live.name)) == (2, 3)
    assert live.seen() == before


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "/var/run/postgresql"])
def test_the_database_of_the_settings_is_refused_however_it_is_spelled(
    live: Live, folder: Path, of: Of, host: str
) -> None:
    address = url(live, live.name, user="postgres", host=host)
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"the server is not at {host}: {error}")
    with pytest.raises(BadInput, match="which the project's settings name"):
        of(folder, copy_is=address, copy_is_called=live.name)


def test_one_of_another_alias_of_the_settings_is_refused_too(
    live: Live, folder: Path, copy: str, tmp_path: Path, of: Of
) -> None:
    other = live.settings.replace("'default'", "'other'")
    two = shop(tmp_path / "two", settings=live.settings.replace(live.host, "localhost") + other)
    with pytest.raises(BadInput, match=r"which the project's settings name|name several"):
        of(two, copy_is=url(live, live.name), copy_is_called=live.name)


def test_a_name_that_is_typed_otherwise_is_refused(
    live: Live, folder: Path, copy: str, of: Of
) -> None:
    with pytest.raises(
        BadInput, match=f"names the database '{copy}', but copy_is_called says 'shop'"
    ):
        of(folder, copy_is=url(live, copy), copy_is_called="shop")


def test_one_that_cannot_be_compared_with_the_settings_is_refused(
    live: Live, folder: Path, copy: str, of: Of
) -> None:
    settings = folder / "config" / "settings.py"
    text = settings.read_text().replace(f"'USER': '{live.user}'", "'USER': 'nobody_there'")
    settings.write_text(text)
    with pytest.raises(BadInput, match="miglab cannot tell whether"):
        of(folder, copy_is=url(live, copy), copy_is_called=copy)


def test_settings_that_lead_nowhere_stand_in_the_way_of_no_copy(
    live: Live, folder: Path, copy: str, of: Of
) -> None:
    settings = folder / "config" / "settings.py"
    settings.write_text(settings.read_text().replace(f"'PORT': {live.port}", "'PORT': 1"))
    with of(folder, copy_is=url(live, copy), copy_is_called=copy) as lab:
        assert len(lab.rows("shop_item")) == 2


def test_somebody_who_is_connected_to_it_is_named_and_not_ended(
    live: Live, folder: Path, copy: str, of: Of
) -> None:
    with psycopg.connect(url(live, copy), application_name="a report", autocommit=True) as other:
        with pytest.raises(NoServer, match=r"others are connected to it \(a report of "):
            of(folder, copy_is=url(live, copy), copy_is_called=copy)
        assert other.execute("SELECT 1").fetchone() == (1,)
    assert not [*(home() / "labs").glob("*/project/shop")]


def test_one_alone_of_the_two_arguments_is_refused(tmp_path: Path, of: Of) -> None:
    folder = shop(tmp_path / "site")
    for given in ({"copy_is": "postgresql://localhost/x"}, {"copy_is_called": "x"}):
        with pytest.raises(BadInput, match="copy_is and copy_is_called belong together"):
            of(folder, **given)


def test_a_file_is_named_by_settings_instead(tmp_path: Path, of: Of) -> None:
    folder = shop(tmp_path / "site")
    with pytest.raises(BadInput, match="works only for a database on a server"):
        of(folder, copy_is="postgresql://localhost/x", copy_is_called="x")

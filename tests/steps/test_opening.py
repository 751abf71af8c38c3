"""Whatever is in the way of opening a lab is told in words of ours, and nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from miglab import Lab
from miglab.databases import sqlite
from miglab.errors import BadInput, MiglabError
from miglab.steps import start

from ..test_when_things_go_wrong import small_disk
from ..whatif.own import fingerprints, shop

__all__ = ["small_disk"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Path:
    """shop: 0001 ← 0002, with its database."""
    return Path(shutil.copytree(made, tmp_path / "site"))


def left(home: Path) -> list[str]:
    folder = home / "labs"
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def test_a_home_that_cannot_be_is_named_with_what_names_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MIGLAB_HOME", str(tmp_path / "file" / "home"))
    with pytest.raises(
        BadInput, match=r"could not be opened: .*file.*set the variable MIGLAB_HOME"
    ):
        Lab()


def test_a_disk_with_no_room_is_told_as_that(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, site: Path
) -> None:
    monkeypatch.setenv("MIGLAB_HOME", str(small_disk))
    free = shutil.disk_usage(small_disk).free
    told = []
    for spare in (0, 20_000, 200_000):
        (small_disk / "filler").write_bytes(b"x" * (free - spare))
        for opened in (Lab, lambda: Lab.of(site, python=sys.executable)):
            try:
                opened().close()
            except MiglabError as error:
                told.append(str(error))
        (small_disk / "filler").unlink()
    assert len(told) >= 2
    assert {each for each in told if "no space is left on the disk" not in each} == set()
    assert left(small_disk) == []


def _cut(path: Path) -> None:
    os.truncate(path, 5000)


def _emptied(path: Path) -> None:
    os.truncate(path, 0)


def _text(path: Path) -> None:
    path.write_text("this is text\n" * 1000)


def _garbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100:8000] = b"\xff" * 7900
    path.write_bytes(content)


def _a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("break_it", [_cut, _emptied, _text, _garbled, _a_folder])
def test_a_broken_database_is_an_error_of_ours_or_is_told_as_it_is(
    site: Path, own_home: Path, break_it: Callable[[Path], None]
) -> None:
    break_it(site / "db.sqlite3")
    before = fingerprints(site)
    with contextlib.suppress(MiglabError), Lab.of(site, python=sys.executable) as lab:
        lab.truths()
        lab.what_if("migrate")
    assert fingerprints(site) == before
    assert left(own_home) == []


def test_a_database_that_is_locked_for_good_is_not_waited_for_for_ever(
    site: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "PATIENCE", 0.5)
    with closing(sqlite3.connect(site / "db.sqlite3", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BadInput, match=r"db\.sqlite3: another process has had it locked"):
            Lab.of(site, python=sys.executable)
    assert left(own_home) == []
    with Lab.of(site, python=sys.executable) as lab:
        assert len(lab.rows("shop_item").rows) == 3


@pytest.mark.skipif(os.name != "posix", reason="there are no modes here")
def test_a_copy_with_folders_that_nobody_may_write_is_removed_all_the_same(own_home: Path) -> None:
    lab = Lab()
    root = lab.folder.parent
    lab.shell("import os\nos.makedirs('a/b/c')\nfor e in ('a/b/c', 'a/b', 'a'): os.chmod(e, 0)")
    lab.close()
    assert not root.exists()
    assert left(own_home) == []


def test_what_setting_the_project_up_leaves_is_no_step(site: Path) -> None:
    settings = site / "config" / "settings.py"
    logging = (
        "\nLOGGING = {'version': 1, 'handlers': {'f': {'class': 'logging.FileHandler', "
        "'filename': BASE_DIR / 'site.log'}}, 'root': {'handlers': ['f']}}\n"
    )
    settings.write_text(settings.read_text() + logging)
    with Lab.of(site, python=sys.executable) as lab:
        lab.truths()
        assert lab.history().position == 0


def test_a_migration_that_exits_as_if_all_were_well_is_told_as_that(tmp_path: Path) -> None:
    head = "import sys\n\n\ndef leave(apps, schema_editor):\n    sys.exit(0)\n"
    more = "migrations.RunPython(leave, migrations.RunPython.noop),"
    site = shop(tmp_path / "site", head=head, more=more, migrated=False)
    (site / "db.sqlite3").touch()
    with Lab.of(site, python=sys.executable) as lab:
        step = lab.manage("migrate")
        assert step.refusal is not None
        assert step.refusal.error == "SystemExit"
        ended = "sys.exit(0) ended the command before shop.0002_price was done"
        assert step.refusal.message == ended
        # Help ends so too, and is no failure.
        assert lab.manage("migrate --help").refusal is None


def test_the_command_that_is_refused_on_the_way_to_where_a_lab_starts_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MIGLAB_HOME", str(tmp_path / "home"))
    lines = [["migrate", "store", "0002"], ["migrate", "store", "nowhere"]]
    monkeypatch.setattr(start, "commands", lambda files, pairs: lines)
    said = "could not be opened: migrate store nowhere --skip-checks: CommandError"
    with pytest.raises(MiglabError, match=said):
        Lab(at="store.0002")
    assert left(tmp_path / "home") == []

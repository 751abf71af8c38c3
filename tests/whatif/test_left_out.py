"""What a copy leaves out can be read all the same where the system keeps a project in its copy."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from miglab import Lab

from .own import fingerprints, manage, shop

Of = Callable[..., Lab]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers a jail")


@pytest.fixture(params=["namespaces", "landlock"], autouse=True)
def jail(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind that the system enforces."""
    monkeypatch.setenv("MIGLAB_JAIL", request.param)
    return request.param


def with_media(folder: Path) -> Path:
    """A project with files of which no copy has one."""
    shop(folder)
    (folder / "media").mkdir()
    (folder / "media" / "logo.png").write_bytes(b"logo")
    (folder / "big.bin").write_bytes(b"\0" * 300_000)
    (folder / "elsewhere").symlink_to(folder.parent / "beside")
    (folder / "same").symlink_to("shop")
    (folder.parent / "beside").mkdir()
    (folder.parent / "beside" / "rates").write_text("7")
    return folder


def enforced(lab: Lab) -> bool:
    return lab.protection.contents == "enforced"


def test_it_is_read_as_in_the_original(tmp_path: Path, of: Of) -> None:
    folder = with_media(tmp_path / "site")
    lab = of(folder)
    if not enforced(lab):
        return
    code = """
        import os
        print(open("media/logo.png").read(), os.path.getsize("big.bin"), os.listdir("media"))
        print(open("elsewhere/rates").read(), os.path.samefile("same/models.py", "shop/models.py"))
        """
    code = "\n".join(line.strip() for line in code.splitlines())
    plain = [line for line in manage(folder, "shell", "-c", code).splitlines() if "logo" in line]
    step = lab.shell(code)
    assert step.output.splitlines()[0] == plain[0]
    assert step.output.splitlines()[1] == "7 True"
    assert step.differs == ()
    assert lab.fidelity.linked


def test_changing_it_is_an_obstacle_that_names_include(tmp_path: Path, of: Of) -> None:
    folder = with_media(tmp_path / "site")
    before = fingerprints(tmp_path)
    lab = of(folder)
    if not enforced(lab):
        return
    step = lab.shell("open('media/logo.png', 'w')")
    assert [each.do for each in step.obstacles] == ["copy it with `--include 'media/logo.png'`"]
    lab.shell("import os; os.remove('media/logo.png'); os.remove('big.bin')")
    lab.shell("import shutil; shutil.rmtree('media')")
    lab.rewind(2)
    lab.close()
    assert fingerprints(tmp_path) == before


def test_a_database_behind_a_link_is_copied_and_never_written(tmp_path: Path, of: Of) -> None:
    """The file itself is a link, or a folder on the way to it is."""
    folder = shop(tmp_path / "site")
    (tmp_path / "data").mkdir()
    os.rename(folder / "db.sqlite3", tmp_path / "data" / "db.sqlite3")
    (folder / "db.sqlite3").symlink_to(tmp_path / "data" / "db.sqlite3")
    (folder / "data").symlink_to(tmp_path / "data")
    for name in ("db.sqlite3", "data/db.sqlite3"):
        settings = folder / "config" / "settings.py"
        text = f"\nDATABASES['default']['NAME'] = BASE_DIR / {name!r}\n"
        settings.write_text(settings.read_text() + text)
        before = fingerprints(tmp_path / "data")
        lab = of(folder)
        lab.manage("migrate shop zero")
        with lab.copy() as other:
            other.manage("migrate")
        lab.close()
        assert fingerprints(tmp_path / "data") == before

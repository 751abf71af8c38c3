"""What of a project's folder is copied."""

import os
import sqlite3
import sys

import pytest

from miglab.errors import BadInput
from miglab.project import files
from miglab.project.files import chosen


def write(root, *names, content=b"x"):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def database(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    held = sqlite3.connect(path)
    held.execute("PRAGMA journal_mode = WAL")
    held.execute("CREATE TABLE one (id INTEGER)")
    held.commit()
    return held


def test_code_and_text_are_copied_and_so_are_names_without_an_ending(tmp_path):
    names = [".env", ".env.local", "Makefile", "a/b/models.py", "a/locale/de/django.mo", "key.pem"]
    write(tmp_path, *names)
    assert chosen(tmp_path).files == tuple(names)


def test_empty_folders_are_known(tmp_path):
    (tmp_path / "logs" / "old").mkdir(parents=True)
    assert chosen(tmp_path).folders == ("logs", "logs/old")


@pytest.mark.parametrize("folder", sorted(files.NEVER_ENTERED))
def test_history_caches_and_installed_packages_are_not_entered(tmp_path, folder):
    write(tmp_path, f"app/{folder}/deep/file.py", "app/models.py")
    found = chosen(tmp_path)
    assert found.files == ("app/models.py",)
    assert found.folders == ("app",)
    assert found.left_out == (0, 0)


def test_a_folder_that_is_not_entered_is_told_without_a_size(tmp_path):
    write(tmp_path, "web/node_modules/a/index.js")
    assert chosen(tmp_path).unentered == ("web/node_modules",)
    assert chosen(tmp_path).told == "not opened, so their size is unknown: web/node_modules"


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history"])
def test_an_environment_is_not_copied_whatever_it_is_called(tmp_path, mark):
    write(tmp_path, f"python-for-this/{mark}", "python-for-this/lib/x.py", "manage.py")
    assert chosen(tmp_path).files == ("manage.py",)
    assert chosen(tmp_path).folders == ()


def test_a_project_inside_its_environments_own_folder_is_copied_without_it(tmp_path):
    write(tmp_path, "pyvenv.cfg", "bin/python", "lib/python3/site-packages/x.py", "shop/models.py")
    assert chosen(tmp_path).files == ("pyvenv.cfg", "shop/models.py")


def test_links_are_not_copied(tmp_path):
    write(tmp_path, "outside/secret.py", "project/models.py")
    try:
        (tmp_path / "project" / "link.py").symlink_to(tmp_path / "outside" / "secret.py")
        (tmp_path / "project" / "all").symlink_to(tmp_path / "outside", target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    found = chosen(tmp_path / "project")
    assert found.files == ("models.py",)
    assert found.folders == ()
    assert found.left_out[0] == 2


def test_a_database_and_its_sidecars_are_not_copied_whatever_they_are_called(tmp_path):
    held = [database(tmp_path / name) for name in ("db.sqlite3", "data/shop", "data/rows.txt")]
    assert (tmp_path / "db.sqlite3-wal").exists()
    found = chosen(tmp_path)
    assert found.files == ()
    assert found.databases == ("data/rows.txt", "data/shop", "db.sqlite3")
    assert found.left_out == (0, 0)
    for each in held:
        each.close()


def test_a_file_that_is_only_called_like_a_sidecar_is_copied(tmp_path):
    write(tmp_path, "notes-wal", "db.sqlite3-journal")
    assert chosen(tmp_path).files == ("db.sqlite3-journal", "notes-wal")


def test_other_files_are_copied_only_while_they_are_small(tmp_path):
    write(tmp_path, "small.bin", content=b"x" * files.OTHER_LIMIT)
    write(tmp_path, "big.bin", content=b"x" * (files.OTHER_LIMIT + 1))
    found = chosen(tmp_path)
    assert found.files == ("small.bin",)
    assert found.left_out == (1, files.OTHER_LIMIT + 1)


def test_text_is_copied_up_to_50_mb(tmp_path):
    for name, size in (("fits.csv", files.TEXT_LIMIT), ("too-big.csv", files.TEXT_LIMIT + 1)):
        with open(tmp_path / name, "wb") as file:
            file.truncate(size)
    assert chosen(tmp_path).files == ("fits.csv",)


def test_pictures_sounds_films_archives_and_fonts_are_never_copied(tmp_path):
    write(tmp_path, "a.PNG", "b.mp3", "c.mp4", "d.tar.gz", "e.woff2")
    found = chosen(tmp_path)
    assert found.files == ()
    assert found.left_out == (5, 5)


def test_the_biggest_that_is_left_out_is_named_first(tmp_path):
    for size in range(1, 9):
        write(tmp_path, f"media/{size}.jpg", content=b"x" * size * 1000)
    found = chosen(tmp_path)
    assert [path for path, _ in found.biggest] == [f"media/{size}.jpg" for size in (8, 7, 6, 5, 4)]
    assert found.told.startswith("not copied: 8 files, 36.0 kB; the largest: media/8.jpg (8.0 kB)")


def test_where_all_is_copied_nothing_is_told(tmp_path):
    write(tmp_path, "models.py")
    assert chosen(tmp_path).told == ""


@pytest.mark.parametrize("pattern", ["media/*.png", "media", "media/**", "**/*.png", "media/"])
def test_what_include_fits_is_copied_in_any_case(tmp_path, pattern):
    write(tmp_path, "media/logo.png", "other.jpg")
    found = chosen(tmp_path, [pattern])
    assert found.files == ("media/logo.png",)
    assert found.left_out == (1, 1)


def test_include_reaches_into_folders_that_are_not_entered(tmp_path):
    write(tmp_path, "node_modules/govuk/template.html", "node_modules/other/index.js")
    found = chosen(tmp_path, ["node_modules/govuk"])
    assert found.files == ("node_modules/govuk/template.html",)


def test_one_pattern_may_be_given_as_a_text(tmp_path):
    write(tmp_path, "a.png")
    assert chosen(tmp_path, "*.png").files == ("a.png",)


@pytest.mark.parametrize("pattern", ["../other/*", "/etc/*", ""])
def test_include_may_not_leave_the_folder(tmp_path, pattern):
    with pytest.raises(BadInput, match="leads outside the project's folder"):
        chosen(tmp_path, [pattern])


def test_a_pattern_that_fits_nothing_is_an_error(tmp_path):
    with pytest.raises(
        BadInput, match=r"the include pattern 'medai/\*' does not match any file in"
    ):
        chosen(tmp_path, ["medai/*"])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert chosen(tmp_path).files == ()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read all")
def test_what_cannot_be_read_is_left_out(tmp_path):
    write(tmp_path, "secret.py", "locked/models.py")
    (tmp_path / "secret.py").chmod(0)
    (tmp_path / "locked").chmod(0)
    found = chosen(tmp_path)
    (tmp_path / "locked").chmod(0o700)
    assert found.files == ()
    assert found.left_out == (1, 1)
    assert found.unentered == ("locked",)

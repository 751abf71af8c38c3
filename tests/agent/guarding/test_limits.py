"""Where miglab's own limits are in the way, a step says so, and what plain manage.py does on the
same project stays the measure."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from miglab import Lab
from miglab.agent.common import measuring
from miglab.cli.main import main
from miglab.errors import BadInput, NoProject, NotMeasured
from miglab.facts.migration import Key
from miglab.facts.step import Step

from ...whatif.own import AUTH, fingerprints, manage, shop, write

Of = Callable[..., Lab]
SECOND = Key("shop", "0002_price")
BACK = "migrations.RunPython(migrations.RunPython.noop, back),"


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy on a machine where it may have no links to what it leaves out."""
    monkeypatch.setenv("MIGLAB_JAIL", "hook")


def going_back(folder: Path, code: str, **more: object) -> Path:
    """A shop whose 0002 runs this code on its way back."""
    head = "\n\ndef back(apps, schema_editor):\n" + textwrap.indent(textwrap.dedent(code), "    ")
    return shop(folder, head=head, more=BACK, **more)  # type: ignore[arg-type]


def reverted(lab: Lab) -> Step:
    return lab.manage("migrate shop 0001")


def passes(folder: Path, *words: str) -> None:
    """Plain manage.py does it, in a copy of the project."""
    copy = folder.with_name("plain")
    shutil.copytree(folder, copy)
    manage(copy, *(words or ("migrate", "shop", "0001")))


def fails(folder: Path, told: str, *words: str) -> None:
    """Plain manage.py fails with these words, in a copy of the project."""
    with pytest.raises(AssertionError, match=told):
        passes(folder, *words)


def only(step: Step) -> tuple[str, str, str]:
    """The one obstacle of a step that was refused."""
    assert step.refused
    (found,) = step.obstacles
    return found.id, found.what, found.do


# -- what the guard refuses


def test_a_program_that_is_refused_is_named_with_the_option_that_allows_it(
    tmp_path: Path, of: Of
) -> None:
    folder = going_back(tmp_path / "site", "import subprocess\nsubprocess.run(['true', 'x'])\n")
    passes(folder)
    step = reverted(of(folder))
    assert only(step) == (
        "program-stopped",
        "miglab does not let a copy start programs: `true x`",
        "allow it with `--allow-program true`",
    )
    (reach,) = step.kept_in
    assert (reach.id, reach.during) == ("program-stopped", SECOND)
    step = reverted(of(folder, allow_programs=["true"]))
    assert not step.refused
    assert step.kept_in == ()


@pytest.mark.parametrize(
    "code",
    [
        """
        from django.core.management.base import CommandError
        try:
            subprocess.run(["true"])
        except OSError:
            raise CommandError("gpg is needed") from None
        """,
        """
        found = None
        try:
            found = subprocess.check_output(["true"])
        except OSError:
            pass
        found.decode()
        """,
        """
        pid = os.fork()
        if pid == 0:
            try:
                subprocess.run(["true"])
            except OSError:
                os._exit(3)
            os._exit(0)
        if os.waitpid(pid, 0)[1]:
            raise RuntimeError("the worker failed")
        """,
    ],
    ids=["raised anew from None", "caught, and missed later", "in a fork"],
)
def test_an_error_that_a_project_makes_of_a_refusal_is_laid_to_it(
    code: str, tmp_path: Path, of: Of
) -> None:
    folder = going_back(tmp_path / "site", "import os, subprocess\n" + textwrap.dedent(code))
    passes(folder)
    assert only(reverted(of(folder)))[0] == "program-stopped"


def test_a_program_started_while_migrations_are_imported(tmp_path: Path, of: Of) -> None:
    head = """
import subprocess
try:
    VERSION = subprocess.check_output(["true"])
except OSError:
    VERSION = None
VERSION.decode()
"""
    folder = shop(tmp_path / "site", head=head)
    passes(folder)
    step = reverted(of(folder))
    assert only(step)[0] == "program-stopped"
    assert [each.during for each in step.kept_in] == [None]


def test_a_check_that_misses_what_the_guard_refused(tmp_path: Path, of: Of) -> None:
    apps = """
        import socket
        from django.apps import AppConfig
        from django.core.checks import Error, Tags, register


        class Shop(AppConfig):
            name = "shop"


        @register(Tags.database)
        def answers(app_configs, **kwargs):
            server = socket.create_server(("127.0.0.1", 0))
            try:
                socket.create_connection(server.getsockname(), 1).close()
            except OSError:
                return [Error("nobody answers")]
            return []
        """
    folder = shop(tmp_path / "site", files={"shop/apps.py": textwrap.dedent(apps)})
    passes(folder)
    step = reverted(of(folder))
    assert step.refusal is not None
    assert step.refusal.error == "SystemCheckError"
    assert only(step)[0] == "address-stopped"


def test_what_was_caught_at_the_start_is_not_why_django_refuses(tmp_path: Path, of: Of) -> None:
    more = """
import subprocess
try:
    subprocess.run(["true"])
except OSError:
    pass
"""
    run = "migrations.RunPython(migrations.RunPython.noop),"
    folder = shop(tmp_path / "site", settings=more, more=run)
    fails(folder, "IrreversibleError", "migrate", "shop", "0001")
    step = reverted(of(folder))
    assert step.refusal is not None
    assert step.refusal.error == "IrreversibleError"
    assert [each.id for each in step.kept_in] == ["program-stopped"]
    assert step.obstacles == ()
    step = of(folder).manage("migrate shop 0009")
    assert step.refused
    assert step.obstacles == ()


def test_an_error_of_the_projects_own_is_not_laid_to_an_obstacle(tmp_path: Path, of: Of) -> None:
    folder = going_back(tmp_path / "site", "open('nowhere.txt')\n")
    fails(folder, "No such file or directory: 'nowhere.txt'")
    step = reverted(of(folder))
    assert step.refused
    assert step.obstacles == ()


def test_writing_outside_names_the_folder_to_allow(tmp_path: Path, of: Of) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    path = outside / "report.txt"
    folder = going_back(tmp_path / "site", f"open({str(path)!r}, 'w').write('x')\n")
    found = only(reverted(of(folder)))
    assert found[0] == "write-outside-stopped"
    assert found[2] == f"allow it with `--allow-folder {outside}`"
    assert not path.exists()
    assert not reverted(of(folder, allow_folders=[outside])).refused
    assert path.read_text() == "x"


def test_a_path_is_told_with_the_folder_that_it_is_relative_to(tmp_path: Path, of: Of) -> None:
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "last").touch()
    code = f"import os\nos.remove('last', dir_fd=os.open({str(tmp_path / 'reports')!r}, 0))\n"
    found = only(reverted(of(going_back(tmp_path / "site", code))))
    assert found == (
        "write-outside-stopped",
        f"miglab does not let a copy remove {tmp_path / 'reports' / 'last'}",
        f"allow it with `--allow-folder {tmp_path / 'reports'}`",
    )


def test_writing_to_the_original_cannot_be_allowed(tmp_path: Path, of: Of) -> None:
    path = tmp_path / "site" / "report.txt"
    folder = going_back(tmp_path / "site", f"open({str(path)!r}, 'w').write('x')\n")
    before = fingerprints(folder)
    assert "BASE_DIR" in only(reverted(of(folder)))[2]
    with pytest.raises(BadInput, match="overlap"):
        of(folder, allow_folders=[folder])
    with pytest.raises(BadInput, match="overlap"):
        of(folder, allow_folders=[tmp_path])
    assert fingerprints(folder) == before


def test_a_folder_with_a_database_of_the_project_cannot_be_allowed(tmp_path: Path, of: Of) -> None:
    data = tmp_path / "data"
    data.mkdir()
    more = f'\nDATABASES["default"]["NAME"] = {str(data / "live.db")!r}\n'
    folder = shop(tmp_path / "site", settings=more)
    with pytest.raises(BadInput, match="never writes to the project's own databases"):
        of(folder, allow_folders=[data])


ADDRESS = """
import socket, threading
server = socket.create_server(("127.0.0.1", {port}))
threading.Thread(target=server.accept, daemon=True).start()
socket.create_connection(("localhost", server.getsockname()[1]), 5).close()
"""


def test_an_address_can_be_allowed_by_its_name_and_by_its_port(tmp_path: Path, of: Of) -> None:
    folder = going_back(tmp_path / "site", ADDRESS.format(port=0))
    passes(folder)
    found = only(reverted(of(folder)))
    assert found[0] == "address-stopped"
    assert "`--allow-address 127.0.0.1:" in found[2]
    assert not reverted(of(folder, allow_addresses=["localhost"])).refused
    assert reverted(of(folder, allow_addresses=["localhost:1"])).refused


def test_labs_that_allow_different_things_do_not_share_what_is_allowed(
    tmp_path: Path, of: Of
) -> None:
    folder = going_back(tmp_path / "site", "import subprocess\nsubprocess.run(['true'])\n")
    free, strict = of(folder, allow_programs="true"), of(folder)
    assert not reverted(free).refused
    assert reverted(strict).refused
    assert not free.what_if("migrate").stops
    assert not reverted(free.copy()).refused


@pytest.mark.parametrize(
    "allow",
    [
        {"allow_programs": [""]},
        {"allow_addresses": ["redis:port"]},
        {"allow_folders": ["/no/such/folder"]},
    ],
)
def test_what_cannot_be_allowed_is_said(
    allow: dict[str, list[str]], tmp_path: Path, of: Of
) -> None:
    with pytest.raises(BadInput):
        of(shop(tmp_path / "site"), **allow)


def test_a_project_that_cannot_be_set_up_without_a_program_names_it(tmp_path: Path, of: Of) -> None:
    models = "\nimport subprocess\nsubprocess.run(['true'])\n"
    folder = shop(tmp_path / "site")
    with open(folder / "shop" / "models.py", "a") as file:
        file.write(models)
    passes(folder)
    with pytest.raises(NoProject, match=r"(?s)cannot be set up.*--allow-program true"):
        of(folder)
    assert not reverted(of(folder, allow_programs=["true"])).refused


# -- programs that ran


def test_a_program_that_is_allowed_and_fails_in_the_copy(tmp_path: Path, of: Of) -> None:
    """git sees no repository: the folder .git is never copied."""
    code = "import subprocess\nsubprocess.run(['git', 'rev-parse', '--git-dir'], check=True)\n"
    folder = going_back(tmp_path / "site", code)
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    passes(folder)
    found = only(reverted(of(folder, allow_programs=["git"])))
    assert found[0] == "program-failed"
    assert "git rev-parse --git-dir" in found[1]


@pytest.mark.parametrize(
    "code",
    [
        "import ctypes.util\nassert ctypes.util.find_library('c')\n",
        "import ctypes.util\nassert ctypes.util.find_library('no-such-library') is None\n",
        "import platform\nplatform.platform(), platform.processor(), platform.architecture()\n",
        f"import subprocess\nsubprocess.run([{sys.executable!r}, '--version'], check=True)\n",
        "import os\nassert os.popen('uname -s').read()\n",
    ],
)
def test_what_only_looks_is_let_through(code: str, tmp_path: Path, of: Of) -> None:
    folder = going_back(tmp_path / "site", code)
    passes(folder)
    step = reverted(of(folder))
    assert step.refusal is None
    assert step.kept_in == ()


@pytest.mark.parametrize(
    "words",
    [
        ["./tool.sh", "--version"],
        ["uname", "-s", "> here"],
        ["sh", "-c", "uname -s > here"],
        ["gcc", "-Wl,-t", "-o", "/tmp/out", "-lc"],
        ["python3", "--version", "manage.py"],
    ],
)
def test_what_only_seems_to_look_is_not(words: list[str], tmp_path: Path, of: Of) -> None:
    code = f"import subprocess\nsubprocess.run({words!r})\n"
    step = reverted(of(going_back(tmp_path / "site", code)))
    assert only(step)[0] == "program-stopped"


# -- the copy answers as the original would


def test_what_is_there_outside_answers_as_it_would_and_nothing_changes(
    tmp_path: Path, of: Of
) -> None:
    outside = tmp_path / "outside"
    (outside / "there").mkdir(parents=True)
    (outside / "file").write_text("x")
    code = f"""
        import os
        outside = {str(outside)!r}
        os.makedirs(os.path.join(outside, "there"), exist_ok=True)
        for act, error in (
            (lambda: os.mkdir(os.path.join(outside, "there")), FileExistsError),
            (lambda: open(os.path.join(outside, "file"), "x"), FileExistsError),
            (lambda: os.remove(os.path.join(outside, "none")), FileNotFoundError),
            (lambda: os.rename(os.path.join(outside, "none"), "here"), FileNotFoundError),
            (lambda: open(os.path.join(outside, "none"), "r+"), FileNotFoundError),
        ):
            try:
                act()
            except error:
                pass
        assert open(os.path.join(outside, "file")).read() == "x"
        """
    folder = going_back(tmp_path / "site", code)
    passes(folder)
    before = fingerprints(outside)
    step = reverted(of(folder))
    assert step.refusal is None
    assert step.kept_in == ()
    assert fingerprints(outside) == before


def test_empty_folders_are_there_in_every_copy_and_come_back(tmp_path: Path, of: Of) -> None:
    code = """
        import os
        open("uploads/new/x.txt", "w").close()
        os.rmdir("spare")
        os.mkdir("made")
        """
    folder = going_back(tmp_path / "site", code)
    (folder / "uploads" / "new").mkdir(parents=True)
    (folder / "spare").mkdir()
    passes(folder)
    lab = of(folder)
    for _ in range(2):
        found = lab.what_if("migrate shop 0001")
        assert found.runs[0].step.refusal is None
    assert not reverted(lab.copy()).refused
    assert not reverted(lab).refused
    lab.rewind()
    assert (lab.folder / "uploads" / "new").is_dir()
    assert (lab.folder / "spare").is_dir()
    assert not (lab.folder / "made").exists()


def test_a_script_of_the_project_can_be_run_where_that_is_allowed(tmp_path: Path, of: Of) -> None:
    code = "import subprocess\nsubprocess.run(['./tool.sh'], check=True)\n"
    folder = going_back(tmp_path / "site", code, files={"tool.sh": "#!/bin/sh\nexit 0\n"})
    (folder / "tool.sh").chmod(0o755)
    passes(folder)
    lab = of(folder, allow_programs=["tool.sh"])
    assert lab.what_if("migrate shop 0001").runs[0].step.refusal is None


# -- what the copy lacks

LOADS = """
from django.core.management import call_command
call_command("loaddata", "first", verbosity=0)
"""


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("open('media/logo.png', 'rb').read()\n", "media/logo.png"),
        (
            "try:\n    open('media/logo.png')\nexcept OSError:\n    pass\nraise KeyError('logo')\n",
            "media/logo.png",
        ),
        ("import os\nassert 'logo.png' in os.listdir('media')\n", "media/logo.png"),
        (
            "import sqlite3\nsqlite3.connect('geo.db').execute('SELECT * FROM places')\n",
            "geo.db",
        ),
    ],
    ids=["read", "caught", "listed", "database"],
)
@pytest.mark.usefixtures("no_links")
def test_a_file_that_was_not_copied_is_named_with_the_pattern_that_brings_it(
    code: str, path: str, tmp_path: Path, of: Of
) -> None:
    folder = going_back(tmp_path / "site", code)
    (folder / "media").mkdir()
    (folder / "media" / "logo.png").write_bytes(b"x")
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sqlite3; c = sqlite3.connect('geo.db'); c.execute('CREATE TABLE places (a)')",
        ],
        cwd=folder,
        check=True,
    )
    if "KeyError" in code:
        fails(folder, "KeyError")
    else:
        passes(folder)
    lab = of(folder)
    step = reverted(lab)
    assert step.refused
    assert ("file-not-copied", f"copy it with `--include '{path}'`") in [
        (each.id, each.do) for each in step.obstacles
    ]
    assert "file-not-copied" in [each.id for each in step.differs]
    included = reverted(of(folder, include=[path]))
    assert "file-not-copied" not in [each.id for each in (*included.obstacles, *included.differs)]


def test_a_file_that_the_lab_itself_removed_is_not_one_that_was_not_copied(
    tmp_path: Path, of: Of
) -> None:
    folder = going_back(tmp_path / "site", "open('rates.csv').read()\n", files={"rates.csv": "1\n"})
    lab = of(folder)
    lab.delete("rates.csv")
    step = reverted(lab)
    assert step.refused
    assert step.obstacles == ()


@pytest.mark.usefixtures("no_links")
def test_a_fixture_that_was_not_copied_is_named(tmp_path: Path, of: Of) -> None:
    """It is larger than what is copied: 60 MB of nothing."""
    folder = going_back(tmp_path / "site", LOADS)
    fixtures = folder / "shop" / "fixtures"
    fixtures.mkdir()
    with open(fixtures / "first.json", "wb") as file:
        file.truncate(60 * 1024 * 1024)
    found = only(reverted(of(folder)))
    assert found[0] == "file-not-copied"
    assert "shop/fixtures/first.json" in found[2]


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "lzma", "zip"])
def test_compressed_fixtures_are_copied_in_fixtures_and_in_fixture_dirs(
    kind: str, tmp_path: Path, of: Of
) -> None:
    """0002 loads one of each on its way back."""
    loads = LOADS + 'call_command("loaddata", "second", verbosity=0)\n'
    dirs = '\nFIXTURE_DIRS = [BASE_DIR / "seeds"]\n'
    folder = going_back(tmp_path / "site", loads, settings=dirs, rows=0)
    text = '[{"model": "shop.item", "pk": %d, "fields": {"name": "a", "price": 1}}]'
    write(folder, {"shop/fixtures/x": "", "seeds/x": ""})
    for number, name in enumerate(("shop/fixtures/first.json", "seeds/second.json")):
        compress(folder / name, text % number, kind)
    passes(folder)
    step = reverted(of(folder))
    assert step.refusal is None


def compress(path: Path, text: str, kind: str) -> None:
    import bz2
    import gzip
    import lzma
    import zipfile

    target = path.with_name(f"{path.name}.{kind}")
    data = text.encode()
    if kind == "zip":
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(path.name, data)
    elif kind == "lzma":
        target.write_bytes(lzma.compress(data, lzma.FORMAT_ALONE))
    else:
        target.write_bytes({"gz": gzip, "bz2": bz2, "xz": lzma}[kind].compress(data))


# -- measuring


def test_rows_that_cannot_be_compared_are_unknown_and_the_step_is_there(
    tmp_path: Path, of: Of
) -> None:
    """A column has a collation that no new connection of the project's knows any more."""
    more = """
from django.db.backends.signals import connection_created

def teach(connection, **kwargs):
    if connection.settings_dict["NAME"] == ":memory:":
        raise RuntimeError("this handler needs the real database")
    connection.connection.create_collation("german", lambda a, b: (a > b) - (a < b))

connection_created.connect(teach, weak=False)
"""
    models = """
from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=20, primary_key=True, db_collation="german")
    price = models.IntegerField(default=0)
"""
    initial = """
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Item",
            [("name", models.CharField(max_length=20, primary_key=True, db_collation="german"))],
        )
    ]
"""
    folder = shop(
        tmp_path / "site",
        settings=more,
        files={"shop/models.py": models, "shop/migrations/0001_initial.py": initial},
    )
    passes(folder)
    lab = of(folder)
    step = reverted(lab)
    assert step.refusal is None
    assert [each.key for each in step.ran] == [SECOND]
    (found,) = step.obstacles
    assert found.id == "connection-lacks"
    assert "compare the rows of shop_item" in found.what
    assert "no such collation sequence: german" in found.what
    assert SECOND not in step.after.known_record.keys
    with pytest.raises(NotMeasured, match="no such collation sequence: german"):
        lab.between(0, 1)
    assert lab.manage("showmigrations").obstacles == ()


def test_a_function_that_the_project_lacks_itself_is_the_projects(tmp_path: Path, of: Of) -> None:
    code = "schema_editor.execute('SELECT german(name) FROM shop_item')\n"
    folder = going_back(tmp_path / "site", code)
    fails(folder, "no such function: german")
    step = reverted(of(folder))
    assert step.refusal is not None
    assert "no such function: german" in step.refusal.message
    assert step.obstacles == ()


def test_an_error_of_miglabs_own_is_noted_and_ends_nothing() -> None:
    measuring.failed.clear()
    try:
        with measuring.measuring("compare the rows"):
            {}["nothing"]
        with measuring.measuring("read the database"):
            sqlite3.connect(":memory:").execute("SELECT german(1)")
        assert [each["id"] for each in measuring.failed] == ["measuring-failed", "connection-lacks"]
        assert "could not compare the rows (KeyError: 'nothing')" in measuring.failed[0]["what"]
        assert "no such function: german" in measuring.failed[1]["what"]
    finally:
        measuring.failed.clear()


def test_the_command_takes_what_is_allowed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    code = f"""
        import subprocess
        subprocess.run(["true"])
        open({str(outside / "file")!r}, "w").close()
        """
    folder = going_back(tmp_path / "site", code)
    words = ["whatif", str(folder), "shop", "0001", "--python", sys.executable, "--quiet"]
    assert main([*words, "--allow-program", "true"]) in (1, 12)
    main([*words, "--allow-program", "true", "--allow-folder", str(outside)])
    assert "loses 3 values" in capsys.readouterr().out
    assert (outside / "file").exists()


# -- fidelity


def test_what_differs_for_every_run_is_known(tmp_path: Path, of: Of) -> None:
    more = """
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "x"}}
CELERY_BROKER_URL = "redis://:secret@example.org"
"""
    folder = shop(tmp_path / "site", settings=AUTH + more)
    for number in range(3):
        (folder / f"{number}.png").write_bytes(b"x" * 10)
    lab = of(folder, allow_programs=["true"])
    found = lab.fidelity
    assert [(each.setting, each.was, each.instead) for each in found.replaced] == [
        (
            "CACHES['default']",
            "django.core.cache.backends.redis.RedisCache",
            "django.core.cache.backends.locmem.LocMemCache",
        ),
        (
            "EMAIL_BACKEND",
            "django.core.mail.backends.smtp.EmailBackend",
            "django.core.mail.backends.dummy.EmailBackend",
        ),
        ("CELERY_BROKER_URL", "redis", "memory://"),
    ]
    assert found.left_out == (3, 30)
    assert [(each.ending, each.count, each.size) for each in found.kinds] == [(".png", 3, 30)]
    (database,) = found.databases
    assert database.path == str(folder / "db.sqlite3")
    assert database.changed <= database.copied
    assert "SQLite 3." in found.engine
    assert found.allowed == ("--allow-program true",)
    assert lab.copy().fidelity.databases == found.databases


def test_mail_and_cache_entries_are_counted_for_the_command_that_made_them(
    tmp_path: Path, of: Of
) -> None:
    code = """
        from django.core.cache import cache
        from django.core.mail import send_mail
        for number in range(2):
            send_mail("back", "we go", "a@example.org", ["b@example.org"])
        cache.set("a", 1)
        """
    lab = of(going_back(tmp_path / "site", code))
    step = reverted(lab)
    assert [(each.id, each.count) for each in step.differs] == [
        ("mail-not-sent", 2),
        ("cache-replaced", 1),
    ]
    assert lab.manage("showmigrations").differs == ()

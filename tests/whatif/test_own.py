"""A user's own project, as it may be: rehearsed on a copy, or refused in words that help."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from miglab import Lab
from miglab.errors import BadInput, Interrupted, NoProject
from miglab.facts.outcome import Happened, Return

from .own import AUTH, fingerprints, manage, shop, write

Of = Callable[..., Lab]


def loses_prices(lab: Lab, *commands: str) -> None:
    """The what-if of going back to 0001 finds the three prices."""
    found = lab.what_if(*commands or ("migrate shop 0001",))
    assert found.verdict == (
        "loses 3 values of shop_item.price · the rows come back, not all values"
    )
    assert [each.key.name for each in found.plan] == ["0002_price"]


def test_a_revert_is_rehearsed_and_the_original_does_not_change(tmp_path: Path, of: Of) -> None:
    folder = shop(tmp_path / "site", settings=AUTH)
    before = fingerprints(folder)
    lab = of(folder)
    loses_prices(lab)
    lab.what_if_all("shop")
    lab.manage("migrate shop zero")
    lab.rewind()
    lab.close()
    assert fingerprints(folder) == before


@pytest.mark.parametrize(
    "line",
    ["migrate shop 0001", "migrate shop zero", "migrate --fake shop 0001", "migrate nowhere"],
)
def test_in_a_lab_that_is_used_once_it_is_the_same(tmp_path: Path, of: Of, line: str) -> None:
    folder = shop(tmp_path / "site")
    before = fingerprints(folder)
    twice, once = of(folder).what_if(line), of(folder).what_if_once(line)
    assert once.verdict == twice.verdict
    assert once.findings == twice.findings
    assert once.rows == twice.rows
    assert once.agreements_after == twice.agreements_after
    backs = [each.back and (each.back.commands, each.back.rows) for each in (once, twice)]
    assert backs[0] == backs[1]
    assert fingerprints(folder) == before


def test_a_database_outside_of_the_folder_is_copied_too(tmp_path: Path, of: Of) -> None:
    elsewhere = tmp_path / "data"
    elsewhere.mkdir()
    more = f'\nDATABASES["default"]["NAME"] = {str(elsewhere / "live.db")!r}\n'
    folder = shop(tmp_path / "site", settings=more)
    before = fingerprints(folder, elsewhere)
    lab = of(folder)
    loses_prices(lab)
    lab.manage("migrate shop 0001")
    assert lab.what_if("migrate").database == str(elsewhere / "live.db")
    assert fingerprints(folder, elsewhere) == before


def test_an_absolute_path_into_the_folder_is_not_followed(tmp_path: Path, of: Of) -> None:
    path = tmp_path / "site" / "db.sqlite3"
    folder = shop(tmp_path / "site", settings=f'\nDATABASES["default"]["NAME"] = {str(path)!r}\n')
    before = fingerprints(folder)
    loses_prices(of(folder))
    assert fingerprints(folder) == before


def test_settings_named_in_a_dot_env_alone_are_found(
    tmp_path: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    folder = shop(tmp_path / "site")
    plain = "import sys\nfrom django.core.management import execute_from_command_line\n"
    (folder / "manage.py").write_text(plain + "execute_from_command_line(sys.argv)\n")
    (folder / ".env").write_text("DJANGO_SETTINGS_MODULE=config.settings\n")
    loses_prices(of(folder))


def test_settings_in_site_packages_and_no_manage_py(tmp_path: Path, of: Of) -> None:
    folder = shop(tmp_path / "site")
    (folder / "manage.py").unlink()
    packages = tmp_path / "packages"
    text = (folder / "config" / "settings.py").read_text()
    text = text.replace("Path(__file__).resolve().parent.parent", f"Path({str(folder)!r})")
    write(packages, {"company_settings/live.py": text})
    lab = of(folder, python=str(environment(tmp_path, packages)), settings="company_settings.live")
    loses_prices(lab)


def test_the_environment_in_its_folder_does_not_change_either(
    tmp_path: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody has run what is installed there: Python would store what it compiles."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    settings = "\nfrom used_by_settings import *\nfrom . import used_by_config\n"
    folder = shop(
        tmp_path / "site",
        settings=settings,
        files={"used_by_settings.py": "", "config/used_by_config.py": ""},
    )
    interpreter = environment(folder)
    (packages,) = folder.glob("venv/lib/python*/site-packages")
    (folder / "used_by_settings.py").rename(packages / "used_by_settings.py")
    (packages / "used_at_the_start.py").touch()
    (packages / "start.pth").write_text("import used_at_the_start\n")
    before = fingerprints(folder)
    loses_prices(of(folder, python=str(interpreter)))
    assert fingerprints(folder) == before


def environment(tmp_path: Path, *paths: Path) -> Path:
    """A virtual environment that has this one's packages, and these folders on its path."""
    place = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    own = next(path for path in sys.path if path.endswith("site-packages"))
    lines = [own, *map(str, paths)]
    (packages / "more.pth").write_text("\n".join(lines) + "\n")
    return place / "bin" / "python"


def test_a_manage_py_that_is_not_at_the_top(tmp_path: Path, of: Of) -> None:
    loses_prices(of(shop(tmp_path / "site", inside="backend")))


def test_an_editable_install_of_the_original_does_not_lead_back_to_it(
    tmp_path: Path, of: Of
) -> None:
    """shop lives in src/, which only a .pth file puts on the path."""
    folder = shop(tmp_path / "site")
    (folder / "src").mkdir()
    (folder / "shop").rename(folder / "src" / "shop")
    lab = of(folder, python=str(environment(tmp_path, folder / "src")))
    loses_prices(lab)
    step = lab.shell("import shop; print(shop.__file__)")
    assert str(folder) not in step.output
    assert "project/src/shop" in step.output.replace("\\", "/")


ROUTER = """
class Router:
    def allow_migrate(self, db, app_label, **hints):
        return (db == "archive") == (app_label == "shop")

    def db_for_read(self, model, **hints):
        return "archive" if model._meta.app_label == "shop" else None

    db_for_write = db_for_read
"""


def test_several_databases_and_a_router(tmp_path: Path, of: Of) -> None:
    more = (
        '\nDATABASES["archive"] = {**DATABASES["default"], "NAME": BASE_DIR / "archive.sqlite3"}\n'
        'DATABASE_ROUTERS = ["config.router.Router"]\n'
    )
    folder = shop(
        tmp_path / "site", settings=more, files={"config/router.py": ROUTER}, migrated=False
    )
    manage(folder, "migrate", "-v0")
    manage(folder, "migrate", "-v0", "--database", "archive")
    manage(
        folder,
        "shell",
        "-c",
        "from shop.models import Item; Item.objects.create(name='a', price=9)",
    )
    before = fingerprints(folder)
    found = of(folder).what_if("migrate shop 0001 --database archive")
    (change,) = [each for each in found.rows if each.costs]
    assert (change.database, change.table, change.lost_values) == (
        "archive",
        "shop_item",
        {"price": 1},
    )
    assert found.back is not None
    assert found.back.commands == ("migrate --database archive",)
    assert found.back.level is Return.ROWS
    assert fingerprints(folder) == before


def test_migration_modules_elsewhere(tmp_path: Path, of: Of) -> None:
    folder = shop(
        tmp_path / "site",
        settings='\nMIGRATION_MODULES = {"shop": "config.shop_migrations"}\n',
        migrated=False,
    )
    (folder / "shop" / "migrations").rename(folder / "config" / "shop_migrations")
    manage(folder, "migrate", "-v0")
    lab = of(folder)
    found = lab.what_if("migrate shop 0001")
    assert [each.key.name for each in found.plan] == ["0002_price"]
    assert found.back is not None
    assert found.back.level is Return.VALUES


def test_a_migrate_command_of_its_own_with_a_banner_and_a_warning(tmp_path: Path, of: Of) -> None:
    command = """
        import warnings
        from django.core.management.commands.migrate import Command as Original

        class Command(Original):
            def handle(self, *args, **options):
                self.stdout.write("our own migrate")
                warnings.warn("think twice")
                return super().handle(*args, **options)
        """
    folder = shop(
        tmp_path / "site",
        settings='\nprint("welcome to the shop")\n',
        files={"shop/management/commands/migrate.py": textwrap.dedent(command)},
    )
    lab = of(folder)
    loses_prices(lab)
    output = lab.what_if("migrate shop 0001").runs[0].step.output
    assert output.startswith("welcome to the shop")
    assert "our own migrate" in output


# -- what a project must not do while it is rehearsed

TRIES = {
    "write to": "open({outside!r}, 'w')",
    "remove": "__import__('os').remove({victim!r})",
    "open the database": "__import__('sqlite3').connect({outside!r})",
    "attach the database": (
        "__import__('django.db').db.connection.cursor().execute('ATTACH ? AS x', [{outside!r}])"
    ),
    "connect to 127.0.0.1:9": "__import__('socket').create_connection(('127.0.0.1', 9), 1)",
    "look up the address of example.org": "__import__('socket').getaddrinfo('example.org', 80)",
    "start the program": "__import__('subprocess').run(['true'])",
}


@pytest.mark.parametrize("what", TRIES)
def test_a_project_that_reaches_out_is_stopped_and_told_so(
    what: str, tmp_path: Path, of: Of
) -> None:
    """0002 tries it on its way back."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "victim").write_text("keep me")
    tried = TRIES[what].format(outside=str(outside / "new"), victim=str(outside / "victim"))
    head = f"\n\ndef reach(apps, schema_editor):\n    {tried}\n"
    folder = shop(
        tmp_path / "site",
        head=head,
        more="migrations.RunPython(migrations.RunPython.noop, reach),",
    )
    before = fingerprints(folder, outside)
    found = of(folder).what_if("migrate shop 0001")
    assert found.outcome.happened is Happened.NOT_REHEARSED
    assert found.outcome.status == 1
    assert found.finding("not-rehearsed") is not None
    (kept,) = found.runs[0].step.kept_in
    assert what in kept.what
    assert "0002_price.py" in kept.where
    assert fingerprints(folder, outside) == before


def test_settings_that_try_the_network_and_can_do_without(tmp_path: Path, of: Of) -> None:
    more = """
        import urllib.request
        try:
            urllib.request.urlopen("http://config.example.org/", timeout=9)
        except OSError:
            FEATURES = {}
        """
    folder = shop(tmp_path / "site", settings=textwrap.dedent(more), migrated=False)
    (folder / "db.sqlite3").touch()
    lab = of(folder)
    found = lab.what_if("migrate")
    assert found.finding("kept-in") is not None
    assert found.runs[0].step.obstacles == ()


def test_settings_that_cannot_do_without_the_network_are_refused_with_a_way_out(
    tmp_path: Path, of: Of
) -> None:
    more = '\nimport socket\nsocket.create_connection(("10.255.255.1", 80), 9)\n'
    folder = shop(tmp_path / "site", settings=more, migrated=False)
    with pytest.raises(NoProject, match=r"(?s)connect to 10\.255\.255\.1:80.*--settings"):
        of(folder)


def test_mail_goes_nowhere_and_caches_and_logs_stay_here(tmp_path: Path, of: Of) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    more = f"""
        EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        EMAIL_FILE_PATH = {str(outside / "mail")!r}
        CACHES = {{"default": {{
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://10.255.255.1",
        }}}}
        LOGGING = {{
            "version": 1,
            "handlers": {{"file": {{
                "class": "logging.FileHandler", "filename": {str(outside / "a.log")!r}
            }}}},
            "root": {{"handlers": ["file"]}},
        }}
        """
    head = """
def talk(apps, schema_editor):
    from django.core.cache import cache
    from django.core.mail import send_mail
    import logging

    logging.getLogger("x").error("going back")
    cache.clear()
    send_mail("back", "we go", "a@example.org", ["b@example.org"])
"""
    folder = shop(
        tmp_path / "site",
        settings=textwrap.dedent(more),
        head=head,
        more="migrations.RunPython(migrations.RunPython.noop, talk),",
        migrated=False,
    )
    (folder / "db.sqlite3").touch()
    lab = of(folder)
    lab.manage("migrate")
    found = lab.what_if("migrate shop 0001")
    assert not found.stops
    assert found.finding("kept-in") is None
    assert list(outside.iterdir()) == []


# -- what cannot be rehearsed, and says so

ORACLE = '\nDATABASES["default"] = {"ENGINE": "django.db.backends.oracle", "NAME": "live"}\n'
MEMORY = '\nDATABASES["default"]["NAME"] = ":memory:"\n'


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (ORACLE, r"'default' has the engine 'django\.db\.backends\.oracle'.*--settings"),
        (MEMORY, r"'default' is in memory.*--settings"),
        ("\nimport nowhere_at_all\n", r"No module named 'nowhere_at_all'.*--settings"),
        ('\nINSTALLED_APPS += ["nowhere"]\n', r"cannot be set up.*No module named 'nowhere'"),
    ],
)
def test_what_cannot_be_rehearsed_says_why_and_what_would_help(
    settings: str, told: str, tmp_path: Path, of: Of
) -> None:
    folder = shop(tmp_path / "site", settings=settings, migrated=False)
    before = fingerprints(folder)
    with pytest.raises(NoProject, match=f"(?s){told}"):
        of(folder)
    assert fingerprints(folder) == before


def test_a_database_that_is_not_there_is_named_and_not_made(tmp_path: Path, of: Of) -> None:
    folder = shop(tmp_path / "site", migrated=False)
    with pytest.raises(
        NoProject, match=r"no database at .*db\.sqlite3.*migrate` first.*--settings"
    ):
        of(folder)
    assert not (folder / "db.sqlite3").exists()


def test_a_second_database_that_is_not_there_cannot_be_rehearsed_on(tmp_path: Path, of: Of) -> None:
    more = (
        '\nDATABASES["archive"] = {**DATABASES["default"], "NAME": BASE_DIR / "archive.sqlite3"}\n'
    )
    lab = of(shop(tmp_path / "site", settings=more))
    loses_prices(lab)
    with pytest.raises(NoProject, match=r"archive\.sqlite3.*migrate --database archive` first"):
        lab.what_if("migrate --database archive")
    lab.manage("migrate --database archive")
    assert not lab.what_if("migrate shop zero --database archive").stops


def test_an_alias_that_is_not_there_is_named(tmp_path: Path, of: Of) -> None:
    lab = of(shop(tmp_path / "site"))
    with pytest.raises(BadInput, match="no database 'other'; choose from: default"):
        lab.what_if("migrate --database other")


# -- crashes, writers


def test_a_crash_in_the_middle_leaves_the_original_as_it_was(tmp_path: Path, of: Of) -> None:
    head = "\n\ndef crash(apps, schema_editor):\n    __import__('os')._exit(3)\n"
    folder = shop(
        tmp_path / "site",
        head=head,
        more="migrations.RunPython(migrations.RunPython.noop, crash),",
    )
    before = fingerprints(folder)
    lab = of(folder)
    with pytest.raises(Exception, match="exited by itself"):
        lab.what_if("migrate shop 0001")
    assert lab.manage("showmigrations shop").output.count("[X]") == 2
    assert fingerprints(folder) == before


def test_a_database_in_wal_mode_is_copied_while_another_process_writes(
    tmp_path: Path, of: Of
) -> None:
    folder = shop(tmp_path / "site")
    path = folder / "db.sqlite3"
    code = f"""
        import sqlite3, sys, time
        connection = sqlite3.connect({str(path)!r}, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        print("writing", flush=True)
        for number in range(100000):
            connection.execute("INSERT INTO shop_item (name, price) VALUES ('w', ?)", [number + 1])
            time.sleep(0.002)
        """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "writing\n"
            found = of(folder).what_if("migrate shop 0001")
        finally:
            writer.kill()
    (change,) = [each for each in found.rows if each.costs]
    assert change.lost_values["price"] >= 3
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        names = [row[0] for row in connection.execute("SELECT name FROM django_migrations")]
        assert "0002_price" in names
        count = connection.execute("SELECT count(*) FROM shop_item").fetchone()[0]
        assert count >= change.before
    finally:
        connection.close()


SLEEPS = "\n\ndef sleep(apps, schema_editor):\n    __import__('time').sleep(60)\n"


def test_interrupting_leaves_nothing_behind_and_the_lab_as_it_was(
    tmp_path: Path, of: Of, own_home: Path
) -> None:
    """0002 sleeps on its way back."""
    folder = shop(
        tmp_path / "site",
        head=SLEEPS,
        more="migrations.RunPython(migrations.RunPython.noop, sleep),",
    )
    before = fingerprints(folder)
    lab = of(folder)
    heard: list[str] = []
    telling = Lab.progress
    Lab.progress = staticmethod(lambda: nullcontext(heard.append))
    thread = threading.Timer(3, lambda: os.kill(os.getpid(), signal.SIGINT))
    thread.start()
    try:
        with pytest.raises(Interrupted, match="interrupted"):
            lab.what_if("migrate shop 0001")
    finally:
        thread.join()
        Lab.progress = telling
    assert heard[-1] == "unapplying shop.0002_price"
    assert lab.manage("showmigrations shop").output.count("[X]") == 2
    lab.close()
    assert not [*own_home.glob("labs/*")]
    assert fingerprints(folder) == before


SQUASHED = """
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("shop", "0001_initial"), ("shop", "0002_price")]
    operations = [
        migrations.CreateModel(
            "Item",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=20)),
                ("price", models.IntegerField(default=0)),
            ],
        )
    ]
"""


def test_a_name_that_a_squash_has_replaced_can_still_be_the_target(tmp_path: Path, of: Of) -> None:
    """shop: 0001_squashed stands for 0001 and 0002, whose files are still there"""
    files = {"shop/migrations/0001_squashed_0002.py": SQUASHED}
    loses_prices(of(shop(tmp_path / "site", files=files)), "migrate shop 0001_initial")


def test_an_app_of_others_drags_the_projects_own_along_and_the_path_is_told(
    tmp_path: Path, of: Of
) -> None:
    """auth: … ← 0012 ← shop: 0002"""
    folder = shop(tmp_path / "site", settings=AUTH, migrated=False)
    second = folder / "shop" / "migrations" / "0002_price.py"
    last = '("auth", "0012_alter_user_first_name_max_length")'
    text = second.read_text().replace(
        '("shop", "0001_initial")', f'("shop", "0001_initial"), {last}'
    )
    second.write_text(text)
    manage(folder, "migrate", "-v0")
    found = of(folder).what_if("migrate auth 0011")
    (pulled,) = [each for each in found.plan if each.key.app_label == "shop"]
    assert [str(key) for key in pulled.why] == [
        "auth.0012_alter_user_first_name_max_length",
        "shop.0002_price",
    ]
    assert found.finding("pulled-in") is not None

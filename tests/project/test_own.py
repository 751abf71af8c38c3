"""A user's own project: found, and laid out for a copy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from miglab.errors import BadInput, NoProject
from miglab.project import databases, own

MANAGE = """\
import os, sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
"""
#: One that leaves the settings to the environment.
BARE = "\n".join(line for line in MANAGE.splitlines() if "SETTINGS" not in line)
SQLITE = "django.db.backends.sqlite3"


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch, tmp_path_factory):
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE", raising=False)
    home = str(tmp_path_factory.mktemp("user"))
    monkeypatch.setenv("HOME", home)
    monkeypatch.setenv("USERPROFILE", home)


@pytest.fixture
def place(tmp_path):
    """A folder to put projects into, by the name that the system has for it."""
    return tmp_path.resolve()


def write(folder, **texts):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name.replace("_py", ".py").replace("dotenv", ".env")).write_text(text, "utf-8")
    return folder


def find(path, **options):
    return own.find(path, python=sys.executable, **options)


# -- manage.py and the folder that is copied


@pytest.mark.parametrize("given", ["shop", "shop/manage.py"])
def test_a_project_is_found_by_its_folder_or_its_manage_py(place, given):
    shop = write(place / "shop", manage_py=MANAGE)
    found = find(place / given)
    assert (found.name, found.root, found.manage) == ("shop", shop, "project/manage.py")
    assert found.own
    assert found.python == sys.executable


def test_a_relative_path_counts_from_the_current_folder(place, monkeypatch):
    write(place / "shop", manage_py=MANAGE)
    monkeypatch.chdir(place / "shop")
    assert find(".").root == place / "shop"


def test_a_path_may_begin_with_the_sign_for_home(monkeypatch):
    shop = write(Path.home() / "shop", manage_py=MANAGE)
    assert find("~/shop").root == shop.resolve()


def test_a_manage_py_up_to_three_folders_below_is_found(place):
    write(place / "shop" / "a" / "b" / "c", manage_py=MANAGE)
    found = find(place / "shop")
    assert (found.root, found.manage) == (place / "shop", "project/a/b/c/manage.py")


def test_a_manage_py_four_folders_below_is_not_looked_for(place):
    write(place / "a" / "b" / "c" / "d", manage_py=MANAGE)
    with pytest.raises(NoProject, match=r"there is no manage\.py in .*up to 3 folders below it"):
        find(place)


@pytest.mark.parametrize("folder", ["node_modules/django", "venv/lib"])
def test_a_manage_py_in_what_was_installed_is_not_the_projects(place, folder):
    write(place / "venv", **{"pyvenv.cfg": ""})
    write(place / folder, manage_py=MANAGE)
    write(place / "backend", manage_py=MANAGE)
    assert find(place).manage == "project/backend/manage.py"


def test_several_projects_below_are_an_error_that_names_them(place):
    write(place / "one", manage_py=MANAGE)
    write(place / "two" / "src", manage_py=MANAGE)
    with pytest.raises(NoProject) as raised:
        find(place)
    names = f"{Path('one/manage.py')}, {Path('two/src/manage.py')}"
    assert f"there are 2 projects below {place}: {names}; give the path" in str(raised.value)


def test_a_manage_py_of_another_tool_is_no_second_project(place):
    write(place / "backend", manage_py=MANAGE)
    write(place / "flask", manage_py="from flask_script import Manager")
    assert find(place).manage == "project/backend/manage.py"


def test_a_path_where_nothing_is_is_an_error(place):
    with pytest.raises(NoProject, match=r"shop does not exist; give the folder"):
        find(place / "shop")


def test_a_file_that_is_no_manage_py_is_an_error(place):
    write(place, settings_py="DEBUG = True")
    with pytest.raises(NoProject, match=r"settings\.py is not a manage\.py"):
        find(place / "settings.py")


def test_the_repository_around_manage_py_is_copied(place):
    backend = write(place / "shop" / "src" / "backend", manage_py=MANAGE)
    (place / "shop" / ".git").mkdir()
    found = find(backend)
    assert (found.root, found.manage) == (place / "shop", "project/src/backend/manage.py")


def test_a_worktree_whose_git_is_a_file_is_a_repository_too(place):
    write(place / "shop", **{".git": "gitdir: /elsewhere"})
    assert find(write(place / "shop" / "src", manage_py=MANAGE)).root == place / "shop"


def test_a_repository_more_than_three_levels_above_is_not_copied(place):
    (place / ".git").mkdir()
    deep = write(place / "a" / "b" / "c" / "d", manage_py=MANAGE)
    assert find(deep).root == deep


def test_a_repository_that_is_somebodys_home_is_not_copied():
    (Path.home() / ".git").mkdir()
    shop = write(Path.home() / "shop", manage_py=MANAGE)
    assert find(shop).root == shop.resolve()


@pytest.mark.parametrize("folder", [Path.home, lambda: Path.home().parent, lambda: Path("/")])
def test_a_home_folder_or_the_top_of_a_disk_is_refused(folder):
    with pytest.raises(NoProject, match=r"does not copy all of it; give the project's own folder"):
        find(folder())


def test_a_home_folder_with_a_manage_py_is_refused():
    write(Path.home(), manage_py=MANAGE)
    with pytest.raises(NoProject, match="is a home folder"):
        find(Path.home())


def test_a_project_in_its_environments_own_folder_is_found(place):
    (place / ".git").mkdir()
    shop = write(place / "env", manage_py=MANAGE, **{"pyvenv.cfg": ""})
    write(shop / "lib", site_py="")
    assert find(shop).files == ("env/manage.py", "env/pyvenv.cfg")


def test_a_project_in_a_folder_that_is_never_copied_is_copied_alone(place):
    (place / ".git").mkdir()
    shop = write(place / "node_modules" / "shop", manage_py=MANAGE)
    found = find(shop)
    assert (found.root, found.files) == (shop, ("manage.py",))


def test_a_link_to_a_project_leads_to_it(place):
    shop = write(place / "shop", manage_py=MANAGE)
    try:
        (place / "link").symlink_to(shop, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    assert find(place / "link").root == shop


def test_what_is_copied_and_what_is_left_out_is_told(place):
    shop = write(place / "shop", manage_py=MANAGE, dotenv="A=1", **{"logo.png": "x"})
    (shop / "logs").mkdir()
    found = find(shop)
    assert (found.files, found.folders) == ((".env", "manage.py"), ("logs",))
    assert found.left_out == (1, 1)


def test_include_is_copied_in_any_case(place):
    shop = write(place / "shop", manage_py=MANAGE, **{"logo.png": "x"})
    assert find(shop, include=["*.png"]).files == ("logo.png", "manage.py")


def test_a_pattern_of_include_that_is_none_is_an_error(place):
    with pytest.raises(BadInput, match="include"):
        find(write(place, manage_py=MANAGE), include=["../*"])


# -- settings


def test_settings_that_manage_py_names_are_left_to_it(place):
    found = find(write(place, manage_py=MANAGE, dotenv="DJANGO_SETTINGS_MODULE=other\nA=1"))
    assert found.settings is None
    assert found.environment == {}


def test_settings_that_are_given_are_there_before_manage_py_runs(place):
    found = find(write(place, manage_py=MANAGE), settings="config.settings.test")
    assert found.settings == "config.settings.test"
    assert found.environment == {"DJANGO_SETTINGS_MODULE": "config.settings.test"}


@pytest.mark.parametrize("settings", ["config/settings.py", "settings.py", "", "config."])
def test_settings_that_are_no_modules_name_are_an_error(place, settings):
    with pytest.raises(NoProject, match=f"settings='{settings}' is not the name of a module"):
        find(write(place, manage_py=MANAGE), settings=settings)


def test_settings_named_in_the_environment_are_enough(place, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings")
    found = find(write(place, manage_py=BARE, dotenv="DJANGO_SETTINGS_MODULE=other"))
    assert found.environment == {}


def test_settings_named_in_a_dotenv_bring_all_of_its_variables(place):
    dotenv = "DJANGO_SETTINGS_MODULE=config.settings\nexport SECRET='a b'  # quoted\nEMPTY\n"
    found = find(write(place, manage_py=BARE, dotenv=dotenv))
    assert found.environment == {"DJANGO_SETTINGS_MODULE": "config.settings", "SECRET": "a b"}


def test_a_dotenv_at_the_top_of_the_repository_is_found(place):
    write(place, dotenv="DJANGO_SETTINGS_MODULE=config.settings")
    (place / ".git").mkdir()
    found = find(write(place / "backend", manage_py=BARE))
    assert found.environment == {"DJANGO_SETTINGS_MODULE": "config.settings"}


def test_variables_of_this_process_come_before_those_of_a_dotenv(place, monkeypatch):
    monkeypatch.setenv("SECRET", "mine")
    dotenv = "DJANGO_SETTINGS_MODULE=config.settings\nSECRET=theirs"
    found = find(write(place, manage_py=BARE, dotenv=dotenv))
    assert "SECRET" not in found.environment


@pytest.mark.parametrize(
    "line",
    [
        "# DJANGO_SETTINGS_MODULE = see .env",
        "if 'DJANGO_SETTINGS_MODULE' not in os.environ: sys.exit('not set')",
    ],
)
def test_a_manage_py_that_only_speaks_of_the_variable_does_not_name_settings(place, line):
    manage = BARE.replace("import os, sys", f"import os, sys\n{line}")
    found = find(write(place, manage_py=manage, dotenv="DJANGO_SETTINGS_MODULE=config.settings"))
    assert found.environment == {"DJANGO_SETTINGS_MODULE": "config.settings"}


def test_where_nothing_names_settings_it_is_an_error_that_says_the_ways_out(place):
    with pytest.raises(NoProject) as raised:
        find(write(place, manage_py=BARE))
    said = str(raised.value)
    assert said.startswith(f"miglab cannot find the settings of {place / 'manage.py'}")
    for way in ("DJANGO_SETTINGS_MODULE", str(place / ".env"), "settings='…'", "--settings"):
        assert way in said


@pytest.mark.parametrize(
    "line",
    [
        "import config.bootstrap",
        "from configurations.management import execute_from_command_line",
        "settings.configure(DEBUG=True)",
        "os.environ.update(read())",
    ],
)
def test_a_manage_py_that_may_name_settings_elsewhere_is_believed(place, line):
    assert find(write(place, manage_py=f"{line}\n{BARE}")).environment == {}


def test_a_dotenv_that_is_no_text_is_an_error(place):
    write(place, manage_py=BARE)
    (place / ".env").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NoProject, match=r"\.env cannot be read"):
        find(place)


# -- a project without a manage.py


def test_without_a_manage_py_the_settings_are_enough(place):
    found = find(write(place / "shop", settings_py="DEBUG = True"), settings="settings")
    assert (found.manage, found.in_copy, found.root) == ("manage.py", False, place / "shop")
    assert found.environment == {"DJANGO_SETTINGS_MODULE": "settings"}


def test_without_a_manage_py_and_settings_the_variables_value_is_named(place, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "config.settings")
    with pytest.raises(NoProject, match=r"DJANGO_SETTINGS_MODULE is 'config.settings' here"):
        find(place)


def test_the_manage_py_that_is_written_runs_the_project_in_the_current_folder(place):
    settings = "SECRET_KEY = 'x'\nINSTALLED_APPS = ['app']\nprint('settings of the copy')"
    found = find(write(place / "shop", settings_py=settings), settings="settings")
    copy = write(place / "sandbox" / "project", settings_py=settings)
    write(copy / "app", __init___py="")
    write(place / "sandbox", manage_py=found.manage_text)
    done = subprocess.run(
        [sys.executable, str(place / "sandbox" / "manage.py"), "check"],
        cwd=copy,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.splitlines() == [
        "settings of the copy",
        "System check identified no issues (0 silenced).",
    ], done.stderr


# -- databases


@pytest.fixture
def laid_out(place):
    """Lays out databases by the names that settings gave in the copy."""
    shop = write(place / "work" / "shop", manage_py=MANAGE)
    copy = place / "labs" / "3f2a" / "project"
    copy.mkdir(parents=True)

    def lay_out(engine=SQLITE, include=(), **names):
        project = find(shop, include=include)
        found = {alias: {"engine": engine, "name": str(name)} for alias, name in names.items()}
        return databases.with_databases(project, found, copy)

    lay_out.root, lay_out.copy = shop, copy
    return lay_out


def test_a_database_in_the_copy_is_the_one_in_the_original(laid_out):
    found = laid_out(default=laid_out.copy / "data" / "db.sqlite3")
    assert found.databases == {"default": "project/data/db.sqlite3"}
    assert found.sources == {"default": str(laid_out.root / "data" / "db.sqlite3")}


def test_an_absolute_path_into_the_original_lies_in_the_copy_too(laid_out):
    found = laid_out(default=laid_out.root / "db.sqlite3")
    assert found.databases == {"default": "project/db.sqlite3"}
    assert found.sources == {"default": str(laid_out.root / "db.sqlite3")}


def test_a_database_outside_the_project_gets_a_place_of_its_own(laid_out, place):
    found = laid_out(default=place / "elsewhere" / "x.db")
    assert found.databases == {"default": "databases/default.sqlite3"}
    assert found.sources == {"default": str(place / "elsewhere" / "x.db")}


@pytest.mark.parametrize(
    ("up", "there"), [("..", "work/db"), ("../..", "db"), ("../d", "work/d/db")]
)
def test_a_path_that_leads_beside_the_copy_means_the_one_beside_the_original(
    laid_out, place, up, there
):
    found = laid_out(default=os.path.normpath(laid_out.copy / up / "db"))
    assert found.databases == {"default": "databases/default.sqlite3"}
    assert found.sources == {"default": str(place / there)}


def test_a_copy_may_be_known_by_two_names(laid_out, place):
    try:
        (place / "link").symlink_to(place / "labs", target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    found = laid_out(default=place / "link" / "3f2a" / "project" / "db.sqlite3")
    assert found.sources == {"default": str(laid_out.root / "db.sqlite3")}


def test_a_link_in_the_project_leads_to_the_original(laid_out, place):
    (place / "real.db").touch()
    try:
        (laid_out.root / "db.sqlite3").symlink_to(place / "real.db")
    except OSError:
        pytest.skip("links cannot be made here")
    found = laid_out(default=laid_out.copy / "db.sqlite3", other=place / "real.db")
    assert found.databases == {"default": "project/db.sqlite3", "other": "project/db.sqlite3"}


def test_aliases_of_one_file_share_one_copy(laid_out, place):
    found = laid_out(default=place / "x.db", replica=place / "x.db", logs=place / "y.db")
    assert found.databases == {
        "default": "databases/default.sqlite3",
        "replica": "databases/default.sqlite3",
        "logs": "databases/logs.sqlite3",
    }


def test_aliases_that_make_the_same_name_get_two_files(laid_out, place):
    found = laid_out(**{"a/b": place / "x.db", "a_b": place / "y.db", "A_B": place / "z.db"})
    assert len({path.casefold() for path in found.databases.values()}) == 3
    assert all(path.count("/") == 1 for path in found.databases.values())


def test_a_database_is_not_copied_as_a_file_as_well(laid_out):
    write(laid_out.root, **{"db.sqlite3": "", "db.sqlite3-journal": "x"})
    found = laid_out(default=laid_out.copy / "db.sqlite3", include=["db*"])
    assert found.files == ("manage.py",)


def test_a_database_that_is_not_there_yet_is_no_error(laid_out):
    assert not Path(laid_out(default=laid_out.copy / "db").sources["default"]).exists()


def test_an_alias_without_an_engine_is_passed_over(laid_out):
    project = find(laid_out.root)
    found = {
        "default": {"engine": "django.db.backends.dummy", "name": ""},
        "users": {"engine": SQLITE, "name": str(laid_out.copy / "users.db")},
    }
    laid = databases.with_databases(project, found, laid_out.copy)
    assert laid.databases == {"users": "project/users.db"}


def test_another_engine_is_an_error_that_names_the_way_out(laid_out):
    with pytest.raises(NoProject) as raised:
        laid_out("django.db.backends.oracle", default="shop")
    said = str(raised.value)
    assert said.startswith("the database 'default' has the engine 'django.db.backends.oracle'")
    assert "settings='…' (on the command line: --settings)" in said


def test_a_database_in_memory_is_an_error_that_names_the_way_out(laid_out):
    with pytest.raises(NoProject, match=r"'default' is in memory.*--settings"):
        laid_out(default="")


def test_a_database_that_is_a_folder_is_an_error(laid_out):
    with pytest.raises(NoProject, match="which is not a file"):
        laid_out(default=laid_out.root)


def test_settings_without_a_database_are_an_error(laid_out):
    with pytest.raises(NoProject, match="the settings do not name a database"):
        laid_out()

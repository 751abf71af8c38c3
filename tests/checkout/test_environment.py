"""What conda installs is what the code imports, told without conda."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]

#: What conda calls a package, where it is not what the code imports.
MODULES = {
    "python-graphviz": "graphviz",
    "python-dotenv": "dotenv",
    "graphviz": None,
    "pip": None,
    "python": None,
}
#: What else the code imports, by the entry that brings it.
BROUGHT = {"django": {"sqlparse"}, "ipykernel": {"IPython", "traitlets"}}
#: Not needed there: conda's dot program draws.
SPARED = {"pygraphviz"}
OURS = {"miglab", "tests", "dev", "benchmarks", "hatch_build"}


def environment() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def by_pip() -> list[str]:
    """What conda leaves to pip."""
    (found,) = [each for each in environment()["dependencies"] if isinstance(each, dict)]
    return found["pip"]


def entries() -> dict[str, str]:
    """The names, each with what it says of the version."""
    texts = [each for each in environment()["dependencies"] if isinstance(each, str)]
    texts += [each for each in by_pip() if not each.startswith("-e")]
    return dict(re.match(r"([\w.-]+)(.*)", text).groups() for text in texts)


def imported(folder: Path) -> set[str]:
    """The third-party modules that the files below a folder import."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(node.module)
    tops = {name.partition(".")[0] for name in names}
    return tops - set(sys.stdlib_module_names) - OURS


def test_every_module_that_is_imported_has_an_entry():
    provided = {MODULES.get(name, name) for name in entries()}
    provided = provided.union(*(BROUGHT.get(name, ()) for name in entries()))
    needed = imported(ROOT / "miglab") | imported(ROOT / "tests" / "notebooks")
    assert needed - provided - SPARED == set()


def test_the_extra_of_the_lessons_is_all_there():
    """What ``miglab[lab]`` brings, and which versions of it."""
    metadata = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = metadata["optional-dependencies"]
    assert extras["lab"] == ["miglab[sandbox,notebooks]"]
    asked = extras["sandbox"] + extras["notebooks"] + extras["postgresql"]
    asked += extras["mariadb"]
    wanted = [re.match(r"[\w-]+", text)[0] for text in asked]
    assert set(wanted) - entries().keys() - SPARED == set()


def test_the_module_graphviz_and_the_program_are_two_entries():
    assert {"graphviz", "python-graphviz"} <= entries().keys()


def test_its_django_is_the_locked_one():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    minor = re.search(r"^django==(\d+\.\d+)\.", lock, re.MULTILINE)[1]
    assert entries()["django"] == f"={minor}.*"


def test_miglab_itself_is_installed_from_the_checkout():
    assert by_pip()[0] == "-e ."
    assert "pip" in entries()

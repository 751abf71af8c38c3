"""Each room has tests of its own, so that a fault names its place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "miglab"
ROOMS = sorted(
    each.parent.relative_to(PACKAGE).as_posix()
    for each in PACKAGE.rglob("__init__.py")
    if each.parent != PACKAGE and "_data" not in each.parts
)
#: Folders of tests that are about no room of the package, and what they are about.
OTHERS = {
    "benchmarks": "what measures",
    "browser": "what a learner sees in a browser",
    "checkout": "this checkout",
    "exercises/repairs": "the exercises that come with miglab",
    "kills": "what is left when processes are killed",
    "notebooks": "the lessons as they are committed",
    "whatif/law": "the law that every what-if keeps",
    "whatif/matrix": "the law over all operations, fields and names",
    "whatif/real": "projects with long histories",
}


def own_tests(folder: Path) -> list[str]:
    """The tests of a folder itself, not of those below it."""
    return [
        node.name
        for path in sorted(folder.glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def modules_imported(folder: Path) -> set[str]:
    """What the tests of a folder import, themselves or through what they share there."""
    found = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
            elif isinstance(node, ast.Import):
                found |= {each.name for each in node.names}
    return found


def test_rooms_are_found() -> None:
    assert {"agent", "agent/engines/sqlite", "facts", "whatif/rules"} <= {*ROOMS}


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "agent"])
def test_a_room_has_a_folder_with_tests_that_speak_of_it(room: str) -> None:
    folder = ROOT / "tests" / room
    assert own_tests(folder)
    # Directly, through a lab, or through an agent that is asked.
    ways = ("miglab." + room.replace("/", "."), "miglab.lab", "miglab.Lab", "agents.")
    assert any(each.startswith(ways) for each in modules_imported(folder))


def test_a_folder_of_tests_is_about_a_room_or_says_what_it_is_about() -> None:
    folders = {
        path.parent.relative_to(ROOT / "tests").as_posix()
        for path in (ROOT / "tests").rglob("test_*.py")
    } - {"."}
    assert folders - {*ROOMS} == {*OTHERS}

"""An agent imports the rooms of those engines that its project is on, and all of them at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from miglab.agent.engines import registry

ROOMS = Path(registry.__file__).parent
#: Whatever a project is on, it is kept from connecting to a server.
ALWAYS = {"engine", "guarded", "drivers", "direct"}
IMPORTED = """
import sys
import miglab.agent.serving.serve
from miglab.agent.engines import registry

registry.bring(sys.argv[1:])
print(*(each for each in sys.modules if each.startswith("miglab.agent.engines.")))
"""


def room_of(vendor: str) -> str:
    """The name of an engine's room."""
    return type(registry.of_vendor(vendor)).__module__.split(".")[-2]


def imported(*vendors: str) -> dict[str, set[str]]:
    """The modules of each engine's room in an agent whose project is on these engines."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *vendors], capture_output=True, text=True, check=True
    )
    found: dict[str, set[str]] = {room_of(each): set() for each in registry.ENGINES}
    for name in done.stdout.split():
        room, _, module = name.removeprefix("miglab.agent.engines.").partition(".")
        if room in found and module:
            found[room].add(module)
    return found


@pytest.mark.parametrize("vendor", registry.ENGINES)
def test_all_of_a_room_is_there_before_the_first_fork(vendor: str) -> None:
    room = room_of(vendor)
    there = {each.stem for each in (ROOMS / room).glob("*.py")} - {"__init__"}
    assert imported(vendor)[room] == there


@pytest.mark.parametrize("vendor", registry.ENGINES)
def test_of_a_server_that_a_project_does_not_use_only_what_guards_it_is_imported(
    vendor: str,
) -> None:
    found = imported(vendor)
    others = {room_of(each) for each in registry.ENGINES if each != vendor}
    for room in others - {room_of(registry.DEFAULT.vendor)}:
        assert found[room] <= ALWAYS

"""Says how to start an agent, and describes the copy that its requests are about."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path

from ..agent.common.protocol import Message
from ..home import home
from ..project import Project
from ..runners import Setup
from ..runners.jail import Jail
from ..sandbox.sandbox import Sandbox

#: The time that migration names and headers of bundled projects show: always the same.
CLOCK = "2026-01-05T09:00:00"


def setup_for(project: Project) -> Setup:
    """How an agent is started for copies of a project: for a user's own project, clocks and the
    like are not fixed."""
    config = {
        "code": str(home() / "code"),
        "clock": None if project.own else CLOCK,
        "formatters": project.own,
        "durable": False,
    }
    variables = {**environment(project.own), **project.environment}
    # Copies on different engines may give different answers.
    kind = " ".join([project.name, *project.engines.values()])
    if project.own:
        kind = " ".join(["own", str(project.root), *project.allowed.options])
    return Setup(project.python, config, variables, kind, jail_for(project))


def jail_for(project: Project) -> Jail | None:
    """The jail of a user's own project: it may write to all copies, and use what the user allows
    and the servers of its databases. If a project may reach one address, the jail
    lets it reach all of them; the guard checks each one.
    """
    if not project.own:
        return None
    code, labs = home() / "code", home() / "labs"
    for folder in (code, labs):
        folder.mkdir(parents=True, exist_ok=True)
    allowed = project.allowed
    writable = (str(labs), str(code), *(str(Path(each).expanduser()) for each in allowed.folders))
    sockets = any(each.startswith("/") for each in project.reaches)
    network = uses_network(project)
    return Jail(writable, str(home() / "jail"), network, project.require_jail, sockets)


def uses_network(project: Project) -> bool:
    """Whether a user's own project may use the network. It may if the user allows an address, or if
    a server of its databases is reached over the network."""
    return bool(project.allowed.addresses) or not all(each[0] == "/" for each in project.reaches)


#: What makes the output of a bundled project the same on every machine.
STILL = {"PYTHONHASHSEED": "0", "COLUMNS": "80", "LANG": "C.UTF-8", "TZ": "UTC"}


def environment(own: bool = False) -> dict[str, str]:
    """This process's environment variables, without those that would change what Python or Django
    print, and with some that keep the output plain. With ``own``, for a user's own project, only
    those are left out that belong to this interpreter or add colors."""
    dropped: tuple[str, ...] = ("PYTHON", "DJANGO", "FORCE_COLOR", "COLUMNS", "LC_", "LANGUAGE")
    if own:
        dropped = ("PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "FORCE_COLOR", "DJANGO_COLORS")
    # It differs from one test to the next, and labs with different variables share no agent.
    dropped += ("PYTEST_CURRENT_TEST",)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    # Python must not store compiled files in a user's environment.
    still = {"PYTHONDONTWRITEBYTECODE": "1"} if own else STILL
    return {**kept, **still, "PYTHONUTF8": "1", "NO_COLOR": "1", "DJANGO_COLORS": "nocolor"}


def place_of(sandbox: Sandbox, project: Project) -> Message:
    """A copy as the agent's requests name it (``protocol.PLACE``)."""
    own = {
        "original": str(project.root),
        "project": str(sandbox.project),
        "settings": project.settings,
        "network": uses_network(project),
        "allow": asdict(project.allowed),
        "missing": list(project.missing),
    }
    return {
        "root": str(sandbox.root),
        "folder": str(sandbox.folder),
        "manage": str(sandbox.manage),
        "databases": dict(sandbox.databases),
        "engines": {alias: each.vendor for alias, each in sandbox.engines.items()},
        "output": str(sandbox.output),
        "own": own if project.own else None,
        "rest": None,
    }

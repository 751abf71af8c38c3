"""Confines the processes of one copy: the agent's jail lets the agent write to every copy, but a
keeper may only write to its own."""

from __future__ import annotations

import os
from typing import Any, Dict, List

#: Set by the launcher, to the kind of jail around this process.
VARIABLE = "MIGLAB_JAILED"
#: How the operating system confines this process; ``hook`` if it does not.
by = os.environ.get(VARIABLE, "hook")
jailed = by in ("namespaces", "landlock")

if jailed:
    # Once, before copies are forked from here.
    from ..jail import landlock


def stay_in(config: Dict[str, Any]) -> None:
    """From now on, this process and its forks write below this copy only. Without a jail nothing
    happens."""
    if not jailed:
        return
    if not landlock.abi():
        return
    allow = config["own"]["allow"]
    folders: List[str] = [config["root"], config["code"]]
    folders += [os.path.expanduser(each) for each in allow["folders"]]
    # Inside namespaces /dev is private; elsewhere only what harms nobody may be written.
    devices = ["/dev"] if by == "namespaces" else ["/dev/null", "/dev/zero", "/dev/full"]
    landlock.confine([*folders, *devices], bool(config["own"]["network"]))

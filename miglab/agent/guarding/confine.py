"""Confines one copy's processes: the agent's jail lets it write to every copy, a keeper only to its
own."""

from __future__ import annotations

import os
from typing import Any, Dict, List

#: Set by the launcher, to the kind of jail around this process.
VARIABLE = "MIGLAB_JAILED"
#: Whether the operating system keeps this process in, and how.
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

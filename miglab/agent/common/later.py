"""Modules that are imported when something of them is first asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Dict, List


class Later:
    """Stands for a module. The first use of one of its names imports the module."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)


#: What was left for later, by its package.
_left: Dict[str, List[Later]] = {}


def later(package: str, *names: str) -> List[Later]:
    """These modules of a package, each to be imported when it is first used."""
    _left[package] = [Later("%s.%s" % (package, name)) for name in names]
    return _left[package]


def bring(package: str) -> None:
    """Import everything that this package left for later, so that forks of this process have it.
    Call it before any code of a project has run."""
    # What is compiled here is miglab's own, and may be stored whatever holds for the project.
    sys.dont_write_bytecode, wanted = False, sys.dont_write_bytecode
    for each in _left[package]:
        importlib.import_module(each._name)
    sys.dont_write_bytecode = wanted

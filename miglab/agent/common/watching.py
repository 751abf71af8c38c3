"""Does something right after a module has been imported, before the importer sees it."""

from __future__ import annotations

import importlib.abc
import importlib.util
import sys
from typing import Any, Callable, Dict

Act = Callable[[], None]


class _Watching(importlib.abc.MetaPathFinder):
    """Finds nothing itself; adds to what the others find."""

    def __init__(self) -> None:
        self.acts: Dict[str, Act] = {}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        act = self.acts.pop(name, None)
        if act is None:
            return None
        found = importlib.util.find_spec(name)
        if found is None or found.loader is None:
            self.acts[name] = act
            return found
        run = found.loader.exec_module

        def exec_module(module: Any) -> None:
            run(module)
            act()

        found.loader.exec_module = exec_module  # type: ignore[method-assign]
        return found


_watching = _Watching()


def when_imported(name: str, act: Act) -> None:
    """Call ``act`` when the module of this name has been imported; at once, if it has been imported
    already."""
    if name in sys.modules:
        act()
        return
    if _watching not in sys.meta_path:
        sys.meta_path.insert(0, _watching)
    _watching.acts[name] = act

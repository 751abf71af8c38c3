"""Runs the project's own manage.py, and takes over where it calls Django."""

from __future__ import annotations

import importlib.machinery
import os
import sys
import types
from typing import Any, Callable, List, Optional

Original = Callable[[Optional[List[str]]], None]
TakeOver = Callable[[Original, List[str]], None]


class _SourceOnly(importlib.machinery.SourceFileLoader):
    """Compiles a project's module from its text each time.

    A file edited twice in one second to the same size fits its old bytecode; the
    bytecode that a terminal left in ``__pycache__`` must not speak for the file.
    """

    def path_stats(self, path: Any) -> Any:
        raise OSError("bytecode is not used here")


class WatchedArguments(List[str]):
    """``sys.argv`` that knows whether somebody looked at it."""

    looked_at = False

    def __getitem__(self, index: Any) -> Any:
        self.looked_at = True
        return super().__getitem__(index)

    def __iter__(self) -> Any:
        self.looked_at = True
        return super().__iter__()

    def __len__(self) -> int:
        self.looked_at = True
        return super().__len__()

    def __contains__(self, item: object) -> bool:
        self.looked_at = True
        return super().__contains__(item)


def read_from_source(folder: str) -> None:
    """From now on, modules below ``folder`` are compiled from their text alone."""
    inside = os.path.join(os.path.abspath(folder), "")
    hook = importlib.machinery.FileFinder.path_hook((_SourceOnly, [".py"]))

    def below_the_project(path: str) -> Any:
        if not os.path.join(os.path.abspath(path), "").startswith(inside):
            raise ImportError("not a folder of the project")
        return hook(path)

    sys.path_hooks.insert(0, below_the_project)
    sys.path_importer_cache.clear()
    sys.dont_write_bytecode = True


def run_manage(path: str, argv: List[str], take_over: TakeOver) -> None:
    """Run ``manage.py`` as ``__main__`` with these arguments, as a terminal would.

    Where it calls ``execute_from_command_line``, ``take_over(original, argv)`` is called instead.
    What manage.py raises goes through.
    """
    import django.core.management as management

    original = management.execute_from_command_line

    def instead(argv: Optional[List[str]] = None) -> None:
        management.execute_from_command_line = original
        take_over(original, list.copy(sys.argv if argv is None else argv))

    management.execute_from_command_line = instead
    sys.argv = argv
    folder = os.path.dirname(os.path.abspath(path))
    sys.path.insert(0, folder)
    main = types.ModuleType("__main__")
    main.__file__ = path
    main.__builtins__ = __builtins__  # type: ignore[attr-defined]
    sys.modules["__main__"] = main
    with open(path, "rb") as file:
        text = file.read()
    exec(compile(text, path, "exec", dont_inherit=True), main.__dict__)

"""Runs the project's own manage.py, and takes over where it calls Django."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.machinery
import marshal
import os
import sys
import types
from typing import Any, Callable, Dict, List, Optional

from ..guarding import children, confine, guard, settings

#: The arguments while nobody runs a command. If a manage.py runs this command without asking
#: Django, it changes nothing.
AT_REST = ["manage.py", "migrate", "--plan"]

Original = Callable[[Optional[List[str]]], None]
TakeOver = Callable[[Original, List[str]], None]


class _ByContent(importlib.machinery.SourceFileLoader):
    """Loads a project's module by what its text says, never by its time and size.

    A file edited twice in one second to the same size fits its old bytecode, so what a terminal
    left in ``__pycache__`` cannot be trusted. Code that was compiled before is kept in ``folder``,
    under a name made from the text.
    """

    folder = ""

    def path_stats(self, path: Any) -> Any:
        raise OSError("Python's own bytecode is not used here")

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        text = self.get_data(path)
        kept = os.path.join(self.folder, "%s-%s" % (_TAG, hashlib.sha1(text).hexdigest()))
        try:
            with open(kept, "rb") as file:
                return _renamed(marshal.loads(file.read()), path)
        except (OSError, ValueError, EOFError, TypeError):
            pass
        code = super().get_code(fullname)
        if self.get_data(path) != text:
            return code
        try:
            waiting = "%s.%d" % (kept, os.getpid())
            with open(waiting, "wb") as new:
                new.write(marshal.dumps(code))
            os.replace(waiting, kept)
        except OSError:
            pass
        return code


_TAG = sys.implementation.cache_tag


def _renamed(code: types.CodeType, path: str) -> types.CodeType:
    """The code as if it had been compiled from this path: another lab may have compiled it."""
    inner = tuple(
        _renamed(each, path) if isinstance(each, types.CodeType) else each
        for each in code.co_consts
    )
    return code.replace(co_filename=path, co_consts=inner)


def enter(config: Dict[str, Any]) -> None:
    """Go into a copy of the project, in this process and its forks, before any of its code runs."""
    load_by_content(config["root"], config["code"])
    # The folder may have been removed and made anew since this process was started.
    os.chdir(config["folder"])
    own = config.get("own")
    if own:
        settings.look_in_copy(own["original"], own["project"])
        settings.turn_to_copy(config["databases"], os.path.join(config["root"], "tmp"))
        guard.stand_around(config, config["code"])
        guard.hold_engines()
        guard.hold_connections()
        children.hand_on(config)
        confine.stay_in(config)


def load_by_content(folder: str, kept: str) -> None:
    """From now on, modules below ``folder`` are loaded by their text alone; compiled code is kept
    in the folder ``kept``, and Python's own bytecode is neither read nor written."""
    inside = os.path.join(os.path.abspath(folder), "")
    _ByContent.folder = kept
    os.makedirs(kept, exist_ok=True)
    # In Python's own order; what is compiled only, or in C, is loaded as ever.
    hook = importlib.machinery.FileFinder.path_hook(
        (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES),
        (_ByContent, importlib.machinery.SOURCE_SUFFIXES),
        (importlib.machinery.SourcelessFileLoader, importlib.machinery.BYTECODE_SUFFIXES),
    )

    def below_the_project(path: str) -> Any:
        if not os.path.join(os.path.abspath(path), "").startswith(inside):
            raise ImportError("not a folder of the project")
        return hook(path)

    sys.path_hooks.insert(0, below_the_project)
    sys.path_importer_cache.clear()
    sys.dont_write_bytecode = True


def arguments_of(request: Dict[str, Any]) -> List[str]:
    """``sys.argv`` for this request."""
    return [AT_REST[0], *request["argv"]] if "argv" in request else [*AT_REST]


def run_manage(config: Dict[str, Any], argv: List[str], take_over: TakeOver) -> None:
    """Run ``manage.py`` as ``__main__`` with these arguments, as a terminal would.

    When it calls ``execute_from_command_line``, ``take_over(original, argv)`` is called instead.
    Exceptions that manage.py raises pass through.
    """
    path, own = config["manage"], config.get("own")
    import django.core.management as management

    original = management.execute_from_command_line

    def instead(argv: Optional[List[str]] = None) -> None:
        management.execute_from_command_line = original
        if own and own["settings"]:
            settings.use(own["settings"])
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


def warm_up() -> None:
    """Make what Django makes once in each process for any command: the model of its record, and the
    parameters that its own backends give their drivers."""
    from django.db import connections
    from django.db.migrations.recorder import MigrationRecorder

    with contextlib.suppress(Exception):
        _ = MigrationRecorder.Migration
        for each in connections.all():
            if type(each).__module__.startswith("django.db.backends."):
                each.get_connection_params()

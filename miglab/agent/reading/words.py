"""Errors, fields and values of a project in words that are the same on every run."""

from __future__ import annotations

import functools
import os
import re
import traceback
from typing import Any, Dict, Optional

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def words_of_error(error: BaseException) -> str:
    """The error in one line, with the file and line of the project that it comes from."""
    text = error.msg if isinstance(error, SyntaxError) else " ".join(str(error).split())
    told = "%s: %s" % (type(error).__name__, text) if text else type(error).__name__
    place = None
    if isinstance(error, SyntaxError):
        place = _in_project(error.filename, error.lineno)
    else:
        for frame in traceback.extract_tb(error.__traceback__):
            place = _in_project(frame.filename, frame.lineno) or place
    return "%s (%s)" % (told, place) if place else told


def _in_project(path: Optional[str], line: Optional[int]) -> Optional[str]:
    """A place in a file of the project, which is the working folder. ``None`` for manage.py, and
    for files elsewhere."""
    if not path or path.startswith("<"):
        return None
    shown = os.path.relpath(path).replace(os.sep, "/")
    if shown.startswith(os.pardir) or shown == "manage.py":
        return None
    return "%s, line %s" % (shown, line)


def words_of_field(field: Any) -> str:
    """A field as it is written in code, as in ``CharField(max_length=100)``."""
    _, path, args, kwargs = field.deconstruct()
    return call(short(path), args, kwargs)


def short(path: str) -> str:
    return path.rpartition(".")[2] if path.startswith("django.") else path


def call(name: str, args: Any, kwargs: Dict[str, Any]) -> str:
    inside = [words(each) for each in args]
    inside += ["%s=%s" % (key, words(value)) for key, value in sorted(kwargs.items())]
    return "%s(%s)" % (name, ", ".join(inside))


def words(value: Any) -> str:
    """A value in words that are the same on every run: no address, no set order."""
    if isinstance(value, (list, tuple)):
        inside = ", ".join(words(each) for each in value)
        return "[%s]" % inside if isinstance(value, list) else "(%s)" % inside
    if isinstance(value, (set, frozenset)):
        return "{%s}" % ", ".join(sorted(words(each) for each in value))
    if isinstance(value, dict):
        pairs = ("%s: %s" % (words(key), words(each)) for key, each in value.items())
        return "{%s}" % ", ".join(pairs)
    if isinstance(value, functools.partial):
        return call("partial", (value.func, *value.args), value.keywords)
    # The class is asked: a stand-in answers to every name.
    if hasattr(type(value), "deconstruct") and not isinstance(value, type):
        path, args, kwargs = value.deconstruct()[-3:]
        return call(short(path), args, kwargs)
    if isinstance(value, type) or callable(value):
        module = getattr(value, "__module__", "") or ""
        name = getattr(value, "__qualname__", None) or _ADDRESS.sub("", repr(value))
        return "%s.%s" % (module, name) if module else str(name)
    return _ADDRESS.sub("", repr(value))

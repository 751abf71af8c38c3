"""Checks the arguments of a lab's methods, before anything is done with them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..agent.common.protocol import encode_value
from ..errors import BadInput, shown

_AS_IN = {"code": "Product.objects.count()", "SQL": "SELECT * FROM store_product"}


def labels(apps: str | Sequence[str]) -> tuple[str, ...]:
    """App labels: one, or several.

    Raises:
        BadInput: it is neither text nor a list.
    """
    if isinstance(apps, str):
        return (apps,)
    if not isinstance(apps, (list, tuple)):
        raise BadInput(f"apps={shown(apps)} must be a list of app labels, such as apps=['store']")
    return tuple(str(each) for each in apps)


def paths(given: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> tuple[str, ...]:
    """Names or paths: one, or several.

    Raises:
        BadInput: it is neither.
    """
    several = (given,) if isinstance(given, (str, os.PathLike)) else given
    if not isinstance(several, (list, tuple)):
        raise BadInput(f"{shown(given)} must be a name, a path or a list of names and paths")
    for each in several:
        if not isinstance(each, (str, os.PathLike)):
            raise BadInput(f"{shown(each)} is not a name or a path")
    return tuple(name(os.fspath(each), "name or path") for each in several)


def copy(on: str | None, copy_is: str | None, called: str | None) -> tuple[str, str]:
    """The address of a database that is a copy already, and its name. If none is given, both are
    empty.

    Raises:
        BadInput: one of them is missing, or a server for copies is named as well.
    """
    if (copy_is is None) is not (called is None):
        raise BadInput(
            "copy_is and copy_is_called belong together: give the address of a copy, and the name "
            "of its database, typed once more (on the command line: --copy-is and --copy-is-called)"
        )
    if copy_is is None or called is None:
        return "", ""
    if on:
        raise BadInput(
            "on= and copy_is= cannot be used together: copies of the database that copy_is= names "
            "are made on its own server (on the command line: --on and --copy-is)"
        )
    if not copy_is.strip():
        raise BadInput("copy_is is empty; give the address of a database")
    return name(copy_is, "address"), name(called, "name of a database")


def path(value: object, what: str) -> str:
    """A path, checked. ``what`` is what errors call it, as in ``"interpreter"``.

    Raises:
        BadInput: it is neither text nor a path, or it has characters that no path can have.
    """
    return name(os.fspath(value) if isinstance(value, os.PathLike) else value, what)


def name(value: object, what: str) -> str:
    """Text that can be a name. ``what`` is what errors call it, as in ``"table"``.

    Raises:
        BadInput: it is not text, or it has characters that no name can have.
    """
    if not isinstance(value, str):
        raise BadInput(f"{shown(value)} is not a {what}; give its name as text")
    if "\0" in value or not _has_utf8(value):
        raise BadInput(
            f"{shown(value)} is not a {what}; it contains a character that no name can have"
        )
    return value


def _has_utf8(text: str) -> bool:
    """Whether the text can be encoded as UTF-8. Half of a surrogate pair cannot."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def replies(given: object) -> list[str]:
    """Answers to Django's questions: one, or several.

    Raises:
        BadInput: it is neither.
    """
    if isinstance(given, str):
        return [given]
    if isinstance(given, (bytes, Mapping)) or not isinstance(given, Iterable):
        raise BadInput(f"answers={shown(given)} must be a list of answers, such as answers=['y']")
    return [str(each) for each in given]


def text(value: object, what: str) -> str:
    """Text that is not empty. ``what`` is what errors call it: ``"code"`` or ``"SQL"``.

    Raises:
        BadInput: it is not text, or it is empty.
    """
    if not isinstance(value, str):
        raise BadInput(f"{what} must be text, not {shown(value)}")
    if not _has_utf8(value):
        raise BadInput(
            f"{what} must be text, not {shown(value)}: half of a surrogate pair is not a character"
        )
    if not value.strip():
        raise BadInput(f"the {what} is missing; type some, such as: {_AS_IN[what]}")
    return value


def parameters(params: Sequence[Any]) -> list[Any]:
    """Parameters of SQL, in the form in which they are sent to the agent.

    Raises:
        BadInput: it is not a list, or one of them has a type that cannot be sent.
    """
    if not isinstance(params, (list, tuple)):
        raise BadInput(f"params={shown(params)} must be a list")
    try:
        return [encode_value(each) for each in params]
    except TypeError as error:
        raise BadInput(f"params={shown(params)}: {error}") from None


def number_of_rows(limit: object) -> int:
    """A number of rows, checked.

    Raises:
        BadInput: it is not a whole number, 0 or more.
    """
    if isinstance(limit, bool) or not isinstance(limit, int) or not 0 <= limit < 1 << 63:
        raise BadInput(f"limit={shown(limit)} must be a whole number, 0 or more")
    return limit


def number_of_steps(steps: object) -> int:
    """A number of steps, at least one.

    Raises:
        BadInput: it is not a whole number, 1 or more.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise BadInput(f"the number of steps must be a whole number, 1 or more, not {shown(steps)}")
    return steps


def seconds(limit: object) -> float:
    """A time limit.

    Raises:
        BadInput: it is not a number above 0.
    """
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit > 0:
        raise BadInput(f"time_limit={shown(limit)} must be a number of seconds, more than 0")
    try:
        return float(limit)
    except OverflowError:
        raise BadInput(f"time_limit={shown(limit)} is too large; give fewer seconds") from None


def switch(value: object, what: str) -> bool:
    """Whether something is wanted. ``what`` is the argument's name, as in ``"require_jail"``.

    Raises:
        BadInput: it is neither ``True`` nor ``False``.
    """
    if not isinstance(value, bool):
        raise BadInput(f"{what}={shown(value)} must be True or False")
    return value

"""Checks what was given to a lab, before anything is done with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ..errors import BadInput

_AS_IN = {"code": "Product.objects.count()", "SQL": "SELECT * FROM store_product"}


def labels(apps: str | Sequence[str]) -> tuple[str, ...]:
    """App labels: one, or several.

    Raises:
        BadInput: it is neither a text nor a list.
    """
    if isinstance(apps, str):
        return (apps,)
    if not isinstance(apps, (list, tuple)):
        raise BadInput(f"apps={apps!r} are no app labels; write them as in apps=['store']")
    return tuple(str(each) for each in apps)


def paths(given: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> tuple[str, ...]:
    """Names or paths: one, or several."""
    if isinstance(given, (str, os.PathLike)):
        return (os.fspath(given),)
    return tuple(os.fspath(each) for each in given)


def text(value: object, what: str) -> str:
    """Text that says something. ``what`` it is: ``"code"`` or ``"SQL"``.

    Raises:
        BadInput: it is no text, or there is nothing in it.
    """
    if not isinstance(value, str):
        raise BadInput(f"{what} is text, not {value!r}")
    if not value.strip():
        raise BadInput(f"there is no {what}; type some, as in: {_AS_IN[what]}")
    return value


def parameters(params: Sequence[Any]) -> list[Any]:
    """Parameters of SQL.

    Raises:
        BadInput: it is no list.
    """
    if not isinstance(params, (list, tuple)):
        raise BadInput(f"params={params!r} are no parameters; write them as a list")
    return list(params)


def number_of_rows(limit: object) -> int:
    """So many rows, or none.

    Raises:
        BadInput: it is no whole number from 0.
    """
    if not isinstance(limit, int) or limit < 0:
        raise BadInput(f"limit={limit!r} is no number of rows")
    return limit


def number_of_steps(steps: object) -> int:
    """So many steps, at least one.

    Raises:
        BadInput: it is no whole number from 1.
    """
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise BadInput(f"{steps!r} is no number of steps; give 1 or more")
    return steps


def seconds(limit: object) -> float:
    """A limit of time.

    Raises:
        BadInput: it is no number above 0.
    """
    if isinstance(limit, bool) or not isinstance(limit, (int, float)) or not limit > 0:
        raise BadInput(f"time_limit={limit!r} is no number of seconds above 0")
    return limit

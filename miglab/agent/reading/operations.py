"""Asks one operation what it is: its words, whether it can be undone, and whether the state of the
models shows what it does to a database.

The class itself decides, not its name, and not what an object may make up in ``__getattr__``: a
subclass counts as what it inherits from, and a stand-in (``mock.Mock``) has every attribute.
"""

from __future__ import annotations

import re
from typing import Any, Collection, List, Optional

#: Where Django's operations are whose work on a database follows from the state of the models.
_FROM_STATE = (
    "django.db.migrations.operations.models",
    "django.db.migrations.operations.fields",
)
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")


def describe(operation: Any) -> str:
    """What ``Operation.describe`` returns; the name of the class if that is not a text."""
    from django.utils.functional import Promise

    try:
        found = operation.describe()
    except Exception:
        found = None
    if not isinstance(found, (str, Promise)):
        return type(operation).__name__
    return _ADDRESS.sub("", str(found))


def reversible(operation: Any) -> Optional[bool]:
    """Whether an operation says that it can be undone, which is what Django asks. For
    ``SeparateDatabaseAndState``, its database operations are asked, which Django does not do.
    ``False`` also if it does not define the way back; ``None`` if it is not one of Django's
    ``Operation``."""
    from django.db.migrations.operations.base import Operation

    if not isinstance(operation, Operation):
        return None
    if not operation.reversible:
        return False
    if _work_of(operation, "database_backwards") == "django.db.migrations.operations.base":
        return False
    inner = _inside(operation)
    if inner is None:
        return True
    answers = [reversible(each) for each in inner]
    return False if False in answers else None if None in answers else True


def in_state(operation: Any) -> bool:
    """Whether the state of the models shows everything that the operation does to a database."""
    return all(
        _work_of(operation, name) in _FROM_STATE
        for name in ("database_forwards", "database_backwards")
    )


def hides_work(operation: Any, plain: Collection[str]) -> bool:
    """Whether the operation may do to tables what the state of the models does not show; classes
    that are ``plain``, by their full names, do not."""
    return not in_state(operation) and not all(
        _doer(operation, name) in plain for name in ("database_forwards", "database_backwards")
    )


def leaves_no_trace(operation: Any) -> bool:
    """Whether nothing in tables or state would be missing if its work were never done: SQL,
    Python, and the work of a class that is not Django's."""
    inner = _inside(operation)
    if inner is not None:
        return any(leaves_no_trace(each) for each in inner)
    return not in_state(operation)


def _work_of(operation: Any, name: str) -> str:
    """The module of the class that does this part of the operation's work."""
    return _doer(operation, name).rpartition(".")[0]


def _doer(operation: Any, name: str) -> str:
    """The full name of the class that does this part of the operation's work."""
    for each in type(operation).__mro__:
        if name in vars(each):
            return "%s.%s" % (each.__module__, each.__name__)
    return ""


def _inside(operation: Any) -> Optional[List[Any]]:
    """The database operations of ``SeparateDatabaseAndState``, if its own work is Django's;
    otherwise ``None``."""
    from django.db.migrations.operations.special import SeparateDatabaseAndState

    if not isinstance(operation, SeparateDatabaseAndState):
        return None
    if _work_of(operation, "database_forwards") != SeparateDatabaseAndState.__module__:
        return None
    return list(operation.database_operations)


def runs_its_operations(migration: Any) -> bool:
    """Whether a ``Migration`` class does its operations and nothing else."""
    from django.db.migrations.migration import Migration

    names = ("apply", "unapply", "mutate_state")
    return all(getattr(migration, name, None) is getattr(Migration, name) for name in names)

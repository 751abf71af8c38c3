"""What each request runs in the project, and what it answers besides the measurements."""

from __future__ import annotations

import ast
import contextlib
from typing import Any, Dict, Optional

from ..common.protocol import Message, decode_value
from ..reading import agree
from .place import Databases


def read_agreements(request: Message, databases: Databases, alias: str) -> Dict[str, Any]:
    """Whether models and files, and the record and the tables, agree."""
    engine, handle = databases.engine(alias), databases.handles.get(alias, "")
    models_files = None if request["known"] else agree.models_and_files()
    both = None
    if request.get("then"):
        with contextlib.suppress(Exception):
            # Then each is asked for by itself, and says why it cannot be told.
            both = agree.at_both(engine, handle, alias, request["then"])
    now, then = both or (agree.record_and_tables(engine, handle, alias), None)
    return {"models_files": models_files, "record_tables": now, "then": then}


def run_shell(code: str) -> None:
    """Run Python with the models at hand."""
    from django.apps import apps

    names: Dict[str, Any] = {"__name__": "__main__"}
    for model in reversed(apps.get_models()):
        names[model.__name__] = model
    run_python(code, names)


def run_python(code: str, names: Dict[str, Any]) -> None:
    """Run the code; if its last line is an expression, print what it gives."""
    tree = ast.parse(code, "<shell>")
    last: Optional[ast.expr] = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body.pop().value  # type: ignore[attr-defined]
    exec(compile(tree, "<shell>", "exec"), names)
    if last is not None:
        value = eval(compile(ast.Expression(last), "<shell>", "eval"), names)
        if value is not None:
            print(repr(value))


def run_sql(request: Message, answer: Dict[str, Any]) -> None:
    """Run SQL by hand; the answer's ``table`` is what the last query gave, even if a later
    statement fails."""
    import sqlparse
    from django.db import connection

    params = [decode_value(each) for each in request.get("params") or ()]
    with connection.cursor() as cursor:
        for statement in sqlparse.split(request["sql"]):
            cursor.execute(statement, params or None)
            if cursor.description is not None:
                answer["table"] = {
                    "columns": [each[0] for each in cursor.description],
                    "rows": [[plain(each) for each in row] for row in cursor.fetchall()],
                }


def plain(value: Any) -> Any:
    """A database value in a form that JSON can hold."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)

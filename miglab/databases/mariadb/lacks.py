"""Says which other databases a project's SQL can reach on the server of its copy."""

from __future__ import annotations

from ..naming import OURS
from .connections import on_server

#: How many names are told.
_SHOWN = 5
_OTHERS = """
SELECT schema_name FROM information_schema.schemata
WHERE schema_name NOT IN ('information_schema', 'performance_schema', 'sys')
  AND LEFT(schema_name, %s) <> %s
ORDER BY schema_name
"""


def of_server(server: str) -> tuple[str, ...]:
    """The other databases that the user of copies may use, in words that continue "the copy". A
    server lists only databases that its user may use.

    Raises:
        NoServer: the server cannot be reached.
    """
    with on_server(server) as cursor:
        cursor.execute(_OTHERS, (len(OURS), OURS))
        names = [str(name) for (name,) in cursor.fetchall()]
    if not names:
        return ()
    listed = ", ".join([*names[:_SHOWN], *(["…"] if len(names) > _SHOWN else [])])
    return (
        f"belongs to a user who may also use other databases on that server ({listed}): SQL that "
        "names such a database can reach that database",
    )

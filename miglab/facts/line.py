"""Several commands as the line of one step, and back."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: The line of a step whose command is unknown.
UNKNOWN = "(done outside the lab)"
#: What stands between the commands of one line; not inside quotes.
_BETWEEN = " && "
_QUOTED = r"'[^']*'|\"(?:[^\"\\]|\\.)*\""


def one_line(commands: Iterable[str]) -> str:
    """Join commands that run one after the other into one line, with ``&&`` between them."""
    return _BETWEEN.join(commands)


def commands_in(line: str) -> list[str]:
    """Split a step's line into its commands: a terminal may have run several in one step."""
    places = re.finditer(f"{_QUOTED}|{_BETWEEN}", line, re.DOTALL)
    found, begin = list[str](), 0
    for place in places:
        if place.group() == _BETWEEN:
            found.append(line[begin : place.start()])
            begin = place.end()
    return [*found, line[begin:]]

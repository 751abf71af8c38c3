"""Names files after tables and columns, whatever their names are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

#: Names of devices: Windows does not let files have them, whatever the ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)
#: The longest name in bytes, without its ending; file systems allow 255 with it.
_LONGEST = 200


def file_names(names: Iterable[str], ending: str = ".csv") -> dict[str, str]:
    """A different file name for each of these names, even on file systems that ignore case.
    Characters that a file name cannot have are written as in a URL: ``sales/2024`` is
    ``sales%2F2024.csv``, which ``urllib.parse.unquote`` reads back. Very long names are cut, and
    those that are taken get a number.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if name in found:
            continue
        stem = _escaped(name)
        number, file = 1, f"{stem}{ending}"
        while file.lower() in taken:
            number += 1
            file = f"{stem}%{number}{ending}"
        found[name] = file
        taken.add(file.lower())
    return found


def _escaped(name: str) -> str:
    safe = quote(name, safe=" ()[]{},;=+@!#$&'-_.~")
    if safe.startswith((".", " ", "-")) or _DEVICES.match(safe) or not safe:
        first = safe[:1].encode() or b"\0"
        safe = f"%{first[0]:02X}{safe[1:]}"
    if safe.endswith((".", " ")):
        safe = f"{safe[:-1]}%{ord(safe[-1]):02X}"
    while len(safe) > _LONGEST:
        safe = safe[:_LONGEST]
        # No half of an escape stays at the end.
        safe = re.sub(r"%.?$", "", safe)
    return safe

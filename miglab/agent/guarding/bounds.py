"""Says what a copy may touch outside of itself: its own folders, databases there, and what the user
allows."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Dict, FrozenSet, List, Optional, Tuple
from urllib.parse import parse_qs, unquote, urlsplit

from ..engines import registry
from . import lacks, paths, permits
from .limit import Limit

_roots: Tuple[str, ...] = ()
_read = ""
_original = ""
#: Where the copy's own databases are, on servers.
_addresses: FrozenSet[str] = frozenset()
permitted = permits.Permits()


def draw(place: Dict[str, Any], code: str) -> None:
    """From now on, this copy of a user's project (``protocol.PLACE``), the folder ``code`` and what
    the user allows may be touched. Databases of other copies may be opened for reading, to compare
    with them."""
    global _roots, _read, _original, _addresses, permitted
    own, root = place["own"], place["root"]
    allow = own["allow"]
    folders: List[str] = [root, code, *allow["folders"]]
    _roots = tuple(os.path.join(os.path.realpath(each), "") for each in folders)
    _read = os.path.join(os.path.realpath(os.path.dirname(root)), "")
    _original = os.path.join(os.path.realpath(own["original"]), "")
    permitted = permits.Permits(allow["programs"], allow["addresses"])
    _addresses = frozenset(
        registry.of_vendor(place["engines"][alias]).address(handle)
        for alias, handle in place["databases"].items()
    )
    lacks.compare(own["original"], own["project"], own["missing"])


def inside(path: str) -> bool:
    """Whether a real path lies in the copy, or is one of the folders that may be touched."""
    return os.path.join(path, "").startswith(_roots)


def in_original(path: str) -> bool:
    """Whether a real path lies in the original."""
    return os.path.join(path, "").startswith(_original)


def allowed(path: Any, folder: Any = -1) -> bool:
    """Whether what is written through a path, or an open file, lies in the copy."""
    if isinstance(path, int):
        # What was open for writing was asked for when it was opened.
        found = paths.of_descriptor(path)
        return found is None or inside(found)
    try:
        return inside(paths.target(path, folder))
    except (TypeError, ValueError):
        return False


def allowed_name(path: Any, folder: Any = -1) -> bool:
    """Whether a name lies in the copy, wherever a link of that name leads."""
    try:
        return inside(paths.name(path, folder))
    except (TypeError, ValueError):
        return False


def allowed_database(name: Any) -> bool:
    """Whether a database's name, or its ``file:`` URI, lies in the copy or in memory; for a server,
    whether its address is that of one of the copy's databases, or allowed by the user."""
    text = paths.plain(name) if isinstance(name, (str, bytes, os.PathLike)) else ""
    if registry.is_address(text):
        # What is named after the copy is made for a moment: drift is found in an empty one.
        ours = text in _addresses or any(text.startswith(each + "_") for each in _addresses if each)
        return ours or permitted.address(*_server(text))
    if text in ("", ":memory:"):
        return True
    if text.startswith("file:"):
        parts = urlsplit(text)
        mode = parse_qs(parts.query).get("mode")
        if parts.path in ("", ":memory:") or mode == ["memory"]:
            return True
        text = unquote(parts.path)
        if mode == ["ro"] and os.path.realpath(text).startswith(_read):
            return True
    return os.path.realpath(text) == os.devnull or allowed(text)


def _server(address: str) -> Tuple[str, Optional[str]]:
    """The host and the port of an address of a database."""
    host, _, port = address.partition("//")[2].rpartition("/")[0].rpartition(":")
    return host, port or None


def outside(verb: str, path: Any, folder: Any = -1) -> Limit:
    """The limit that applies to writing at this path."""
    what = "%s %s" % (verb, shown(path, folder))
    return Limit("write-outside-stopped", what, _leave(path, folder))


def other_database(verb: str, name: Any) -> Limit:
    """The limit that applies to opening a database elsewhere."""
    if isinstance(name, str) and registry.is_address(name):
        host, port = _server(name)
        do = "allow its server with `--allow-address %s:%s`" % (host or "localhost", port)
        return Limit("database-outside-stopped", "%s %s" % (verb, name), do)
    return Limit("database-outside-stopped", "%s %s" % (verb, shown(name)), _leave(name, -1))


def shown(path: Any, folder: Any = -1) -> str:
    """A path as a message shows it."""
    if isinstance(path, int):
        return paths.of_descriptor(path) or repr(path)
    if folder not in paths.HERE:
        with contextlib.suppress(ValueError):
            return paths.absolute(path, folder)
    return paths.plain(path)


def _leave(path: Any, folder: Any) -> str:
    """What to do if a path leads out of the copy."""
    try:
        real = paths.target(shown(path), folder)
    except ValueError:
        real = shown(path)
    below = None if isinstance(path, int) else lacks.linked(shown(path))
    if below is not None:
        return "copy it with `--include '%s'`" % below
    if in_original(real):
        return "make its path relative to the project (BASE_DIR), so that it leads into the copy"
    return "allow it with `--allow-folder %s`" % _nearest(real)


def _nearest(path: str) -> str:
    """The folder to allow: the nearest one that exists."""
    found = path if os.path.isdir(path) else os.path.dirname(path)
    while not os.path.isdir(found) and os.path.dirname(found) != found:
        found = os.path.dirname(found)
    return found

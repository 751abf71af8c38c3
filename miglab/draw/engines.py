"""Chooses the program that lays out a picture: ``dot`` on the PATH, else pygraphviz in this
process, else lanes.

If an engine is missing or fails, the next one draws the picture; lanes are always there.
``MIGLAB_ENGINE`` names the one to try first.
"""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterator

from ..errors import CannotDraw, UnknownName
from ..facts.picture import Picture
from .dot import dot
from .lanes import lanes
from .names import titles
from .tidy import tidy

#: Pictures with more nodes than this are drawn in lanes at once: dot would take too long.
LAID_OUT = 300

# Only one thread at a time may use Graphviz, or move stderr away.
_one_at_a_time = threading.Lock()


def svg(picture: Picture, *, engine: str | None = None, prefix: str = "") -> str:
    """The picture as SVG.

    Args:
        picture: what to draw.
        engine: the only engine to try; without it, the first one that works is used.
        prefix: put before every id, so that several pictures can stand on one page.
    """
    if engine is not None:
        draw = _DRAW[_known(engine)]
        try:
            return draw(picture, prefix)
        except Exception as error:
            raise CannotDraw(f"{engine} could not lay out this picture: {error}") from error
    names = _order() if len(picture.nodes) <= LAID_OUT else ["lanes"]
    for name in names:
        # Whatever goes wrong in an engine, the next one does not share it.
        with contextlib.suppress(Exception):
            return _DRAW[name](picture, prefix)
    raise CannotDraw("no engine could lay out this picture")


def available() -> list[str]:
    """The available engines, in the order in which they are tried."""
    return [name for name in _order() if _VERSION[name]()]


def describe() -> str:
    """The engine that is used, in one phrase, as in ``"dot 2.43.0 on the PATH"``."""
    return next(phrase for phrase in (_VERSION[name]() for name in _order()) if phrase)


def _order() -> list[str]:
    first = os.environ.get("MIGLAB_ENGINE")
    names = list(_DRAW)
    if first:
        names.sort(key=_known(first, "MIGLAB_ENGINE").__ne__)
    return names


def _known(engine: str, where: str = "") -> str:
    if engine not in _DRAW:
        raise UnknownName("drawing engine", engine, _DRAW, where)
    return engine


def _by_dot(picture: Picture, prefix: str) -> str:
    if not shutil.which("dot"):
        raise CannotDraw("there is no dot on the PATH")
    import graphviz

    drawn = graphviz.pipe_string(
        "dot", "svg", input_string=dot(picture, prefix), encoding="utf-8", quiet=True
    )
    return tidy(drawn, picture, titles(picture, prefix))


def _by_pygraphviz(picture: Picture, prefix: str) -> str:
    text = dot(picture, prefix)
    with _one_at_a_time, _no_noise():
        import pygraphviz

        graph = pygraphviz.AGraph(string=text)
        try:
            drawn: bytes = graph.draw(format="svg", prog="dot")
        finally:
            graph.close()
    return tidy(drawn.decode(), picture, titles(picture, prefix))


def _by_lanes(picture: Picture, prefix: str) -> str:
    return lanes(picture, prefix)


def _dot_version() -> str | None:
    path = shutil.which("dot")
    return _version_at(path) if path else None


@functools.lru_cache(maxsize=4)
def _version_at(path: str) -> str | None:
    import graphviz

    try:
        return f"dot {'.'.join(map(str, graphviz.version()))} on the PATH"
    except (graphviz.ExecutableNotFound, OSError, RuntimeError, subprocess.CalledProcessError):
        return None


@functools.cache
def _pygraphviz_version() -> str | None:
    # pygraphviz needs libraries of the system. If one is missing, the import fails.
    try:
        with _one_at_a_time, _no_noise():
            import pygraphviz
    except Exception:
        return None
    return f"pygraphviz {pygraphviz.__version__} (Graphviz {pygraphviz.__graphviz_version__})"


def _lanes_version() -> str:
    asked = os.environ.get("MIGLAB_ENGINE") == "lanes"
    return f"plain lanes ({'MIGLAB_ENGINE asks for them' if asked else 'no graphviz engine found'})"


@contextlib.contextmanager
def _no_noise() -> Iterator[None]:
    """A context that hides what Graphviz's libraries write to stderr, such as Fontconfig's messages
    about fonts, and Python's warnings while it loads these libraries."""
    with warnings.catch_warnings(), contextlib.ExitStack() as stack:
        warnings.simplefilter("ignore")
        # There may be no stderr at all, as in a program without a console.
        with contextlib.suppress(OSError):
            kept = os.dup(2)
            stack.callback(os.close, kept)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            stack.callback(os.close, nowhere)
            os.dup2(nowhere, 2)
            stack.callback(os.dup2, kept, 2)
        yield


_DRAW: dict[str, Callable[[Picture, str], str]] = {
    "dot": _by_dot,
    "pygraphviz": _by_pygraphviz,
    "lanes": _by_lanes,
}
_VERSION: dict[str, Callable[[], str | None]] = {
    "dot": _dot_version,
    "pygraphviz": _pygraphviz_version,
    "lanes": _lanes_version,
}

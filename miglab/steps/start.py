"""Brings a database to the state in which a lab starts, with rows, and keeps it for the next
lab."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from ..errors import BadInput, MiglabError, UnknownName, shown
from ..facts.graph import Graph, graph_of
from ..facts.migration import Key
from ..facts.truths import Files, Unreadable
from ..home import home
from ..sandbox.digests import digest_of
from ..sandbox.sandbox import Sandbox

#: Runs management commands, one after the other, and raises an error if one is refused.
Manage = Callable[[Sequence[Sequence[str]]], None]


def wanted(at: str | Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    """One or several targets like ``"store.0003"``, as pairs: an app label, and a name, a prefix or
    ``zero``.

    Raises:
        BadInput: one of them is not of this form.
    """
    if at is not None and not isinstance(at, (str, list, tuple)):
        raise BadInput(f"{shown(at)} is not a migration; write it like 'store.0003'")
    entries = [at] if isinstance(at, str) else [str(each) for each in at or ()]
    pairs = [entry.partition(".") for entry in entries]
    for entry, (label, dot, name) in zip(entries, pairs, strict=True):
        if not (label and dot and name):
            raise BadInput(f"{shown(entry)} is not a migration; write it like 'store.0003'")
    return tuple((label, name) for label, _, name in pairs)


def prepare(
    sandbox: Sandbox,
    at: str | Sequence[str] | None,
    files: Callable[[], Files | Unreadable],
    manage: Manage,
) -> None:
    """Bring the sandbox's database to the wanted state: from a template that an earlier lab kept,
    or else by management commands. In that case, keep the result as a template.

    Args:
        files: reads the project's migration files.
        manage: runs the commands that lead there.
    """
    pairs = wanted(at)
    engine, database = sandbox.engines[sandbox.first], sandbox.databases[sandbox.first]
    folder, name = home() / "templates", _state(sandbox, pairs)
    template = engine.kept(folder, name)
    if engine.exists(template):
        engine.restore(template, database)
        return
    lines = [*(commands(files(), pairs) if pairs else [["migrate"]]), ["load_rows"]]
    manage([[*each, "--skip-checks"] for each in lines])
    folder.mkdir(parents=True, exist_ok=True)
    waiting = engine.kept(folder, f"{name}.{secrets.token_hex(4)}")
    engine.copy(database, waiting)
    engine.rename(waiting, template)


def _state(sandbox: Sandbox, pairs: Sequence[tuple[str, str]]) -> str:
    """The name of a template: a digest of the project's files, Django's version and the wanted
    state."""
    # This import takes a quarter as long as all others together.
    from importlib import metadata

    told = f"{sorted(sandbox.files().items())} {metadata.version('django')} {sorted(pairs)}"
    return digest_of(told.encode())


def commands(files: Files | Unreadable, pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The ``migrate`` commands that bring an empty database to these targets. Every other app goes
    as far forward as it can without changing these."""
    if isinstance(files, Unreadable):
        raise MiglabError(f"the migration files {files}")
    graph = graph_of(files)
    targets = {label: find(graph, label, name) for label, name in pairs}
    allowed = {key for key in graph if not _beyond(graph, key, targets)}
    lines = []
    for label in sorted({key.app_label for key in allowed}):
        ends = [
            key
            for key in allowed
            if key.app_label == label
            and not any(c.app_label == label and c in allowed for c in graph.children[key])
        ]
        lines += [["migrate", label, key.name] for key in sorted(ends)]
    return lines


def find(graph: Graph, label: str, name: str) -> Key | None:
    """The migration that a name or an unambiguous prefix means; ``None`` for ``zero``.

    Raises:
        UnknownName: no app, or not exactly one migration, is meant.
    """
    own = [key for key in graph if key.app_label == label]
    if not own:
        raise UnknownName("app with migrations", label, sorted({k.app_label for k in graph}))
    if name == "zero":
        return None
    found = [key for key in own if key.name == name] or [
        key for key in own if key.name.startswith(name)
    ]
    if len(found) != 1:
        raise UnknownName("migration", name, [key.name for key in own], f"app {label!r}")
    return found[0]


def _beyond(graph: Graph, key: Key, targets: dict[str, Key | None]) -> bool:
    """Whether applying the key would apply more of a wanted app than its target."""
    for each in graph.forwards_plan(key):
        if each.app_label in targets:
            target = targets[each.app_label]
            if target is None or each not in graph.forwards_plan(target):
                return True
    return False

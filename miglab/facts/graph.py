"""The graph of the migration files, and the plans that Django would make from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from .loading import load
from .migration import Key
from .truths import Files


@dataclass(frozen=True)
class Graph:
    """Nodes and their parents. A migration depends on its parents; its children depend on it.

    Attributes:
        parents: key → the keys it depends on; each is a node, or a migration without a file.
        missing: ``(child, parent)`` for each parent without a file.
        replaced: key → the squashed migration that replaces it.
        squashes: squashed migration → the original migrations that it replaces in the end.
    """

    parents: Mapping[Key, tuple[Key, ...]]
    missing: tuple[tuple[Key, Key], ...] = ()
    replaced: Mapping[Key, Key] | None = None
    squashes: Mapping[Key, frozenset[Key]] = field(default_factory=dict)

    @cached_property
    def children(self) -> Mapping[Key, tuple[Key, ...]]:
        """Key → the keys that depend on it directly, sorted."""
        found: dict[Key, list[Key]] = {key: [] for key in self.parents}
        for key, parents in sorted(self.parents.items()):
            for parent in parents:
                if parent in found:
                    found[parent].append(key)
        return {key: tuple(keys) for key, keys in found.items()}

    def __contains__(self, key: object) -> bool:
        return key in self.parents

    def __iter__(self) -> Iterator[Key]:
        return iter(sorted(self.parents))

    def applied(self, recorded: Collection[Key]) -> set[Key]:
        """The migrations that Django treats as applied with this record: those that are recorded,
        and each squashed one whose originals are all recorded. If an original is not, the squashed
        migration counts as unapplied, even if it is recorded."""
        found = set(recorded)
        for squash, originals in self.squashes.items():
            (found.add if originals <= found else found.discard)(squash)
        return found

    def roots(self, app_label: str) -> list[Key]:
        """The nodes of the app that do not depend on another node of the app."""
        return [
            key
            for key in self
            if key.app_label == app_label
            and not any(parent.app_label == app_label for parent in self.parents[key])
        ]

    def leaves(self, app_label: str) -> list[Key]:
        """The nodes of the app on which no other node of the app depends."""
        return [
            key
            for key in self
            if key.app_label == app_label
            and not any(child.app_label == app_label for child in self.children[key])
        ]

    def cycle(self) -> list[Key]:
        """Keys that depend on each other in a circle, with the first one again at the end; empty if
        there is no circle."""
        done: set[Key] = set()
        for start in self:
            path: dict[Key, None] = {}
            stack: list[tuple[Key, bool]] = [(start, False)]
            while stack:
                key, left = stack.pop()
                if left:
                    path.popitem()
                    done.add(key)
                elif key in path:
                    keys = [*path]
                    return [*keys[keys.index(key) :], key]
                elif key not in done and key in self.parents:
                    path[key] = None
                    stack.append((key, True))
                    stack += [(each, False) for each in self.parents[key]]
        return []

    def forwards_plan(self, target: Key) -> list[Key]:
        """The migrations to apply for the target, which comes last
        (``MigrationGraph.forwards_plan``)."""
        return _walk([target], self.parents)

    def in_order(self, keys: Iterable[Key]) -> list[Key]:
        """These nodes and everything they depend on, parents first."""
        return _walk(keys, self.parents)

    def backwards_plan(self, target: Key) -> list[Key]:
        """The migrations to unapply for the target, which comes last."""
        return _walk([target], self.children)

    def migration_plan(
        self, targets: Iterable[Key | tuple[str, None]], applied: Collection[Key]
    ) -> list[tuple[Key, bool]]:
        """What ``migrate`` would do: keys in order, each with whether it is unapplied.

        The target ``(app_label, None)`` means ``zero``. This follows
        ``MigrationExecutor.migration_plan`` of Django 5.2.
        """
        done = set(applied)
        plan: list[tuple[Key, bool]] = []
        for target in targets:
            label, name = target
            if name is None:
                starts = self.roots(label)
            else:
                key = Key(label, name)
                if key not in done:
                    for each in self.forwards_plan(key):
                        if each not in done:
                            plan.append((each, False))
                            done.add(each)
                    continue
                starts = [each for each in self.children[key] if each.app_label == label]
            for start in starts:
                for each in self.backwards_plan(start):
                    if each in done:
                        plan.append((each, True))
                        done.discard(each)
        return plan


def _walk(starts: Iterable[Key], neighbours: Mapping[Key, tuple[Key, ...]]) -> list[Key]:
    """Everything that can be reached from the starts, one after the other, deepest first, in the
    order of ``MigrationGraph.iterative_dfs``.

    A cycle, which Django refuses, is followed only once.
    """
    visited: list[Key] = []
    seen: set[Key] = set()
    entered: set[Key] = set()
    for start in starts:
        stack = [(start, False)]
        while stack:
            key, done = stack.pop()
            if key in seen:
                continue
            if done:
                seen.add(key)
                visited.append(key)
                continue
            if key in entered:
                continue
            entered.add(key)
            stack.append((key, True))
            found = sorted(neighbours.get(key, ()))
            stack += [(each, False) for each in found if each in neighbours]
    return visited


def graph_of(files: Files, applied: Collection[Key] = (), *, squashed: bool = True) -> Graph:
    """The graph of these files; squashed migrations are treated as Django treats them.

    A migration with ``replaces`` takes the place of those it names if all or none of them are
    applied; otherwise they stay, and it is left out (``MigrationLoader.build_graph``). With
    ``squashed=False``, it replaces nothing (``MigrationLoader(replace_migrations=False)``).
    ``applied`` has the recorded keys.
    """
    links = load(files, applied, squashed=squashed)
    known = {*files.migrations, *applied}
    missing = tuple(
        (child, parent)
        for parent in sorted(links.parents)
        if parent not in links.nodes
        for child in sorted(links.children[parent] or links.parents[parent])
    )
    return Graph(
        {key: tuple(sorted(links.parents[key])) for key in sorted(links.nodes)},
        tuple(sorted(missing)),
        {key: squash for key, squash in links.replaced.items() if key in known} or None,
        links.squashes,
    )

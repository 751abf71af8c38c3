"""Links migration files as Django's loader does: which are nodes, what each depends on, and which
migrations a squashed one replaces."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .migration import Key, Migration
from .truths import Files


@dataclass
class Links:
    """The graph while it is built (``MigrationLoader.build_graph``, ``MigrationGraph``).

    Attributes:
        nodes: the keys that are migrations; any other key in ``parents`` has no file.
        parents: key → the keys it depends on; ``children`` is the same the other way round.
        replaced: key → the squashed migration that replaces it.
        squashes: squashed migration → the original migrations that it replaces in the end.
    """

    nodes: set[Key] = field(default_factory=set)
    parents: dict[Key, set[Key]] = field(default_factory=dict)
    children: dict[Key, set[Key]] = field(default_factory=dict)
    replaced: dict[Key, Key] = field(default_factory=dict)
    squashes: dict[Key, frozenset[Key]] = field(default_factory=dict)

    def add(self, key: Key) -> None:
        """Add a key without links, if it is new."""
        self.parents.setdefault(key, set())
        self.children.setdefault(key, set())

    def link(self, child: Key, parent: Key) -> None:
        """Let ``child`` depend on ``parent``."""
        self.add(child)
        self.add(parent)
        self.parents[child].add(parent)
        self.children[parent].add(child)

    def remove(self, key: Key) -> tuple[set[Key], set[Key]]:
        """Remove a key, and return its parents and its children."""
        parents, children = self.parents.pop(key, set()), self.children.pop(key, set())
        for parent in parents:
            self.children[parent].discard(key)
        for child in children:
            self.parents[child].discard(key)
        self.nodes.discard(key)
        return parents, children

    def root(self, label: str) -> Key | None:
        """The first node of the app that does not depend on another node of the app."""
        return min(self._ends(label, self.parents), default=None)

    def leaf(self, label: str) -> Key | None:
        """The first node of the app on which no other node of the app depends."""
        return min(self._ends(label, self.children), default=None)

    def _ends(self, label: str, neighbours: Mapping[Key, set[Key]]) -> Iterator[Key]:
        for key in self.nodes:
            if key.app_label == label and all(n.app_label != label for n in neighbours[key]):
                yield key


def load(files: Files, recorded: Collection[Key], *, squashed: bool = True) -> Links:
    """The links of these files; with ``squashed=False``, no migration replaces others
    (``MigrationLoader(replace_migrations=False)``)."""
    links = Links()
    for key in files.migrations:
        links.nodes.add(key)
        links.add(key)
    for key, migration in files.migrations.items():
        for parent in migration.dependencies:
            if parent.app_label == key.app_label and parent.name != "__first__":
                links.link(key, parent)
    for key, migration in files.migrations.items():
        for parent in migration.dependencies:
            found = _resolved(links, files, parent, key)
            if found is not None and parent.app_label != key.app_label:
                links.link(key, found)
        for child in migration.run_before:
            found = _resolved(links, files, child, key)
            if found is not None:
                links.link(found, key)
    if squashed:
        _replace(links, files, {*recorded})
    return links


#: At most this many orders of squashed migrations are tried; five of them have this many.
_ORDERS = 120


def left_to_chance(files: Files, recorded: Collection[Key]) -> tuple[Key, ...]:
    """The squashed migrations for which Django before 6.0 gives different graphs, or none, in
    different processes; empty if the graph is always the same.

    Django takes them in the order in which it found their files, which is the order of a ``set`` of
    names (``MigrationLoader.load_disk``). The order matters only if one of them replaces another,
    or two of them replace the same migration. With more than five of these, not all orders are
    tried."""
    squashes = {key: each for key, each in files.migrations.items() if each.replaces}
    touched = {key: {key, *each.replaces} for key, each in squashes.items()}
    together = sorted(
        key for key in squashes if any(touched[key] & touched[o] for o in squashes if o != key)
    )
    if not together:
        return ()
    rest = sorted(squashes.keys() - {*together})
    found = {_taken_in(order, files, recorded) for order in _orders(together, rest)}
    return tuple(together) if len(found) > 1 else ()


def _orders(together: list[Key], rest: list[Key]) -> Iterator[list[Key]]:
    if len(together) <= 5:
        for each in itertools.permutations(together):
            yield [*rest, *each]
        return
    dice = random.Random(0)
    for _ in range(_ORDERS):
        yield [*rest, *dice.sample(together, len(together))]


def _taken_in(order: Sequence[Key], files: Files, recorded: Collection[Key]) -> object:
    """The graph's links and applied nodes, for this order; ``None`` if Django makes no graph."""
    links, applied = load(files, (), squashed=False), {*recorded}
    for key in order:
        squash = files.migrations[key]
        done = {each in applied for each in squash.replaces}
        (applied.add if done == {True} else applied.discard)(key)
        if key not in links.parents:
            return None
        (_take_place if len(done) < 2 else _step_aside)(links, squash)
    parents = ((key, frozenset(each)) for key, each in links.parents.items())
    return frozenset(parents), frozenset(links.nodes & applied)


def _resolved(links: Links, files: Files, key: Key, current: Key) -> Key | None:
    """The node that a key means, also for ``__first__`` and ``__latest__``; ``None`` if nothing has
    to come first (``MigrationLoader.check_key``)."""
    if key.name not in ("__first__", "__latest__") or key in links.nodes:
        return key
    if key.app_label == current.app_label:
        return None
    if key.app_label not in files.labels:
        # Django refuses to load this: it is reported as a parent without a file.
        return key
    end = links.root if key.name == "__first__" else links.leaf
    return end(key.app_label)


def _replace(links: Links, files: Files, recorded: Collection[Key]) -> None:
    """Let each squashed migration take the place of those it replaces, or leave it out. Squashed
    migrations that others replace come first (Django 6.0; before, the order was undefined)."""
    squashes = {key: each for key, each in sorted(files.migrations.items()) if each.replaces}
    begun: set[Key] = set()

    def settle(key: Key) -> None:
        if key in begun:
            return
        begun.add(key)
        for inner in squashes[key].replaces:
            if inner in squashes:
                settle(inner)
        links.squashes[key] = frozenset(_originals(squashes, key, set()))
        if len({each in recorded for each in links.squashes[key]}) < 2:
            _take_place(links, squashes[key])
        else:
            _step_aside(links, squashes[key])

    for key in squashes:
        settle(key)


def _originals(squashes: Mapping[Key, Migration], key: Key, seen: set[Key]) -> Iterator[Key]:
    """The original migrations that a squashed one replaces, also through other squashed ones."""
    seen.add(key)
    for each in squashes[key].replaces:
        if each not in squashes:
            yield each
        elif each not in seen:
            yield from _originals(squashes, each, seen)


def _take_place(links: Links, squash: Migration) -> None:
    """Put a squash in place of what it replaces (``MigrationGraph.remove_replaced_nodes``)."""
    names = {*squash.replaces} - {squash.key}
    for old, stands_for in links.replaced.items():
        if stands_for in names:
            links.replaced[old] = squash.key
    for old in names:
        links.replaced[old] = squash.key
        parents, children = links.remove(old)
        for child in children - names - {squash.key}:
            links.link(child, squash.key)
        for parent in parents - names - {squash.key}:
            links.link(squash.key, parent)


def _step_aside(links: Links, squash: Migration) -> None:
    """Take a squash out, and keep what it replaces (``MigrationGraph.remove_replacement_node``)."""
    _, children = links.remove(squash.key)
    there = {each for each in squash.replaces if each in links.parents}
    last = there - {parent for each in there for parent in links.parents[each]}
    for child in children:
        for each in last:
            links.link(child, each)

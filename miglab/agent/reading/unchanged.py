"""Which models have the same tables in two states of one process, and which other models are needed
to make a model's class."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, Set, Tuple

Key = Tuple[str, str]


def unchanged(one: Any, other: Any) -> Set[Key]:
    """The models that are the same in both states, and that refer to models with the same table
    names and keys. Two states of a process share each field that no migration between them has
    touched."""
    return {key for key in one.models if _is_same(one, other, key)}


def with_referred(state: Any, keys: Iterable[Key]) -> Set[Key]:
    """These models and all to which they refer, directly or not, in this state."""
    found: Set[Key] = set()
    left = [key for key in keys if key in state.models]
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left += [each for each in _referred(state.models[key], key) if each in state.models]
    return found


def _is_same(one: Any, other: Any, key: Key) -> bool:
    ours, theirs = one.models[key], other.models.get(key)
    if theirs is None or (ours.name, ours.bases) != (theirs.name, theirs.bases):
        return False
    if ours.options != theirs.options or not _share(dict(ours.fields), dict(theirs.fields)):
        return False
    return all(_looks_alike(one, other, each) for each in {key, *_referred(ours, key)})


def _looks_alike(one: Any, other: Any, key: Key) -> bool:
    """Whether this model looks the same in both states to models that refer to it: the name of its
    table, and its keys."""
    ours, theirs = one.models.get(key), other.models.get(key)
    if ours is None or theirs is None:
        # In neither, it is of an app without migrations.
        return ours is theirs
    names = [(each.name, each.bases, each.options.get("db_table")) for each in (ours, theirs)]
    keys = [_keys(each) for each in (ours, theirs)]
    if names[0] != names[1] or not _share(*keys):
        return False
    behind = {to for each in keys[0].values() for to in _targets(each, key)}
    return all(_looks_alike(one, other, each) for each in {*behind, *_parents(ours)} - {key})


def _share(one: Dict[str, Any], other: Dict[str, Any]) -> bool:
    return one.keys() == other.keys() and all(one[each] is other[each] for each in one)


def _keys(model: Any) -> Dict[str, Any]:
    """The fields to which another model can refer."""
    fields = dict(model.fields).items()
    return {name: each for name, each in fields if each.primary_key or each.unique}


def _referred(model: Any, key: Key) -> Iterator[Key]:
    yield from _parents(model)
    for field in dict(model.fields).values():
        yield from _targets(field, key)


def _parents(model: Any) -> Iterator[Key]:
    for base in model.bases:
        if isinstance(base, str):
            app_label, _, name = base.rpartition(".")
            yield app_label, name.lower()


def _targets(field: Any, key: Key) -> Iterator[Key]:
    """The models to which a field of the model ``key`` refers: its target, and its ``through``
    model."""
    relation = getattr(field, "remote_field", None)
    for to in (getattr(relation, "model", None), getattr(relation, "through", None)):
        if isinstance(to, str):
            app_label, _, name = to.rpartition(".")
            yield key if to == "self" else (app_label or key[0], name.lower())
        elif to is not None:
            yield to._meta.app_label, to._meta.model_name

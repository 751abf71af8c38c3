"""What is recorded in a database, and the models that follow from it: as a state, and as
classes."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Iterable, List, Optional, Set, Tuple

from ..common.steady import put
from .applied import plan_of, state_of
from .unchanged import Key, with_referred


class Recorded:
    """What is recorded in a database, or what would be if ``keys`` were recorded; and the state and
    the models that follow from it. These two are made when they are first asked for."""

    def __init__(self, alias: str, keys: Optional[Iterable[Any]] = None) -> None:
        from django.db import connections
        from django.db.migrations.loader import MigrationLoader
        from django.db.migrations.recorder import MigrationRecorder

        read = MigrationRecorder.applied_migrations
        if keys is not None:
            given = dict.fromkeys(keys)
            put(MigrationRecorder, "applied_migrations", lambda recorder: dict(given))
        try:
            self.loader = MigrationLoader(connections[alias])
        finally:
            put(MigrationRecorder, "applied_migrations", read)
        graph = self.loader.graph
        self.everything = plan_of(graph, graph.leaf_nodes())
        self.applied = [key for key in self.everything if key in self.loader.applied_migrations]
        #: Another record in this process, and the keys of the models that are the same in both.
        self.beside: Optional[Tuple[Recorded, Set[Key]]] = None

    @cached_property
    def state(self) -> Any:
        """The ``ProjectState`` after the recorded migrations."""
        return state_of(self.loader, plan_of(self.loader.graph, self.applied))

    @cached_property
    def models(self) -> List[Any]:
        """The classes of the state's models, including those that Django makes for many-to-many
        tables. Making them takes longer than anything else here, so those that are the same in
        ``beside`` are not made again."""
        if self.beside is None:
            return list(self.state.apps.get_models(include_auto_created=True))
        other, same = self.beside
        own = [each for each in self._made_without(same) if _whose(each) not in same]
        return [*own, *(each for each in other.models if _whose(each) in same)]

    def _made_without(self, same: Set[Key]) -> List[Any]:
        """The classes of all models except ``same``, and those of ``same`` that the others need."""
        from django.db.migrations.state import ProjectState

        state = self.state
        needed = with_referred(state, state.models.keys() - same)
        some = ProjectState(
            {key: model for key, model in state.models.items() if key in needed},
            real_apps=state.real_apps,
        )
        try:
            return list(some.apps.get_models(include_auto_created=True))
        except Exception:
            # A field of somebody's own may lead where nobody can see it.
            return list(state.apps.get_models(include_auto_created=True))


def _whose(model: Any) -> Key:
    """The model of a state to which a class belongs: for an automatic many-to-many table, the model
    that has the field."""
    meta = (model._meta.auto_created or model)._meta
    return meta.app_label, meta.model_name

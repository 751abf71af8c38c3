"""Says which app a table belongs to if no recorded migration makes the table, as far as this can be
known."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

from ..guarding.settings import caches_before
from .applied import state_of

#: Is added to a difference that something unseen may explain.
EXPLAINED = (
    " (a ghost, RunSQL, RunPython, SeparateDatabaseAndState or an operation that is not "
    "Django's may explain it)"
)


def cache_tables(alias: str) -> Iterator[str]:
    """The tables that ``createcachetable`` makes in this database, by the project's own caches."""
    from django.conf import settings
    from django.core.cache.backends.db import BaseDatabaseCache
    from django.db import router
    from django.utils.module_loading import import_string

    for params in (caches_before or settings.CACHES).values():
        try:
            backend = import_string(params["BACKEND"])
            if not issubclass(backend, BaseDatabaseCache):
                continue
            cache = backend(params.get("LOCATION", ""), dict(params))
            wanted = router.allow_migrate_model(alias, cache.cache_model_class)
        except Exception:
            continue
        if wanted:
            yield str(cache._table)


class Tables:
    """What is known about tables other than those of the recorded migrations. ``everything`` are
    all nodes of the loader's graph, parents first."""

    def __init__(self, loader: Any, everything: List[Any]) -> None:
        self.loader = loader
        self.recorded = {key[0] for key in loader.applied_migrations}
        self.installed = loader.migrated_apps | loader.unmigrated_apps
        #: Apps whose migrations are not Django's own. Django's own never make a table in a way that
        #: no state shows.
        self.foreign = {
            key[0]
            for key, each in loader.graph.nodes.items()
            if not type(each).__module__.startswith("django.contrib.")
        }
        self.waiting = self._waiting(everything)

    def words(self, table: str, unseen: Set[str]) -> Tuple[str, bool]:
        """What to say of a table that is not expected, and whether this is certain. ``unseen`` are
        the apps with work that cannot be seen."""
        text = "table %s should not be there, according to the recorded migrations" % table
        if table.lower() in self.waiting:
            return text, self.waiting[table.lower()] not in unseen
        own = _by_name(table, self.installed)
        gone = _by_name(table, self.recorded - self.installed)
        if gone is not None and (own is None or len(gone) > len(own)):
            what = "table %s is left over from %s, which is recorded but is not an installed app"
            return what % (table, gone), False
        if own in unseen or unseen & self.foreign:
            # What one app's SQL makes may be named after another, or after none.
            return text + EXPLAINED, False
        if own is not None:
            return text, True
        if self.recorded - self.installed:
            what = "table %s may be left over from an app that is no longer installed: %s"
            return what % (table, ", ".join(sorted(self.recorded - self.installed))), False
        return "table %s does not belong to an installed app, judging by its name" % table, False

    def _waiting(self, everything: List[Any]) -> Dict[str, str]:
        """The tables of all models in all migrations, recorded or not, and their apps."""
        try:
            state = state_of(self.loader, everything)
            models = state.apps.get_models(include_auto_created=True)
        except Exception:
            return {}
        return {model._meta.db_table.lower(): model._meta.app_label for model in models}


def _by_name(table: str, labels: Set[str]) -> Optional[str]:
    """The app whose label the table's name begins with, as Django makes such names."""
    found = [label for label in labels if table.lower().startswith(label.lower() + "_")]
    return max(found, key=len, default=None)

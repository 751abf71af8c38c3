"""Lists that know whether somebody looked at them."""

from __future__ import annotations

import sys
from typing import Any, List


class Watched(List[Any]):
    """A list, such as ``sys.argv``, that knows whether somebody looked at it."""

    looked_at = False

    def _look(self) -> None:
        self.looked_at = True

    def __getitem__(self, index: Any) -> Any:
        self._look()
        return super().__getitem__(index)

    def __iter__(self) -> Any:
        self._look()
        return super().__iter__()

    def __len__(self) -> int:
        self._look()
        return super().__len__()

    def __contains__(self, item: object) -> bool:
        self._look()
        return super().__contains__(item)


class WatchedPlan(Watched):
    """A migration plan that knows whether anybody but Django looked at it."""

    def _look(self) -> None:
        # The caller is one of the methods above; whoever is meant called that one.
        if not sys._getframe(2).f_globals.get("__name__", "").startswith("django."):
            super()._look()

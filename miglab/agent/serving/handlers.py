"""Keeps each database as it is just before ``post_migrate`` is sent, so that what its handlers do
can be told apart from what migrations did."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple

from ..acting.trace import Trace
from ..common import phase
from ..common.measuring import measuring
from ..common.steady import put
from .own_handlers import send_to_readers
from .place import Databases

_TELL_APART = "tell what the migrations did from what the post_migrate handlers did"
_DO = "nothing to do, unless you need to know what each of them did; the totals are right"


class Line(NamedTuple):
    """A database as it was before the ``post_migrate`` handlers: the handle of a copy, and the
    original's mark at that moment."""

    handle: str
    mark: Any


class Lines:
    """The lines that were drawn, by alias. The names of their copies begin with ``prefix``."""

    def __init__(self, databases: Databases, prefix: str) -> None:
        self._databases, self._prefix = databases, prefix
        self.drawn: Dict[str, Line] = {}

    def draw(self, trace: Trace) -> None:
        """From now on, draw a line whenever ``post_migrate`` is about to be sent, unless its
        handlers write nothing. ``trace`` notes the SQL that they run."""
        import django.core.management.commands.migrate as command
        import django.core.management.sql as signals
        from django.db import connections

        send = signals.emit_post_migrate_signal

        def draw_and_send(verbosity: Any, interactive: Any, db: str, **kwargs: Any) -> None:
            handle, engine = self._databases.handles.get(db), self._databases.engine(db)
            noted = trace.noted
            with phase.during(phase.HANDLERS):
                if send_to_readers(send, verbosity, interactive, db, **kwargs):
                    return
            trace.forget_after(noted)
            with engine.together():
                if handle:
                    with measuring(_TELL_APART, _DO):
                        engine.make_way(connections[db], handle)
                        # First, so that it does not stand for more than the copy has.
                        mark = engine.mark(handle)
                        if mark is not None:
                            copy = engine.keep(handle, "%s.%s" % (self._prefix, db))
                            self.drawn[db] = Line(copy, mark)
            with phase.during(phase.HANDLERS):
                send(verbosity, interactive, db, **kwargs)

        for module in (signals, command):
            put(module, "emit_post_migrate_signal", draw_and_send)

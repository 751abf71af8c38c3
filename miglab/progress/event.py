"""An event, as a value and as a line of JSON."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import BadInput

#: The version of the format that this code writes.
VERSION = 1

_OWN = ("id", "version", "time", "kind")


@dataclass(frozen=True)
class Event:
    """One thing that happened.

    Attributes:
        id: unique everywhere.
        version: the version of the format.
        time: when it happened, with a time zone. A file has it in UTC, to the microsecond.
        kind: as in ``"checked"``.
        data: the other keys, as JSON has them.

    Raises:
        BadInput: a key of ``data`` is the event's own, a value is not JSON, or ``time`` has no time
            zone.
    """

    id: str
    version: int
    time: datetime
    kind: str
    data: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if own := [key for key in self.data if key in _OWN]:
            raise BadInput(
                f"every event has a key {own[0]!r} already; give this part of the data another name"
            )
        if self.time.tzinfo is None:
            raise BadInput(f"the time {self.time.isoformat()} has no time zone; give it in UTC")
        self.line()

    def line(self) -> str:
        """The event as a line of a file, without the line break; equal events have equal lines.

        Raises:
            BadInput: a value is not JSON.
        """
        time = self.time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        own = {"id": self.id, "version": self.version, "time": f"{time}Z", "kind": self.kind}
        data = {key: self.data[key] for key in sorted(self.data)}
        try:
            line = json.dumps(own | data, ensure_ascii=False, allow_nan=False)
            # Half of a character that needs two cannot be written.
            line.encode()
        except (TypeError, ValueError) as error:
            raise BadInput(f"the data of a {self.kind!r} event is not JSON: {error}") from None
        return line


def new_event(kind: str, **data: Any) -> Event:
    """An event that happens now. Events of one process keep the order in which it made them.

    Raises:
        BadInput: a key is the event's own, or a value is not JSON.
    """
    return Event(secrets.token_hex(16), VERSION, _now(), kind, data)


def parse(line: str) -> Event | None:
    """The event on a line; ``None`` if there is none, as on a torn one."""
    try:
        told = json.loads(line)
        ident, version, time, kind = (told.pop(key) for key in _OWN)
        texts = all(isinstance(each, str) for each in (ident, time, kind))
        if not texts or type(version) is not int:
            return None
        return Event(ident, version, datetime.fromisoformat(time), kind, told)
    except _NO_EVENT:
        return None


#: The errors from a line that is not an event: one that is torn, or has other JSON.
_NO_EVENT = (AttributeError, KeyError, OverflowError, RecursionError, TypeError, ValueError)


def union(*many: Iterable[Event]) -> tuple[Event, ...]:
    """The events of all of these, each once, in order of time; the order given does not matter."""
    each_once: dict[str, Event] = {}
    for event in sorted((event for events in many for event in events), key=Event.line):
        # Where somebody edited a file, two differ under one id: the same one is taken everywhere.
        each_once.setdefault(event.id, event)
    return tuple(sorted(each_once.values(), key=lambda event: (event.time, event.id)))


_LAST = datetime.min.replace(tzinfo=UTC)
_CLOCK = threading.Lock()


def _now() -> datetime:
    """The time now, but never the same one twice, even if the clock has not ticked since."""
    global _LAST
    with _CLOCK:
        _LAST = max(datetime.now(UTC), _LAST + timedelta(microseconds=1))
        return _LAST

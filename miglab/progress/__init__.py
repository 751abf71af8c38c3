"""What a learner did, as a file of events that only grows, beside the learner's lessons.

One event is one line of JSON, in UTF-8::

    {"id": "9f…", "version": 1, "time": "2026-01-05T09:00:00.000000Z", "kind": "checked", …}

``id`` is unique everywhere, ``version`` is that of this format, ``time`` is in UTC, ``kind`` says
what happened. All other keys belong to the kind: whoever appends a kind writes down what they mean.
A reader leaves alone the kinds and the keys that it does not know, so a new kind or a new key needs
no new version; a key that changes its meaning does.

- Several processes append to one file at once. If a process was killed, its last line may be torn;
  the next event begins on a line of its own, and a reader skips what is not an event.
- Events are never changed and never removed. What is true now follows from all of them, in order
  of time.
- Two machines' files are merged as sets: each event once, whichever file it came from. Appending
  one file to another does the same, and so does git's ``merge=union``.
"""

from .event import VERSION, Event, new_event, parse, union
from .journal import Journal

__all__ = ["VERSION", "Event", "Journal", "new_event", "parse", "union"]

"""Finds the missed predictions that come back today, from the events alone, so every machine finds
the same.

A question starts to come back when its answer is revealed after a wrong prediction. Each later
answer sets the next day, depending on whether it was right. Of the answers of one day, only the
first counts: somebody who has just read the right one remembers it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from ..progress import Event


def due(events: Iterable[Event], now: datetime) -> list[str]:
    """The questions to answer again, the one that waits longest first.

    Args:
        events: in order of time.
    """
    days = {name: day for name, day in _days(events).items() if day <= now}
    return sorted(days, key=lambda name: (days[name], name))


def _days(events: Iterable[Event]) -> dict[str, datetime]:
    """Each question that was ever missed → when it comes back."""
    answers = _answers(events)
    if not any(not right for each in answers.values() for _, right in each):
        return {}
    # Takes a while to import, and who misses nothing needs none of it.
    from fsrs import Card, Rating, Scheduler

    # With steps it would repeat after minutes; with fuzz it would differ from run to run.
    scheduler = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)
    found = {}
    for name, given in answers.items():
        card = None
        for time, right in given:
            if card is None and not right:
                card = Card(card_id=0, due=time)
            if card is not None:
                rating = Rating.Good if right else Rating.Again
                card, _ = scheduler.review_card(card, rating, time)
        if card is not None:
            found[name] = card.due
    return found


def _answers(events: Iterable[Event]) -> dict[str, list[tuple[datetime, bool]]]:
    """Question → when it was answered, the first time of each day, and whether that was right."""
    found: dict[str, list[tuple[datetime, bool]]] = {}
    given: set[str] = set()
    for event in events:
        name, chosen = event.data.get("question"), event.data.get("chosen")
        if not isinstance(name, str):
            continue
        if event.kind == "predicted":
            (given.discard if chosen is None else given.add)(name)
        elif event.kind == "revealed" and name in given:
            given.discard(name)
            time, days = event.time.astimezone(UTC), found.setdefault(name, [])
            if not days or days[-1][0].date() < time.date():
                days.append((time, chosen == event.data.get("right")))
    return found

"""Missed predictions come back after days, and no sooner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from miglab.progress import Event, Journal
from miglab.workbook import bundled_lessons, due, journal_of
from miglab.workbook.contents import contents

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
NAME = "which-truths-move"


def answered(day: float, right: bool, *, anew: bool = True, name: str = NAME) -> list[Event]:
    """What happens when somebody answers on a day and looks."""
    time, chosen = START + timedelta(days=day), "B" if right else "A"
    told = {"question": name, "chosen": chosen}
    said = [Event(f"{name} {day} p", 1, time, "predicted", told)] if anew else []
    return [*said, Event(f"{name} {day} r", 1, time, "revealed", {**told, "right": "B"})]


def waits(events: list[Event]) -> int:
    """After how many days since the last answer it comes back."""
    last = events[-1].time
    return next(day for day in range(1000) if due(events, last + timedelta(days=day)))


def test_what_was_predicted_right_or_not_at_all_never_comes_back() -> None:
    events = [*answered(0, True), *answered(1, False, anew=False, name="other")]
    assert due(events, START + timedelta(days=1000)) == []


def test_what_was_missed_comes_back_after_a_day_and_later_each_time_it_is_right() -> None:
    events = answered(0, False)
    assert waits(events) == 1
    days = [1]
    for _ in range(3):
        when = (events[-1].time - START).days + days[-1]
        events += answered(when, True)
        days.append(waits(events))
    assert days == sorted(days)
    assert days[-1] > days[0]


def test_what_is_missed_again_comes_back_soon() -> None:
    events = answered(0, False)
    for day in (1, 4, 12):
        events += answered(day, True)
    assert waits([*events, *answered(40, False)]) < waits(events)


def test_a_second_answer_on_the_same_day_and_an_old_one_shown_again_do_not_count() -> None:
    events = answered(0, False)
    once = waits(events)
    assert waits([*events, *answered(0.1, True)]) == once
    assert due([*events, *answered(1.5, True, anew=False)], START + timedelta(days=2)) == [NAME]


def test_the_page_leads_to_the_place_of_the_question_with_one_click(tmp_path: Path) -> None:
    for event in answered(0, False):
        Journal(journal_of(tmp_path)).append(event)
    page = contents(bundled_lessons(), tmp_path, START + timedelta(days=3))
    assert "**Answer this question again today**; you missed it earlier:" in page
    (line,) = [each for each in page.splitlines() if each.startswith("- [Start here")]
    assert "(00_start_here.ipynb#" in line
    assert "again today" not in contents(bundled_lessons(), tmp_path, START)

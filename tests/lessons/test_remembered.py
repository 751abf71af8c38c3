"""What was predicted, judged and solved is noted, and found again in another kernel."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from miglab import Lab
from miglab.lessons import check, judge, predict, reveal, try_claim, your_turn
from miglab.lessons.remembered import keep_in, note, recall
from miglab.progress import Event, Journal

from .conftest import new_kernel

pytestmark = pytest.mark.usefixtures("anywhere")


def noted(journal: Journal) -> list[tuple[str, dict[str, Any]]]:
    return [(each.kind, dict(each.data)) for each in journal.read()]


def test_a_prediction_and_its_answer_are_noted_in_words(lab: Lab, journal: Journal) -> None:
    predict("tags-after-0004").choose(0)
    lab.manage("migrate store 0004")
    reveal("tags-after-0004")
    name, chosen = "tags-after-0004", "They stay. Only the record changes."
    assert noted(journal) == [
        ("predicted", {"question": name, "chosen": chosen}),
        (
            "revealed",
            {
                "question": name,
                "right": "Both tables are dropped, with all their rows.",
                "chosen": chosen,
            },
        ),
    ]


def test_the_next_day_a_question_still_has_its_answer(lab: Lab, journal: Journal) -> None:
    predict("tags-after-0004").choose(1)
    predict("tables-that-go").choose(["media_photo"])
    predict("answered-no").choose(24)
    judge("C9").choose(2)
    new_kernel()
    assert predict("tags-after-0004").chosen == 1
    assert predict("tables-that-go").chosen == ("media_photo",)
    assert predict("answered-no").chosen == 24
    assert judge("C9").chosen == 2
    predict("tags-after-0004").choose(None)
    new_kernel()
    assert predict("tags-after-0004").chosen is None


def test_days_after_it_was_missed_a_question_begins_without_an_answer(
    lab: Lab, journal: Journal
) -> None:
    ago = datetime.now(UTC) - timedelta(days=9)
    told = {"question": "answered-no", "chosen": 3}
    journal.append(Event("1", 1, ago, "predicted", told))
    journal.append(Event("2", 1, ago, "revealed", {**told, "right": 40}))
    assert predict("answered-no").chosen is None
    predict("answered-no").choose(1)
    new_kernel()
    assert predict("answered-no").chosen == 1


@pytest.mark.parametrize("kept", ["an option of long ago", 7, ["x"], {}])
def test_an_answer_that_fits_the_question_no_more_is_none(
    lab: Lab, journal: Journal, kept: object
) -> None:
    for name in ("tags-after-0004", "tables-that-go"):
        note("predicted", question=name, chosen=kept)
        assert predict(name).chosen is None


def test_a_verdict_is_noted_beside_the_readers(journal: Journal) -> None:
    judge("C9").choose(0)
    assert try_claim("C9").judged == "holds"
    assert noted(journal) == [
        ("judged", {"claim": "C9", "chosen": "holds"}),
        ("tried", {"claim": "C9", "verdict": "does not hold", "chosen": "holds"}),
    ]


def test_a_task_is_noted_when_it_begins_and_at_each_check_of_work(journal: Journal) -> None:
    with your_turn("before-discounts") as lab:
        check("before-discounts")  # Nothing was done yet.
        lab.manage("showmigrations")
        check("before-discounts")
        lab.manage("migrate store 0003")
        check("before-discounts")
    missing = ["The last applied migration of `store` is `0003`, the one before the discounts."]
    assert noted(journal) == [
        ("begun", {"task": "before-discounts"}),
        ("checked", {"task": "before-discounts", "done": False, "missing": missing}),
        ("checked", {"task": "before-discounts", "done": True, "missing": []}),
    ]


def test_without_a_journal_nothing_is_noted(lab: Lab) -> None:
    predict("tags-after-0004").choose(0)
    assert recall("predicted") is None


def test_a_file_that_cannot_be_written_costs_no_answer_and_is_told_once(
    lab: Lab, tmp_path: Path
) -> None:
    keep_in(Journal(tmp_path))
    with pytest.warns(UserWarning, match="your progress is not kept: .* cannot be written"):
        predict("tags-after-0004").choose(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        predict("tags-after-0004").choose(1)
    assert predict("tags-after-0004").chosen == 1


def test_somebody_is_told_of_each_event_after_it_was_noted(tmp_path: Path) -> None:
    journal, told = Journal(tmp_path / "progress.jsonl"), []
    keep_in(journal, lambda event: told.append((event, journal.read()[-1])))
    try:
        note("begun", task="there-and-back")
    finally:
        keep_in(None)
    assert told[0][0] == told[0][1]

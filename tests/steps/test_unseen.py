"""Steps between which nobody looks lead where steps lead that are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from miglab import Lab
from miglab.errors import BadInput, TimeLimit, Unanswered
from miglab.exercises import instructions
from miglab.project import bundled
from miglab.steps import edits, unseen
from miglab.steps.looks import fingerprint
from miglab.steps.opening import open_stage
from miglab.steps.stage import Stage

LINES = """\
replace store/models.py
    -     discount = models.PositiveSmallIntegerField(default=0, help_text="percent")
    +     discount = models.PositiveSmallIntegerField(default=0, help_text="percent")
    +     colour = models.CharField(max_length=20, default="")
makemigrations store
migrate
sql UPDATE store_product SET colour = 'green'
copy db.sqlite3 backup.sqlite3
shell Product.objects.filter(id=1).delete()
write notes.txt
    Done.
delete backup.sqlite3
"""


@pytest.fixture
def stage() -> Iterator[Stage]:
    found = open_stage(bundled("storefront"), None, ("store",), 60.0, None)
    yield found
    found.close()


def manage(*words: str) -> dict[str, object]:
    return {"do": "manage", "argv": [*words]}


def seen(stage: Stage) -> tuple[object, ...]:
    """All that can be told of it but the file that Django made, which has the time in it."""
    files = dict(stage.moments.now.snapshot.files)
    made = [path for path in files if path.startswith("store/migrations/0006")]
    for each in made:
        del files[each]
    truths = stage.truths()
    known = truths.models, truths.known_record.keys, truths.known_tables, truths.rows
    return known, fingerprint(stage), made, files


def test_they_lead_where_steps_lead_that_are_looked_at(stage: Stage) -> None:
    lines = instructions.read(LINES)
    for each in lines:
        assert instructions.take_unseen(stage, each) is None
    stage.begin_as_found()
    with Lab("storefront", apps=["store"]) as lab:
        for each in lines:
            instructions.take(lab, each)
        with lab._turns.one() as other:
            assert seen(stage) == seen(other)


def test_a_refusal_is_given_back_and_the_stage_goes_on(stage: Stage) -> None:
    refusal = unseen.take(stage, "migrate store 9999", manage("migrate", "store", "9999"))
    assert refusal is not None
    assert refusal.error == "CommandError"
    assert unseen.take(stage, "migrate store 0004", manage("migrate", "store", "0004")) is None
    stage.begin_as_found()
    names = [key.name for key in stage.truths().known_record.keys if key.app_label == "store"]
    assert sorted(names)[-1].startswith("0004")


def test_a_question_gets_the_replies_and_without_one_it_says_so(stage: Stage) -> None:
    models = stage.sandbox.inside("store/models.py")
    old, new = "discount = models", "rebate = models"
    edits.replacing(stage, "store/models.py", old, new)()
    assert new in models.read_text(encoding="utf-8")
    request = manage("makemigrations", "store")
    with pytest.raises(Unanswered, match="rename"):
        unseen.take(stage, "makemigrations store", request)
    assert unseen.take(stage, "makemigrations store", request, ["y"]) is None


def test_what_fails_or_takes_too_long_says_which_line_it_was(stage: Stage, tmp_path: Path) -> None:
    def fail() -> None:
        (tmp_path / "nowhere" / "file").write_text("")

    with pytest.raises(BadInput, match=r"^write it: No such file"):
        unseen.take(stage, "write it", fail)
    stage.reader.time_limit = 0.5
    with pytest.raises(TimeLimit, match="sleep"):
        unseen.take(stage, "sleep", {"do": "shell", "code": "import time; time.sleep(60)"})

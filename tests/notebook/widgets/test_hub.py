"""The model of a lab, obeyed and followed without a browser."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from miglab import Lab
from miglab.errors import BadInput, Interrupted, UnknownName
from miglab.notebook.explore import PARTS, Explorer
from miglab.notebook.live import VIEW
from miglab.notebook.progress import shown
from miglab.notebook.widgets.hub import LabModel
from miglab.notebook.widgets.menus import menus
from miglab.notebook.widgets.models import model_of

from ...waiting import until

LAST = "0005_tag_product_tags"
BEFORE_TAGS = "0004_add_discount_field"


def settled(model: LabModel) -> None:
    """Until all that was clicked is done."""
    limit = time.monotonic() + 120
    while not model.worker.idle:
        assert time.monotonic() < limit
        time.sleep(0.01)


def click(model: LabModel, do: str, **more: Any) -> None:
    """What a widget sends."""
    model._handle_custom_msg({"do": do, **more}, [])


@pytest.fixture
def model(lab: Lab) -> LabModel:
    """store: 0001 ← 0002 ← 0003 ← 0004 ← 0005, everything applied."""
    return model_of(lab)


def looks(model: LabModel) -> dict[str, str]:
    """Migration → how its card looks."""
    return {n["name"]: n["look"] for lane in model.state["board"]["lanes"] for n in lane["nodes"]}


def marks(model: LabModel) -> dict[str, list[str]]:
    """Migration → the small lines on its card."""
    return {n["name"]: n["marks"] for lane in model.state["board"]["lanes"] for n in lane["nodes"]}


def test_a_lab_has_one_model(lab: Lab) -> None:
    assert model_of(lab) is model_of(lab)


def test_it_begins_where_the_lab_stands(model: LabModel) -> None:
    assert model.chosen["line"] == f"migrate store {LAST}"
    assert model.preview["text"] == "Choose where to go."


def test_until_something_is_chosen_it_follows_the_lab_and_tries_nothing(
    model: LabModel, lab: Lab
) -> None:
    lab.manage("migrate store 0003")
    assert model.chosen["line"] == "migrate store 0003_change_price_field"
    assert model.preview["status"] == ""


def test_what_a_cell_moves_makes_the_plan_new_and_the_cost_old(model: LabModel, lab: Lab) -> None:
    click(model, "choose", app="store", name=BEFORE_TAGS)
    settled(model)
    lab.manage("migrate store 0003")
    assert model.chosen["plan"]["cards"][f"store.{BEFORE_TAGS}"]["look"] == "TO_APPLY"
    assert model.preview["text"].startswith("The lab has changed.")


def test_a_target_shows_its_plan_at_once_and_its_cost_later(model: LabModel) -> None:
    click(model, "choose", app="store", name=BEFORE_TAGS)
    assert model.chosen["line"] == f"migrate store {BEFORE_TAGS}"
    assert [*model.chosen["plan"]["cards"]] == [f"store.{LAST}"]
    assert model.preview["status"] == "measuring"
    settled(model)
    assert model.preview["status"] == "ready"
    assert "6 rows of store_tag" in model.preview["verdict"]


def test_choosing_does_not_move_the_lab(model: LabModel, lab: Lab) -> None:
    click(model, "choose", app="store", name="zero")
    settled(model)
    assert lab.history().lines == ()
    assert looks(model)[LAST] == "APPLIED"


def test_doing_it_moves_the_lab_and_rewinding_brings_it_back(model: LabModel, lab: Lab) -> None:
    click(model, "choose", app="store", name=BEFORE_TAGS)
    click(model, "run")
    settled(model)
    assert looks(model)[LAST] == "UNAPPLIED"
    assert "store_tag" not in lab.truths().truths.rows
    click(model, "rewind")
    settled(model)
    assert looks(model)[LAST] == "APPLIED"
    assert len(lab.rows("store_tag")) == 6


def test_a_command_in_a_cell_is_told_once_and_with_the_next_revision(
    model: LabModel, lab: Lab
) -> None:
    told: list[int] = []
    model.observe(lambda change: told.append(change["new"]["revision"]), names="state")
    before = model.state["revision"]
    lab.manage("migrate store 0004")
    assert told[0] == before + 1
    assert looks(model)[LAST] == "UNAPPLIED"
    settled(model)
    # The second one says whether the truths agree now; what has moved is marked still.
    assert "now: not applied" in marks(model)[LAST]
    assert told == [before + 1, before + 2]
    assert model.state["truths"]["agreements"][1]["word"] == "differ"


def test_a_query_and_a_look_are_not_told(model: LabModel, lab: Lab) -> None:
    before = model.state["revision"]
    lab.sql("SELECT 1")
    lab.truths()
    assert model.state["revision"] == before


def test_the_options_stand_in_the_line_in_a_fixed_order(model: LabModel) -> None:
    click(model, "choose", app="store", name=BEFORE_TAGS)
    click(model, "option", name="--plan", on=True)
    click(model, "option", name="--fake", on=True)
    assert model.chosen["line"] == f"migrate store {BEFORE_TAGS} --fake --plan"
    click(model, "option", name="--plan", on=False)
    assert model.chosen["line"] == f"migrate store {BEFORE_TAGS} --fake"


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"do": "choose", "app": "store", "name": "nope"}, "there is no target store nope"),
        ({"do": "choose", "app": "nope", "name": "zero"}, "there is no target nope zero"),
        ({"do": "option", "name": "--nope", "on": True}, "--nope is not an option here"),
        ({"do": "nope"}, "there is no command 'nope'"),
        ({"do": "choose"}, "choose needs"),
        ({"do": "mend", "which": "nope"}, "no pair of truths 'nope'"),
        ({"do": "cure", "at": 7}, "there is no fix number 7"),
        ({"do": "rewind"}, "cannot rewind"),
        ({"do": "compare", "first": 0, "second": 9}, "there is no moment 9"),
        ({"do": "go", "to": 0}, "the lab is at that moment already"),
    ],
)
def test_what_cannot_be_done_is_said_and_moves_nothing(
    model: LabModel, lab: Lab, order: dict[str, Any], said: str
) -> None:
    before = model.state
    model._handle_custom_msg(order, [])
    settled(model)
    assert said in model.said["text"]
    assert model.state == before
    assert lab.history().lines == ()


def test_a_refusal_of_djangos_is_shown_as_any_step(model: LabModel, lab: Lab) -> None:
    lab.write("store/migrations/0006_a.py", "oops(")
    click(model, "choose", app="store", name="zero")
    click(model, "run")
    settled(model)
    assert "SyntaxError" in model.said["html"] + model.said.get("text", "")


def test_going_to_a_moment_and_comparing_two(model: LabModel, lab: Lab) -> None:
    lab.manage("migrate store 0004")
    lab.manage("migrate store 0003")
    click(model, "go", to=0)
    settled(model)
    assert (lab.history().position, len(model.state["timeline"]["steps"])) == (0, 2)
    click(model, "go", to=2)
    click(model, "compare", first=2, second=0)
    settled(model)
    assert lab.history().position == 2
    assert "6 rows of store_tag" in model.between["html"]
    assert "values of store_product.discount" in model.between["html"]


def test_a_comparison_says_how_much_would_come_back_and_can_be_closed(
    model: LabModel, lab: Lab
) -> None:
    lab.manage("migrate store 0004")
    lab.manage("migrate store 0003")
    click(model, "compare", first=2, second=0)
    settled(model)
    assert (model.between["first"], model.between["second"]) == (0, 2)
    assert "6 rows of store_tag (6 for good)" in model.between["html"]
    assert "values of store_product.discount (9 for good)" in model.between["html"]
    click(model, "close")
    assert model.between == {}


def test_a_comparison_says_why_it_is_not_known_how_much_comes_back(
    model: LabModel, lab: Lab
) -> None:
    lab.sql("DELETE FROM django_migrations WHERE app = 'store' AND name LIKE '0005%'")
    lab.sql("DELETE FROM store_product_tags")
    click(model, "compare", first=0, second=2)
    settled(model)
    assert "could not measure the way back from moment 2 to moment 0" in model.between["html"]
    lab.rewind(2)
    click(model, "compare", first=0, second=1)
    settled(model)
    assert "not measured" not in model.between["html"]


def test_a_comparison_goes_when_one_of_its_moments_does(model: LabModel, lab: Lab) -> None:
    lab.manage("migrate store 0004")
    lab.manage("migrate store 0003")
    click(model, "compare", first=0, second=1)
    settled(model)
    lab.rewind()
    lab.manage("migrate store 0002")
    assert model.between["second"] == 1
    lab.rewind(2)
    assert model.between["second"] == 1
    lab.manage("migrate store 0002")
    assert model.between == {}


def test_what_was_said_of_a_command_goes_when_a_cell_runs_another(
    model: LabModel, lab: Lab
) -> None:
    click(model, "choose", app="store", name=BEFORE_TAGS)
    click(model, "run")
    settled(model)
    assert "unapplied" in model.said["html"]
    lab.manage("migrate store 0002")
    assert model.said == {}


def test_the_map_marks_each_migration_with_what_going_back_costs(model: LabModel, lab: Lab) -> None:
    click(model, "map")
    settled(model)
    marks = {n["name"]: n["marks"] for n in model.state["board"]["lanes"][0]["nodes"]}
    assert any("−46 rows" in mark or "−" in mark for mark in marks[LAST])
    assert looks(model)[LAST] == "COSTLY"
    lab.sql("DELETE FROM store_product_tags")
    assert looks(model)[LAST] == "APPLIED"


def test_the_map_is_told_in_words_too_until_a_target_is_chosen(model: LabModel) -> None:
    click(model, "map")
    settled(model)
    assert "No step back is free." in model.said["html"]
    assert "40 links of store_product_tags" in model.said["html"]
    click(model, "choose", app="store", name="0004_add_discount_field")
    settled(model)
    assert model.said == {}


def test_what_differs_can_be_mended_by_a_click(model: LabModel, lab: Lab) -> None:
    lab.manage("migrate --fake store 0004")
    click(model, "mend", which="files_record")
    settled(model)
    found = model.mends["found"]
    assert {tuple(each["lines"]): each["mends"] for each in found} == {
        ("migrate",): False,
        ("migrate --fake",): True,
    }
    assert found[0]["mends"]
    click(model, "cure", at=0)
    settled(model)
    assert lab.truths().agreements.files_record.verdict is True


def test_a_click_is_cancelled_and_the_lab_stands_as_it_stood(
    model: LabModel, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As it is in a notebook.
    monkeypatch.setattr(Lab, "progress", staticmethod(shown))
    lab.write(
        "store/migrations/0006_slow.py",
        "import time\nfrom django.db import migrations\n\n"
        "def slow(apps, schema_editor):\n    time.sleep(600)\n\n"
        "class Migration(migrations.Migration):\n"
        "    dependencies = [('store', '0005_tag_product_tags')]\n"
        "    operations = [migrations.RunPython(slow, migrations.RunPython.noop)]\n",
    )
    click(model, "choose", app="store", name="0006_slow")
    click(model, "run")
    until(lambda: "0006_slow" in model.work["doing"])
    click(model, "cancel")
    settled(model)
    assert "cancelled" in model.said["text"]
    assert looks(model)["0006_slow"] == "UNAPPLIED"


def test_what_is_cancelled_before_it_began_is_said_and_moves_nothing(model: LabModel) -> None:
    gate = threading.Event()
    model.do("something else", lambda: (gate.wait(60), None)[1])
    click(model, "choose", app="store", name="0003_change_price_field")
    click(model, "run")
    click(model, "cancel")
    told = "migrate store 0003_change_price_field was cancelled before it began."
    assert model.said == {"kind": "error", "text": told}
    gate.set()
    settled(model)
    assert looks(model)["0005_tag_product_tags"] == "APPLIED"


def test_a_click_cancels_the_command_of_a_cell(model: LabModel, lab: Lab) -> None:
    thread = threading.Thread(target=lambda: (until(lambda: lab.busy), click(model, "cancel")))
    thread.start()
    with pytest.raises(Interrupted, match="cancelled"):
        lab.shell("import time; time.sleep(600)")
    thread.join()


def test_closing_the_lab_closes_its_widgets(model: LabModel, lab: Lab) -> None:
    widget = Explorer(lab).widget()
    assert model.comm is not None
    lab.close()
    assert model.state["closed"]
    assert model.comm is None
    assert all(each.comm is None for each in (widget.children[0], widget.children[2]))


def test_a_widget_keeps_no_lab_alive(open_lab: Callable[..., Lab]) -> None:
    lab = Lab("storefront")
    folder = lab.folder
    model = model_of(lab)
    settled(model)
    del lab
    gc.collect()
    assert not folder.exists()
    assert model.state["closed"]


def test_an_explorer_has_a_picture_and_words_where_no_kernel_runs(lab: Lab) -> None:
    still = Explorer(lab).still()
    assert "✓ 0005_tag_product_tags" in still["text/plain"]
    assert "The four truths of store agree." in still["text/plain"]
    assert still["text/html"].count("<img ") == 2
    assert VIEW not in still


@pytest.mark.parametrize("part", PARTS)
def test_each_part_can_stand_alone(lab: Lab, part: str) -> None:
    explorer = Explorer(lab, [part])
    assert explorer.still()["text/plain"]
    assert VIEW in explorer.widget()._repr_mimebundle_()


def test_a_part_that_there_is_not_is_refused(lab: Lab) -> None:
    with pytest.raises(UnknownName, match="timeline"):
        Explorer(lab, ["nope"])


def test_without_a_notebook_it_says_so(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lab, "explorer", None)
    with pytest.raises(BadInput, match="needs a notebook"):
        lab.explore()


def test_menus_and_graph_are_in_step(model: LabModel) -> None:
    (app, target), (fake, *_), line, (do, *_) = (
        each.children if hasattr(each, "children") else each for each in menus(model).children
    )
    target.value = BEFORE_TAGS
    assert model.chosen["line"] == f"migrate store {BEFORE_TAGS}"
    click(model, "choose", app="store", name="zero")
    assert (app.value, target.value) == ("store", "zero")
    assert "python manage.py migrate store zero" in line.value
    fake.value = True
    assert model.chosen["line"] == "migrate store zero --fake"
    do.click()
    settled(model)
    assert looks(model)[LAST] == "UNAPPLIED"


def test_in_a_large_project_the_graph_comes_before_the_truths_are_compared(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("miglab.notebook.widgets.hub.COMPARED_AT_ONCE", 3)
    model = model_of(lab)
    assert looks(model)[LAST] == "APPLIED"
    settled(model)
    assert model.state["truths"]["sentence"] == "The four truths of store agree."
    lab.sql("DROP TABLE store_product_tags")
    settled(model)
    assert model.state["truths"]["agreements"][2]["word"] == "differ"
    assert looks(model)[LAST] == "NOT_IN_TABLES"


def test_cards_and_preview_say_which_locks_keep_others_waiting_on_postgresql() -> None:
    with Lab("storefront", database="postgresql", apps=["store"]) as lab:
        model = model_of(lab)
        click(model, "choose", app="store", name=BEFORE_TAGS)
        settled(model)
        assert model.preview["status"] == "ready", model.preview
        locks = model.preview["locks"][f"store.{LAST}"]
        assert locks["stops"] == "reads"
        assert "store_tag (6 rows) can't be read for" in locks["said"]
        assert "What others wait for: store_" in model.preview["html"]
        assert f"<li>1 store.{LAST}: store_" in model.preview["html"]


def test_a_preview_says_nothing_of_locks_where_the_engine_does_not_tell(model: LabModel) -> None:
    click(model, "choose", app="store", name=BEFORE_TAGS)
    settled(model)
    assert model.preview["locks"] == {}
    assert "What others wait for" not in model.preview["html"]

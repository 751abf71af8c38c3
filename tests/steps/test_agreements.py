"""Whether record and tables agree at two moments, asked at once and each by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from miglab import Lab
from miglab.steps.moments import Moment
from miglab.steps.reader import Agreed

from ..agent.serving.story import migration

#: What changes the tables of other models than the one that it names.
HISTORY = {
    "0006_places": """[
        migrations.CreateModel(
            "Shelf", [("code", models.CharField(max_length=9, primary_key=True))]
        ),
        migrations.CreateModel(
            "Place",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("name", models.CharField(max_length=9, unique=True)),
                ("shelf", models.ForeignKey("store.Shelf", models.CASCADE)),
            ],
        ),
        migrations.CreateModel(
            "Box",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("place", models.ForeignKey("Place", models.CASCADE, to_field="name")),
                ("shelves", models.ManyToManyField("store.Shelf")),
                ("within", models.ForeignKey("self", models.CASCADE, null=True)),
            ],
        ),
        migrations.CreateModel(
            "Crate",
            [
                ("box_ptr", models.OneToOneField(
                    "store.Box", models.CASCADE, auto_created=True, parent_link=True,
                    primary_key=True, serialize=False,
                )),
                ("size", models.IntegerField(default=1)),
            ],
            bases=("store.box",),
        ),
    ]""",
    "0007_names": """[
        migrations.RenameField("place", "name", "label"),
        migrations.RenameField("shelf", "code", "mark"),
    ]""",
    "0008_table": """[
        migrations.AlterModelTable("shelf", "all_shelves"),
        migrations.AddIndex("crate", models.Index(fields=["size"], name="by_size")),
    ]""",
    "0009_longer": """[
        migrations.AlterField(
            "shelf", "mark", models.CharField(max_length=20, primary_key=True)
        ),
    ]""",
    "0010_spot": """[migrations.RenameModel("Place", "Spot")]""",
    "0011_two": """[
        migrations.AddField("box", "weight", models.IntegerField(default=2)),
        migrations.AlterUniqueTogether("box", {("place", "weight")}),
    ]""",
    "0012_through": """[
        migrations.CreateModel(
            "Label",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("box", models.ForeignKey("store.Box", models.CASCADE)),
                ("shelf", models.ForeignKey("store.Shelf", models.CASCADE)),
            ],
        ),
        migrations.AddField(
            "crate", "labels", models.ManyToManyField("store.Shelf", through="store.Label")
        ),
        migrations.CreateModel(
            "Legacy",
            [("id", models.BigAutoField(primary_key=True))],
            options={"managed": False, "db_table": "store_legacy"},
        ),
    ]""",
    "0013_at": """[
        migrations.AddField("label", "at", models.IntegerField(default=0)),
        migrations.AddField("tag", "product", Pointer(null=True)),
    ]""",
    "0014_no_legacy": """[migrations.DeleteModel("Legacy")]""",
}
#: A field that leads to a model which no attribute of it names.
POINTER = """
from django.db.models.fields.related import lazy_related_operation


class Pointer(models.IntegerField):
    def contribute_to_class(self, cls, name, **kwargs):
        super().contribute_to_class(cls, name, **kwargs)
        lazy_related_operation(lambda *found: None, cls, "store.Product")
"""


def moment_of(lab: Lab) -> Moment:
    """Where the lab is, with its truths."""
    return lab._stage.now()[0]


def asked_alone(lab: Lab, then: Moment | None = None) -> dict[str, Any]:
    """What the agent answers, with nothing kept from before."""
    now = moment_of(lab)
    request: dict[str, Any] = {"do": "agree", "known": True}
    if then is not None and then.truths is not None:
        record = [[key.app_label, key.name] for key in then.truths.known_record.keys]
        request["then"] = {"handle": str(then.snapshot.databases["default"]), "record": record}
    found: dict[str, Any] = lab._stage.reader.ask(now.snapshot.digest, request)["agree"]
    return found


@pytest.mark.every_engine
@pytest.mark.short
def test_two_moments_are_told_at_once_as_each_by_itself(
    engine_of_labs: str, open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab("storefront", apps=["store"])
    before = "0005_tag_product_tags"
    for name, operations in HISTORY.items():
        text = migration(before, f"    operations = {operations}", head=POINTER)
        lab.write(f"store/migrations/{name}.py", text)
        before = name
    moments: dict[str, Moment] = {}
    alone: dict[str, Any] = {}
    for name in ("0005", *HISTORY):
        step = lab.manage(f"migrate store {name}")
        assert step.refusal is None, step.output
        moments[name] = moment_of(lab)
        alone[name] = asked_alone(lab)["record_tables"]
        assert alone[name]["verdict"], alone[name]["details"]
    lab.sql("DROP INDEX by_size" + (" ON store_crate" if engine_of_labs == "mysql" else ""))
    moments["with drift"], alone["with drift"] = moment_of(lab), asked_alone(lab)["record_tables"]
    assert alone["with drift"]["verdict"] is False
    names = [*moments]
    for place, name in enumerate(names):
        lab._stage.begin_at(moments[name])
        # On a server nothing is made once for both.
        others = names if engine_of_labs == "sqlite" else names[place - 1 : place]
        for other in {*others} - {name}:
            found = asked_alone(lab, moments[other])
            assert found["record_tables"] == alone[name], (name, other)
            assert found["then"] == alone[other], (name, other)


def test_what_takes_too_long_at_once_is_asked_one_by_one(lab: Lab, tmp_path: Path) -> None:
    """A migration whose state is made slowly: within the limit once, and not twice."""
    slow = f"""
class Slow(migrations.RunSQL):
    def state_forwards(self, app_label, state):
        if os.path.exists({str(tmp_path / "slow")!r}):
            time.sleep(8)


"""
    text = migration(
        "0005_tag_product_tags",
        '    operations = [Slow("SELECT 1", "SELECT 1")]',
        head=f"import os\nimport time\n{slow}",
    )
    lab.write("store/migrations/0006_slow.py", text)
    lab.manage("migrate store")
    then = moment_of(lab)
    stage, reader = lab._stage, lab._stage.reader
    known = stage.agreements().models_files
    lab.sql("CREATE INDEX more ON store_product (name)")
    assert then.truths is not None
    reader._agreed = Agreed({then.snapshot.digest: known})
    (tmp_path / "slow").touch()
    reader.time_limit = 14
    found = stage.agreements(then)
    assert found.record_tables.compared, found.record_tables.reason
    assert reader.known(then.snapshot, then.truths, ()) is None

"""Drift on PostgreSQL: none where there is none, and whatever somebody changed by hand is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miglab.facts.truths import Agreement
from miglab.lab import Lab

from ....whatif.shop import applied, install

MODELS = """
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField, DateTimeRangeField, HStoreField, IntegerRangeField, RangeOperators,
)
from django.contrib.postgres.indexes import (
    BrinIndex, BTreeIndex, GinIndex, GistIndex, HashIndex, OpClass, SpGistIndex,
)
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Now


class Room(models.Model):
    name = models.CharField(max_length=20, unique=True, db_collation="C", db_comment="its sign")
    slug = models.SlugField()
    email = models.EmailField(db_index=True)
    tags = ArrayField(models.CharField(max_length=9), default=list)
    grid = ArrayField(ArrayField(models.IntegerField(), size=2), null=True)
    extra = HStoreField(default=dict)
    data = models.JSONField(default=dict)
    search = SearchVectorField(null=True)
    beds = models.PositiveSmallIntegerField(db_default=2)
    made = models.DateTimeField(db_default=Now())
    double = models.GeneratedField(
        expression=F("beds") * 2, output_field=models.IntegerField(), db_persist=True
    )
    price = models.DecimalField(max_digits=9, decimal_places=2)
    code = models.UUIDField()
    raw = models.BinaryField(null=True)
    how_long = models.DurationField(null=True)
    ip = models.GenericIPAddressField(null=True)
    is_open = models.BooleanField(default=True)
    weight = models.FloatField(null=True)
    day = models.DateField(null=True)
    hour = models.TimeField(null=True)
    text = models.TextField(blank=True)
    small = models.SmallIntegerField(default=0)
    big = models.BigIntegerField(default=0)

    class Meta:
        db_table_comment = "rooms to let"
        indexes = [
            GinIndex(fields=["tags"], name="room_tags"),
            GinIndex(fields=["data"], name="room_data", opclasses=["jsonb_path_ops"]),
            GinIndex(fields=["search"], name="room_search", fastupdate=False),
            BrinIndex(fields=["made"], name="room_made", pages_per_range=16),
            BTreeIndex(fields=["price"], name="room_price", fillfactor=70),
            HashIndex(fields=["code"], name="room_code"),
            SpGistIndex(fields=["text"], name="room_text"),
            models.Index(fields=["-price", "name"], name="room_down", include=["beds"]),
            models.Index(Lower("slug").desc(), "beds", name="room_lower"),
            models.Index(OpClass(Lower("email"), name="varchar_pattern_ops"), name="room_like"),
            models.Index(fields=["beds"], condition=Q(beds__gt=1), name="room_some"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0) & ~Q(slug="x"), name="room_check"),
            models.UniqueConstraint(fields=["slug", "beds"], include=["price"], name="room_once"),
            models.UniqueConstraint(
                fields=["code"], name="room_later", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(Lower("slug"), F("email"), name="room_expr"),
            models.UniqueConstraint(
                fields=["email"], condition=Q(is_open=True), name="room_where"
            ),
            models.UniqueConstraint(
                fields=["day", "hour"], nulls_distinct=False, name="room_nulls"
            ),
        ]


class Booking(models.Model):
    room = models.ForeignKey(Room, models.CASCADE)
    during = DateTimeRangeField()
    guests = IntegerRangeField(null=True)
    others = models.ManyToManyField(Room, related_name="others")
    kept = models.OneToOneField("self", models.SET_NULL, null=True)

    class Meta:
        unique_together = [("room", "during")]
        constraints = [
            ExclusionConstraint(
                name="no_overlap",
                expressions=[("during", RangeOperators.OVERLAPS), ("room", RangeOperators.EQUAL)],
                condition=Q(guests__isnull=False),
            )
        ]
        indexes = [GistIndex(fields=["during"], name="booking_during")]
"""
FIRST = """
from django.contrib.postgres.operations import BtreeGistExtension, HStoreExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    operations = [BtreeGistExtension(), HStoreExtension()]
"""
#: What somebody did by hand → what is said of it.
BY_HAND = {
    "ALTER TABLE hotel_room DROP COLUMN small": "column hotel_room.small is missing",
    "ALTER TABLE hotel_room ADD COLUMN more text": "column hotel_room.more should not be there",
    "ALTER TABLE hotel_room ALTER small TYPE bigint": "hotel_room.small is bigint NOT NULL, but",
    "ALTER TABLE hotel_room ALTER price TYPE numeric(9, 3)": "hotel_room.price is numeric(9,3)",
    'ALTER TABLE hotel_room ALTER name TYPE varchar(20) COLLATE "default"': "hotel_room.name is",
    "ALTER TABLE hotel_room ALTER beds SET DEFAULT 3": "hotel_room.beds is smallint NOT NULL DEF",
    "ALTER TABLE hotel_room ALTER small DROP NOT NULL": "hotel_room.small is smallint NULL, but",
    "ALTER TABLE hotel_room ALTER id DROP IDENTITY": "hotel_room.id is bigint NOT NULL PRIMARY",
    "ALTER TABLE hotel_room ALTER double DROP EXPRESSION": "hotel_room.double is integer NULL, but",
    "COMMENT ON COLUMN hotel_room.name IS 'else'": "COMMENT 'else', but should be",
    "COMMENT ON TABLE hotel_room IS NULL": "the comment of table hotel_room differs",
    "DROP INDEX room_tags": "indexes of table hotel_room differ",
    "DROP INDEX hotel_room_slug_%_like": "indexes of table hotel_room differ",
    "DROP INDEX room_data; CREATE INDEX room_data ON hotel_room USING gin (data)": "indexes of",
    "ALTER INDEX room_price RESET (fillfactor)": "indexes of table hotel_room differ",
    "DROP INDEX room_down; CREATE INDEX room_down ON hotel_room (price, name) INCLUDE (beds)": (
        "indexes of table hotel_room differ"
    ),
    "DROP INDEX room_some; CREATE INDEX room_some ON hotel_room (beds) WHERE beds > 2": "indexes",
    "ALTER TABLE hotel_room DROP CONSTRAINT room_check": "checks of table hotel_room differ",
    "ALTER TABLE hotel_room DROP CONSTRAINT room_check, ADD CONSTRAINT room_check "
    "CHECK (price >= 0 AND NOT (slug = 'x' AND slug IS NOT NULL)) NOT VALID": "checks of table",
    "ALTER TABLE hotel_room DROP CONSTRAINT room_later, ADD CONSTRAINT room_later UNIQUE (code)": (
        "indexes of table hotel_room differ"
    ),
    "ALTER TABLE hotel_booking DROP CONSTRAINT no_overlap": "checks of table hotel_booking differ",
    "CREATE TABLE hotel_other (id integer)": (
        "table hotel_other should not be there, according to the recorded migrations"
    ),
    "DROP TABLE hotel_booking_others": "table hotel_booking_others is missing",
    "CREATE SCHEMA apart; ALTER TABLE hotel_booking_others SET SCHEMA apart": "others is missing",
}


#: A second version of the models.
CHANGES = {
    "small = models.SmallInteger": "smaller = models.Integer",
    "models.SlugField()": "models.SlugField(unique=True)",
    "max_length=9": "max_length=12",
    "unique=True, db_coll": "db_coll",
    "is_open": "closed",
    "    slug = ": "    id = models.AutoField(primary_key=True)\n    slug = ",
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("storefront", database="postgresql") as lab:
        lab.replace(
            "storefront/settings.py",
            '    "storefront",',
            '    "django.contrib.postgres",\n    "storefront",',
        )
        install(lab, "hotel")
        lab.write("hotel/models.py", MODELS)
        lab.write("hotel/migrations/0001_initial.py", FIRST)
        applied(lab, "makemigrations hotel")
        applied(lab, "migrate")
        yield lab


def drift(lab: Lab) -> Agreement:
    found = lab.truths().agreements
    assert found is not None
    return found.record_tables


def test_models_with_all_that_django_makes_for_postgresql_do_not_differ(lab: Lab) -> None:
    assert drift(lab).verdict is True, drift(lab).details


def test_nor_does_a_table_whose_columns_came_one_by_one(lab: Lab) -> None:
    text = MODELS
    for old, new in CHANGES.items():
        text = text.replace(old, new)
    lab.write("hotel/models.py", text)
    applied(lab, "makemigrations hotel --noinput")
    applied(lab, "migrate")
    try:
        assert drift(lab).verdict is True, drift(lab).details
    finally:
        lab.rewind(3)
    assert drift(lab).verdict is True, drift(lab).details


@pytest.mark.parametrize("sql", BY_HAND)
def test_what_somebody_changed_by_hand_is_seen(lab: Lab, sql: str) -> None:
    said = f"DROP INDEX {_like_index(lab)}" if "%" in sql else sql
    steps = 0
    for each in said.split("; "):
        lab.sql(each)
        steps += 1
    try:
        found = drift(lab)
        # The app's own SQL could have made a table: nobody can tell.
        assert found.verdict is (None if "hotel_other" in sql else False)
        assert any(BY_HAND[sql] in each for each in found.details), found.details
    finally:
        lab.rewind(steps)


def _like_index(lab: Lab) -> str:
    """The one that Django makes beside a slug's own."""
    indexes = lab.truths().truths.tables.tables["hotel_room"].indexes
    return next(e.name for e in indexes if e.columns == ("slug",) and e.orders[0])

"""Drift on MariaDB: none where there is none, and whatever somebody changed by hand is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miglab.facts.truths import Agreement
from miglab.lab import Lab

from ....whatif.shop import applied, install

MODELS = """
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Room(models.Model):
    name = models.CharField(
        max_length=20, unique=True, db_collation="utf8mb4_bin", db_comment="its sign"
    )
    slug = models.SlugField()
    email = models.EmailField(db_index=True)
    data = models.JSONField(default=dict)
    beds = models.PositiveSmallIntegerField(db_default=2)
    many = models.PositiveBigIntegerField(default=1)
    some = models.PositiveIntegerField(default=1)
    made = models.DateTimeField(db_default=Now())
    double = models.GeneratedField(
        expression=F("beds") * 2, output_field=models.IntegerField(), db_persist=True
    )
    half = models.GeneratedField(
        expression=F("beds") + 2, output_field=models.IntegerField(), db_persist=False
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
    path = models.FilePathField(path="/tmp")
    url = models.URLField(null=True)

    class Meta:
        db_table_comment = "rooms to let"
        indexes = [
            models.Index(fields=["-price", "name"], name="room_down"),
            models.Index(fields=["beds", "made"], name="room_made"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0) & ~Q(slug="x"), name="room_check"),
            models.UniqueConstraint(fields=["slug", "beds"], name="room_once"),
        ]


class Booking(models.Model):
    room = models.ForeignKey(Room, models.CASCADE)
    loose = models.ForeignKey(Room, models.CASCADE, db_constraint=False, related_name="loose")
    plain = models.ForeignKey(Room, models.CASCADE, db_index=False, related_name="plain")
    others = models.ManyToManyField(Room, related_name="others")
    kept = models.OneToOneField("self", models.SET_NULL, null=True)
    by_name = models.ForeignKey(Room, models.CASCADE, to_field="name", related_name="by_name")

    class Meta:
        unique_together = [("room", "kept")]
        indexes = [models.Index(fields=["plain", "room"], name="booking_plain")]


class Suite(Room):
    floor = models.IntegerField()


class Flag(models.Model):
    word = models.CharField(max_length=9)
"""
#: What somebody did by hand → what is said of it.
BY_HAND = {
    "ALTER TABLE hotel_room DROP COLUMN big": "column hotel_room.big is missing",
    "ALTER TABLE hotel_room ADD COLUMN more text": "column hotel_room.more should not be there",
    "ALTER TABLE hotel_room MODIFY big int NOT NULL": "hotel_room.big is int(11) NOT NULL, but",
    "ALTER TABLE hotel_room MODIFY many bigint NOT NULL": (
        "hotel_room.many is bigint(20) NOT NULL,"
    ),
    "ALTER TABLE hotel_room MODIFY price numeric(9, 3) NOT NULL": (
        "hotel_room.price is decimal(9,3)"
    ),
    "ALTER TABLE hotel_room MODIFY slug varchar(50) COLLATE utf8mb4_bin NOT NULL": (
        "slug is varchar"
    ),
    "ALTER TABLE hotel_flag CONVERT TO CHARACTER SET latin1": "hotel_flag.word is varchar(9)",
    "ALTER TABLE hotel_room ALTER beds SET DEFAULT 3": "hotel_room.beds is smallint(5) unsigned",
    "ALTER TABLE hotel_room MODIFY big bigint": "hotel_room.big is bigint(20) NULL, but",
    "ALTER TABLE hotel_booking_others MODIFY id bigint NOT NULL": "hotel_booking_others.id is",
    "ALTER TABLE hotel_room DROP COLUMN half, ADD COLUMN half integer AS (beds + 3)": (
        "room.half is"
    ),
    "ALTER TABLE hotel_room MODIFY made datetime(6) NOT NULL DEFAULT current_timestamp(6) "
    "ON UPDATE current_timestamp(6)": "ON UPDATE",
    "ALTER TABLE hotel_room MODIFY slug varchar(50) NOT NULL COMMENT 'else'": "COMMENT 'else', but",
    "ALTER TABLE hotel_room COMMENT ''": "the comment of table hotel_room differs",
    "DROP INDEX room_made ON hotel_room": "indexes of table hotel_room differ",
    "ALTER TABLE hotel_room ALTER INDEX room_made IGNORED": "indexes of table hotel_room differ",
    "ALTER TABLE hotel_room DROP INDEX room_down, ADD INDEX room_down (price, name)": "indexes of",
    "ALTER TABLE hotel_room DROP INDEX room_down, ADD INDEX room_down (price DESC, name(5))": (
        "indexes of table hotel_room differ"
    ),
    "CREATE FULLTEXT INDEX words ON hotel_room (text)": "indexes of table hotel_room differ",
    "ALTER TABLE hotel_room DROP CONSTRAINT room_check": "checks of table hotel_room differ",
    "ALTER TABLE hotel_room MODIFY data longtext NOT NULL": "checks of table hotel_room differ",
    "ALTER TABLE hotel_room DROP CONSTRAINT room_check, ADD CONSTRAINT room_check "
    "CHECK (price > 0)": "checks of table hotel_room differ",
    "ALTER TABLE hotel_flag ENGINE = Aria": "checks of table hotel_flag differ",
    "CREATE TABLE hotel_other (id integer)": (
        "table hotel_other should not be there, according to the recorded migrations"
    ),
    "DROP TABLE hotel_booking_others": "table hotel_booking_others is missing",
}

#: A second version of the models.
CHANGES = {
    "small = models.SmallInteger": "smaller = models.Integer",
    "models.SlugField()": "models.SlugField(unique=True)",
    "data = models": "facts = models",
    "max_length=20, unique=True": "max_length=30, unique=True",
    "is_open": "closed",
    'unique_together = [("room", "kept")]': "pass",
    'indexes = [models.Index(fields=["plain", "room"], name="booking_plain")]': "",
    "many = models.PositiveBig": "many = models.PositiveSmall",
    'db_comment="its sign"': "db_comment=\"a 'name'\"",
    "rooms to let": "",
    "class Suite": "class Flat",
}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab("storefront", database="mariadb") as lab:
        install(lab, "hotel")
        lab.write("hotel/models.py", MODELS)
        applied(lab, "makemigrations hotel")
        applied(lab, "migrate")
        yield lab


def drift(lab: Lab) -> Agreement:
    found = lab.truths().agreements
    assert found is not None
    return found.record_tables


def test_models_with_all_that_django_makes_do_not_differ(lab: Lab) -> None:
    assert drift(lab).verdict is True, drift(lab).details


def test_nor_does_a_table_whose_columns_came_one_by_one(lab: Lab) -> None:
    text = MODELS
    for old, new in CHANGES.items():
        assert old in text
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
    step = lab.sql(sql)
    assert step.refusal is None, step.output
    try:
        found = drift(lab)
        # The app's own SQL could have made a table: nobody can tell.
        assert found.verdict is (None if "hotel_other" in sql else False)
        assert any(BY_HAND[sql] in each for each in found.details), found.details
    finally:
        lab.rewind(1)

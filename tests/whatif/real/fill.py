"""Puts rows into every table of a project, in the project's own interpreter.

    python fill.py MODULE ROWS     MODULE is the settings module; started in the project's folder

Values are ordinary ones of each field's type, relations lead to rows that are there. Rows that a
model or the database objects to are left out. It prints how many tables have rows, of how many.
"""

from __future__ import annotations

import datetime
import decimal
import os
import sys
import uuid


def value(field, number):
    """One for the field of this kind, another one for each number."""
    from django.db import models

    if field.choices:
        options = list(field.flatchoices)
        return options[number % len(options)][0]
    for kind, made in (
        (models.BooleanField, lambda: number % 2 == 0),
        (models.EmailField, lambda: f"n{number}@example.org"),
        (models.URLField, lambda: f"https://example.org/{number}"),
        (models.SlugField, lambda: f"s{number}"),
        (models.UUIDField, lambda: uuid.UUID(int=number)),
        (models.GenericIPAddressField, lambda: f"127.0.0.{number % 250}"),
        (models.JSONField, lambda: {"n": number}),
        (models.DateTimeField, lambda: datetime.datetime(2024, 1, 1, 12, number % 60)),
        (models.DateField, lambda: datetime.date(2024, 1, 1 + number % 28)),
        (models.TimeField, lambda: datetime.time(number % 24)),
        (models.DurationField, lambda: datetime.timedelta(number)),
        (models.DecimalField, lambda: decimal.Decimal(number % 10)),
        (models.FloatField, lambda: number * 1.0),
        (models.IntegerField, lambda: number),
        (models.BinaryField, lambda: b"n%d" % number),
        (models.CharField, lambda: f"n{number} Ünï"[: field.max_length or 99]),
        (models.Field, lambda: f"n{number}"),
    ):
        if isinstance(field, kind):
            return made()
    return None


def fill(model, number):
    """One row of a model, or an error."""
    from django.db import models

    made = model()
    for field in model._meta.local_concrete_fields:
        if field.primary_key and not field.remote_field and field.has_default():
            continue
        if isinstance(field, models.AutoField) or getattr(field, "generated", False):
            continue
        if field.remote_field:
            there = field.remote_field.model._base_manager.order_by("pk")[:50]
            there = list(there.values_list(field.target_field.attname, flat=True))
            if not there and not field.null:
                raise LookupError(field)
            setattr(made, field.attname, there[number % len(there)] if there else None)
        elif not field.has_default() or field.unique or number % 3 == 0:
            setattr(made, field.attname, value(field, number))
    made.save_base(raw=True, force_insert=True)


def main():
    """Fill what can be filled."""
    os.environ["DJANGO_SETTINGS_MODULE"] = sys.argv[1]
    sys.path.insert(0, os.getcwd())
    import django

    django.setup()
    from django.apps import apps
    from django.db import connection, transaction

    models = [e for e in apps.get_models(include_auto_created=True) if e._meta.managed]
    models = [e for e in models if not e._meta.proxy and e._meta.app_label not in ("migrations",)]
    models = [e for e in models if e._meta.db_table in connection.introspection.table_names()]
    for turn in range(4):
        for model in models:
            for number in range(1, int(sys.argv[2]) + 1):
                if model._base_manager.count() >= int(sys.argv[2]):
                    break
                try:
                    with transaction.atomic():
                        fill(model, 10 * turn + number)
                except Exception:
                    continue
    filled = sum(model._base_manager.exists() for model in models)
    print(f"{filled} of {len(models)} tables have rows")


if __name__ == "__main__":
    main()

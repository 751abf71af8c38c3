"""Loads the example rows in storefront/rows/ into the tables that exist at this moment.

The rows have the values of every column that a table ever had. Only the columns that
the table has now are filled, so the rows fit the database at any of its migrations.
"""

import json
from pathlib import Path

from django.apps import apps
from django.core.management.color import no_style
from django.db import transaction
from django.db.migrations.recorder import MigrationRecorder

FOLDER = Path(__file__).parent / "rows"

# A table comes after the tables that its foreign keys point to.
FILES = ["accounts", "marketplace", "media", "store", "blog"]


class TableHoldsRows(Exception):
    """A table that should be filled is not empty."""


def load_rows(connection):
    """Fill the tables, all or none, and return how many rows went into each."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        existing = connection.introspection.table_names(cursor)
        applied = MigrationRecorder(connection).applied_migrations()
        tables = {table: rows for table, rows in read_rows(applied).items() if table in existing}
        for table in tables:
            refuse_if_filled(connection, cursor, table)
        for table, rows in tables.items():
            insert(connection, cursor, table, rows)
        reset_sequences(connection, cursor, tables)
    return {table: len(rows) for table, rows in tables.items()}


def read_rows(applied):
    """Return the rows of each table, as they are when these migrations are applied."""
    tables = {}
    for name in FILES:
        tables.update(read_json(name))
    # A data migration changes values. Until it is applied, the older values hold.
    for migration, older in read_json("before").items():
        if tuple(migration.split(".")) in applied:
            continue
        for table, changes in older.items():
            by_id = {row["id"]: row for row in tables[table]}
            for change in changes:
                by_id[change["id"]].update(change)
    return tables


def read_json(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def refuse_if_filled(connection, cursor, table):
    cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")
    count = cursor.fetchone()[0]
    if count:
        raise TableHoldsRows(f"{table} already holds rows ({count}).")


def insert(connection, cursor, table, rows):
    """Insert the rows. Fill the table's columns that the rows have, or that need a value and have a
    default."""
    quote = connection.ops.quote_name
    defaults = model_defaults(connection, table)
    columns = {}  # name: the value that stands in for NULL
    for column in connection.introspection.get_table_description(cursor, table):
        default = None if column.null_ok else defaults.get(column.name)
        if column.name in rows[0] or default is not None:
            columns[column.name] = default
    names = ", ".join(quote(name) for name in columns)
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})"
    for row in rows:
        cursor.execute(
            sql,
            [default if row.get(name) is None else row[name] for name, default in columns.items()],
        )


def model_defaults(connection, table):
    """Return the defaults that today's model has for the columns of this table."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return {
                field.column: field.get_db_prep_save(field.get_default(), connection)
                for field in model._meta.local_concrete_fields
                if field.has_default()
            }
    return {}


def reset_sequences(connection, cursor, tables):
    """Let the next new row of each table get the next free id (PostgreSQL needs this)."""
    models = apps.get_models(include_auto_created=True)
    loaded = [model for model in models if model._meta.db_table in tables]
    for sql in connection.ops.sequence_reset_sql(no_style(), loaded):
        cursor.execute(sql)

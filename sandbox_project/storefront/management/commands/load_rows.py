from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from storefront.rows import TableHoldsRows, load_rows


class Command(BaseCommand):
    help = "Fills the empty tables of this project with its example rows."

    def handle(self, *args, **options):
        try:
            loaded = load_rows(connection)
        except TableHoldsRows as error:
            raise CommandError(f"{error} Nothing was loaded.") from error
        for table, count in loaded.items():
            self.stdout.write(f"{count} rows into {table}")
        if not loaded:
            self.stdout.write("There are no tables to fill. Run migrate first.")

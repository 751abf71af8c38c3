"""The long story: more than fifty commands and edits, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """A management command, with the answers to what it asks."""

    line: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edit:
    """Replace a piece of a file."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Write:
    """Write a file."""

    path: str
    text: str


@dataclass(frozen=True)
class Delete:
    """Delete a file."""

    path: str


def migration(parent: str, body: str, app: str = "store", head: str = "") -> str:
    """The text of a migration file."""
    return f'''from django.db import migrations, models

{head}
class Migration(migrations.Migration):
    dependencies = [("{app}", "{parent}")]
{body}
'''


FAILING = """def change_then_fail(apps, schema_editor):
    apps.get_model("store", "Product").objects.update(discount=99)
    raise ValueError("this row cannot be migrated")

"""
SKU = "    sku = models.CharField(max_length=20, unique=True)\n"
FAILS = migration(
    "0006_product_colour", "    operations = [migrations.RunPython(change_then_fail)]", head=FAILING
)
FAILS_HALFWAY = migration(
    "0006_product_colour",
    "    atomic = False\n    operations = [migrations.RunPython(change_then_fail, atomic=False)]",
    head=FAILING,
)

PRICE = migration(
    "0001_initial",
    """    operations = [
        migrations.AddField(
            "product", "price", models.DecimalField(max_digits=6, decimal_places=2, default=0)
        )
    ]""",
)

STORY: tuple[Run | Edit | Write | Delete, ...] = (
    # look
    Run("showmigrations"),
    Run("showmigrations store --plan"),
    Run("check"),
    Run("makemigrations --check --dry-run"),
    Run("sqlmigrate store 0003"),
    Run("sqlmigrate store 0003 --backwards"),
    Run("migrate --plan"),
    # revert, and forward again
    Run("migrate store 0002 --plan"),
    Run("migrate store 0004"),
    Run("migrate store 0002"),
    Run("showmigrations store"),
    Run("migrate store"),
    # what Django refuses
    Run("migrate store 00"),
    Run("migrate store 9999"),
    Run("migrate nowhere"),
    Run("migrate --no-such-option"),
    Run("nosuchcommand"),
    Run("migrate blog zero"),
    Run("migrate blog"),
    # zero, and what depends on it
    Run("migrate store zero"),
    Run("migrate accounts zero"),
    Run("migrate"),
    # make and apply
    Edit(
        "store/models.py", SKU, SKU + '    colour = models.CharField(max_length=9, default="-")\n'
    ),
    Run("makemigrations --check"),
    Run("makemigrations store --dry-run -v 3"),
    Run("makemigrations store"),
    Run("migrate"),
    # rename, and answer Django's question
    Edit("store/models.py", "    colour = ", "    finish = "),
    Run("makemigrations store", ("y",)),
    Run("migrate store -v 2"),
    # a column without a default
    Edit("store/models.py", SKU, SKU + "    weight = models.IntegerField()\n"),
    Run("makemigrations store", ("1", "7")),
    Run("migrate store"),
    Run("migrate store 0005"),
    # delete the file of a migration that is not applied, and of one that is
    Delete("store/migrations/0008_*.py"),
    Run("migrate store"),
    Delete("store/migrations/0007_*.py"),
    Run("showmigrations store"),
    Run("migrate store 0005"),
    Run("migrate store --prune"),
    Run("makemigrations store --noinput"),
    # fake
    Run("migrate --fake store 0003"),
    Run("migrate store"),
    Run("migrate --fake store zero"),
    Run("migrate store"),
    Run("migrate --fake-initial store"),
    Run("migrate --fake store"),
    Run("showmigrations store"),
    # two leaves, and a merge
    Write(
        "blog/migrations/0005_left.py",
        migration("0004_comment_is_approved", "    operations = []", "blog"),
    ),
    Write(
        "blog/migrations/0005_right.py",
        migration("0004_comment_is_approved", "    operations = []", "blog"),
    ),
    Run("migrate blog"),
    Run("makemigrations blog"),
    Run("makemigrations blog --merge --noinput"),
    Run("migrate blog"),
    Run("migrate blog 0005_left"),
    # an empty migration, named by the clock
    Run("makemigrations media --empty"),
    Run("migrate media"),
    # squash
    Run("squashmigrations marketplace 0001 0003 --noinput"),
    Run("showmigrations marketplace"),
    Run("migrate marketplace"),
    # a failing RunPython, and one that is not atomic
    Write("store/migrations/0099_fails.py", FAILS),
    Run("migrate store"),
    Run("showmigrations store"),
    Write("store/migrations/0099_fails.py", FAILS_HALFWAY),
    Run("migrate store"),
    Run("inspectdb store_product"),
    Delete("store/migrations/0099_fails.py"),
    # a file in the middle is gone
    Delete("store/migrations/0002_add_price_to_product.py"),
    Run("showmigrations"),
    Run("migrate"),
    Write("store/migrations/0002_add_price_to_product.py", PRICE),
    # a syntax error, twice in one second and of one size
    Edit("store/models.py", "from django.db", "from django,db"),
    Run("showmigrations store"),
    Edit("store/models.py", "from django,db", "from django.db"),
    Run("showmigrations store"),
    Run("shell -c \"print('hello')\""),
    # another user model
    Edit(
        "storefront/settings.py",
        "INSTALLED_APPS",
        'AUTH_USER_MODEL = "accounts.Member"\n\nINSTALLED_APPS',
    ),
    Run("migrate"),
    Write(
        "accounts/member.py",
        "from django.contrib.auth.models import AbstractUser\n\n\n"
        "class Member(AbstractUser):\n    pass\n",
    ),
    Edit(
        "accounts/models.py",
        "from django.db import models\n",
        "from django.db import models\n\nfrom accounts.member import Member  # noqa: F401\n",
    ),
    Run("makemigrations accounts", ("y", "1", "7")),
    Run("migrate"),
    Run("check"),
    Run("flush --noinput"),
)

#: As far as everything is at zero and applied again.
BEGINNING = STORY[: STORY.index(Run("migrate")) + 1]

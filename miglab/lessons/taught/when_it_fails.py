"""When it fails: a migration with a broken default, and a rollback that stops on the way."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..acts import add_field, by_hand
from ..goals import agreeing, equal, last_applied, rows
from ..looks import agree, applied, columns, files, last, lost, numbers
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_MODELS = "store/models.py"
_SKU = "sku = models.CharField(max_length=20, unique=True)"
_SHIPPING = 'shipping = models.DecimalField(max_digits=6, decimal_places=2, default="free")'

question(
    "free-shipping",
    "“free” isn't a number. You run `makemigrations store`, then `migrate store`. "
    "Which command fails?",
    {
        "`makemigrations` refuses the default.": lambda lab: len(files(lab, "store")) == 5,
        "`migrate` fails, and the table stays as it was.": lambda lab: (
            len(files(lab, "store")) > 5 and "shipping" not in columns(lab, "store_product")
        ),
        "Neither fails. The error comes when you save the first new product.": lambda lab: (
            "shipping" in columns(lab, "store_product")
        ),
    },
    because={
        "B": """
            `makemigrations` only copies your default into the file. It does not test the default.
            `migrate` has to write it into a column of numbers, and there it fails.
        """
    },
)

question(
    "second-try",
    "The model is correct now, and `0007` corrects the default. What does `migrate store` do?",
    {
        "It applies both, because `0007` repairs `0006`.": lambda lab: (
            {
                "0006_product_shipping",
                "0007_alter_product_shipping",
            }
            <= set(applied(lab, "store"))
        ),
        "It skips `0006` and applies `0007`.": lambda lab: (
            "0007_alter_product_shipping" in applied(lab, "store")
            and "0006_product_shipping" not in applied(lab, "store")
        ),
        "It fails at `0006` again.": lambda lab: (
            last(lab).refused and "0007_alter_product_shipping" not in applied(lab, "store")
        ),
    },
    because={
        "C": """
            `migrate` runs the files, one after the other. It does not run your models.
            The file of `0006` still says "free", and it runs first.
        """
    },
)

question(
    "halfway",
    "`0003_fill_slugs` cannot be undone. What is true after `migrate blog zero`?",
    {
        "Nothing changed. Django checks everything before it begins.": lambda lab: (
            len(applied(lab, "blog")) == 4
        ),
        "`0004` is undone. Then Django stops.": lambda lab: (
            0 < len(applied(lab, "blog")) < 4
            and "0004_comment_is_approved" not in applied(lab, "blog")
        ),
        "All four are undone. Django skips code that it cannot undo.": lambda lab: (
            not applied(lab, "blog")
        ),
    },
    because={
        "B": """
            Each migration has **its own** transaction. There is no transaction around the
            whole command. Django undid `0004` and removed it from the record. Then it came to
            `0003` and stopped.

            The column that `0004` had created is gone, with its values. The database is now
            halfway between where you were and where you wanted to be.
        """
    },
)


def _one_without_sku(lab: Lab) -> None:
    """Somebody allowed products without a sku, and there is one now."""
    lab.replace(_MODELS, _SKU, _SKU[:-1] + ", null=True)")
    lab.manage("makemigrations store")
    lab.manage("migrate store")
    lab.shell("Product.objects.filter(pk=5).update(sku=None)")


task(
    "stuck-rollback",
    {
        "The last applied migration of `store` is `0005`.": last_applied(
            "store", "0005_tag_product_tags"
        ),
        "The record and the tables agree.": agreeing("record_tables"),
        "All 24 products are there, and each has a different `sku`.": equal(
            lambda lab: numbers(lab, "SELECT count(*), count(DISTINCT sku) FROM store_product"),
            (24, 24),
            lambda found: f"{found[0]} products, {found[1]} different values of `sku`",
        ),
        "All 6 tags and their 40 links are there.": rows(store_tag=6, store_product_tags=40),
    },
    apps=["store"],
    begin=_one_without_sku,
)


@experiment(
    "C11",
    {
        "holds only if": "Try `migrate` on a copy, and then save one object without a value for "
        "that field. `makemigrations` does not test defaults."
    },
)
def _() -> Iterator[Case]:
    free = 'models.DecimalField(max_digits=8, decimal_places=2, default="free")'
    with fresh() as lab:
        told = f"\n\nclass Bundle(models.Model):\n    price = {free}\n"
        lab.write(_MODELS, lab.read(_MODELS) + told)
        yield _breaks(lab, "the table is new", "Bundle.objects.create()")
    with fresh() as lab:
        add_field(lab, f"shipping = {free}")
        yield _breaks(lab, "you add the column to an existing table", _NEW_PRODUCT)
    with fresh() as lab:
        lab.replace(_MODELS, "default=0, null=True", 'default="free", null=True')
        yield _breaks(lab, "the column already exists and only its default changes", _NEW_PRODUCT)
    with fresh() as lab:
        lab.sql("UPDATE store_product SET price = 1 WHERE price IS NULL")
        lab.replace(_MODELS, "default=0, null=True, blank=True", 'default="free"')
        yield _breaks(
            lab, "the column already exists and NULL is no longer allowed in it", _NEW_PRODUCT
        )


_NEW_PRODUCT = "Product.objects.create(category_id=1, name='Bench', sku='NEW-1')"


def _breaks(lab: Lab, when: str, save: str) -> Case:
    """Make, migrate and save; the claim says that only the last of them breaks."""
    done = [lab.manage("makemigrations store")]
    if not done[-1].refused:
        done.append(lab.manage("migrate store"))
    if not done[-1].refused:
        done.append(lab.shell(save))
    at = ("makemigrations", "migrate", "the first save")[len(done) - 1]
    refusal = done[-1].refusal
    found = f"It failed at {at}, with {refusal}." if refusal else "Nothing failed."
    return case(when, done, found, held=len(done) == 3 and done[-1].refused)


@experiment(
    "C12",
    {
        "does not hold": "Correct the model. If the migration was applied, make another one. "
        "If not, delete its file and make it again.",
        "holds only if": "Correct the model. If the migration was applied, make another one. "
        "If not, delete its file and make it again.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        add_field(lab, _SHIPPING)
        yield _mend(
            lab, "the migration failed, and you do exactly what the claim says", _NEW_PRODUCT
        )
    with fresh() as lab:
        add_field(lab, _SHIPPING)
        yield _mend(
            lab, "the migration failed, and you delete its file too", _NEW_PRODUCT, delete=True
        )
    with fresh() as lab:
        lab.replace(_MODELS, "default=0, null=True", 'default="free", null=True')
        yield _mend(
            lab, "the migration was applied, and others come between it and `0001`", _NEW_PRODUCT
        )
    with fresh("store.0001") as lab:
        lab.delete("store/migrations/000[2-5]_*.py")
        lab.write(_MODELS, _AT_0001)
        yield _mend(
            lab,
            "the migration was applied, and it comes directly after `0001`",
            "Bundle.objects.create()",
        )


#: The models of the shop as they were at 0001, and a new one.
_AT_0001 = """from django.db import models


class Category(models.Model):
    name = models.CharField(max_length=50, unique=True)


class Product(models.Model):
    category = models.ForeignKey(Category, on_delete=models.CASCADE)
    name = models.CharField(max_length=100)
    sku = models.CharField(max_length=20, unique=True)


class Bundle(models.Model):
    price = models.DecimalField(max_digits=6, decimal_places=2, default="free")
"""


def _mend(lab: Lab, when: str, save: str, *, delete: bool = False) -> Case:
    """Break it, repair it as the claim says, and see whether it works and what was lost."""
    broken = [lab.manage("makemigrations store"), lab.manage("migrate store")]
    name = files(lab, "store")[-1]
    back = [lab.manage("migrate store 0001")]
    back += [lab.delete(f"store/migrations/{name}.py")] if delete else []
    lab.replace(_MODELS, '"free"', "0")
    again = [lab.manage("makemigrations store"), lab.manage("migrate store")]
    cost = sum(lost(each) for each in (*back, *again))
    works = agree(lab) and not lab.shell(save).refused
    refusal = again[-1].refusal
    failed = f"It fails again with {refusal.error}" if refusal else "It does not work"
    outcome = "It works" if works else failed
    steps: list[Step | str] = [*broken, *back, f"correct {_MODELS}", *again]
    return case(when, steps, f"{outcome}. Rows and values lost: {cost}.", held=works and not cost)


@experiment(
    "C17",
    {
        "holds only if": "Repair the cause first, then run the same command again. "
        "With `atomic = False`, check the tables before that."
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        first = lab.manage("migrate blog zero")
        path = "blog/migrations/0003_fill_slugs.py"
        lab.replace(path, "(fill_slugs)", "(fill_slugs, migrations.RunPython.noop)")
        again = lab.manage("migrate blog zero")
        when = "the cause is in the file of an atomic migration, and you repair it"
        yield _rerun(when, first, f"correct {path}", again)
    with fresh() as lab:
        _one_without_sku(lab)
        first = lab.manage("migrate store 0004")
        mended = by_hand(lab, "UPDATE store_product SET sku = 'NEW-1' WHERE sku IS NULL")
        again = lab.manage("migrate store 0004")
        yield _rerun("the cause is in the rows, and you repair it", first, mended, again)
    with fresh() as lab:
        first = lab.manage("migrate blog zero")
        again = lab.manage("migrate blog zero")
        yield _rerun("you repair nothing", first, None, again)
    with fresh() as lab:
        path = _half_way_back(lab)
        first = lab.manage("migrate store 0005")
        lab.replace(path, "store_produkt", "store_product")
        again = lab.manage("migrate store 0005")
        when = "the migration runs with `atomic = False`"
        yield _rerun(when, first, f"correct {path}", again)


def _rerun(when: str, first: Step, mended: Step | str | None, again: Step) -> Case:
    """The same command twice, and whether the second one went through."""
    outcome = f"failed with {again.refusal}." if again.refusal else "worked."
    error = first.refusal.error if first.refusal else "no error"
    steps: list[Step | str] = [first, mended, again] if mended else [first, again]
    return case(
        when,
        steps,
        f"The first run failed with {error}. The second one {outcome}",
        held=first.refused and not again.refused,
    )


def _half_way_back(lab: Lab) -> str:
    """Make and apply a migration without a transaction. The second half of its way back has a
    typing mistake. Returns the path of its file."""
    lab.write(_MODELS, lab.read(_MODELS) + "\n\nclass Bundle(models.Model):\n    pass\n")
    lab.manage("makemigrations store")
    path = "store/migrations/0006_bundle.py"
    lab.replace(
        path,
        "    operations = [",
        "    atomic = False\n\n    operations = [\n        migrations.RunSQL(\n"
        '            "UPDATE store_product SET discount = discount + 1",\n'
        '            "UPDATE store_produkt SET discount = discount - 1",\n        ),',
    )
    lab.manage("migrate store")
    return path

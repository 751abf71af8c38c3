"""Conflicts: two branches with the same number, their merge, and a broken dependency."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..acts import add_field
from ..goals import agreeing, equal, listed, products
from ..looks import agree, applied, files, last, lost, migrations, select
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_MODELS = "store/models.py"
_WEIGHT = "0006_product_weight"
_COLOUR = "0006_product_colour"


def _merge(lab: Lab) -> list[str]:
    """The names of the store's merge migrations that have a file."""
    return [name for name in files(lab, "store") if name.startswith("0007")]


def _type(lab: Lab, column: str) -> str:
    """The declared type of a column of the products."""
    sql = f"SELECT type FROM pragma_table_info('store_product') WHERE name = '{column}'"
    return str(select(lab, sql)[0][0])


question(
    "two-leaves",
    "Two migrations have the number `0006`. What does `migrate` do?",
    {
        "It applies your colleague's `0006`.": lambda lab: _WEIGHT in applied(lab, "store"),
        "It merges the two by itself.": lambda lab: (
            bool(_merge(lab)) and _WEIGHT not in applied(lab, "store")
        ),
        "It refuses, and nothing changes.": lambda lab: (
            last(lab).refused and not _merge(lab) and _WEIGHT not in applied(lab, "store")
        ),
    },
    because={
        "C": """
            To apply everything, Django needs a single last migration in each app. It does not
            choose between two. The number is not the problem. The problem is that both files say in
            `dependencies` that they follow `0005`.
        """
    },
)

question(
    "back-to-one-leaf",
    "You migrate to `0006_product_colour`, one side of the merge. What does Django undo?",
    {
        "The merge and the other side, `0006_product_weight`.": lambda lab: (
            _WEIGHT not in applied(lab, "store")
        ),
        "Only the merge.": lambda lab: (
            _WEIGHT in applied(lab, "store") and applied(lab, "store")[-1][:4] == "0006"
        ),
        "Nothing. Django refuses.": lambda lab: applied(lab, "store")[-1][:4] == "0007",
    },
    because={
        "B": """
            Django undoes the migrations that follow the target **in its own app**, and
            everything that depends on them. The merge follows the colour migration. The weight
            migration does not: it is on the other branch.
        """
    },
)

question(
    "same-field",
    "You answer yes, and apply everything. `models.py` says 120. "
    "Which length does the column have in your table?",
    {
        "120, as `models.py` says.": lambda lab: (
            bool(_merge(lab)) and _type(lab, "name") == "varchar(120)"
        ),
        "80, as your colleague's file says.": lambda lab: (
            bool(_merge(lab)) and _type(lab, "name") == "varchar(80)"
        ),
        "Neither: Django refuses to merge two changes to one field.": lambda lab: not _merge(lab),
    },
    because={
        "B": """
            You had already applied your own migration, so your colleague's ran last. In
            your colleague's database, yours runs last. The same files lead to two
            different databases.
        """
    },
)


def _theirs(operation: str, after: str = "0005_tag_product_tags") -> str:
    """The text of a colleague's migration."""
    return (
        "from django.db import migrations, models\n\n\n"
        "class Migration(migrations.Migration):\n"
        f'    dependencies = [("store", "{after}")]\n\n'
        f"    operations = [\n        migrations.{operation},\n    ]\n"
    )


_ADD_WEIGHT = 'AddField("product", "weight", models.IntegerField(default=0))'


def _mine(lab: Lab) -> None:
    """Your own migration, applied, and colours in some rows."""
    add_field(lab, 'colour = models.CharField(max_length=20, default="")')
    lab.manage("makemigrations store")
    lab.manage("migrate store")
    lab.sql("UPDATE store_product SET colour = 'green' WHERE name LIKE 'Garden%'")


def _pull(lab: Lab, operation: str = _ADD_WEIGHT, after: str = "0005_tag_product_tags") -> None:
    """A colleague's migration, and their field, arrive beside yours."""
    if operation == _ADD_WEIGHT:
        add_field(lab, "weight = models.IntegerField(default=0)")
    lab.write(f"store/migrations/{_WEIGHT}.py", _theirs(operation, after))


def _mistyped(lab: Lab) -> None:
    """Your migration is applied; your colleague's depends on a file that does not exist."""
    _mine(lab)
    _pull(lab, after="0005_tags")


def _theirs_after(lab: Lab) -> list[str]:
    """What the colleague's file depends on."""
    found = [each for each in migrations(lab, "store") if each.key.name == _WEIGHT]
    return [str(key) for each in found for key in each.dependencies]


task(
    "two-branches",
    {
        "Both `0006_…` files are still there.": equal(
            lambda lab: sorted({_COLOUR, _WEIGHT} & set(files(lab, "store"))),
            [_COLOUR, _WEIGHT],
            listed,
        ),
        "Your colleague's file depends on `0005_tag_product_tags`.": equal(
            _theirs_after, ["store.0005_tag_product_tags"], listed
        ),
        "Both `0006_…` migrations are applied.": equal(
            lambda lab: sorted({_COLOUR, _WEIGHT} & set(applied(lab, "store"))),
            [_COLOUR, _WEIGHT],
            listed,
        ),
        "All four truths agree.": agreeing(),
        "The two garden products are still green.": products("colour", "= 'green'", 2),
    },
    apps=["store"],
    begin=_mistyped,
)


@experiment(
    "C19",
    {
        "holds only if": "Read both files before you merge. "
        "If they change the same thing, write the result that you want into the merge.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        _mine(lab)
        _pull(lab)
        step = lab.manage("migrate")
        yield case("you run only `migrate`", [step], _said(step), held=not step.refused)
    with fresh() as lab:
        _mine(lab)
        _pull(lab)
        steps = _merged(lab)
        yield case(
            "you run `makemigrations --merge`, and the two branches change different things",
            steps,
            f"{_said(*steps)} Rows and values lost: {sum(map(lost, steps))}.",
            held=agree(lab) and not sum(map(lost, steps)),
        )
    with fresh() as lab:
        lab.replace(_MODELS, "name = models.CharField(max_length=100)", _NAME_120)
        lab.manage("makemigrations store")
        lab.manage("migrate store")
        _pull(lab, 'AlterField("product", "name", models.CharField(max_length=80))')
        steps = _merged(lab)
        yield case(
            "both branches change the same field",
            steps,
            f"{_said(*steps)} But the column is {_type(lab, 'name')}, and the model says 120.",
            held=_type(lab, "name") == "varchar(120)",
        )
    with fresh() as lab:
        _mine(lab)
        _pull(lab, 'AddField("product", "colour", models.CharField(max_length=20, default=""))')
        steps = _merged(lab)
        yield case(
            "both branches add the same field",
            steps,
            f"{_said(*steps)} Rows and values lost: {sum(map(lost, steps))}.",
            held=agree(lab) and not sum(map(lost, steps)),
        )
    with fresh() as lab:
        _mistyped(lab)
        step = lab.manage("makemigrations --merge", answers=["y"])
        yield case(
            "a dependency names a file that does not exist",
            [step],
            _said(step),
            held=not step.refused,
        )


_NAME_120 = "name = models.CharField(max_length=120)"


def _merged(lab: Lab) -> list[Step]:
    return [
        lab.manage("makemigrations --merge", answers=["y"]),
        lab.manage("migrate"),
    ]


def _said(*steps: Step) -> str:
    """The first line of the first refusal, or a sentence that says that there was none."""
    for step in steps:
        if step.refusal is not None:
            first = step.refusal.message.splitlines()[0].rstrip(".")
            return f"`{step.line}` fails with {step.refusal.error}: “{first}”."
    return "No command failed."

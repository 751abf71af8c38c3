"""``miglab demo``: a revert that loses data, rehearsed and then done, in a terminal."""

from __future__ import annotations

import argparse
import textwrap
from typing import Any

from ..extras import command, install, missing, require
from ..facts.step import Step
from ..facts.view import Rows
from ..lab import Lab
from ..workbook import bundled_lessons
from .terminal import paint

#: What is reverted. It looks harmless: three small migrations of one app.
REVERT = "migrate store 0002"
FORWARD = "migrate"

#: What is counted before and after: a title, and what to ask the database.
COUNTED = {
    "products with a discount": "SELECT COUNT(*) FROM store_product WHERE discount > 0",
    "tags": "SELECT COUNT(*) FROM store_tag",
    "tags on products": "SELECT COUNT(*) FROM store_product_tags",
    "products without a price": "SELECT COUNT(*) FROM store_product WHERE price IS NULL",
}


def add(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "demo",
        help="see in a few seconds what a revert can destroy",
        description="Revert three migrations of a practice project, and show what is lost. "
        "It takes a few seconds, and leaves nothing behind.",
    )
    parser.set_defaults(act=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the demonstration; every number in it is measured."""
    require("sandbox", "miglab demo")
    _title("A real Django project: a small shop. It is a copy, which is deleted at the end.")
    with Lab("storefront", apps=["store"]) as lab:
        _say(
            "You want to undo the last three migrations of the app store: a price that may be "
            "empty, a discount, and tags. One command does it:"
        )
        _typed(REVERT)
        _title("What if? miglab runs the command in a second copy, and then the way back.")
        found = lab.what_if(REVERT)
        for planned in found.plan:
            print(f"    ↩ {planned.key}")
        print()
        _say(f"▶ {found.verdict}", "bold", "red")
        _title("Now for real, without asking first: there and back.")
        before, product = counts(lab), _without_price(lab)
        for line in (REVERT, FORWARD):
            _show(lab.manage(line))
        after, price = counts(lab), _price(lab, product)
        applied = lab.graph().sentence
        lab.rewind(2)
        rewound = counts(lab)
    _compare(before, after, rewound)
    different = sum(old != new for old, new in zip(before, after, strict=True))
    some = "all" if different == len(before) else f"{different} of the"
    _say(
        f"Django reports no error. {applied} But {some} {len(before)} numbers are "
        f'different, and "{product}", which had no price, now costs {price}.'
    )
    _say("On a real site, only a backup helps. In a lab, lab.rewind() brings everything back.")
    _invite()
    return 0


def _without_price(lab: Lab) -> str:
    """The first product without a price."""
    return str(_first(lab, "SELECT name FROM store_product WHERE price IS NULL ORDER BY id"))


def _price(lab: Lab, product: str) -> object:
    return _first(lab, "SELECT price FROM store_product WHERE name = %s", product)


def _first(lab: Lab, question: str, *params: str) -> object:
    found = lab.sql(question, params)
    assert isinstance(found, Rows)
    return found.rows[0][0]


def counts(lab: Lab) -> list[int]:
    """The current number of each thing that ``COUNTED`` lists."""
    return [int(str(_first(lab, question))) for question in COUNTED.values()]


def _show(step: Step) -> None:
    """Print the command, and what Django said about each migration."""
    _typed(step.line)
    for line in step.output.splitlines():
        if line.strip().startswith(("Applying", "Unapplying")):
            print(paint(f"    {line.strip()}", "dim"))
    print()


def _compare(before: list[int], after: list[int], rewound: list[int]) -> None:
    wide = max(map(len, COUNTED)) + 2
    head = f"  {'':{wide}}{'before':>8}{'there and back':>17}{'lab.rewind()':>15}"
    print(paint(head, "bold"))
    for title, *row in zip(COUNTED, before, after, rewound, strict=True):
        first, second, third = (f"{number}" for number in row)
        colour = "red" if first != second else "green"
        print(f"  {title:{wide}}{first:>8}{paint(f'{second:>17}', colour)}{third:>15}")
    print()


def _invite() -> None:
    lessons = len([each for each in bundled_lessons().glob("*.ipynb") if each.stem[:2].isdigit()])
    _title(f"{lessons} lessons let you try all of this, on throwaway projects:")
    open_them = command("miglab lab")
    lines = [open_them]
    if missing("lab") and open_them == "miglab lab":
        lines.insert(0, install("lab", "miglab lab"))
    for line in lines:
        print(f"    {paint(line, 'bold', 'blue')}")
    print()


def _title(text: str) -> None:
    print(f"\n{paint(text, 'bold')}\n")


def _typed(line: str) -> None:
    print(f"    {paint(f'$ python manage.py {line}', 'blue')}\n", flush=True)


def _say(text: str, *styles: str) -> None:
    filled = textwrap.fill(text, 88, initial_indent="  ", subsequent_indent="  ")
    print(paint(filled, *styles) if styles else filled, end="\n\n")

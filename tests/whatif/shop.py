"""A small shop in the storefront, and plain ``manage.py`` beside every what-if about it."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from miglab import Lab
from miglab.errors import BadInput
from miglab.facts.consequences import Consequences, Severity
from miglab.facts.outcome import Agreeing, Cost, Next, Return
from miglab.facts.step import RowChange
from miglab.facts.truths import Files, Truths
from miglab.whatif.full import Full

from ..agent.serving.story import migration
from ..plain import engines
from ..plain.project import Plain, as_pair
from ..plain.state import Row, State, gone

INITIAL = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            "Item",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=50)),
            ],
        )
    ]
"""
COUNT = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("shop", "{parent}")]
    operations = [
        migrations.CreateModel(
            "Count",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("item", models.ForeignKey("shop.Item", models.CASCADE)),
            ],
        )
    ]
"""
SKU = 'models.CharField(max_length=20, default="-")'


def item(*fields: str) -> str:
    """``shop/models.py`` with these fields after the name."""
    lines = "".join(f"    {each}\n" for each in ("name = models.CharField(max_length=50)", *fields))
    return f"from django.db import models\n\n\nclass Item(models.Model):\n{lines}"


def operations(parent: str, *each: str, head: str = "", more: str = "") -> str:
    """The text of a migration of the shop with these operations."""
    body = "".join(f"        migrations.{one},\n" for one in each)
    return migration(parent, f"{more}    operations = [\n{body}    ]", "shop", head)


ADD_SKU = operations("0001_initial", f'AddField("item", "sku", {SKU})')


def add_shop(lab: Lab) -> None:
    """shop: 0001_initial (Item, name) ← 0002_add_sku, both applied, three rows in the table."""
    install(lab, "shop")
    lab.write("shop/models.py", item(f"sku = {SKU}"))
    lab.write("shop/migrations/0001_initial.py", INITIAL)
    lab.write("shop/migrations/0002_add_sku.py", ADD_SKU)
    applied(lab, "migrate shop")
    fill(lab, "shop_item", "name, sku", "('chair', 'A-1'), ('desk', 'B-2'), ('lamp', 'C-3')")


def install(lab: Lab, label: str) -> None:
    """Add an app that has no migration yet."""
    last = '    "storefront",'
    lab.replace("storefront/settings.py", last, f'    "{label}",\n{last}')
    lab.write(f"{label}/__init__.py", "")
    lab.write(f"{label}/migrations/__init__.py", "")


def add_stock(lab: Lab, parent: str = "0002_add_sku") -> None:
    """stock.0001 (Count, with a foreign key to Item) depends on a migration of the shop."""
    install(lab, "stock")
    lab.write("stock/models.py", "")
    lab.write("stock/migrations/0001_initial.py", COUNT.format(parent=parent))
    applied(lab, "migrate stock")
    fill(lab, "stock_count", "number, item_id", "(7, 1), (8, 2)")


def applied(lab: Lab, line: str) -> None:
    """Run a command of the beginning, which Django must not refuse."""
    step = lab.manage(line)
    assert step.refusal is None, step.output


def fill(lab: Lab, table: str, columns: str, values: str) -> None:
    """Put rows into a table."""
    lab.sql(f"INSERT INTO {table} ({columns}) VALUES {values}")


# -- the two side by side


@dataclass(frozen=True)
class Rehearsed:
    """A what-if whose every measured fact is what plain ``manage.py`` did, or ``rehearse`` failed.

    ``before`` and ``after`` are the databases of the plain run.
    """

    told: Consequences
    before: State
    after: State

    @property
    def refusal(self) -> str:
        """The class of the error at which it stopped, or nothing."""
        last = self.told.runs[-1].step.refusal
        return last.error if last else ""

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of what is more than a note, the gravest first."""
        found = (each for each in self.told.findings if each.severity is not Severity.NOTE)
        return tuple(each.id for each in found)

    @property
    def level(self) -> Return | None:
        """How far one comes back."""
        return self.told.back.level if self.told.back else None

    def what(self, id: str) -> str:
        """What the finding of this id says."""
        found = self.told.finding(id)
        assert found is not None, (id, self.told.findings)
        return found.what


def rehearse(
    lab: Lab,
    folder: Path,
    *lines: str,
    answers: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> Rehearsed:
    """Ask what if, do the same by plain ``manage.py`` in a copy, and compare all that can be
    compared: errors, record, schema, rows, files, the way back and the next ``migrate``; and see
    that the lab has not moved."""
    tools, handle = engines.of(lab), engines.handle_of(lab)
    before, digests, history = tools.read(handle), dict(files(lab)), lab.history()
    place = Path(tempfile.mkdtemp(dir=folder))
    plain = Plain.of(lab, place / "plain")
    with ThreadPoolExecutor() as pool:
        running = pool.submit(plain.run, lines, answers)
        told = lab.what_if(*lines, answers=answers)
        running.result()
    after = plain.state

    last = told.runs[-1].step
    assert as_pair(last.refusal) == plain.refusal
    assert moves("".join(run.step.output for run in told.runs)) == moves(plain.output)
    same(last.after, plain)
    assert tools.read(str(cast(Full, told.full).there.after.databases["default"])) == after
    compare_losses(told, gone(before, after, renamed))
    assert (told.back is not None) == (after != before or dict(files(plain)) != digests)

    with ThreadPoolExecutor() as pool:
        following = plain.copy(place / "next")
        running = pool.submit(compare_next, told, after, following)
        compare_way_back(told, plain, before)
        running.result()
    compare_outcome(told, before, plain.state)
    compare_ladder(lab, told, lines)
    # All that matters about every situation is known.
    assert told.outcome.status not in (1, 13), told.findings

    assert tools.read(handle) == before
    assert dict(files(lab)) == digests
    assert (lab.history(), lab.take_noticed()) == (history, [])
    plain.drop()
    following.drop()
    return Rehearsed(told, before, after)


def moves(output: str) -> list[str]:
    """The lines that say what was applied, unapplied or pruned."""
    found = r"^ +(?:Applying|Unapplying|Pruning) [\w.]+\.\.\.(?: OK| FAKED)?"
    return re.findall(found, output, re.MULTILINE)


def files(place: Lab | Plain) -> Iterator[tuple[str, str]]:
    """Each Python file with a digest of its content, but for the line that holds a date."""
    for path in sorted(place.folder.rglob("*.py")):
        text = re.sub(r"^# Generated by .*", "", path.read_text())
        yield path.relative_to(place.folder).as_posix(), hashlib.sha1(text.encode()).hexdigest()


def same(truths: Truths, plain: Plain) -> None:
    """These truths are what the plain copy's files and database hold."""
    state = plain.state
    assert truths.known_record.keys == state.record
    tables = truths.tables.tables  # type: ignore[union-attr]
    columns = {name: tuple(table.column_names) for name, table in tables.items()}
    columns.pop("django_migrations")
    assert columns == state.columns
    counts = {name: len(rows) for name, rows in state.rows.items()}
    assert {name: truths.rows[name] for name in counts} == counts  # type: ignore[index]
    found = truths.files
    if isinstance(found, Files):
        labels = ("shop", "stock")
        own = {key for key in found.migrations if key.app_label in labels}
        there = {label for label in labels if label in found.labels}
        assert own == plain.migrations(sorted(there))


def said(rows: Iterable[RowChange]) -> dict[str, int]:
    """What is gone, counted, by table or by table and column."""
    found: dict[str, int] = {}
    for each in rows:
        if each.lost:
            found[each.table] = each.lost
        for column, number in (*each.lost_values.items(), *each.changed_columns.items()):
            found[f"{each.table}.{column}"] = number
    return found


def compare_losses(told: Consequences, lost: Mapping[str, set[Row]]) -> None:
    """What is told to be gone is what the plain run's database lacks, row by row."""
    assert said(told.rows) == {name: len(those) for name, those in lost.items()}
    for name, those in lost.items():
        rows = told.lost(name).rows
        width = 2 if "." in name else None
        assert {tuple(row[:width]) for row in rows} == those


def compare_next(told: Consequences, after: State, following: Plain) -> None:
    """The next ``migrate`` does what plain ``migrate`` does from there."""
    if told.next is None:
        return
    following.run(["migrate"])
    assert as_pair(told.next.step.refusal) == following.refusal
    same(told.next.step.after, following)
    lost = gone(after, following.state)
    assert said(told.next_rows) == {name: len(those) for name, those in lost.items()}


def compare_way_back(told: Consequences, plain: Plain, before: State) -> None:
    """The commands of the way back, typed in a terminal, lead to where it is said that they do."""
    back = told.back
    if back is None:
        return
    plain.refusal = None
    start = told.runs[0].step.before.files
    pending = back.files_put_back
    for run in back.runs:
        if pending and run.step.before.files == start:
            plain.put_files_back()
            pending = False
        plain.run([run.step.line])
        assert as_pair(run.step.refusal) == plain.refusal
    if back.runs:
        same(back.runs[-1].step.after, plain)
    if plain.refusal is not None:
        assert back.level is Return.NOT_AT_ALL
        return
    end = plain.state
    if {*end.record} != {*before.record} or end.schema != before.schema:
        level = Return.RUNS
    else:
        level = level_of_rows(before, end)
    if level is Return.RUNS and not back.runs:
        assert back.level in (Return.RUNS, Return.NOT_AT_ALL)
    else:
        assert back.level is level


def level_of_rows(before: State, end: State) -> Return:
    """How far the rows are back, where schema and record are."""
    tables = [name for name in before.rows if not name.startswith(("auth_", "django_"))]
    pairs = [(before.by_key(name), end.by_key(name)) for name in tables]
    if any(was.keys() - now.keys() for was, now in pairs):
        return Return.SCHEMA
    if any(row != now[key] for was, now in pairs for key, row in was.items()):
        return Return.ROWS
    return Return.MORE if any(now.keys() - was.keys() for was, now in pairs) else Return.VALUES


def compare_ladder(lab: Lab, told: Consequences, lines: Sequence[str]) -> None:
    """Where the command is one step back of those that ``--all`` takes, ``--all`` says the same."""
    words = lines[0].split()
    if len(lines) > 1 or words[0] != "migrate" or len(words) != 3:
        return
    try:
        ladder = lab.what_if_all(words[1])
    except BadInput:
        # There is no such app, or nothing of it is applied.
        return
    for rung in ladder:
        name = rung.target.name if rung.target else "zero"
        if name == words[2] or name.split("_")[0] == words[2]:
            assert (rung.outcome, rung.verdict, rung.rows) == (
                told.outcome,
                told.verdict,
                told.rows,
            )


def compare_outcome(told: Consequences, before: State, end: State) -> None:
    """The outcome is no better than what plain ``manage.py`` leaves in the end, and it says the
    same as the findings."""
    outcome = told.outcome
    stored = {
        (name, key, column)
        for name in before.rows
        for key, row in before.by_key(name).items()
        for column in row
        if row[column] is not None
        and (name not in end.rows or end.by_key(name).get(key, {}).get(column) != row[column])
    }
    own = {each for each in stored if not each[0].startswith(("auth_", "django_"))}
    if outcome.back.measured or outcome.back is Return.NOT_NEEDED:
        assert not own or outcome.cost is not Cost.NOTHING
        assert stored or outcome.cost is not Cost.SOME
    severities = {each.severity for each in told.findings}
    assert (outcome.status == 0) == (severities <= {Severity.NOTE})
    assert outcome.loses == (Severity.LOST in severities)
    assert outcome.stops == (Severity.STOPS in severities)
    assert (outcome.agreeing is Agreeing.WORSE) == (Severity.TRUTHS in severities)
    assert (outcome.next in (Next.FAILS, Next.DESTROYS)) == (Severity.NEXT in severities)
    assert told.loses == told.verdict.startswith("loses ") or " · loses " in told.verdict

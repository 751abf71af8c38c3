"""``--all`` is a what-if for each target: every rung says what the command to it says, and the
targets are those that plain Django takes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from miglab import Lab
from miglab.compare.losses import listed, losses
from miglab.facts.consequences import Consequences
from miglab.facts.ladder import Ladder
from miglab.whatif.ladder import ROOM, at_once

from ..plain import engines
from .own import manage, shop, write

HEAD = "from django.db import migrations, models\n\n\n"


def migration(parent: str, *operations: str, more: str = "", label: str = "shop") -> str:
    """The text of a migration with these operations."""
    depends = [(label, parent)] if parent else []
    body = "".join(f"        migrations.{each},\n" for each in operations)
    return (
        f"{HEAD}class Migration(migrations.Migration):\n    dependencies = {depends}\n{more}"
        f"    operations = [\n{body}    ]\n"
    )


KIND = "AddField('item', 'kind', models.CharField(max_length=9, default='-'))"


def plain(folder: Path) -> None:
    """0001 ← 0002 ← 0003, each of which can be undone."""
    write(folder, {"shop/migrations/0003_kind.py": migration("0002_price", KIND)})
    manage(folder, "migrate", "-v0")


def renamed(folder: Path) -> None:
    """0001 ← 0002 ← 0003 (the table gets another name)."""
    rename = "RenameModel('Item', 'Thing')"
    write(folder, {"shop/migrations/0003_thing.py": migration("0002_price", rename)})
    manage(folder, "migrate", "-v0")


def renamed_table(folder: Path) -> None:
    """0001 ← 0002 ← 0003 (AlterModelTable) ← 0004 (a column gets another name)."""
    table, field = "AlterModelTable('Item', 'things')", "RenameField('item', 'name', 'title')"
    write(
        folder,
        {
            "shop/migrations/0003_things.py": migration("0002_price", table),
            "shop/migrations/0004_title.py": migration("0003_things", field),
        },
    )
    manage(folder, "migrate", "-v0")


def irreversible(folder: Path) -> None:
    """0001 ← 0002 ← 0003 (cannot be undone) ← 0004."""
    runs = "RunPython(migrations.RunPython.noop)"
    write(
        folder,
        {
            "shop/migrations/0003_runs.py": migration("0002_price", runs),
            "shop/migrations/0004_kind.py": migration("0003_runs", KIND),
        },
    )
    manage(folder, "migrate", "-v0")


def two_leaves(folder: Path) -> None:
    """0001 ← 0002 ← 0003 and a second 0003, which is not applied."""
    plain(folder)
    write(folder, {"shop/migrations/0003_other.py": migration("0002_price")})


def gap(folder: Path) -> None:
    """0001 ← 0002 (not recorded) ← 0003."""
    plain(folder)
    code = (
        "from django.db import connection\n"
        "connection.cursor().execute(\"DELETE FROM django_migrations WHERE name = '0002_price'\")"
    )
    manage(folder, "shell", "-c", code)


def squashed(folder: Path) -> None:
    """0001_squashed_0003 replaces 0001 ← 0002 ← 0003, all applied, whose files are there."""
    plain(folder)
    manage(folder, "squashmigrations", "shop", "0003", "--noinput")
    manage(folder, "migrate", "-v0")


def overwrites(folder: Path) -> None:
    """0001 ← 0002 ← 0003 (runs on the way forward, and does nothing on the way back)."""
    head = (
        "def nine(apps, schema_editor):\n"
        "    apps.get_model('shop', 'Item').objects.update(name='same')\n\n\n"
    )
    runs = "RunPython(nine, migrations.RunPython.noop)"
    text = migration("0002_price", runs).replace("class ", f"{head}class ", 1)
    write(folder, {"shop/migrations/0003_nine.py": text})
    manage(folder, "migrate", "-v0")
    manage(folder, "shell", "-c", "from shop.models import Item; Item.objects.update(name='own')")


def foreign_key(folder: Path) -> None:
    """stock.0001 refers to the shop, and is pulled in."""
    made = "CreateModel('Count', [('id', models.BigAutoField(primary_key=True)), ('item', "
    made += "models.ForeignKey('shop.Item', models.CASCADE, null=True))])"
    settings = folder / "config/settings.py"
    settings.write_text(settings.read_text() + '\nINSTALLED_APPS += ["stock"]\n')
    write(
        folder,
        {
            "stock/models.py": "",
            "stock/migrations/0001_initial.py": migration("0002_price", made),
        },
    )
    manage(folder, "migrate", "-v0")
    code = "from django.db import connection as c; c.cursor().execute"
    manage(folder, "shell", "-c", f"{code}('INSERT INTO stock_count (item_id) VALUES (1), (2)')")


def failing_check(folder: Path) -> None:
    """Django's checks find an error: no migrate begins."""
    plain(folder)
    models = folder / "shop/models.py"
    models.write_text(models.read_text() + "    bad = models.CharField()\n")


MADE: list[Callable[[Path], None]] = [
    plain,
    renamed,
    renamed_table,
    irreversible,
    two_leaves,
    gap,
    squashed,
    overwrites,
    foreign_key,
    failing_check,
]


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The shop with what the test's parameter adds."""
    folder = shop(tmp_path / "site")
    request.param(folder)
    return folder


def both(folder: Path) -> tuple[Ladder, list[Consequences]]:
    """The ladder, and the what-if of each of its targets."""
    with Lab.of(folder, python=sys.executable) as lab:
        ladder = lab.what_if_all("shop")
        names = [each.target.name if each.target else "zero" for each in ladder]
        return ladder, [lab.what_if(f"migrate shop {name}") for name in names]


def lost(found: Consequences) -> str:
    """All that is lost there and back, in words."""
    each = [*losses(found.lost_there), *losses(found.lost_coming_back, coming_back=True)]
    gone = sorted((one for one in each if one.lost), key=lambda one: -one.lost)
    return listed(gone) if gone else ""


def takes(folder: Path, target: str) -> bool:
    """Whether plain Django knows such a target, and would unapply something to get there."""
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--plan", "shop", target, "--skip-checks"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.returncode == 0 and "Undo " in done.stdout


@pytest.mark.parametrize("site", MADE, ids=lambda each: each.__name__, indirect=True)
def test_each_rung_is_the_what_if_of_its_target(site: Path) -> None:
    ladder, singles = both(site)
    for rung, single in zip(ladder, singles, strict=True):
        assert (rung.outcome, rung.verdict) == (single.outcome, single.verdict)
        assert rung.lost == lost(single)
        assert rung.rows == single.rows
        if rung.short == "free":
            assert rung.done
            assert not rung.step_lost
    assert ladder.status == next(
        (each for each in (1, 12, 13) if each in {one.outcome.status for one in singles}), 0
    )
    free = 0
    while free < len(singles) and singles[free].outcome.status == 0:
        free += 1
    assert len(ladder.free) == free


@pytest.mark.parametrize(
    "site",
    [plain, renamed, irreversible, squashed, foreign_key],
    ids=lambda each: each.__name__,
    indirect=True,
)
def test_the_targets_are_those_that_plain_django_takes(site: Path) -> None:
    names = {path.stem for path in (site / "shop/migrations").glob("0*.py")} | {"zero"}
    with Lab.of(site, python=sys.executable) as lab:
        ladder = lab.what_if_all("shop")
    told = [each.target.name if each.target else "zero" for each in ladder]
    assert len(told) == len(set(told))
    assert set(told) == {name for name in names if takes(site, name)}


def test_zero_after_a_rename_loses_every_row_of_the_renamed_table(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site")
    renamed(folder)
    ladder, _ = both(folder)
    assert ladder.rungs[-1].target is None
    assert "3 rows of shop_thing" in ladder.rungs[-1].lost
    assert "free down to zero" not in ladder.picture.sentence


@pytest.mark.parametrize("make", [two_leaves, gap, failing_check], ids=lambda each: each.__name__)
def test_where_the_command_is_refused_no_rung_is_free(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    folder = shop(tmp_path / "site")
    make(folder)
    ladder, _ = both(folder)
    for rung in ladder:
        name = rung.target.name if rung.target else "zero"
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "shop", name, "--plan"],
            cwd=folder,
            capture_output=True,
        )
        assert (rung.outcome.status == 12) == bool(done.returncode), (name, rung.verdict)


FAILS_AFTER = """
from django.apps import AppConfig
from django.db.models.signals import post_migrate


def fail(plan, **kwargs):
    if any(backwards for _, backwards in plan):
        raise RuntimeError("nothing goes back")


class Shop(AppConfig):
    name = "shop"

    def ready(self):
        post_migrate.connect(fail, sender=self)
"""


def test_a_rung_that_fails_when_all_of_it_is_done_is_not_told_as_refused(tmp_path: Path) -> None:
    folder = shop(tmp_path / "site", files={"shop/apps.py": FAILS_AFTER})
    with Lab.of(folder, python=sys.executable) as lab:
        ladder = lab.what_if_all("shop")
    assert [rung.short for rung in ladder] == ["fails at the end"] * 2
    assert ladder.picture.sentence.endswith("Going to 0001_initial fails at the end.")


@pytest.mark.every_engine
@pytest.mark.short
def test_copies_that_a_walk_leaves_take_no_more_room_than_they_may(engine_of_labs: str) -> None:
    with Lab(database=engines.PLAIN[engine_of_labs].DATABASE) as lab:
        state = lab._stage.project.engine("default").state(engines.handle_of(lab))
        assert state is not None
        many = at_once(lab._stage)
        assert many * state.size <= ROOM < (many + 1) * state.size

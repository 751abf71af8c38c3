"""Django's own handlers of ``post_migrate`` do what they do in plain Django, and do it once."""

from __future__ import annotations

from pathlib import Path

import pytest

from miglab.facts.step import Step
from miglab.lab import Lab

from ...plain import engines
from ...plain.project import Plain
from ...whatif.shop import INITIAL, install, item

#: Writes down what it hears of each signal.
HEARS = """
from pathlib import Path

from django.apps import AppConfig
from django.db.models import signals


def hear(sender, **kwargs):
    name = getattr(sender, "label", None) or sender.__name__
    with open(Path(__file__).with_name("heard.txt"), "a") as file:
        print(name, file=file)


class Shop(AppConfig):
    name = "shop"

    def ready(self):
        signals.SIGNAL.connect(hear)
"""


def add_item(lab: Lab) -> None:
    """An app with a model that waits for its migration."""
    install(lab, "shop")
    lab.write("shop/models.py", item())
    lab.write("shop/migrations/0001_initial.py", INITIAL)


@pytest.mark.every_engine
@pytest.mark.short
def test_what_they_make_has_the_numbers_that_plain_django_gives(tmp_path: Path) -> None:
    with Lab() as lab:
        add_item(lab)
        plain = Plain.of(lab, tmp_path)
        plain.run(["migrate shop"])
        step = lab.manage("migrate shop")
        mine, plains = engines.of(lab).read(engines.handle_of(lab)).rows, plain.state.rows
        plain.drop()
        for table in ("django_content_type", "auth_permission"):
            assert sorted(mine[table]) == sorted(plains[table])
        made = {each.table: each.gained for each in step.rows if each.by_handlers}
        assert made == {"django_content_type": 1, "auth_permission": 4}


@pytest.mark.every_engine
@pytest.mark.short
def test_where_they_only_read_each_statement_is_noted_once_and_nothing_is_theirs() -> None:
    with Lab() as lab:
        add_item(lab)
        first = lab.manage("migrate shop")
        lab.manage("migrate shop zero")
        again = lab.manage("migrate shop")
        assert [each for each in again.rows if each.by_handlers] == []
        assert _count(first, "FROM auth_permission") == _count(again, "FROM auth_permission") > 0
        assert _count(first, "INSERT INTO auth_permission") == 1


@pytest.mark.parametrize("signal", ["post_migrate", "pre_save", "post_init"])
def test_whoever_else_hears_what_they_do_hears_it_as_often_as_in_plain_django(
    signal: str, tmp_path: Path
) -> None:
    with Lab() as lab:
        add_item(lab)
        lab.write("shop/apps.py", HEARS.replace("SIGNAL", signal))
        plain = Plain.of(lab, tmp_path)
        plain.run(["migrate shop"])
        lab.manage("migrate shop")
        heard = [folder / "shop/heard.txt" for folder in (lab.folder, plain.folder)]
        assert heard[0].read_text() == heard[1].read_text() != ""


def _count(step: Step, words: str) -> int:
    """How many of its statements have these words; quotes are no matter."""
    return sum(words in str(each).replace('"', "").replace("`", "") for each in step.sql)

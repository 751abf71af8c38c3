"""What could make two truths agree again, each way tried in a copy."""

from __future__ import annotations

import pytest

from miglab import Lab
from miglab.errors import UnknownName
from miglab.facts.truths import AGREEING

pytestmark = pytest.mark.every_engine


def ways(lab: Lab, which: str) -> dict[tuple[str, ...], bool]:
    """The lines of each way, and whether it mends."""
    return {each.lines: each.mends for each in lab.mends(which)}


def test_a_migration_that_was_taken_back_is_mended_by_migrate(lab: Lab) -> None:
    lab.manage("migrate store 0004")
    found = lab.mends("files_record")
    assert found[0].lines == ("migrate",)
    assert found[0].mends
    assert found[0].consequences is not None


def test_faking_what_never_ran_mends_nothing_and_is_told_to_move_the_difference(lab: Lab) -> None:
    """store.0005 was unapplied: its tables are gone."""
    lab.manage("migrate store 0004")
    found = {each.lines: (each.mends, each.moves) for each in lab.mends("files_record")}
    assert found == {("migrate",): (True, False), ("migrate --fake",): (False, True)}


def test_a_faked_one_is_mended_by_faking_and_migrate_is_told_to_fail(lab: Lab) -> None:
    """store.0005 is out of the record, its tables are there."""
    lab.manage("migrate --fake store 0004")
    assert ways(lab, "files_record") == {("migrate --fake",): True, ("migrate",): False}


def test_a_ghost_is_mended_by_pruning(lab: Lab) -> None:
    lab.delete("store/migrations/0005_tag_product_tags.py")
    assert ways(lab, "files_record") == {("migrate store --prune",): True}


def test_a_changed_model_is_mended_by_makemigrations(lab: Lab) -> None:
    lab.replace(
        "store/models.py",
        "    discount =",
        "    colour = models.CharField(max_length=9, default='')\n    discount =",
    )
    assert ways(lab, "models_files") == {("makemigrations --noinput",): True}


def test_a_column_dropped_by_hand_is_mended_by_making_its_migration_again(lab: Lab) -> None:
    """store: 0001 ← 0002 ← 0003 ← 0004 (its column is gone) ← 0005 (its tables are there)"""
    lab.sql("ALTER TABLE store_product DROP COLUMN discount")
    found = ways(lab, "record_tables")
    again = (
        "migrate --fake store 0003_change_price_field",
        "migrate store 0004_add_discount_field",
        "migrate --fake store",
    )
    assert next(iter(found)) == again
    assert found[again]
    assert not found[("migrate",)]


def test_trying_moves_nothing(lab: Lab) -> None:
    lab.sql("ALTER TABLE store_product DROP COLUMN discount")
    before = lab.truths()
    lab.mends("record_tables")
    assert lab.truths() == before


@pytest.mark.parametrize("which", AGREEING)
def test_what_agrees_needs_no_mending(lab: Lab, which: str) -> None:
    assert all(each.mends for each in lab.mends(which))


def test_a_pair_that_there_is_not_names_those_there_are(lab: Lab) -> None:
    with pytest.raises(UnknownName, match="record_tables"):
        lab.mends("rows")

"""The task of When it fails: a rollback that a row holds up."""

from __future__ import annotations

from miglab.lessons import check, your_turn


def test_stuck_rollback_begins_undone() -> None:
    with your_turn("stuck-rollback"):
        assert not check("stuck-rollback").done


def test_stuck_rollback_is_done_when_the_row_is_mended() -> None:
    with your_turn("stuck-rollback") as lab:
        lab.manage("migrate store 0005", refused="IntegrityError")
        lab.shell("Product.objects.filter(sku=None).update(sku='NEW-1')")
        lab.manage("migrate store 0005")
        assert check("stuck-rollback").done

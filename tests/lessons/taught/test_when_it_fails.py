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


def test_stuck_rollback_is_not_done_by_deleting_the_row() -> None:
    with your_turn("stuck-rollback") as lab:
        lab.shell("Product.objects.filter(sku=None).delete()")
        lab.manage("migrate store 0005")
        missing = [point.text for point in check("stuck-rollback").points if not point.done]
    assert missing[0].startswith("All 24 products")


def test_stuck_rollback_is_not_done_by_moving_the_record_alone() -> None:
    with your_turn("stuck-rollback") as lab:
        lab.manage("migrate --fake store 0005")
        lab.shell("Product.objects.filter(sku=None).update(sku='NEW-1')")
        missing = [point.text for point in check("stuck-rollback").points if not point.done]
    assert missing == ["The record and the tables agree."]

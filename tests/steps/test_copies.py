"""Second copies end with the stage that they are copies of."""

from __future__ import annotations

import pytest

from miglab.errors import LabClosed
from miglab.home import home
from miglab.lab import Lab
from miglab.steps.copies import _twin


def test_a_second_copy_that_is_made_while_another_thread_closes_the_lab_leaves_nothing() -> None:
    lab = Lab("storefront", apps=["store"])
    with lab._turns.one() as stage:
        pass
    lab.close()
    before = {*(home() / "labs").iterdir()}
    # What a thread comes to that asked for it before the lab was closed.
    with pytest.raises(LabClosed):
        _twin(stage)
    assert {*(home() / "labs").iterdir()} == before

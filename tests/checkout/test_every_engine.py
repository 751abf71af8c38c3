"""A test that runs on every engine has labs on that engine."""

from __future__ import annotations

import pytest

from miglab import Lab

from ..plain import engines


@pytest.mark.every_engine
@pytest.mark.short
def test_the_labs_of_a_test_are_on_its_engine(lab: Lab, request: pytest.FixtureRequest) -> None:
    """Although it does not ask for the fixture that sets it."""
    assert "engine_of_labs" not in request.node.function.__code__.co_varnames
    assert request.node.callspec.params["engine_of_labs"] == engines.of(lab).VENDOR


def test_each_engine_that_miglab_knows_can_be_tested() -> None:
    assert {*engines.names()} == {*engines.PLAIN}

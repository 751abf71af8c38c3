"""What stands still, and a name that Django no longer has."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from miglab.agent.common.steady import put


def test_a_name_is_replaced() -> None:
    module = SimpleNamespace(now=1)
    put(module, "now", 2)
    assert module.now == 2


def test_a_name_that_is_gone_is_an_error_and_not_made() -> None:
    module = SimpleNamespace()
    with pytest.raises(AttributeError):
        put(module, "now", 2)
    assert not hasattr(module, "now")

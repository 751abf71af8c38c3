"""A module that is to come later is imported when something of it is asked for, or brought."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from miglab.agent.common.later import Later, bring, later


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Later:
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "__init__.py").touch()
    (tmp_path / "shelf" / "book.py").write_text("TITLE = 'Emma'\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("shelf", "shelf.book"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (found,) = later("shelf", "book")
    return found


def test_it_is_imported_when_something_of_it_is_asked_for(module: Later) -> None:
    assert "shelf.book" not in sys.modules
    assert module.TITLE == "Emma"
    assert "shelf.book" in sys.modules


def test_what_is_brought_is_imported_at_once(module: Later) -> None:
    assert "shelf.book" not in sys.modules
    bring("shelf")
    assert "shelf.book" in sys.modules


def test_what_a_module_does_not_have_is_an_error(module: Later) -> None:
    with pytest.raises(AttributeError, match="AUTHOR"):
        _ = module.AUTHOR

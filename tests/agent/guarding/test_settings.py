"""Which modules came from the original and not from its copy, whatever links lead to them."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from miglab.agent.guarding.settings import from_the_original

pytestmark = pytest.mark.skipif(os.name != "posix", reason="anybody may make links here")


def test_a_module_of_the_original_is_found_through_linked_files_and_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, copy = tmp_path / "original", tmp_path / "copy"
    for folder in (original / "app", original / ".venv" / "lib", copy):
        folder.mkdir(parents=True)
    (original / ".venv" / "pyvenv.cfg").touch()
    for place in ("one.py", "app/two.py", "app/__init__.py", ".venv/lib/three.py"):
        (original / place).touch()
    (copy / "own.py").touch()
    (copy / "one.py").symlink_to(original / "one.py")
    (copy / "app").symlink_to(original / "app")
    (original / "back.py").symlink_to(copy / "own.py")
    for name, path in {
        "m_plain": original / "one.py",
        "m_file": copy / "one.py",
        "m_folder": copy / "app" / "two.py",
        "m_again": copy / "app" / "__init__.py",
        "m_own": copy / "own.py",
        "m_back": original / "back.py",
        "m_environment": original / ".venv" / "lib" / "three.py",
    }.items():
        module = types.ModuleType(name)
        module.__file__ = str(path)
        monkeypatch.setitem(sys.modules, name, module)
    # A path of the original may itself lead through a link.
    (tmp_path / "linked").symlink_to(original)
    for named in (original, tmp_path / "linked"):
        found = [each.split()[0] for each in from_the_original(str(named))]
        assert found == ["m_again", "m_file", "m_folder", "m_plain"]

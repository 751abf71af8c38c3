"""The lock holds every version, and one Django for all."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked() -> list[Requirement]:
    lines = [line.removesuffix("\\") for line in LOCK.splitlines()]
    return [Requirement(line) for line in lines if re.match(r"[a-z0-9]", line)]


def wanted() -> list[Requirement]:
    metadata = PROJECT["project"]
    groups = [metadata["dependencies"], *metadata["optional-dependencies"].values()]
    groups.append(PROJECT["build-system"]["requires"])
    asked = [Requirement(text) for group in groups for text in group]
    # An extra that is made of others asks for miglab itself.
    return [each for each in asked if each.name != metadata["name"]]


def test_one_django_for_every_python_and_system():
    entries = [each for each in locked() if each.name == "django"]
    assert [entry.marker for entry in entries] == [None]
    assert str(entries[0].specifier).startswith("==5.2.")


def test_all_that_is_asked_for_is_locked_to_a_version_that_fits():
    versions = {}
    for entry in locked():
        (pin,) = entry.specifier
        versions.setdefault(entry.name, []).append(pin.version)
    for each in wanted():
        found = versions.get(canonicalize_name(each.name), [])
        assert found, f"{each.name} is not in requirements.lock"
        assert all(version in each.specifier for version in found), each


def test_every_version_has_its_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)[1:]
    assert len(blocks) == len(locked())
    assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_names_no_place():
    assert re.findall(r"https?://|file:|^ *-[a-z]|--(?:extra-)?index|--find-links", LOCK) == []

"""Whatever is passed to ``Lab`` and to ``Lab.of``: a lab, or one short error of ours; and nothing
is left of a lab that was not opened."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from miglab import Lab
from miglab.errors import MiglabError

from .whatif.own import fingerprints, shop

#: What is no text, and no list of texts either.
NOTHING: list[Any] = [
    0, -1, 10**30, float("nan"), b"store", {}, set(), {"a": 1}, object(), len, [None], [[]],
    [object()], ("a", 5), iter(["store"]), memoryview(b"x"),
]  # fmt: skip

#: Text that names nothing.
NO_NAME = [
    "", " ", "\n", "\0", "\ud800", "\0" * 5000, "x" * 5000, "x" * 100_000, "é", "--", "-x", "'",
    ".",
]  # fmt: skip

#: Paths at which there is no project and no Python.
NO_PATH = [
    *NO_NAME[3:-1], "nowhere", "nowhere/at/all", "x" * 300, "/dev/null", "/dev/zero",
    "/proc/1/root", "~nobody-is-called-so/x", "file:///x", Path("\0"), Path("x" * 300),
]  # fmt: skip


def refused(home: Path, opening: Callable[[], Lab]) -> None:
    """It is refused in short words of ours, and nothing is left of it."""
    with pytest.raises(MiglabError) as error:
        opening().close()
    said = str(error.value)
    assert said.encode("utf-8")
    assert len(said) < 1000, said
    labs = home / "labs"
    assert not labs.exists() or [*labs.iterdir()] == []


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("project", [*NOTHING, *NO_NAME, None, True, "/", "..", "store", Path()]),
        ("at", [*NOTHING, *NO_NAME, True, "store", "store.", ".0003", "store.nope", "no.zero"]),
        ("apps", [*NOTHING[:9], *NO_NAME, None, True, ["nope"], ["store", "nope"]]),
        ("time_limit", [*NOTHING[:2], float("nan"), *NOTHING[4:], *NO_NAME, None, True, 10**400]),
        ("runner", [*NOTHING, *NO_NAME, True, "hot", "WARM"]),
    ],
)
def test_what_no_lab_opens_with_is_refused(own_home: Path, name: str, values: list[Any]) -> None:
    for value in values:
        refused(own_home, lambda value=value: Lab(**{name: value}))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of one's own."""
    return shop(tmp_path_factory.mktemp("site"))


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("path", [*NOTHING, *NO_PATH, None, True, "config/settings.py"]),
        ("python", [*NOTHING, *NO_PATH[:-2], True, "/bin/true", "/bin/cat", "manage.py"]),
        ("settings", [*NOTHING, *NO_NAME, True, "nope.settings", "config/settings.py"]),
        ("include", [*NOTHING[:9], *NOTHING[10:], *NO_NAME[:-1], None, True, "/", "..", "../*"]),
        ("allow_programs", [*NOTHING[:9], *NO_NAME[:2], "\0", "\ud800", None, True, [""]]),
        ("allow_addresses", [*NOTHING[:9], *NO_NAME[:2], "\0", "\ud800", None, True, "host:x"]),
        ("allow_folders", [*NOTHING[:9], *NO_NAME[:-1], "/", "/proc/1/root", "x" * 300]),
        ("require_jail", [*NOTHING, *NO_NAME, None, 1]),
        ("apps", [*NOTHING[:2], ["nope"]]),
        ("time_limit", [*NOTHING[:2], 10**400]),
        ("runner", ["hot", 7]),
    ],
)
def test_what_no_project_of_ones_own_opens_with_is_refused(
    own_home: Path, site: Path, monkeypatch: pytest.MonkeyPatch, name: str, values: list[Any]
) -> None:
    monkeypatch.chdir(site)
    before = fingerprints(site)
    given = {"path": site, "python": sys.executable}
    for value in values:
        refused(own_home, lambda value=value: Lab.of(**{**given, name: value}))
    assert fingerprints(site) == before


@pytest.mark.parametrize("limit", [10**30, float("inf"), 1e300])
def test_a_limit_that_nobody_lives_to_see_is_none(limit: float) -> None:
    with Lab(time_limit=limit) as lab:
        assert not lab.manage("check").refused


def test_the_folder_itself_may_be_included_whole(own_home: Path, site: Path) -> None:
    with Lab.of(site, python=sys.executable, include=".") as lab:
        assert lab.read("manage.py")

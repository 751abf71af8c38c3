"""An extra that is missing is named in one line, with the command that installs it."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from miglab import Lab, extras
from miglab.errors import MissingExtra

ROOT = Path(__file__).parents[1]


def test_the_extras_are_those_of_the_package() -> None:
    """Those that one may install, and all that they bring but what only draws better."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = tomllib.loads(text)["project"]["optional-dependencies"]
    brought = {
        name: {
            re.match(r"[\w-]+", each)[0].replace("-", "_")  # type: ignore[index]
            for each in declared[name]
        }
        - {"pygraphviz"}
        for name in ("sandbox", "notebooks", "postgresql", "mariadb")
    }
    assert {name: {*modules} for name, modules in extras.EXTRAS.items()} == {
        **brought,
        "lab": brought["sandbox"] | brought["notebooks"],
    }


def test_here_none_is_missing() -> None:
    for name in extras.EXTRAS:
        assert extras.missing(name) == []
        extras.require(name, "miglab lab")


@pytest.fixture
def without_django(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if Django were not installed; tests of the wheel have environments without it."""
    monkeypatch.setitem(extras.EXTRAS, "sandbox", ("no_such_module",))


@pytest.mark.usefixtures("without_django")
def test_a_lab_names_the_extra_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/usr")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    with pytest.raises(MissingExtra) as error:
        Lab("storefront")
    assert str(error.value) == (
        "Lab(\"storefront\") needs the extra 'sandbox' (no_such_module not installed); "
        'install it: python -m pip install "miglab[sandbox]"'
    )


@pytest.mark.parametrize(
    ("files", "place", "command"),
    [
        ({}, "usr", 'python -m pip install "miglab[lab]"'),
        ({"pyvenv.cfg": "home = /usr/bin\n"}, "venv", 'python -m pip install "miglab[lab]"'),
        ({"pyvenv.cfg": "home = /x\nuv = 0.9\n"}, "venv", 'uv pip install "miglab[lab]"'),
        (
            {"pyvenv.cfg": "uv = 0.9\n", "uv-receipt.toml": ""},
            "uv/tools/miglab",
            'uv tool install "miglab[lab]"',
        ),
        ({"pipx_metadata.json": "{}"}, "pipx/venvs/x", 'pipx install --force "miglab[lab]"'),
        ({"pyvenv.cfg": "uv = 0.9\n"}, "archive-v0/abc", 'uvx --from "miglab[lab]" miglab app'),
    ],
)
def test_it_is_installed_as_miglab_was(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    place: str,
    command: str,
) -> None:
    prefix = tmp_path / place
    prefix.mkdir(parents=True)
    for name, text in files.items():
        (prefix / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setenv("VIRTUAL_ENV", str(prefix))
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert extras.install("lab", "miglab app") == command


def test_the_command_names_this_environment_where_another_is_meant_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = tmp_path / "two words"
    prefix.mkdir()
    monkeypatch.setattr(sys, "prefix", str(prefix))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    pip = f'{sys.executable} -m pip install "miglab[lab]"'
    assert extras.install("lab", "miglab lab") == pip
    (prefix / "pyvenv.cfg").write_text("uv = 0.9", encoding="utf-8")
    uv = f'uv pip install --python "{prefix}" "miglab[lab]"'
    assert extras.install("lab", "miglab lab") == uv

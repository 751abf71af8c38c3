"""Where copies on a server are made is said to ``miglab app`` as to ``miglab whatif``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miglab import Lab
from miglab.cli import app
from miglab.cli.main import main, parser
from miglab.errors import BadInput
from miglab.project import own

from ..whatif.own import shop


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--on", "postgresql://localhost/"], "are for a project of your own"),
        (["x", "--copy-is", "postgresql://localhost/a"], "belong together"),
        (
            ["x", "--on", "a", "--copy-is", "b", "--copy-is-called", "c"],
            "--on cannot be combined with --copy-is",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused_before_a_page_is_served(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["app", *words]) == 2
    assert says in capsys.readouterr().err


def test_the_page_opens_the_lab_with_what_was_given_and_does_not_hold_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shop(tmp_path / "site")
    words = ["app", str(folder), "--copy-is", "postgresql://ann:se-cret@/x"]
    given = app.servers.given(parser().parse_args([*words, "--copy-is-called", "x"]))
    code = app._opening(own.find(folder, python=None, settings=None), str(folder))
    assert "se-cret" not in code
    monkeypatch.setenv("MIGLAB_APP_SERVERS", json.dumps(given))
    opening = code.rpartition("lab.explore")[0]
    # The project's database is a file, and so the address was heard of.
    with pytest.raises(BadInput, match="works only for a database on a server"):
        exec(opening, {"Lab": Lab})

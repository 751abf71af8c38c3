"""The doctor says what is there, what is missing and what to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from miglab.cli import doctor
from miglab.cli.main import main


def test_here_a_lab_can_run(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    for what in (
        "Python",
        "Django",
        "SQLite",
        "labs",
        "commands",
        "pictures",
        "jupyterlab",
        "voila",
    ):
        assert f" {what} " in said
    assert "✓ ok        extra lab         the lessons, miglab lab, miglab app\n" in said
    assert said.endswith("A lab can run here.\n")


def test_where_django_is_missing_it_says_what_to_do(tmp_path):
    """A Python that has nothing but miglab's own two dependencies, and no Django."""
    site = tmp_path / "site"
    site.mkdir()
    for name in ("graphviz", "platformdirs", "miglab"):
        module = sys.modules.get(name) or __import__(name)
        (site / name).symlink_to(Path(module.__file__).parent, target_is_directory=True)
    code = f"import sys; sys.path.insert(0, {str(site)!r}); from miglab.cli.main import main; "
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-X", "utf8", "-c", f"{code} sys.exit(main(['doctor']))"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1, done.stderr
    assert "✗ missing   Django            not installed" in done.stdout
    assert '"miglab[sandbox]"' in done.stdout
    assert "– optional  jupyterlab" in done.stdout
    assert (
        "– optional  extra lab         the lessons, miglab lab, miglab app; not installed: django, "
        in done.stdout
    )
    assert done.stdout.endswith(
        "The practice project cannot run here: Django is missing. "
        "You can still rehearse your own projects: miglab whatif uses their Django.\n"
    )


def test_every_line_that_is_not_well_says_what_to_do(tmp_path):
    (tmp_path / "file").touch()
    unwell = [
        doctor._python((3, 9, 1)),
        doctor._django(None),
        doctor._django("6.1.3"),
        doctor._sqlite((3, 30, 1)),
        doctor._labs(tmp_path / "file" / "below"),
        doctor._jupyter("no-such-distribution"),
        doctor._extra("lab", ["django"]),
    ]
    assert [each.state for each in unwell] == [
        *("missing", "missing", "optional", "missing", "missing", "optional", "optional")
    ]
    assert all("do this: " in str(each) for each in unwell)


@pytest.mark.parametrize("typed", [[], ["nonsense"]])
def test_what_is_not_understood_is_answered_with_the_help(typed, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(typed)
    assert stopped.value.code == 2
    assert "doctor" in capsys.readouterr().err


def test_a_terminal_without_the_signs_gets_those_of_ascii():
    done = subprocess.run(
        [sys.executable, "-m", "miglab", "doctor"],
        env={**__import__("os").environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        encoding="ascii",
    )
    assert done.returncode == 0
    assert "+ ok        Python" in done.stdout

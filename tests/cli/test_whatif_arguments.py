"""Every option of ``miglab whatif`` works with every other or is refused with a reason, an empty
value is an error, and options may stand anywhere, on every Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations, permutations
from pathlib import Path
from sysconfig import get_path

import pytest

from miglab.cli.main import parser
from miglab.cli.whatif_arguments import check
from miglab.cli.whatif_reports import FORMS
from miglab.errors import BadArguments

ROOT = Path(__file__).parents[2]

#: Every option with a value that is fine by itself; ``FOLDER`` stands for one that is there.
OPTIONS: dict[str, list[str]] = {
    "app": ["store"],
    "target": ["store", "0002"],
    "--run": ["--run", "migrate store 0002"],
    "--all": ["--all", "store"],
    "--since": ["--since", "main"],
    "--fake": ["--fake"],
    "--database": ["--database", "other"],
    "--python": ["--python", sys.executable],
    "--settings": ["--settings", "config.settings"],
    "--on": ["--on", "postgresql://ann@localhost/"],
    "--copy-is": ["--copy-is", "postgresql://ann@localhost/shop", "--copy-is-called", "shop"],
    "--copy-is-called": ["--copy-is", "postgresql://localhost/shop", "--copy-is-called", "shop"],
    "--include": ["--include", "*.json"],
    "--allow-program": ["--allow-program", "gpg"],
    "--allow-address": ["--allow-address", "localhost:80"],
    "--allow-folder": ["--allow-folder", "FOLDER"],
    "--time-limit": ["--time-limit", "60"],
    "--require-jail": ["--require-jail"],
    "--fail-on": ["--fail-on", "lock:1s"],
    "--html": ["--html", "FOLDER/r.html"],
    "--markdown": ["--markdown", "FOLDER/r.md"],
    "--json": ["--json", "FOLDER/r.json"],
    "--lost": ["--lost", "FOLDER/lost"],
    "--reason": ["--reason", "it is wrong"],
    "--quiet": ["--quiet"],
}

#: Those that do not go together. All others do.
APART = {
    frozenset(pair)
    for one, others in {
        "--run": ["app", "target", "--all", "--since", "--fake", "--database"],
        "--since": ["app", "target", "--all", "--fake", "--database"],
        "--on": ["--copy-is", "--copy-is-called"],
        "--all": ["target", "--fake", "--html", "--markdown", "--lost", "--fail-on"],
    }.items()
    for pair in ((one, other) for other in others)
}


def words(folder: Path, *names: str) -> list[str]:
    """These options as they are typed, the positional words once."""
    found = [each.replace("FOLDER", str(folder)) for name in names for each in OPTIONS[name]]
    plain = [each for each in ("store", "0002") if each in found]
    options = [each for each in found if each not in ("store", "0002")]
    return ["whatif", ".", *plain, *options]


def test_each_option_is_in_the_table() -> None:
    actions = parser()._subparsers._group_actions[0].choices["whatif"]._actions  # type: ignore[union-attr,index]
    names = {(each.option_strings or [each.dest])[-1] for each in actions}
    assert names - {"--help", "path"} == set(OPTIONS)


@pytest.mark.parametrize("alone", ["--copy-is", "--copy-is-called"])
def test_a_copy_is_named_twice_or_not_at_all(alone: str) -> None:
    with pytest.raises(BadArguments, match="--copy-is and --copy-is-called belong together"):
        check(parser().parse_args(["whatif", ".", "store", alone, "postgresql://localhost/shop"]))


@pytest.mark.parametrize("pair", [*combinations(OPTIONS, 2)], ids=" ".join)
def test_two_options_work_together_or_are_refused_with_a_reason(
    pair: tuple[str, str], tmp_path: Path
) -> None:
    arguments = parser().parse_args(words(tmp_path, *pair))
    if frozenset(pair) not in APART:
        check(arguments)
        return
    with pytest.raises(BadArguments) as error:
        check(arguments)
    for name in pair:
        meant = {"app": "app", "target": "0002" if "--all" in pair else "app"}.get(name, name)
        assert meant in str(error.value)


#: They take no value, or an empty one means that there is none.
MAY_BE_EMPTY = ("--all", "--fake", "--require-jail", "--quiet", "--reason")
#: The parser itself refuses an empty value of these.
PARSED = ("--time-limit", "--fail-on", "--lost", *(f"--{form.name}" for form in FORMS))


@pytest.mark.parametrize("option", [each for each in OPTIONS if each not in MAY_BE_EMPTY])
def test_an_empty_value_is_refused_and_so_is_a_blank_one(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for empty in ("", " "):
        typed = {"app": [empty], "target": ["store", empty]}.get(option, [option, empty])
        if option in PARSED:
            with pytest.raises(SystemExit) as exited:
                parser().parse_args(["whatif", ".", *typed])
            assert exited.value.code == 2
            assert f"argument {option}: " in capsys.readouterr().err
            continue
        with pytest.raises(BadArguments) as error:
            check(parser().parse_args(["whatif", ".", *typed]))
        assert option in str(error.value)


def test_an_empty_path_is_refused() -> None:
    with pytest.raises(BadArguments, match="path is empty"):
        check(parser().parse_args(["whatif", ""]))


def pythons() -> list[str]:
    """This interpreter, and each other one that miglab supports and that is installed here."""
    found = [sys.executable]
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for folder in sorted(root.glob("3.*")) if root.is_dir() else ():
        minor = int(folder.name.split(".")[1])
        if minor >= 11 and minor != sys.version_info.minor and (folder / "bin/python").exists():
            found.append(str(folder / "bin/python"))
    return found


_PARSE = """
import json, sys
from miglab.cli.main import parser
for words in json.loads(sys.stdin.read()):
    found = parser().parse_args(words)
    print(json.dumps([found.path, found.app, found.target, found.fake, found.database]))
"""


@pytest.mark.parametrize("python", pythons())
def test_options_stand_before_between_and_behind_the_words(python: str) -> None:
    parts = (["site"], ["store"], ["0002"], ["--fake"], ["--database", "other"])
    typed = [
        ["whatif", *(word for each in order for word in each)]
        for order in permutations(parts)
        if [each for each in order if each[0][:2] != "--"] == [*parts[:3]]
    ]
    assert len(typed) == 20
    done = subprocess.run(
        [python, "-c", _PARSE],
        input=json.dumps(typed),
        capture_output=True,
        text=True,
        cwd=ROOT,
        # What miglab needs is pure Python: that of this interpreter serves the others.
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), get_path("purelib")])},
    )
    assert done.returncode == 0, done.stderr
    found = set(done.stdout.splitlines())
    assert found == {json.dumps(["site", "store", "0002", True, "other"])}


@pytest.mark.parametrize(
    ("given", "seconds"), [("lock:1s", 1.0), ("lock:2.5s", 2.5), ("lock:250ms", 0.25)]
)
def test_a_limit_of_locks_is_a_time(given: str, seconds: float) -> None:
    assert parser().parse_args(["whatif", ".", "--fail-on", given]).fail_on == seconds


@pytest.mark.parametrize("given", ["lock", "1s", "lock:", "lock:1", "lock:-1s", "rows:1s"])
def test_a_limit_that_is_no_time_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        parser().parse_args(["whatif", ".", "--fail-on", given])
    assert exited.value.code == 2
    assert f"it is {given!r}; write it as lock:1s or lock:500ms" in capsys.readouterr().err

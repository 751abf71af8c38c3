"""``miglab whatif``: what it prints, what it writes, and what its exit status says."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from miglab.cli import whatif as whatif_command
from miglab.cli.main import main
from miglab.facts.outcome import STATUSES
from miglab.show.report.data import SCHEMA

from ..whatif.own import AUTH, PRICE, fingerprints, manage, shop


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """shop: 0001 ← 0002 (price, 9 in three rows); no test changes it."""
    return shop(tmp_path_factory.mktemp("site"), settings=AUTH)


def whatif(*words: object) -> int:
    """The exit status of the command, with this interpreter's Django."""
    return main(["whatif", *map(str, words), "--python", sys.executable])


def test_a_loss_is_printed_and_is_the_exit_status_of_its_process(site: Path) -> None:
    before = fingerprints(site)
    command = [sys.executable, "-m", "miglab", "whatif", site, "shop", "0001"]
    done = subprocess.run(
        [*map(str, command), "--python", sys.executable], capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 10, done.stderr
    verdict = "loses 3 values of shop_item.price · the rows come back, not all values"
    assert verdict in done.stdout
    assert fingerprints(site) == before


def test_what_costs_nothing_is_0_and_a_refusal_12(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(site, "--quiet") == 0
    assert whatif(site, "shop", "0009", "--quiet") == 12
    assert capsys.readouterr().out.splitlines() == [
        "nothing changes",
        "is refused (CommandError) · nothing lost",
    ]


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("__import__('os')._exit(7)", "the process that ran it exited by itself (exit code 7)."),
        ("input('Really?')", "Really?."),
    ],
)
def test_what_stops_a_rehearsal_is_told_without_a_lab(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], does: str, told: str
) -> None:
    """Nobody in a terminal has a lab that is as it was, or can give answers with %%manage."""
    head = f"\n\ndef back(apps, schema_editor):\n    {does}\n"
    more = "migrations.RunPython(migrations.RunPython.noop, back),"
    folder = shop(tmp_path / "site", head=head, more=more)
    assert whatif(folder, "shop", "0001") == 1
    said = capsys.readouterr().err
    assert said.startswith("miglab: migrate shop 0001: ")
    assert said.endswith(f"{told}\n")
    assert "lab " not in said


def test_a_fake_that_leaves_record_and_tables_apart_is_11(site: Path) -> None:
    assert whatif(site, "shop", "0001", "--fake", "--quiet") == 11


def test_reports_and_lists_are_written(site: Path, tmp_path: Path) -> None:
    html, markdown, text = (tmp_path / name for name in ("r.html", "r.md", "r.json"))
    words = ("--html", html, "--markdown", markdown, "--json", text, "--lost", tmp_path / "lost")
    assert whatif(site, "shop", "0001", *words, "--reason", "the new prices are wrong") == 10
    assert "the new prices are wrong" in html.read_text("utf-8")
    assert "the new prices are wrong" in markdown.read_text("utf-8")
    assert json.loads(text.read_text("utf-8"))["loses"] is True
    with open(tmp_path / "lost" / "shop_item.price.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [["id", "price"], ["1", "9"], ["2", "9"], ["3", "9"]]


def test_json_on_the_terminal_is_json_alone(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert whatif(site, "shop", "0001", "--json", "-") == 10
    assert json.loads(capsys.readouterr().out)["commands"] == ["migrate shop 0001"]


def test_all_targets_and_commands_in_a_row(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert whatif(site, "shop", "--all") == 0
    said = capsys.readouterr().out
    assert "3 values of shop_item.price" in said
    run = ("--run", "delete shop/migrations/0002_price.py", "--run", "migrate shop 0001")
    assert whatif(site, *run, "--quiet") == 11
    assert "nothing lost" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--all"], "--all needs an app"),
        (["shop", "0001", "--since", "main"], "an app and --since cannot be combined"),
        (["shop", "--html", "nowhere/at/all/r.html"], "there is no folder"),
        (["--since", "main"], "is not in a git repository"),
    ],
)
def test_what_does_not_fit_together_is_refused_before_anything_is_copied(
    site: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert whatif(site, *words) == (1 if "git" in told else 2)

    assert re.search(told, capsys.readouterr().err)


def test_a_branch_that_can_be_taken_back_is_told_from_one_that_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """main: shop 0001; the branch adds 0002, first as it is, then with an operation that cannot
    be undone; the database is that of main."""
    folder = shop(tmp_path / "site", migrated=False)
    second = folder / "shop" / "migrations" / "0002_price.py"
    text = second.read_text()
    second.unlink()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "main")
    manage(folder, "migrate", "-v0")
    assert whatif(folder, "--since", "main", "--quiet") == 0
    assert "no migration was added since main" in capsys.readouterr().out
    git(folder, "switch", "-qc", "release")
    second.write_text(text)
    assert whatif(folder, "--since", "main", "--quiet") == 0
    assert capsys.readouterr().out == "nothing lost · it ends where it began\n"
    run = "migrations.RunPython(migrations.RunPython.noop),"
    second.write_text(PRICE.format(head="", more=run))
    assert whatif(folder, "--since", "main", "--quiet") == 12
    assert "stops at shop.0002_price (IrreversibleError)" in capsys.readouterr().out


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_the_help_explains_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "miglab", "whatif", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    for part in ("The project and its database are only read", "exit status", "--since"):
        assert part in done.stdout


def test_the_help_the_readme_and_the_json_say_the_same_of_exit_statuses() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    helped = " ".join(whatif_command.STATUS_HELP.split())
    for status, meaning in STATUSES.items():
        assert f"| {status} | {meaning} |" in readme
        assert f"{status} {meaning}" in helped
        assert f"{status}: {meaning}" in SCHEMA["status"]
    shown = re.findall(r"^\| (\d+) \| ", readme, re.MULTILINE)
    assert [int(each) for each in shown] == list(STATUSES)

"""Projects that cannot be kept warm, and migrations that misbehave, run as in a terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import miglab
from miglab import Lab
from miglab.errors import AgentDied
from miglab.facts.truths import Unreadable
from miglab.runners import names

from .story import migration

RUNNERS = pytest.mark.parametrize("runner", names())
SETTINGS = "storefront/settings.py"


def with_settings(lab: Lab, more: str) -> Lab:
    """The lab with lines added to its settings."""
    lab.write(SETTINGS, lab.read(SETTINGS) + "\n" + more)
    return lab


def with_migration(lab: Lab, body: str) -> Lab:
    """The lab with store.0006, a RunPython of these lines.

    store: 0001 ← … ← 0005 ← 0006
    """
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    head = f"def run(apps, schema_editor):\n{lines}\n\n"
    operations = "    operations = [migrations.RunPython(run)]"
    lab.write(
        "store/migrations/0006_runs.py", migration("0005_tag_product_tags", operations, head=head)
    )
    return lab


@RUNNERS
def test_settings_that_look_at_the_arguments_see_those_of_each_command(
    runner: str, open_lab: Callable[..., Lab]
) -> None:
    more = 'import sys\nprint("seen:", *sys.argv[1:])'
    lab = with_settings(open_lab(runner=runner), more)
    assert lab.manage("showmigrations store").output.startswith("seen: showmigrations store\n")
    assert lab.manage("check").output.startswith("seen: check\n")


@RUNNERS
def test_a_banner_is_printed_by_every_command_and_before_anything_else(
    runner: str, open_lab: Callable[..., Lab]
) -> None:
    lab = with_settings(open_lab(runner=runner), 'print("welcome")')
    for _ in range(2):
        assert lab.manage("check").output == (
            "welcome\nSystem check identified no issues (0 silenced).\n"
        )


@RUNNERS
def test_settings_that_start_a_thread_work(runner: str, open_lab: Callable[..., Lab]) -> None:
    more = (
        "import threading, time\nthreading.Thread(target=time.sleep, args=[9], daemon=True).start()"
    )
    lab = with_settings(open_lab(runner=runner), more)
    assert "Unapplying" in lab.manage("migrate store 0003").output


@RUNNERS
@pytest.mark.parametrize("text", ["this is no Python", "INSTALLED_APPS = ['nowhere']"])
def test_broken_settings_are_a_refusal_and_the_tables_can_still_be_read(
    runner: str, text: str, open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab(runner=runner)
    lab.write(SETTINGS, text)
    step = lab.manage("check")
    assert step.refusal is not None
    assert isinstance(step.after.models, Unreadable)
    assert not isinstance(step.after.tables, Unreadable)
    lab.rewind()
    assert lab.manage("check").refusal is None


@RUNNERS
def test_a_broken_manage_py_is_a_refusal(runner: str, open_lab: Callable[..., Lab]) -> None:
    lab = open_lab(runner=runner)
    lab.write("manage.py", "print('nothing here')\n")
    assert lab.manage("check").output == "nothing here\n"
    lab.delete("manage.py")
    assert lab.manage("check").refusal is not None
    lab.restart()
    assert lab.manage("check").refusal is None


@RUNNERS
def test_what_a_migration_prints_never_reaches_the_wire(
    runner: str, open_lab: Callable[..., Lab]
) -> None:
    body = (
        "import os, sys\n"
        'print("one")\n'
        'print("two", file=sys.__stdout__)\n'
        'os.system("echo three")\n'
        'os.write(1, b"four\\n")'
    )
    output = with_migration(open_lab(runner=runner), body).manage("migrate store").output
    for word in ("one", "two", "three", "four"):
        assert word in output


@RUNNERS
def test_a_migration_that_exits_is_a_refusal_and_one_that_aborts_is_stopped(
    runner: str, open_lab: Callable[..., Lab]
) -> None:
    lab = with_migration(open_lab(runner=runner), 'raise SystemExit("enough")')
    step = lab.manage("migrate store")
    assert step.refusal is not None
    assert step.refusal.message == "enough"
    with_migration(lab, "import os\nos.abort()")
    before = lab.truths().truths
    with pytest.raises(AgentDied):
        lab.manage("migrate store")
    assert lab.truths().truths == before


@RUNNERS
def test_a_traceback_shows_the_project_and_django_and_no_room_of_the_agent(
    runner: str, open_lab: Callable[..., Lab]
) -> None:
    lab = with_migration(open_lab(runner=runner), 'raise ValueError("enough")')
    step = lab.manage("migrate store")
    assert step.refusal is not None
    for text in (step.refusal.traceback, step.output):
        assert "0006_runs.py" in text
        assert str(Path(miglab.__file__).parent / "agent") not in text


@RUNNERS
def test_a_migration_that_leaves_the_folder_or_empties_it_takes_nothing_with_it(
    runner: str, open_lab: Callable[..., Lab]
) -> None:
    body = 'import os, shutil\nshutil.rmtree("store")\nos.chdir("/")'
    lab = with_migration(open_lab(runner=runner), body)
    lab.manage("migrate store")
    lab.rewind()
    assert lab.manage("showmigrations store").output.endswith(" [ ] 0006_runs\n")


@RUNNERS
def test_a_very_long_output_is_cut_in_the_middle(runner: str, open_lab: Callable[..., Lab]) -> None:
    lab = with_migration(open_lab(runner=runner), 'print("x" * 3_000_000)')
    output = lab.manage("migrate store").output
    assert len(output) < 1_100_000
    assert "bytes left out]" in output
    assert output.rstrip().endswith("OK")

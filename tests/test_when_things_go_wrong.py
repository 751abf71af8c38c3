"""Whatever stops a command: a clear error, and the lab stands as it stood before."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from miglab import Lab
from miglab.errors import (
    AgentDied,
    BadInput,
    DiskFull,
    Interrupted,
    LabClosed,
    OutsideSandbox,
    TimeLimit,
    UnknownName,
)
from miglab.runners import names
from miglab.runners.base import Stop

from .waiting import until

LOOPING = """
import time
from django.db import migrations


def half_and_then_for_ever(apps, schema_editor):
    apps.get_model("store", "Product").objects.update(discount=99)
    open("half-done.txt", "w").write("half")
    while True:
        time.sleep(0.01)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [migrations.RunPython(half_and_then_for_ever, atomic=False)]
"""


@pytest.fixture(params=names())
def looping(request: pytest.FixtureRequest, open_lab: Callable[..., Lab]) -> Lab:
    """A lab whose store.0006 writes half of its work and then loops for ever.

    store: 0001 ← … ← 0005 ← 0006 (loops)
    """
    lab = open_lab("storefront", runner=request.param)
    lab.write("store/migrations/0006_loops.py", LOOPING)
    return lab


def unchanged(lab: Lab, before: object) -> bool:
    """Whether the lab is what it was, and works."""
    half = (lab.folder / "half-done.txt").exists()
    works = "[ ] 0006_loops" in lab.manage("showmigrations store").output
    return lab.truths().truths == before and not half and works


def while_it_runs(lab: Lab, act: Callable[[], object]) -> threading.Thread:
    """Do something as soon as the migration is in the middle of its work."""

    def wait() -> None:
        until((lab.folder / "half-done.txt").exists)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_migration_that_loops_for_ever_is_stopped_at_the_time_limit(looping: Lab) -> None:
    before = looping.truths().truths
    looping.time_limit = 3
    with pytest.raises(TimeLimit, match=r"ran longer than 3 seconds.*time_limit="):
        looping.manage("migrate store")
    looping.time_limit = 60
    assert unchanged(looping, before)


def test_interrupting_the_cell_stops_the_command(looping: Lab) -> None:
    before = looping.truths().truths
    thread = while_it_runs(looping, lambda: os.kill(os.getpid(), signal.SIGINT))
    with pytest.raises(Interrupted, match=r"interrupted\. The lab is as it was"):
        looping.manage("migrate store")
    thread.join()
    assert unchanged(looping, before)


def test_cancelling_from_another_thread_stops_the_command(looping: Lab) -> None:
    before = looping.truths().truths
    thread = while_it_runs(looping, looping.cancel)
    with pytest.raises(Interrupted, match=r"cancelled\. The lab is as it was"):
        looping.manage("migrate store")
    thread.join()
    assert unchanged(looping, before)


def test_cancelling_stops_a_what_if_and_leaves_nothing_behind(looping: Lab) -> None:
    before = looping.truths().truths

    thread = threading.Thread(target=lambda: (until(lambda: looping.busy), looping.cancel()))
    thread.start()
    with pytest.raises(Interrupted, match="cancelled"):
        looping.what_if("migrate store")
    thread.join()
    assert unchanged(looping, before)


@pytest.mark.skipif(os.name != "posix", reason="there is no interrupt for one process")
def test_what_is_cancelled_answers_and_its_agent_goes_on(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a busy machine it may take longer to answer than a person would wait.
    monkeypatch.setattr(Stop, "GRACE", 60.0)
    lab.truths()
    before = {each.pid for each in psutil.Process().children()}
    thread = threading.Thread(target=lambda: (until(lambda: lab.busy), lab.cancel()))
    thread.start()
    with pytest.raises(Interrupted, match="cancelled"):
        lab.shell("import time; time.sleep(600)")
    thread.join()
    assert not lab.manage("check").refused
    assert {each.pid for each in psutil.Process().children()} == before


def test_cancelling_where_nothing_runs_does_nothing(lab: Lab) -> None:
    lab.cancel()
    assert not lab.manage("migrate store 0004").refused


@pytest.mark.parametrize("which", ["the agent", "the process of the command"])
def test_a_process_killed_in_the_middle_of_a_command(looping: Lab, which: str) -> None:
    before = looping.truths().truths

    def kill() -> None:
        running = [
            each for each in psutil.Process().children(recursive=True) if _runs_in(each, looping)
        ]
        running.sort(key=lambda each: each.create_time())
        (_agent_of(looping) if which == "the agent" else running[-1]).kill()

    thread = while_it_runs(looping, kill)
    with pytest.raises(AgentDied, match="was killed"):
        looping.manage("migrate store")
    thread.join()
    assert unchanged(looping, before)


def _agent_of(lab: Lab) -> psutil.Process:
    """The process that miglab started for this lab: what it started runs in the lab's folder."""
    started = psutil.Process().children()
    return next(e for e in started if any(_runs_in(p, lab) for p in [e, *e.children(True)]))


def _runs_in(process: psutil.Process, lab: Lab) -> bool:
    try:
        return process.cwd() == str(lab.folder)
    except psutil.Error:
        return False


def test_the_agent_killed_between_two_commands_is_not_even_noticed(lab: Lab) -> None:
    lab.manage("check")
    for each in psutil.Process().children(recursive=True):
        if _runs_in(each, lab):
            each.kill()
    assert lab.manage("showmigrations store").refusal is None


def test_models_that_loop_for_ever_on_import_are_unreadable_and_can_be_mended(lab: Lab) -> None:
    lab.time_limit = 3
    step = lab.write("store/models.py", "while True:\n    pass\n")
    assert "ran longer than 3 seconds" in str(step.after.models)
    with pytest.raises(TimeLimit):
        lab.manage("check")
    lab.time_limit = 60
    lab.rewind()
    assert lab.manage("check").refusal is None


FULL = """
from django.db import migrations


def fill(apps, schema_editor):
    schema_editor.execute("CREATE TABLE big (data blob)")
    schema_editor.execute("INSERT INTO big VALUES (zeroblob(64000000))")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("store", "0005_tag_product_tags")]
    operations = [migrations.RunPython(fill, atomic=False)]
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a disk of its own needs Linux and the right to mount one")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_named_and_the_lab_stands_as_before(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, open_lab: Callable[..., Lab]
) -> None:
    monkeypatch.setenv("MIGLAB_HOME", str(small_disk))
    lab = open_lab("storefront")
    lab.write("store/migrations/0006_fills.py", FULL)
    before = lab.truths().truths
    with pytest.raises(DiskFull, match="no space is left on the disk"):
        lab.manage("migrate store")
    assert lab.truths().truths == before
    with pytest.raises(DiskFull):
        lab.write("store/big.txt", "x" * 40_000_000)
    assert lab.truths().truths == before
    assert lab.manage("showmigrations store").refusal is None
    lab.close()


@pytest.mark.parametrize("path", ["../x.py", "/etc/passwd", "store/../../x.py", "", "."])
def test_a_path_outside_the_project_is_refused(lab: Lab, path: str) -> None:
    for act in (lambda: lab.write(path, "x"), lambda: lab.delete(path), lambda: lab.read(path)):
        with pytest.raises(OutsideSandbox, match="outside the project's folder"):
            act()


def test_a_link_that_leads_outside_the_project_is_refused(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    (lab.folder / "link").symlink_to(tmp_path)
    with pytest.raises(OutsideSandbox):
        lab.write("link/mine.txt", "yours")
    lab.restart()
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_file_or_table_that_is_not_there_is_named_with_those_that_are(lab: Lab) -> None:
    with pytest.raises(UnknownName, match=r"no file 'store/migrations/0009.*0001_initial.py"):
        lab.delete("store/migrations/0009_x.py")
    with pytest.raises(UnknownName, match=r"no table 'product'; choose from: .*store_product"):
        lab.rows("product")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "the command is missing"),
        ("   ", "the command is missing"),
        ("python manage.py", "the command is missing"),
        ("migrate 'store", "no closing quotation"),
        ("runserver", "runserver does not run here"),
        ("shell", "%%shell"),
        ("dbshell", "lab.sql"),
    ],
)
def test_a_line_that_is_no_command_is_refused_before_anything_runs(
    lab: Lab, line: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        lab.manage(line)


def test_a_replacement_that_fits_nothing_or_twice_is_refused(lab: Lab) -> None:
    with pytest.raises(BadInput, match="This text is not in"):
        lab.replace("store/models.py", "no such text", "")
    with pytest.raises(BadInput, match=r"is in store/models\.py \d+ times"):
        lab.replace("store/models.py", "models", "")


def test_the_database_is_not_written_as_a_text(lab: Lab) -> None:
    with pytest.raises(BadInput, match="is the database"):
        lab.write("db.sqlite3", "x")


def test_a_database_that_is_none_is_a_clear_step(lab: Lab) -> None:
    (lab.folder / "db.sqlite3").write_bytes(b"this is no database, it is text" * 100)
    step = lab.manage("migrate")
    assert step.refusal is not None
    assert "file is not a database" in step.refusal.message
    lab.restart()
    assert len(lab.rows("store_product")) == 24


def test_a_closed_lab_says_so_and_leaves_nothing_on_disk(home: Path) -> None:
    lab = Lab()
    root = lab.folder.parent
    lab.manage("migrate store 0003")
    lab.close()
    lab.close()
    for act in (lambda: lab.manage("check"), lambda: lab.truths(), lambda: lab.folder):
        with pytest.raises(LabClosed, match="open another"):
            act()
    assert not root.exists()
    assert not root.with_suffix(".lock").exists()


def test_a_lab_that_nobody_holds_any_more_is_removed() -> None:
    lab = Lab()
    root = lab.folder.parent
    del lab
    assert not root.exists()


OWNER = """
    import sys, time
    from miglab import Lab
    lab = Lab()
    lab.manage("check")
    print(lab.folder, flush=True)
    {then}
"""


def owner(then: str) -> subprocess.Popen[str]:
    """Another process with a lab of its own."""
    code = textwrap.dedent(OWNER).format(then=then)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def folder_of(process: subprocess.Popen[str]) -> Path:
    assert process.stdout is not None
    return Path(process.stdout.readline().strip())


def test_a_kernel_that_ends_leaves_nothing_on_disk() -> None:
    with owner("pass") as process:
        folder = folder_of(process)
        process.wait(timeout=30)
    assert not folder.parent.exists()


def test_what_a_killed_kernel_left_is_swept_by_the_next_lab_and_its_processes_end(
    own_home: Path,
) -> None:
    with owner("time.sleep(60)") as process:
        folder = folder_of(process)
        running = psutil.Process(process.pid).children(recursive=True)
        assert running
        process.kill()
    _, alive = psutil.wait_procs(running, timeout=10)
    assert not alive
    assert folder.exists()
    Lab().close()
    assert not folder.parent.exists()


def test_no_living_lab_is_ever_swept(lab: Lab) -> None:
    with owner("time.sleep(60)") as process:
        folder = folder_of(process)
        for _ in range(3):
            Lab().close()
        assert folder.exists()
        assert lab.folder.exists()
        process.kill()


def test_a_runaway_command_ends_with_its_killed_kernel(tmp_path: Path) -> None:
    then = f"lab.write('store/migrations/0006_loops.py', {LOOPING!r}); lab.manage('migrate store')"
    with owner(then) as process:
        folder = folder_of(process)
        while not (folder / "half-done.txt").exists():
            time.sleep(0.01)
        running = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, alive = psutil.wait_procs(running, timeout=10)
    assert not alive


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_fork_of_the_kernel_that_ends_takes_no_lab_with_it(lab: Lab) -> None:
    code = "import os; os.fork() or __import__('sys').exit(); os.wait()"
    then = f"exec({code!r}); lab.manage('check'); print(lab.folder.exists(), flush=True)"
    with owner(then) as process:
        folder_of(process)
        assert process.stdout is not None
        assert "True" in process.stdout.read()


def test_what_was_kept_for_a_month_is_forgotten(own_home: Path) -> None:
    with Lab() as lab:
        lab.truths()
    kept = [*(own_home / "templates").iterdir(), *(own_home / "code").iterdir()]
    assert kept
    old = own_home / "templates" / "old.sqlite3"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    Lab().close()
    assert not old.exists()
    assert all(each.exists() for each in kept)


def test_what_is_no_text_is_not_written_and_not_read_as_one(lab: Lab) -> None:
    with pytest.raises(BadInput, match="the content of a file must be text, not bytes"):
        lab.write("store/x.txt", b"bytes")  # type: ignore[arg-type]
    (lab.folder / "latin.txt").write_bytes("café".encode("latin-1"))
    with pytest.raises(BadInput, match=r"'latin.txt' is not UTF-8 text"):
        lab.read("latin.txt")


def test_line_ends_and_letters_of_any_language_are_kept_as_they_are(lab: Lab) -> None:
    lab.write("store/näme.txt", "eins\r\nzwei\n三")
    assert (lab.folder / "store/näme.txt").read_bytes() == "eins\r\nzwei\n三".encode()
    assert lab.read("store/näme.txt") == "eins\r\nzwei\n三"


@pytest.mark.parametrize("runner", names())
def test_a_process_that_ends_itself_is_told_at_once(
    runner: str, open_lab: Callable[..., Lab]
) -> None:
    lab = open_lab(runner=runner)
    for code in (0, 3):
        with pytest.raises(AgentDied):
            lab.shell(f"import os\nos._exit({code})")
    assert lab.manage("check").refusal is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_daemon_that_a_command_leaves_does_not_hold_the_lab() -> None:
    lab = Lab()
    lab.shell("import os, time\nif not os.fork():\n    os.setsid(); time.sleep(20); os._exit(0)")
    started = time.monotonic()
    lab.close()
    assert time.monotonic() - started < 10


def test_a_command_of_the_fresh_runner_ends_with_its_killed_kernel() -> None:
    then = "lab = Lab(runner='fresh'); lab.shell('print(1)'); print(lab.folder, flush=True); "
    then += 'lab.shell(\'open("half-done.txt", "w")\\nwhile True: pass\')'
    with owner(then) as process:
        folder_of(process)
        folder = folder_of(process)
        while not (folder / "half-done.txt").exists():
            time.sleep(0.01)
        running = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    _, alive = psutil.wait_procs(running, timeout=10)
    assert not alive


def test_a_deleted_folder_or_database_comes_back_with_rewind(lab: Lab) -> None:
    before = lab.truths().truths
    shutil.rmtree(lab.folder)
    assert lab.truths().truths != before
    lab.restart()
    assert lab.truths().truths == before
    step = lab.shell("import os\nfrom django.db import connection\nos.remove('db.sqlite3')")
    assert {each.table: each.lost for each in step.rows}["store_product"] == 24
    lab.rewind()
    assert lab.truths().truths == before
    assert lab.manage("migrate store 0004").refusal is None


def test_rewinding_writes_through_no_link(lab: Lab, tmp_path: Path) -> None:
    mine = tmp_path / "models.py"
    mine.write_text("mine")
    (lab.folder / "store" / "models.py").unlink()
    (lab.folder / "store" / "models.py").symlink_to(mine)
    shutil.rmtree(lab.folder / "blog")
    (lab.folder / "blog").symlink_to(tmp_path)
    lab.restart()
    assert mine.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".py"] == ["models.py"]
    assert "class Product" in lab.read("store/models.py")
    assert lab.manage("check").refusal is None


def test_a_database_that_settings_name_elsewhere_is_not_taken_for_the_old_one(lab: Lab) -> None:
    step = lab.replace("storefront/settings.py", '"db.sqlite3"', '"other.sqlite3"')
    assert "settings name a different database, other.sqlite3" in str(step.after.record)
    lab.rewind()
    assert lab.truths().agreements.record_tables.verdict is True


def test_a_pattern_stays_in_its_folder(lab: Lab) -> None:
    step = lab.delete("store/*.py")
    assert {each.path for each in step.files} == {"store/models.py", "store/__init__.py"}


def test_closing_from_another_thread_ends_the_command(looping: Lab) -> None:
    root = looping.folder.parent
    thread = while_it_runs(looping, looping.close)
    began = time.monotonic()
    with pytest.raises(LabClosed):
        looping.manage("migrate store")
    assert time.monotonic() - began < looping.time_limit / 2
    thread.join()
    assert not root.exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda lab: lab.manage(None),
        lambda lab: lab.manage(5),
        lambda lab: lab.shell(None),
        lambda lab: lab.sql(5),
        lambda lab: lab.sql("SELECT 1", 5),
        lambda lab: lab.graph(5),
        lambda lab: lab.graph("nonsense"),
        lambda lab: lab.graph(apps=["nope"]),
        lambda lab: lab.rows("store_product", "x"),
        lambda lab: lab.rows(5),
        lambda lab: lab.read(None),
        lambda lab: lab.write(None, "x"),
        lambda lab: lab.write("store/models.py/x", "x"),
        lambda lab: lab.write("a\0b", "x"),
        lambda lab: Lab(at=5),
        lambda lab: Lab(apps=5),
        lambda lab: Lab(time_limit=0),
        lambda lab: Lab(time_limit="x"),
        lambda lab: Lab.of(".", time_limit="x"),
        lambda lab: setattr(lab, "time_limit", -1),
    ],
)
def test_silly_words_are_refused_in_words_of_ours(lab: Lab, act: Callable[[Lab], object]) -> None:
    with pytest.raises(BadInput):
        act(lab)

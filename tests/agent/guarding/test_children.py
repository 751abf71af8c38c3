"""Interpreters that a project starts in its copy are guarded as it is itself, or not started."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from miglab import Lab

from ...whatif.own import manage, shop

Of = Callable[..., Lab]

WORKER = """
def empty():
    import django

    django.setup()
    from shop.models import Item

    Item.objects.all().delete()


def write(path):
    open(path, "w").close()
"""
#: A database that lies outside of the project, by its whole path.
ELSEWHERE = """
DATABASES["default"]["NAME"] = {path!r}
"""


@pytest.fixture(params=["namespaces", "landlock", "hook"], autouse=True)
def strongest(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each kind of jail in turn; where this machine lacks one, the next weaker stands there."""
    monkeypatch.setenv("MIGLAB_JAIL", request.param)
    return request.param


def opened(of: Of, folder: Path, **kwargs: object) -> Lab:
    """A lab of a project with a worker."""
    return of(shop(folder, files={"shop/worker.py": WORKER}, **kwargs))  # type: ignore[arg-type]


def code(text: str) -> str:
    return textwrap.dedent(text)


def count(text: str) -> str:
    return text.strip().splitlines()[-1]


def test_a_worker_that_is_spawned_reaches_the_rows_of_the_copy(tmp_path: Path, of: Of) -> None:
    settings = ELSEWHERE.format(path=str(tmp_path / "rows.sqlite3"))
    lab = opened(of, tmp_path / "site", settings=settings)
    step = lab.shell(
        code("""
        import multiprocessing
        from shop import worker
        process = multiprocessing.get_context("spawn").Process(target=worker.empty)
        process.start()
        process.join()
        print(process.exitcode, Item.objects.count())
        """)
    )
    assert count(step.output) == "0 0"
    shown = "from shop.models import Item; print(Item.objects.count())"
    assert count(manage(tmp_path / "site", "shell", "-c", shown)) == "3"


def test_what_a_spawned_worker_is_refused_is_told(tmp_path: Path, of: Of) -> None:
    lab, outside = opened(of, tmp_path / "site"), tmp_path / "outside"
    step = lab.shell(
        code(f"""
        import multiprocessing
        from shop import worker
        process = multiprocessing.get_context("spawn").Process(
            target=worker.write, args=({str(outside)!r},))
        process.start()
        process.join()
        """)
    )
    assert not outside.exists()
    assert [each.what for each in step.kept_in] == [f"write to {outside}"]


def test_a_python_that_may_be_started_is_guarded(tmp_path: Path, of: Of) -> None:
    folder, outside = shop(tmp_path / "site"), tmp_path / "outside"
    lab = of(folder, allow_programs=[sys.executable])
    step = lab.shell(
        code(f"""
        import subprocess, sys
        text = "open({str(outside)!r}, 'w')"
        done = subprocess.run([sys.executable, "-c", text], stderr=subprocess.PIPE, text=True)
        print(done.stderr.splitlines()[-1])
        """)
    )
    assert f"Refused: miglab does not let a copy write to {outside}" in step.output
    assert not outside.exists()


@pytest.mark.parametrize(
    ("call", "do"),
    [
        ("[sys.executable, '-I', '-c', 'print(1)']", "without -I"),
        ("[sys.executable, '-Wi', '-sE', '-c', 'print(1)']", "without -sE"),
        ("[sys.executable, '-c', 'print(1)'], env={'PATH': '/bin'}", "PYTHONPATH"),
        ("[sys.executable, '-c', 'print(1)'], env={**os.environ, 'PYTHONPATH': '.'}", "PYTHONPATH"),
    ],
)
def test_a_python_that_cannot_be_guarded_is_not_started(
    call: str, do: str, tmp_path: Path, of: Of
) -> None:
    lab = of(shop(tmp_path / "site"), allow_programs=[sys.executable])
    step = lab.shell(f"import os, subprocess, sys\nsubprocess.run({call}, check=True)")
    assert [each.id for each in step.obstacles] == ["program-stopped"]
    assert do in step.obstacles[0].do


def test_the_projects_own_sitecustomize_is_still_run(
    tmp_path: Path, of: Of, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "sitecustomize.py").write_text("import os\nos.environ['SEEN'] = 'yes'\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "more"))
    lab = of(shop(tmp_path / "site"), allow_programs=[sys.executable])
    step = lab.shell(
        code("""
        import subprocess, sys
        text = "import os, sys; print(os.environ['SEEN'], [e for e in sys.path if 'guarding' in e])"
        print(subprocess.check_output([sys.executable, "-c", text], text=True))
        """)
    )
    assert "yes []" in step.output
    assert os.environ["PYTHONPATH"] == str(tmp_path / "more")

"""The wheel holds the package, the practice project and the lessons, and none of their traces."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from miglab.workbook.lessons import KERNEL

from ..whatif.environments import uv
from ..whatif.own import shop
from ..wheel import apart, build, checkout, install, typed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a checkout in which somebody has worked."""
    folder = checkout(tmp_path_factory.mktemp("checkout"))
    lessons = folder / "notebooks"
    (lessons / ".ipynb_checkpoints").mkdir(exist_ok=True)
    (lessons / ".ipynb_checkpoints" / "00_start_here-checkpoint.ipynb").touch()
    (folder / "sandbox_project" / "db.sqlite3").touch()
    (folder / "sandbox_project" / "db.sqlite3-wal").touch()
    (folder / "sandbox_project" / "__pycache__").mkdir(exist_ok=True)
    (folder / "sandbox_project" / "__pycache__" / "manage.pyc").touch()
    return build(folder)


@pytest.fixture(scope="module")
def alone(wheel, tmp_path_factory) -> Path:
    """The programs of an environment with the wheel and what it brings."""
    return install(wheel, "", tmp_path_factory.mktemp("alone") / "venv")


def test_what_is_in_it(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "miglab/lab.py" in names
    assert {"miglab/notebook/widgets/graph.js", "miglab/notebook/widgets/graph.css"} <= set(names)
    assert {"miglab/py.typed", "miglab/cli/jupyter/workspace.json"} <= set(names)
    assert "miglab/cli/jupyter/data/voila/templates/miglab/index.html.j2" in names
    assert "miglab/_data/sandbox_project/manage.py" in names
    assert "miglab/_data/notebooks/00_start_here.ipynb" in names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"miglab", "miglab-0.1.0.data", "miglab-0.1.0.dist-info"}


def test_it_brings_the_lessons_kernel_to_where_jupyter_looks(wheel):
    data = "miglab-0.1.0.data/data/"
    brought = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(data)}
    assert brought == {f"{data}share/jupyter/kernels/{KERNEL['name']}/kernel.json"}


def test_no_databases_no_bytecode_no_checkpoints(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    traces = ("sqlite3", ".pyc", "__pycache__", "checkpoint")
    assert [name for name in names if any(trace in name for trace in traces)] == []


def test_a_lab_can_run_from_it(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "miglab", "doctor"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert str(tmp_path / "miglab" / "_data" / "sandbox_project") in done.stdout


def test_it_installs_alone_and_rehearses_a_project_of_another_environment(alone, tmp_path):
    """An environment with the wheel and what it brings: no Django there, and no Jupyter."""
    folder = shop(tmp_path / "site")
    names = uv("pip", "list", "--format", "freeze", "--python", str(alone.parent)).lower()
    assert not [name for name in ("django", "jupyter", "ipython", "notebook") if name in names]
    report = tmp_path / "report.html"
    words = ("whatif", folder, "shop", "0001", "--python", sys.executable)
    done = typed(alone, *words, "--html", report, folder=tmp_path)
    assert done.returncode == 10, done.stdout + done.stderr
    assert "loses 3 values of shop_item.price" in done.stdout
    assert "shop_item.price" in report.read_text("utf-8")


#: What is typed, and what is missing for it: an extra, and a module of it.
ASKED = [
    ("", ("lab",), "lab", "django"),
    ("", ("app",), "lab", "voila"),
    ("", ("app", "."), "notebooks", "jupyterlab"),
    ("", ("demo",), "sandbox", "django"),
    ("sandbox", ("lab",), "lab", "jupyterlab"),
    ("sandbox", ("app",), "lab", "voila"),
    ("sandbox", ("app", "."), "notebooks", "anywidget"),
    ("notebooks", ("lab",), "lab", "django"),
    ("notebooks", ("app",), "lab", "django"),
    ("notebooks", ("demo",), "sandbox", "django"),
]


@pytest.fixture(scope="module")
def with_extra(wheel, alone, tmp_path_factory):
    """Gives the programs of an environment with one extra, each made once."""
    made = {"": alone}

    def environment(extra: str) -> Path:
        if extra not in made:
            made[extra] = install(wheel, extra, tmp_path_factory.mktemp(extra) / "venv")
        return made[extra]

    return environment


def into(programs: Path) -> str:
    """How one installs more into the environment of these programs."""
    return f"uv pip install --python {programs.parent}"


@pytest.mark.parametrize(("there", "words", "extra", "module"), ASKED)
def test_a_missing_extra_is_one_line(with_extra, tmp_path, there, words, extra, module):
    programs = with_extra(there)
    done = typed(programs, *words, folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"miglab: miglab {words[0]} needs the extra '{extra}' (")
    assert f"{module}" in line.partition("(")[2].partition(" not installed)")[0]
    assert line.endswith(f'; install it: {into(programs)} "miglab[{extra}]"')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["", "notebooks"])
def test_in_python_too_the_missing_extra_is_one_line(with_extra, tmp_path, there):
    code = "import miglab\ntry: miglab.Lab('storefront')\nexcept miglab.MiglabError as e: print(e)"
    done = subprocess.run(
        [with_extra(there) / "python", "-c", code],
        cwd=tmp_path,
        env=apart(),
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "Lab(\"storefront\") needs the extra 'sandbox' (django not installed); "
        f'install it: {into(with_extra(there))} "miglab[sandbox]"\n'
    )


def test_the_doctor_names_what_is_missing_of_each_extra(with_extra, tmp_path):
    done = typed(with_extra("sandbox"), "doctor", folder=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "✓ ok        extra sandbox " in done.stdout
    assert "– optional  extra notebooks " in done.stdout
    assert "– optional  extra lab " in done.stdout
    assert f'do this: {into(with_extra("sandbox"))} "miglab[lab]"' in done.stdout
    done = typed(with_extra("notebooks"), "doctor", folder=tmp_path)
    assert done.returncode == 1
    assert "✗ missing   Django " in done.stdout
    assert "✓ ok        extra notebooks " in done.stdout


def test_the_demo_needs_no_jupyter(with_extra, tmp_path):
    """With Django alone; it says what else there is to install for the lessons."""
    done = typed(with_extra("sandbox"), "demo", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "▶ loses " in done.stdout
    more = f'{into(with_extra("sandbox"))} "miglab[lab]"'
    assert done.stdout.endswith(f"    {more}\n    miglab lab\n\n")


def test_it_runs_without_being_installed(wheel, tmp_path):
    """As ``uvx`` and ``pipx run`` do: an environment of a moment."""
    folder = shop(tmp_path / "site")
    words = ("whatif", str(folder), "shop", "0001", "--quiet", "--python", sys.executable)
    done = subprocess.run(
        [sys.executable, "-m", "uv", "tool", "run", "--from", str(wheel), "miglab", *words],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 10, done.stdout + done.stderr
    assert done.stdout.startswith("loses 3 values of shop_item.price")

"""What all tests share: labs of their own, under a home of their own."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from miglab import Lab

from . import budgets
from .plain import engines

# How long a machine takes is no truth about the code.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


class ByFile(LoadFileScheduling):
    """The tests of one file run one after the other; those that need JupyterLab and its page,
    which take long to start, as if they stood in one file."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """For ``--dist loadfile``."""
    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--long``, which ``dev.py test --long`` hands on."""
    parser.addoption("--long", action="store_true", help="run what takes too long for every run")


def pytest_configure(config: pytest.Config) -> None:
    """Laws are tried on many more examples in a long run."""
    if config.getoption("long"):
        os.environ["MIGLAB_LONG"] = "1"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What is marked ``every_engine`` runs on each, or on those that ``only_on`` names."""
    marks = {each.name for each in metafunc.definition.iter_markers()}
    if "every_engine" not in marks or "one_engine" in marks:
        return
    default, *others = engines.names()
    only_on = metafunc.definition.get_closest_marker("only_on")
    wanted = only_on.args if only_on is not None else [default, *others]
    rest = () if "short" in marks else (pytest.mark.long,)
    each = [default] if default in wanted else []
    each += [pytest.param(other, marks=rest) for other in others if other in wanted]
    if "engine_of_labs" not in metafunc.fixturenames:
        metafunc.fixturenames.append("engine_of_labs")
    metafunc.parametrize("engine_of_labs", each, indirect=True)


@pytest.fixture
def engine_of_labs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The vendor of the engine that labs have here: the default one, where a test names none."""
    vendor: str = getattr(request, "param", engines.names()[0])
    monkeypatch.setenv("MIGLAB_DATABASE", engines.need(vendor).DATABASE)
    return vendor


@pytest.fixture(autouse=True)
def _engine(request: pytest.FixtureRequest) -> None:
    """Before any fixture that opens a lab. pytest itself asks for no fixture that only
    ``parametrize`` names."""
    call = getattr(request.node, "callspec", None)
    if call is not None and "engine_of_labs" in call.params:
        request.getfixturevalue("engine_of_labs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no core waits for another at the end; what is
    marked ``long`` waits for a long run."""
    if not config.getoption("long"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    first = ("browser", "whatif")

    def order(item: pytest.Item) -> int:
        room = item.path.parent.name if item.path.parent.name != "law" else "whatif"
        return first.index(room) if room in first else len(first)

    items.sort(key=order)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How long each group took, and how long it may; and what tests count."""
    took: dict[str, float] = {}
    counted: list[str] = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                name = budgets.group(report.nodeid)
                took[name] = took.get(name, 0.0) + report.duration
                if report.when == "call":
                    counted += [told for name, told in report.user_properties if name == "hits"]
    if counted:
        terminalreporter.section("shots at the processes of labs: hits, tries, signals")
        terminalreporter.write_line("\n".join(sorted(counted)))
    if sum(took.values()) > 60:
        terminalreporter.section("minutes of each group, all cores together")
        terminalreporter.write_line("\n".join(budgets.lines(took)))


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for labs and templates, shared by all tests of a run, those of other processes
    too."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    folder = folder / "home"
    before = os.environ.get("MIGLAB_HOME")
    os.environ["MIGLAB_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["MIGLAB_HOME"]
    else:
        os.environ["MIGLAB_HOME"] = before


@pytest.fixture
def own_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which no other process opens labs, or sweeps what others left."""
    folder = tmp_path / "home"
    unfinished = shutil.ignore_patterns("*.sqlite3.*")
    shutil.copytree(home / "templates", folder / "templates", ignore=unfinished)
    monkeypatch.setenv("MIGLAB_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test installs in labs as a notebook does is gone after it."""
    for name in ("prompt", "progress", "explorer", "opening"):
        monkeypatch.setattr(Lab, name, Lab.__dict__[name])


@pytest.fixture(scope="session", autouse=True)
def _agent(home: Path) -> Iterator[None]:
    """One lab stays open, so that the others find an agent that has started."""
    with Lab("storefront") as lab:
        lab.step_aside()
        yield


def _closing(make: Callable[..., Lab]) -> Iterator[Callable[..., Lab]]:
    """Makes labs, and closes them in the end."""
    labs: list[Lab] = []

    def made(*args: Any, **kwargs: Any) -> Lab:
        labs.append(make(*args, **kwargs))
        return labs[-1]

    yield made
    for lab in labs:
        lab.close()


@pytest.fixture
def open_lab() -> Iterator[Callable[..., Lab]]:
    """Opens labs, and closes them when the test is over."""
    yield from _closing(Lab)


@pytest.fixture
def of() -> Iterator[Callable[..., Lab]]:
    """Opens labs of own projects with this interpreter, and closes them when the test is over."""
    yield from _closing(partial(Lab.of, python=sys.executable))


@pytest.fixture
def lab(open_lab: Callable[..., Lab]) -> Lab:
    """The storefront, everything applied, its pictures about the store.

    store: 0001 ← 0002 ← 0003 ← 0004 ← 0005
    """
    return open_lab("storefront", apps=["store"])

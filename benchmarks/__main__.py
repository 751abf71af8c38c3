"""Measures a lab against plain ``manage.py``, in turns, in one run; prints medians and ratios."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import (
    against,
    exercises,
    mariadb,
    mariadb_large,
    packages,
    postgresql,
    postgresql_large,
    whatif,
)
from .measure import (
    Act,
    Result,
    after_each_other,
    beside_the_kernel,
    in_turns,
    nothing,
    table,
)

SKU = "    sku = models.CharField(max_length=20, unique=True)\n"
FIELD = '    colour = models.CharField(max_length=9, default="{}")\n'


def commands(times: int) -> list[Result]:
    """Measure commands through a lab, including the truths before and after, and by hand."""
    from miglab import Lab

    results = []
    with Lab("storefront", apps=["store"]) as lab, tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "project"
        shutil.copytree(lab.folder, folder)
        kept = Path(place) / "db.sqlite3"
        shutil.copy(folder / "db.sqlite3", kept)

        def by_hand(line: str) -> Act:
            return lambda: subprocess.run(
                [sys.executable, "manage.py", *line.split()],
                cwd=folder,
                capture_output=True,
                check=True,
            )

        def back_by_hand() -> None:
            shutil.copy(kept, folder / "db.sqlite3")

        # A step says what is gone for good. To find out, the way back is run, here and by hand.
        for what, line, back, limit in (
            ("a command that reads (showmigrations)", "showmigrations store", "", 0.12),
            (
                "a revert of one migration, and its way back",
                "migrate store 0004",
                "migrate store",
                0.35,
            ),
            ("zero, and its way back", "migrate store zero", "migrate store", 0.4),
        ):
            ours, hand = in_turns(
                times,
                (lab.restart, lambda line=line: lab.manage(line)),  # type: ignore[misc]
                (back_by_hand, after_each_other(*map(by_hand, filter(None, (line, back))))),
            )
            results.append(Result(what, ours, hand, limit, "×"))
        results += after_an_edit(times, lab, folder, by_hand("showmigrations store"))
        lab.restart()
        lab.manage("migrate store 0003")
        rewind, forward = in_turns(times, (nothing, lab.rewind), (nothing, lab.forward))
        results.append(Result("rewind", rewind, None, 100, "ms"))
        results.append(Result("forward", forward, None, 100, "ms"))
        results.append(drawing(times, lab))
        results.append(memory(lab))
    return results


def after_an_edit(times: int, lab: object, folder: Path, by_hand: Act) -> list[Result]:
    """Measure the first command after models.py was edited, including the time to notice the
    edit."""
    from miglab import Lab

    assert isinstance(lab, Lab)
    number = iter(range(10_000))

    def edit(project: Path) -> Act:
        path = project / "store" / "models.py"
        original = path.read_text()
        assert SKU in original

        def act() -> None:
            path.write_text(original.replace(SKU, SKU + FIELD.format(next(number))))

        return act

    lab.restart()
    ours, hand = in_turns(
        times,
        (edit(lab.folder), lambda: lab.manage("showmigrations store")),
        (edit(folder), by_hand),
    )
    return [Result("a command after an edited file", ours, hand, 0.6, "×")]


def drawing(times: int, lab: object) -> Result:
    """Measure how long it takes to draw a lesson's graph as SVG."""
    from miglab import Lab
    from miglab.draw.engines import svg

    assert isinstance(lab, Lab)
    graph = lab.graph("store.0001")
    (ours,) = in_turns(times, (nothing, lambda: svg(graph)))
    return Result("a lesson's graph drawn to SVG", ours, None, 150, "ms")


def memory(lab: object) -> Result:
    """Measure the memory of all processes of a lab besides the kernel, after the agent has
    discarded the second copy, in which ways back are tried."""
    from miglab import Lab

    try:
        from miglab.steps.reader import REST
    except ImportError:  # an older commit, to compare with, may not have it
        REST = 0.0

    assert isinstance(lab, Lab)
    lab.manage("showmigrations")
    time.sleep(REST + 1)
    return Result("memory beside the kernel", beside_the_kernel(), None, 60, "MB")


def opening(times: int) -> list[Result]:
    """Measure how long a lab with rows takes to open, and ``migrate`` on no database by hand."""
    from miglab import Lab

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "project"
        with Lab() as lab:
            shutil.copytree(lab.folder, folder)

        def forget() -> None:
            shutil.rmtree(Path(os.environ["MIGLAB_HOME"]) / "templates", ignore_errors=True)

        def drop() -> None:
            (folder / "db.sqlite3").unlink(missing_ok=True)

        def open_and_look() -> None:
            with Lab() as lab:
                assert len(lab.rows("store_product")) == 24

        def migrate() -> None:
            subprocess.run(
                [sys.executable, "manage.py", "migrate"],
                cwd=folder,
                capture_output=True,
                check=True,
            )

        first, again, hand = in_turns(
            times, (forget, open_and_look), (nothing, open_and_look), (drop, migrate)
        )
    return [
        Result("a lab opened for the first time, with rows", first, hand, 1, "×"),
        Result("a lab opened again, with rows", again, None, 500, "ms"),
    ]


def importing(times: int) -> Result:
    """Measure ``import miglab`` in a new interpreter, less the start of the interpreter."""

    def python(code: str) -> Act:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    ours, empty = in_turns(times, (nothing, python("import miglab")), (nothing, python("pass")))
    return Result("import miglab", ours - empty, None, 300, "ms")


#: The parts that can be measured alone. The ``-large`` ones take minutes, and so do ``packages``
#: and ``projects``, which ask the package registry: these four run only if they are named.
ONLY = (
    "lab",
    "whatif",
    "exercises",
    "postgresql",
    "mariadb",
    "postgresql-large",
    "mariadb-large",
    "browser",
    "packages",
    "projects",
)


def main() -> int:
    """Measure everything; the exit status says whether every limit is kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("-n", type=int, default=9, help="turns of each measurement (9)")
    parser.add_argument("--only", choices=ONLY, help="measure these alone")
    parser.add_argument("--json", action="store_true", help="print the measures alone, as JSON")
    parser.add_argument(
        "--against", metavar="REF", help="measure a commit of git and this checkout in turn"
    )
    parser.add_argument("--turns", type=int, default=10, help="how often, with --against (10)")
    chosen = parser.parse_args()
    if chosen.against:
        compared = against.measure(chosen.against, chosen.turns, chosen.only)
        print(against.table(compared))
        return int(any(each.slower for each in compared))
    times, results = chosen.n, []
    with tempfile.TemporaryDirectory() as place:
        os.environ["MIGLAB_HOME"] = place
        if chosen.only in (None, "lab"):
            results += [*commands(times), *opening(times), importing(times)]
        if chosen.only in (None, "whatif"):
            results += whatif.all_of_it(times)
        if chosen.only in (None, "postgresql"):
            results += postgresql.all_of_it(times)
        if chosen.only in (None, "mariadb"):
            results += mariadb.all_of_it(times)
        if chosen.only in (None, "exercises"):
            results += exercises.all_of_it(times)
        if chosen.only in (None, "browser"):
            from . import browser

            results += browser.all_of_it(times)
        if chosen.only == "postgresql-large":
            results += postgresql_large.all_of_it()
        if chosen.only == "mariadb-large":
            results += mariadb_large.all_of_it()
        if chosen.only == "packages":
            results += packages.wagtail()
        if chosen.only == "projects":
            from . import projects

            results += projects.all_of_them(times)
    if chosen.json:
        print(json.dumps({each.what: each.measure for each in results}))
        return 0
    print(table(results))
    return int(any(each.measure > each.limit for each in results))


if __name__ == "__main__":
    sys.exit(main())

"""Measures how fast exercises open, how fast goals are redrawn, and what a class needs at once."""

from __future__ import annotations

import time
from contextlib import ExitStack
from statistics import median

from .measure import Result, beside_the_kernel, in_turns, timed

#: How many learners of a class have a lab open on one machine.
CLASS = 20
LINE = "migrate store 0004"


def all_of_it(times: int) -> list[Result]:
    """Every measurement of this module."""
    return [*opening(), redrawing(times), *a_class(times)]


def opening() -> list[Result]:
    """Measure the exercise that takes longest to open again, and the one that takes longest to open
    for the first time. The practice project was opened before; each has its first shape."""
    from miglab.exercises import exercise, shelf
    from miglab.home import home
    from miglab.sandbox.owners import remove_tree

    def once(name: str) -> float:
        return timed(lambda: exercise(name).close())

    names = list(shelf.files(shelf.sets()[shelf.OWN]))
    exercise(names[0]).close()
    remove_tree(home() / "beginnings")
    first = {name: once(name) for name in names}
    slow = max(first, key=first.__getitem__)
    again = {name: once(name) for name in names}
    slowest = max(again, key=again.__getitem__)
    ours = median(once(slowest) for _ in range(3))
    return [
        Result(f"an exercise opened ({slowest})", ours, None, 1000, "ms"),
        Result(f"an exercise opened for the first time ({slow})", first[slow], None, 2000, "ms"),
    ]


def redrawing(times: int) -> Result:
    """Measure how much longer a command takes if goals are checked and drawn after it."""
    from miglab import Lab
    from miglab.exercises import exercise
    from miglab.notebook.exercise import ExercisePanel

    with Lab("storefront", apps=["store"]) as plain, exercise("undo-only-the-last") as lab:
        panel = ExercisePanel(lab)
        ours, bare = in_turns(
            times,
            (lab.restart, lambda: lab.manage(LINE)),
            (plain.restart, lambda: plain.manage(LINE)),
        )
        assert "every goal is reached" in panel.goals.value
    return Result("goals redrawn after a command", ours - bare, None, 300, "ms")


def a_class(times: int) -> list[Result]:
    """Measure many labs that are open at once: how much memory each takes besides its kernel, and
    how long a command takes, compared with a single open lab."""
    from miglab.exercises import exercise
    from miglab.steps.reader import REST

    with ExitStack() as stack:
        lab = stack.enter_context(exercise("undo-only-the-last"))
        (alone,) = in_turns(times, (lab.restart, lambda: lab.manage(LINE)))
        labs = [lab]
        while len(labs) < CLASS:
            labs.append(stack.enter_context(exercise("undo-only-the-last")))
            labs[-1].manage("showmigrations")
        (among,) = in_turns(times, (lab.restart, lambda: lab.manage(LINE)))
        time.sleep(REST + 1)
        each = beside_the_kernel() / CLASS
    return [
        Result(f"memory beside each of {CLASS} kernels", each, None, 60, "MB"),
        Result(f"a command with {CLASS} labs, beside one lab", among, alone, 1.5, "×"),
    ]

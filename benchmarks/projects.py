"""Measures the CPU time of ``miglab whatif`` on five real projects with long histories, compared
with the same revert and its way back by plain ``manage.py``. Each has its own environment, and
rows."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from tests.whatif.real.projects import PROJECTS

from .measure import Result
from .whatif import cpu

#: Project → targets in its largest apps.
REVERTS = {
    "wagtail": ("wagtailcore 0097", "wagtailimages 0026", "wagtailusers 0014"),
    "django-oscar": ("catalogue 0031", "order 0020", "voucher 0009"),
    "pretix": ("pretixbase 0310",),
    "pretalx": ("submission 0086", "schedule 0016"),
    "evennia": ("objects 0012", "accounts 0011"),
}


def all_of_them(times: int) -> list[Result]:
    """Measure each revert by itself, and the median of all."""
    results = []
    with tempfile.TemporaryDirectory() as place:
        for name, reverts in REVERTS.items():
            folder = Path(place) / name
            python = PROJECTS[name].make(folder, "{}.{}".format(*sys.version_info))
            for revert in reverts:
                app, target = revert.split()
                spent = [cpu(folder / "site", Path(python), app, target) for _ in range(times)]
                ours, hand = (min(each) for each in zip(*spent, strict=True))
                results.append(Result(f"the CPU of {name}: {revert}", ours, hand, 1.1, "×"))
                print(f"{name} {revert}: {ours:.0f} ms of {hand:.0f}", flush=True)
    median = statistics.median(each.measure for each in results)
    return [*results, Result("the median of these", median, None, 0.9, "×")]

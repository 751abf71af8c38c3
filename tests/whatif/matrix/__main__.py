"""Tries the matrix, or a part of it, and prints what came out.

python -m tests.whatif.matrix                 every cell; an hour or two on two cores
python -m tests.whatif.matrix --cells 2000    so many of them
python -m tests.whatif.matrix --part 1/2      every second pack, for a process beside another
python -m tests.whatif.matrix --json FILE     what came out goes there too
python -m tests.whatif.matrix --histories 500 so many commands after histories, or all with 0
python -m tests.whatif.matrix --seed 7        mixed otherwise, with other features
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from miglab import Lab

from . import past_trial
from .coverage import SEED, cases, table
from .histories import pasts
from .trial import Tally, as_json, tried

#: Cases that share a project; more of them take longer to render, fewer to begin.
PACK = 40


def main() -> int:
    """Do what was typed; 1 where anything differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.whatif.matrix")
    parser.add_argument("--cells", type=int, default=0)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--histories", type=int)
    parser.add_argument("--seed", type=int, default=SEED)
    typed = parser.parse_args()
    if typed.histories is not None:
        return after_histories(typed.histories, typed.part, typed.seed)
    part, parts = map(int, typed.part.split("/"))
    all_of_them = cases(typed.seed)
    some = all_of_them[: typed.cells // 2] if typed.cells else all_of_them
    packs = [some[at : at + PACK] for at in range(0, len(some), PACK)][part - 1 :: parts]
    tally = Tally()
    with Lab("storefront") as lab:
        for number, pack in enumerate(packs, 1):
            began = time.monotonic()
            tally.add(tried(lab, pack))
            took = time.monotonic() - began
            print(
                f"{number}/{len(packs)}: {took:.0f} s, {len(tally.tried)} cells, "
                f"{len(tally.differ)} differ, {len(tally.unknown)} unknown",
                file=sys.stderr,
                flush=True,
            )
            if typed.json:
                typed.json.write_text(json.dumps(as_json(tally)), encoding="utf-8")
    print(table(tally.tried))
    print(tally)
    return 1 if tally.differ else 0


def after_histories(number: int, which: str, seed: int) -> int:
    """The same for commands after histories."""
    part, parts = map(int, which.split("/"))
    some = pasts(seed)[: number or None][part - 1 :: parts]
    with Lab("storefront") as lab:
        found = past_trial.tried(lab, some)
    print(found.table())
    print(found)
    return 1 if found.differ else 0


if __name__ == "__main__":
    sys.exit(main())

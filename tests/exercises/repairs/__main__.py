"""Walks at random over the exercises, in parts, and tells what came out.

python -m tests.exercises.repairs                  a walk over each exercise in each shape
python -m tests.exercises.repairs --walks 40       so many over each
python -m tests.exercises.repairs --part 1/8       every eighth, for one process of several
python -m tests.exercises.repairs --only the-ghost an exercise alone
python -m tests.exercises.repairs --seed 2         other walks
python -m tests.exercises.repairs --json FILE      each walk goes there too, a line each
python -m tests.exercises.repairs --tell FILE …    walks nothing: tells what those files have
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from miglab.exercises import form, shelf
from miglab.exercises.attempt import ExerciseLab

from .proving import FOLDER, NAMES
from .walking import Walk, Walker


def main() -> int:
    """Do what was typed; 1 where an end that reaches all goals is worse than that of a way, or
    where an exercise could not say something."""
    parser = argparse.ArgumentParser(prog="python -m tests.exercises.repairs")
    parser.add_argument("--walks", type=int, default=1)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--only", nargs="*", default=NAMES)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--tell", type=Path, nargs="+")
    typed = parser.parse_args()
    if typed.tell:
        walks = [_read(line) for path in typed.tell for line in path.read_text().splitlines()]
    else:
        walks = []
        for each in _walked(typed.only, typed.part, typed.walks, typed.seed):
            walks.append(each)
            if typed.json:
                with typed.json.open("a", encoding="utf-8") as file:
                    print(json.dumps(asdict(each)), file=file)
    for line in told(walks):
        print(line)
    return 1 if any(each.false or each.trouble for each in walks) else 0


def _walked(names: list[str], told_part: str, walks: int, seed: str) -> Iterator[Walk]:
    part, parts = map(int, told_part.split("/"))
    read = [(name, shelf.find(name, FOLDER)) for name in names]
    both = [(name, path, shape) for name, path in read for shape in form.shapes(path)]
    for name, path, shape in both[part - 1 :: parts]:
        with ExerciseLab(form.read(path, shape), aside=True) as lab:
            walker = Walker(lab, random.Random(f"{seed} {name} {shape}"))
            for _ in range(walks):
                yield walker.walk()


def _read(line: str) -> Walk:
    found = json.loads(line)
    return Walk(**{key: tuple(x) if isinstance(x, list) else x for key, x in found.items()})


def told(walks: list[Walk]) -> Iterator[str]:
    """How many there were and what they found; of the ends without words, those reached most."""
    steps = sum(len(each.lines) for each in walks)
    solved = sum(not each.missing for each in walks)
    ends = {(each.exercise, each.shape, each.missing, each.words) for each in walks}
    false = [each for each in walks if each.false]
    yield f"{len(walks)} walks, {steps} steps, {len(ends)} ends, {solved} solved."
    yield f"{len(false)} false solutions, {sum(bool(each.trouble) for each in walks)} troubles."
    bare = Counter((w.exercise, w.missing) for w in walks if w.missing and not w.words)
    worded = sum(bool(each.words) for each in walks if each.missing)
    beyond = Counter((each.exercise, each.words, each.beyond) for each in walks if each.beyond)
    yield f"{worded} wrong ends have words, {sum(bare.values())} have none."
    yield f"{sum(beyond.values())} have words that tell of less than is wrong."
    for each in walks:
        if each.false or each.trouble:
            lines = " && ".join(each.lines)
            yield f"✗ {each.exercise} ({each.shape}): {each.false}{each.trouble} ← {lines}"
    for (name, missing), count in bare.most_common(40):
        yield f"{count:4} {name}: without words; missing: {'; '.join(missing)}"
    for (name, words, more), count in beyond.most_common(40):
        yield f"{count:4} {name}: {words!r} beside: {'; '.join(more)}"


if __name__ == "__main__":
    raise SystemExit(main())

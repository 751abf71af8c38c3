"""Which cells of the matrix there are, which of them are tried, and both as a table."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from random import Random

from .dimensions import DATA, DIRECTIONS, FEATURES, FIELDS, NAMES
from .operations import OPERATIONS, Case, left_out

#: Operation, field, kind of name, data, direction.
Cell = tuple[str, str, str, str, str]


#: Another one mixes the cells otherwise, and lets other features meet.
SEED = 15


def cases(seed: int = SEED) -> list[Case]:
    """Every case that Django allows, in an order that a seed decides and that mixes all: first
    those with which no number of ``table`` is zero, then those with which every operation was tried
    on every field with all data. Features go by turns: each meets every operation, field, kind of
    name and data."""
    allowed = [
        (operation, field, name, data)
        for operation, field, data in itertools.product(OPERATIONS, FIELDS, DATA)
        if not left_out(operation, field, data)
        for name in NAMES
    ]
    Random(seed).shuffle(allowed)
    features = itertools.cycle(FEATURES)
    mixed = [Case(number, *each, next(features)) for number, each in enumerate(allowed)]
    seen: set[object] = set()
    # Sorting keeps the order of those that are alike.
    return sorted(mixed, key=lambda case: _turn(case, seen))


def _turn(case: Case, seen: set[object]) -> int:
    """0 for what no case that was seen has: an operation with a field, name, data or feature; 1 for
    an operation on a field with its data; else 2. Now it was seen."""
    others = enumerate((case.field, case.name, case.data, case.feature))
    pairs, on = {(case.operation, each) for each in others}, (case.operation, case.field, case.data)
    turn = 0 if not pairs <= seen else 1 if on not in seen else 2
    seen |= {*pairs, on}
    return turn


def few(all_of_them: Sequence[Case], number: int) -> list[Case]:
    """So many of these: first those with an operation or a kind of field that no other had, then
    those with the most new pairs."""
    seen: set[object] = set()
    found: list[Case] = []
    for parts_of, enough in ((_singles, 1), (_pairs, 9)):
        for case in all_of_them:
            if len(found) < number and len(parts_of(case) - seen) >= enough:
                found.append(case)
                seen |= _singles(case) | _pairs(case)
    return found


def _singles(case: Case) -> set[object]:
    return {case.operation, case.field}


def _pairs(case: Case) -> set[object]:
    parts = (case.operation, case.field, case.name, case.data, case.feature)
    return {*itertools.combinations(enumerate(parts), 2)}


def cells(of: Iterable[Case]) -> Iterator[Cell]:
    """The cells of these cases, both directions."""
    for case, direction in itertools.product(of, DIRECTIONS):
        yield case.operation, case.field, case.name, case.data, direction


def empty(tried: Collection[tuple[Case, str]]) -> set[Cell]:
    """The cells that Django allows and that were not tried."""
    filled = {(c.operation, c.field, c.name, c.data, direction) for c, direction in tried}
    return {*cells(cases())} - filled


def table(tried: Collection[tuple[Case, str]]) -> str:
    """Operation × field: how many of its cells (kinds of names × data × directions) were tried, of
    how many there are; then operation × feature. A dot is what Django does not allow."""
    there, done = (Counter(map(_pair, each)) for each in (_all_cells(), _filled(tried)))
    by_feature: dict[tuple[str, str], int] = defaultdict(int)
    for case, _ in tried:
        by_feature[case.operation, case.feature] += 1
    lines = ["cells tried of those that Django allows, names × data × directions together"]
    lines += _numbered(FIELDS)
    lines.append(f"{'':<26}" + "".join(f"{n:>8}" for n in range(1, len(FIELDS) + 1)))
    for operation in OPERATIONS:
        row = [
            f"{done[operation, each]}/{there[operation, each]}" if there[operation, each] else "·"
            for each in FIELDS
        ]
        lines.append(f"{operation:<26}" + "".join(f"{each:>8}" for each in row))
    for title, place, among in (
        ("name", 2, NAMES),
        ("data", 3, DATA),
        ("direction", 4, DIRECTIONS),
    ):
        lines += ["", f"operation × {title}"]
        lines += _counted(
            operation_and(place, _all_cells()), operation_and(place, _filled(tried)), among
        )
    with_data, done_so = (
        {(*cell[:2], *cell[3:]) for cell in e} for e in (_all_cells(), _filled(tried))
    )
    lines += ["", f"operation × field × data × direction: {len(done_so)} of {len(with_data)}"]
    lines += ["", "operation × feature"]
    lines += _counted(None, Counter(by_feature), FEATURES)
    return "\n".join(lines)


def operation_and(place: int, of: Iterable[Cell]) -> Counter[tuple[str, str]]:
    """How many cells there are by operation and one more."""
    return Counter((each[0], each[place]) for each in of)


def _all_cells() -> Iterator[Cell]:
    return cells(cases())


def _filled(tried: Collection[tuple[Case, str]]) -> set[Cell]:
    return {(c.operation, c.field, c.name, c.data, direction) for c, direction in tried}


def _pair(cell: Cell) -> tuple[str, str]:
    return cell[0], cell[1]


def _numbered(names: Iterable[str]) -> list[str]:
    told = [f"{number}: {name}" for number, name in enumerate(names, 1)]
    return ["  " + ", ".join(told[at : at + 7]) for at in range(0, len(told), 7)]


def _counted(
    there: Counter[tuple[str, str]] | None, done: Counter[tuple[str, str]], among: Iterable[str]
) -> list[str]:
    among = [*among]
    width = max(map(len, among)) + 3
    found = [f"{'':<26}" + "".join(f"{each:>{width}}" for each in among)]
    for operation in OPERATIONS:
        row = [
            f"{done[operation, each]}" + (f"/{there[operation, each]}" if there else "")
            for each in among
        ]
        found.append(f"{operation:<26}" + "".join(f"{each:>{width}}" for each in row))
    return found

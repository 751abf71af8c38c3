"""What others have to wait for while a plan runs: a row for each table, a column for each
migration, and a bar for as long as nobody else can read the table, or write to it.

        1            2
store_product · 24 rows    no reads for 12 ms
|  ▐██████|       ▐███|
"""

from __future__ import annotations

from collections.abc import Sequence

from ..facts.locks import Lock, duration
from ..facts.run import Planned
from . import svg
from .colours import GREY, INK
from .words import clean, shortened

#: The picture's width, in pixels, and the largest number of tables that are drawn.
WIDTH, TABLES = 440, 8
_LEFT, _ROW, _HEAD, _FOOT, _NARROWEST, _LEAST = 6, 44, 30, 34, 30, 3
#: Nobody can read: the heavier bar. Nobody can write: a lower one, with a border.
_READ, _WRITE, _WRITE_BORDER = "#C25400", "#F6C667", "#8A5A00"


def locked(plan: Sequence[Planned]) -> dict[str, list[tuple[int, Lock]]]:
    """Table with rows → the locks that keep others waiting, each with the number of its migration
    in the plan; the table that is locked longest first."""
    found: dict[str, list[tuple[int, Lock]]] = {}
    for number, each in enumerate(plan, 1):
        for lock in each.locks:
            if lock.rows and lock.seconds:
                found.setdefault(lock.table, []).append((number, lock))
    longest = {name: max(lock.seconds for _, lock in those) for name, those in found.items()}
    return dict(sorted(found.items(), key=lambda each: (-longest[each[0]], each[0])))


def sentence(plan: Sequence[Planned]) -> str:
    """The longest lock on each table, in words."""
    found = [max((e for _, e in those), key=lambda e: e.seconds) for those in locked(plan).values()]
    if not found:
        return "Nobody has to wait for a table that has rows."
    left = len(found) - TABLES
    more = f"; and {left} more {'table' if left == 1 else 'tables'}" if left > 0 else ""
    return f"{'; '.join(map(str, found[:TABLES]))}{more}."


def timeline(plan: Sequence[Planned]) -> str:
    """The picture as SVG; nothing if no table with rows is locked."""
    found = locked(plan)
    if not found:
        return ""
    tables = [*found][:TABLES]
    numbers = sorted({number for name in tables for number, _ in found[name]})
    columns = _columns({number: plan[number - 1].seconds or 0 for number in numbers})
    height = _HEAD + _ROW * len(tables) + _FOOT
    body = [_number(number, columns[number]) for number in numbers]
    for place, name in enumerate(tables):
        body.append(_table(name, found[name], columns, plan, _HEAD + _ROW * place))
    body.append(_legend(height - _FOOT + 20))
    return svg.picture(WIDTH, height, f"What others wait for: {sentence(plan)}", "".join(body))


def _columns(seconds: dict[int, float]) -> dict[int, tuple[float, float]]:
    """Number of a migration → where its column begins and how wide it is: as long as it takes, but
    not too narrow for its number."""
    room = WIDTH - 2 * _LEFT
    narrowest = min(_NARROWEST, room / len(seconds))
    rest, whole = room - narrowest * len(seconds), sum(seconds.values())
    columns, at = {}, float(_LEFT)
    for number, taken in seconds.items():
        width = narrowest + (rest * taken / whole if whole else rest / len(seconds))
        columns[number] = (at, width)
        at += width
    return columns


def _number(number: int, column: tuple[float, float]) -> str:
    """The number of a migration in a circle, as the graph shows it on the cards of a plan."""
    middle = round(column[0] + column[1] / 2, 1)
    circle = f'<circle cx="{middle:g}" cy="12" r="9" fill="{INK}" stroke="#FFFFFF"/>'
    return circle + svg.text(middle, 16, str(number), 11, style="bold", fill="#FFFFFF")


def _table(
    name: str,
    locks: Sequence[tuple[int, Lock]],
    columns: dict[int, tuple[float, float]],
    plan: Sequence[Planned],
    top: float,
) -> str:
    longest = max((lock for _, lock in locks), key=lambda each: each.seconds)
    rows = f"{longest.rows:,} {'row' if longest.rows == 1 else 'rows'}"
    anew = ", rewritten" if any(lock.rewritten for _, lock in locks) else ""
    least = "≥ " if longest.at_least else ""
    waits = "no reads" if longest.read else "no writes"
    taken = duration(longest.read or longest.write)
    what = f"{shortened(clean(name), 30)} · {rows}{anew}"
    drawn = svg.note(_LEFT + 4, top + 12, what, 12)
    said = f"{waits} for {least}{taken}"
    drawn += svg.note(WIDTH - _LEFT - 4, top + 12, said, 12, style="bold", anchor="end")
    base = top + 18
    edges = {at for at, _ in columns.values()} | {at + wide for at, wide in columns.values()}
    lines = "".join(f"M{at:.1f},{base - 1:g}v18" for at in sorted(edges))
    drawn += (
        f'<path d="M{_LEFT},{base + 16:g}H{WIDTH - _LEFT}{lines}" stroke="{GREY}" '
        f'stroke-width="0.6" fill="none"/>'
    )
    for number, lock in locks:
        whole = plan[number - 1].seconds or 0
        drawn += _bar(columns[number], lock.write, whole, base + 7, 9, _WRITE, _WRITE_BORDER)
        drawn += _bar(columns[number], lock.read, whole, base, 16, _READ, _READ)
        drawn += _in_bar(columns[number], lock, whole, base + 12)
    return drawn


def _bar(
    column: tuple[float, float],
    held: float,
    whole: float,
    y: float,
    height: float,
    fill: str,
    border: str,
) -> str:
    """A bar for a lock. It is at the end of the migration's column, because a lock lasts until the
    migration commits."""
    if not held:
        return ""
    at, width = column
    long = max(_LEAST, width * min(1, held / whole if whole else 1))
    return (
        f'<rect x="{at + width - long:.1f}" y="{y:g}" width="{long:.1f}" height="{height:g}" '
        f'fill="{fill}" stroke="{border}"/>'
    )


def _in_bar(column: tuple[float, float], lock: Lock, whole: float, y: float) -> str:
    """How long nobody else can read the table, as text in the bar if there is room for it."""
    told = duration(lock.read)
    at, width = column
    long = width * min(1, lock.read / whole if whole else 1)
    if not lock.read or long < 7 * len(told) + 4:
        return ""
    middle = round(at + width - long / 2, 1)
    return svg.text(middle, y, told, 11, style="bold", fill="#FFFFFF")


def _legend(y: float) -> str:
    return (
        f'<rect x="{_LEFT}" y="{y - 12:g}" width="16" height="14" fill="{_READ}"/>'
        + svg.note(_LEFT + 24, y, "nobody else can read or write", 11)
        + f'<rect x="{_LEFT + 200}" y="{y - 7:g}" width="16" height="9" fill="{_WRITE}" '
        f'stroke="{_WRITE_BORDER}"/>' + svg.note(_LEFT + 224, y, "nobody else can write", 11)
    )

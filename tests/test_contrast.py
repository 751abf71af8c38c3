"""Every text has enough contrast with what it lies on, on a light page and on a dark one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

import miglab
from miglab.draw import engines
from miglab.draw.colours import PAGES, PLATE, QUIET
from miglab.draw.lanes import lanes
from miglab.draw.layout import NARROW, lay_out
from miglab.draw.locks import timeline
from miglab.draw.panel import panel, stacked
from miglab.draw.strip import drawn
from miglab.facts.picture import Picture, State
from miglab.facts.truths import Agreement, Unreadable
from miglab.show.bundle import bundle
from miglab.show.html import loss_band

from .contrast import ENOUGH, blended, contrast
from .draw.samples import long_chain, node, picture, three_apps, view
from .draw.test_locks import PLAN
from .show.test_contrast import FOUND

ROOM = Path(miglab.__file__).parent


def test_black_on_white_has_the_contrast_that_the_standard_gives() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def every_state() -> Picture:
    nodes = [
        node(f"store.{number:04}_x", state, leaf=True) for number, state in enumerate(State, 1)
    ]
    empty = ("store", "blog")
    return replace(picture(*nodes, title="after"), apps=empty, hidden=3)


DIFFER, UNKNOWN = Agreement(False, "They differ.", ("a",)), Agreement(None, "Nobody can tell.")
GRAPHS = (three_apps(), every_state(), long_chain(40), Picture("after", "", ("a",), ()))
DRAWN = {
    **{f"strip {at}": drawn(lay_out(each)) for at, each in enumerate(GRAPHS)},
    **{f"narrow strip {at}": drawn(lay_out(each, layout=NARROW)) for at, each in enumerate(GRAPHS)},
    **{f"lanes {at}": lanes(each) for at, each in enumerate(GRAPHS)},
    **{f"graph {at}": engines.svg(each) for at, each in enumerate(GRAPHS)},
    **{
        f"{each.__name__} {verdict.verdict}": each(view(verdict, verdict, verdict))
        for each in (panel, stacked)
        for verdict in (DIFFER, UNKNOWN)
    },
    "unreadable": panel(view(record=Unreadable("x"))),
    "locks": timeline(PLAN),
}

_NUMBER = re.compile(r"-?[\d.]+")


def on_page(at: float, down: float, shapes: list[tuple[list[float], str]], page: str) -> str:
    """The colour of the last shape that covers a place, or that of the page."""
    found = page
    for (left, top, right, bottom), fill in shapes:
        if left <= at <= right and top <= down <= bottom:
            found = fill
    return found


def sides(shape: ElementTree.Element) -> list[float]:
    """Left, top, right and bottom of a shape that is filled."""
    if shape.tag.endswith("circle"):
        x, y, r = (float(shape.get(name, "0")) for name in ("cx", "cy", "r"))
        return [x - r, y - r, x + r, y + r]
    if shape.tag.endswith("rect"):
        x, y, w, h = (float(shape.get(name, "0")) for name in ("x", "y", "width", "height"))
        return [x, y, x + w, y + h]
    points = corners(shape.get("d") or shape.get("points") or "")
    across, down = [x for x, _ in points], [y for _, y in points]
    return [min(across), min(down), max(across), max(down)]


def corners(path: str) -> list[tuple[float, float]]:
    """The points of a path, with those that bend it."""
    found: list[tuple[float, float]] = []
    x = y = 0.0
    for letter, rest in re.findall(r"([A-Za-z]?)([^A-Za-z]*)", path):
        numbers = [float(each) for each in _NUMBER.findall(rest)]
        if letter in ("h", "H", "v", "V"):
            for each in numbers:
                x = each if letter == "H" else x + each if letter == "h" else x
                y = each if letter == "V" else y + each if letter == "v" else y
                found.append((x, y))
            continue
        for across, down in zip(numbers[::2], numbers[1::2], strict=False):
            x, y = (x + across, y + down) if letter in ("l", "c") else (across, down)
            found.append((x, y))
    return found


def texts(svg: str, page: str) -> Iterator[tuple[str, str, str]]:
    """Each text with its colour and the colour below it."""
    shapes: list[tuple[list[float], str]] = []
    for each in ElementTree.fromstring(svg).iter():
        fill = each.get("fill", "")
        if each.tag.endswith("text"):
            size = float(each.get("font-size", "14"))
            place = float(each.get("x", "0")), float(each.get("y", "0")) - size / 3
            # A little inside the text, wherever it is anchored.
            aside = {"start": 3, "end": -3}.get(each.get("text-anchor", "start"), 0)
            below = on_page(place[0] + aside, place[1], shapes, page)
            yield each.text or "", fill or "#000000", below
        elif fill.startswith("#"):
            shapes.append((sides(each), fill))
        elif fill and fill != "none":
            shapes.append((sides(each), {"white": "#FFFFFF"}[fill]))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", DRAWN)
def test_text_in_a_picture_reads_on_what_lies_below_it(name: str, page: str) -> None:
    found = [*texts(DRAWN[name], page)]
    assert found
    assert [each for each in found if contrast(each[1], each[2]) < ENOUGH] == []


@pytest.mark.parametrize("name", [name for name in DRAWN if "strip" not in name])
def test_each_line_beside_the_cards_has_one_plate(name: str) -> None:
    """The heading of a strip has two lines on one plate."""
    svg = DRAWN[name].upper()
    assert svg.count(f'FILL="{PLATE}"') == svg.count(f'FILL="{QUIET}"') > 0


_THEMES = Path(sys.prefix) / "share/jupyter/lab/themes/@jupyterlab"
THEMES = ("theme-light-extension", "theme-dark-extension")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def variables(theme: str) -> dict[str, str]:
    """What JupyterLab's theme calls its colours."""
    text = (_THEMES / theme / "index.css").read_text()
    return dict(re.findall(r"(--jp-[\w-]+):([^;}]+)", text))


def colour(value: str, known: dict[str, str], below: str) -> str:
    """A colour of a style sheet as ``#RRGGBB``, on what lies below it."""
    value = value.strip().removesuffix("!important").strip()
    variable = re.fullmatch(r"var\((--[\w-]+)(?:,\s*(.+))?\)", value)
    if variable:
        return colour(known.get(variable[1]) or variable[2], known, below)
    clear = re.fullmatch(r"rgba\((\d+),\s*(\d+),\s*(\d+),\s*([\d.]+)\)", value)
    if clear:
        solid = "#" + "".join(f"{int(clear[place]):02X}" for place in (1, 2, 3))
        return blended(solid, float(clear[4]), below)
    value = {"white": "#fff", "black": "#000"}.get(value, value)
    if value in ("none", "transparent"):
        return below
    short = re.fullmatch("#(.)(.)(.)", value)
    return "#" + "".join(2 * each for each in short.groups()) if short else value


def declared(rule: str) -> dict[str, str]:
    pairs = (each.partition(":") for each in rule.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def sheets() -> dict[str, str]:
    found = {each.name: each.read_text() for each in ROOM.glob("notebook/widgets/*.css")}
    python = (ROOM / "notebook/exercise.py").read_text()
    found["exercise.py"] = "\n".join(re.findall(r"^\..*\{.*\}", python, re.MULTILINE))
    return found


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sheet", sheets())
def test_text_of_a_widget_reads_in_both_themes(sheet: str, theme: str) -> None:
    """A rule without a background of its own lies on the page."""
    known = variables(theme)
    page = colour(known["--jp-layout-color0"], known, "#FFFFFF")
    text = re.sub(r"/\*.*?\*/", "", sheets()["common.css"] + sheets()[sheet], flags=re.DOTALL)
    text = re.sub(r"@\w[^{]*\{", "", text)
    dark = [rule for where, rule in _RULE.findall(text) if "theme-light" in where]
    light = [rule for where, rule in _RULE.findall(text) if "theme-light" not in where]
    for rule in light + (dark if "dark" in theme else []):
        known.update({n: v for n, v in declared(rule).items() if n.startswith("--miglab")})
    short = []
    for where, rule in _RULE.findall(text):
        told = declared(rule)
        if "color" not in told or told["color"] == "inherit":
            continue
        default = "#E8E8E8" if "small" in where else page
        below = colour(told.get("background", default), known, page)
        ink = colour(told["color"], known, below)
        ink = blended(ink, float(told.get("opacity", "1")), below)
        if contrast(ink, below) < ENOUGH:
            short.append((where.strip(), ink, below, contrast(ink, below)))
    assert short == []


def test_no_widget_makes_text_pale() -> None:
    """Only lines and a placeholder, whose contrast is measured, let through what is below."""
    pale = [
        where.strip()
        for sheet in sheets().values()
        for where, rule in _RULE.findall(sheet)
        if float(declared(rule).get("opacity", "1")) < 1
    ]
    assert {re.sub(r".*\n", "", each) for each in pale} <= {
        ".miglab-across",
        ".miglab-bar input::placeholder",
    }


def test_coloured_text_in_an_output_reads_on_a_background_of_its_own() -> None:
    """What is stored in a notebook knows no theme."""
    pages = [bundle(FOUND)["text/html"], loss_band(["LOST: 1 row of a"])]
    styles = [each for page in pages for each in re.findall(r"style='([^']*)'", page)]
    told = [pairs for pairs in map(declared, styles) if "color" in pairs]
    assert len(told) == 1 + len(FOUND.outcomes)
    assert min(contrast(each["color"], each["background"]) for each in told) >= ENOUGH


def test_the_text_of_a_report_reads_in_both_schemes() -> None:
    page = (ROOM / "show/report/page.py").read_text()
    schemes = [declared(each) for each in re.findall(r":root \{([^}]*)\}", page)]
    assert len(schemes) == 2
    for scheme in schemes:
        solid = {
            name: colour(value, {}, "#FFFFFF") for name, value in scheme.items() if "#" in value
        }
        for ink in ("--ink", "--quiet", "--bad", "--fine"):
            assert contrast(solid[ink], solid["--page"]) >= ENOUGH
            assert contrast(solid[ink], solid["--box"]) >= ENOUGH

"""What a command did, and what it would do, fit on the screen of a small laptop."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from miglab.cli.serve import environment

from .pages import (
    FRONT,
    ROOT,
    Jupyter,
    all_run,
    desk_of,
    exploring,
    idle,
    jupyterlab,
    opened,
    previewed,
    sized,
    written,
)
from .test_explorer import card, theme

pytestmark = pytest.mark.browser

SMALL, NARROW = {"width": 1280, "height": 800}, {"width": 1000, "height": 800}
TWO = 'from miglab import Lab\nlab = Lab("storefront", apps=["store", "blog"])'
ALL = 'from miglab import Lab\nlab = Lab("storefront")'
AGAIN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def view_of(page: Page) -> str | None:
    page.evaluate(AGAIN)
    return page.locator(f"{FRONT} .miglab-graph > g").first.get_attribute("transform")


def heights(page: Page) -> list[float]:
    """How high the output of each cell is that has a step."""
    found: list[float] = page.evaluate(
        """front => [...document.querySelectorAll(`${front} .jp-OutputArea-output > div[style]`)]
          .map(each => each.getBoundingClientRect().height)""",
        FRONT,
    )
    return found


#: For each line, the cards that it passes behind, but for the two that it belongs to.
BEHIND = """() => {
  const boxes = [...document.querySelectorAll(".miglab-card")].map(each => {
    const { a, b, c, d, e, f } = each.getCTM();
    const shape = each.querySelector(".miglab-shape").getBBox();
    const world = each.parentElement.getCTM();
    const [x, y] = [(e - world.e) / world.a, (f - world.f) / world.d];
    return { id: each.dataset.miglab, x, y, right: x + shape.width, bottom: y + shape.height };
  });
  const inside = (box, at, by) =>
    at.x > box.x + by && at.x < box.right - by && at.y > box.y + by && at.y < box.bottom - by;
  return [...document.querySelectorAll(".miglab-graph path[class^=miglab]:not(.miglab-head)")]
    .filter(each => /miglab-(edge|across)/.test(each.getAttribute("class")))
    .flatMap(path => {
      const length = path.getTotalLength();
      const at = part => path.getPointAtLength((part * length) / 59);
      const points = Array.from({ length: 60 }, (_, part) => at(part));
      return boxes.filter(box => points.some(at => inside(box, at, 1.5))).map(box => box.id);
    });
}"""


def test_a_step_is_no_higher_than_half_a_screen(desk: Page, jupyter: Jupyter) -> None:
    lines = ("store 0002", "store", "accounts zero", "accounts 0001", "--fake accounts")
    cells = [f'lab.manage("migrate {line}")' for line in lines]
    with opened(desk, written(jupyter, "steps", TWO, *cells)) as page, sized(page, SMALL):
        all_run(page)
        found = heights(page)
        assert len(found) == len(lines)
        assert max(found) <= 400


def test_command_loss_and_run_are_seen_without_scrolling(desk: Page, jupyter: Jupyter) -> None:
    for name, lab in (("two_apps", TWO), ("all_apps", ALL)):
        with sized(desk, SMALL), exploring(desk, jupyter, name, lab) as page:
            card(page, "0003_change_price_field").click()
            previewed(page, "migrate store 0003_change_price_field")
            front = page.locator(FRONT)
            band = front.locator(".miglab-preview", has_text="WOULD BE LOST").locator("p").first
            top = front.locator(".miglab-explorer").bounding_box()["y"]
            for each in (front.locator(".miglab-line"), front.locator(".miglab-do"), band):
                box = each.first.bounding_box()
                assert box["y"] + box["height"] - top < 480, name


def test_an_explorer_has_no_scroll_bar_of_its_own(desk: Page, jupyter: Jupyter) -> None:
    with (
        sized(desk, SMALL),
        opened(desk, written(jupyter, "bars", TWO, 'lab.explore("graph")')) as page,
    ):
        all_run(page)
        page.locator(f"{FRONT} .miglab-stage[data-revision]").wait_for(timeout=120_000)
        page.evaluate(AGAIN)
        box = page.locator(f"{FRONT} .widget-vbox").first
        assert box.evaluate("box => getComputedStyle(box).overflowY") == "visible"
        assert box.evaluate("box => box.offsetWidth - box.clientWidth") == 0


def test_the_graph_does_not_jump_on_the_first_click(desk: Page, jupyter: Jupyter) -> None:
    with sized(desk, SMALL), exploring(desk, jupyter, "jump", TWO) as page:
        before = view_of(page)
        card(page, "0003_change_price_field").click()
        previewed(page, "migrate store 0003_change_price_field")
        assert view_of(page) == before


def test_a_long_history_is_seen_as_a_whole_on_a_narrow_page(desk: Page, jupyter: Jupyter) -> None:
    more = (
        'lab.replace("store/models.py", "    discount =", '
        '"    weight = models.IntegerField(default=0)\\n    discount =")'
    )
    made = 'lab.manage("makemigrations store --name weight")'
    with sized(desk, NARROW), exploring(desk, jupyter, "long", TWO, more, made) as page:
        card(page, "0006_weight").click()
        previewed(page, "migrate store 0006_weight")
        stage = page.locator(f"{FRONT} .miglab-stage").bounding_box()
        for name in ("zero", "0006_weight"):
            box = card(page, name).bounding_box()
            assert stage["x"] <= box["x"]
            assert box["x"] + box["width"] <= stage["x"] + stage["width"]


def test_apps_above_each_other_are_not_cut_at_the_side(desk: Page, jupyter: Jupyter) -> None:
    with sized(desk, NARROW), exploring(desk, jupyter, "seven", ALL) as page:
        page.evaluate(AGAIN)
        stage = page.locator(f"{FRONT} .miglab-stage").bounding_box()
        for name in ("zero", "0005_tag_product_tags"):
            box = card(page, name).bounding_box()
            assert stage["x"] <= box["x"]
            assert box["x"] + box["width"] <= stage["x"] + stage["width"]


def test_the_graph_is_fitted_again_after_a_resize(desk: Page, jupyter: Jupyter) -> None:
    with sized(desk, SMALL), exploring(desk, jupyter, "resized", TWO) as page:
        last = card(page, "0005_tag_product_tags")
        for size in (NARROW, SMALL):
            before = last.get_attribute("transform") or ""
            page.set_viewport_size(size)  # type: ignore[arg-type]
            expect(last).not_to_have_attribute("transform", before)
            page.evaluate(AGAIN)
            stage = page.locator(f"{FRONT} .miglab-stage").bounding_box()
            box = last.bounding_box()
            gap = stage["x"] + stage["width"] - box["x"] - box["width"]
            # It fills the stage, and nothing is beyond its edge.
            assert 0 < gap < 60


def test_another_theme_loses_no_card(desk: Page, jupyter: Jupyter) -> None:
    with sized(desk, SMALL), exploring(desk, jupyter, "themes", TWO) as page:
        cards = page.locator(f"{FRONT} .miglab-card")
        number = cards.count()
        assert number == 11
        for tone in ("Dark", "Light"):
            theme(page, tone)
            page.evaluate(AGAIN)
            expect(cards).to_have_count(number)


def test_what_is_found_is_marked_while_one_types(desk: Page, jupyter: Jupyter) -> None:
    with exploring(desk, jupyter, "search", TWO) as page:
        page.get_by_label("Find a migration").fill("discount")
        hit = page.locator(f"{FRONT} .miglab-hit")
        expect(hit).to_have_attribute("data-miglab", "store.0004_add_discount_field")
        stroke = hit.locator(".miglab-ring").evaluate("ring => getComputedStyle(ring).stroke")
        assert stroke != "none"
        page.get_by_label("Find a migration").fill("nothing")
        expect(hit).to_have_count(0)


@pytest.mark.parametrize("fold", ["", "blog", "store", "media"])
def test_no_line_passes_behind_a_card(desk: Page, jupyter: Jupyter, fold: str) -> None:
    with exploring(desk, jupyter, f"lines{fold}", ALL) as page:
        front = page.locator(FRONT)
        front.get_by_role("button", name="Unfold all apps").click()
        if fold:
            front.locator(f'[data-miglab="lane {fold}"] .miglab-foldable').click()
            expect(front.locator(f'[data-miglab="{fold}."]')).to_be_visible()
        page.evaluate(AGAIN)
        assert front.locator(".miglab-head").count() > 20
        assert page.evaluate(BEHIND) == []


def test_the_truths_stand_in_one_column_where_there_is_less_room(
    desk: Page, jupyter: Jupyter
) -> None:
    cells = (TWO, "lab.truths()", 'lab.explore("truths")')
    with opened(desk, written(jupyter, "truths", *cells)) as page:
        all_run(page)
        idle(page)
        still = page.locator(f"{FRONT} .jp-OutputArea-output picture img").first
        live = page.locator(f"{FRONT} .miglab-truths")
        for size, wide in ((SMALL, True), (NARROW, False)):
            with sized(page, size):
                expect(live.locator(".miglab-wide")).to_be_visible(visible=wide)
                expect(live.locator(".miglab-narrow")).to_be_visible(visible=not wide)
                natural = still.evaluate("each => [each.naturalWidth, each.width]")
                # Nothing is shrunk by more than a hair.
                assert natural[1] >= natural[0] * 0.98
                assert (natural[0] > 600) == wide


def test_a_steps_pictures_have_a_layout_of_their_own_where_there_is_less_room(
    desk: Page, jupyter: Jupyter
) -> None:
    cells = (TWO, 'lab.manage("migrate store 0002")')
    with opened(desk, written(jupyter, "steps", *cells)) as page:
        all_run(page)
        idle(page)
        pictures = page.locator(f"{FRONT} .jp-OutputArea-output picture img")
        breadths = []
        for size in (SMALL, NARROW):
            with sized(page, size):
                expect(pictures).to_have_count(2)
                for each in pictures.all():
                    natural, shown = each.evaluate("each => [each.naturalWidth, each.width]")
                    # Nothing is shrunk by more than a hair.
                    assert shown >= natural * 0.98
                    breadths.append(natural)
        assert min(breadths[:2]) > max(breadths[2:])


@contextmanager
def beside_pages(browser: Browser, place: Path, *names: str) -> Iterator[Page]:
    """JupyterLab on a folder with these pages of the lessons."""
    folder = place / "lessons"
    folder.mkdir()
    for name in names:
        shutil.copy(ROOT / "notebooks" / name, folder)
    with jupyterlab(folder) as jupyter:
        page = desk_of(browser, jupyter)
        yield page
        page.close()


def test_cheat_sheet_and_glossary_open_rendered(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In what ``miglab lab`` serves."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", environment()["JUPYTER_CONFIG_PATH"])
    with beside_pages(browser, tmp_path, "CHEAT_SHEET.md", "GLOSSARY.md") as page:
        for name, title in (("GLOSSARY.md", "Glossary"), ("CHEAT_SHEET.md", "Cheat sheet")):
            page.locator(".jp-DirListing-item", has_text=name).dblclick()
            rendered = page.locator(".jp-RenderedMarkdown", has_text=title)
            expect(rendered.locator("h1")).to_be_visible()


def test_the_cheat_sheet_prints_on_one_page_from_the_tab_that_jupyterlab_opens(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterLab has no command that prints a Markdown file, so there is an HTML one beside it."""
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", environment()["JUPYTER_CONFIG_PATH"])
    with beside_pages(browser, tmp_path, "CHEAT_SHEET.html") as page:
        page.locator(".jp-DirListing-item", has_text="CHEAT_SHEET.html").click(button="right")
        with page.context.expect_page() as opened:
            page.get_by_text("Open in New Browser Tab").click()
        sheet = opened.value
        expect(sheet.locator("h1")).to_have_text(re.compile("Cheat sheet"))
        printed = [sheet.pdf(format=paper) for paper in ("A4", "Letter")]
        sheet.close()
    assert [len(re.findall(rb"/Type\s*/Page[^s]", each)) for each in printed] == [1, 1]

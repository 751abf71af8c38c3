"""What the explorer shows can be read on a small laptop, and what it cannot show has a sign."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .pages import (
    FRONT,
    Jupyter,
    card,
    exploring,
    opened,
    previewed,
    run_all,
    sized,
    theme,
    violations,
    written,
)
from .test_screen import AGAIN, ALL, NARROW, SMALL, TWO

pytestmark = pytest.mark.browser

LABS = {
    "one": 'from miglab import Lab\nlab = Lab("storefront", apps=["store"])',
    "two": TWO,
    "conflict": f"""{TWO}
for name in ("0006_left", "0006_right_hand", "auto_added"):
    lab.write(f"store/migrations/{{name}}.py", '''
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("store", "0005_tag_product_tags")]
''')
None""",
    "long": f"""{TWO}
last = "0005_tag_product_tags"
for number in range(6, 18):
    name = f"00{{number:02}}_step"
    lab.write(f"store/migrations/{{name}}.py", '''
from django.db import migrations

class Migration(migrations.Migration):
    dependencies = [("store", "LAST")]
'''.replace("LAST", last))
    last = name
None""",
    "three": 'from miglab import Lab\nlab = Lab("storefront", apps=["store", "media", "blog"])',
    "market": (
        "from miglab import Lab\n"
        'lab = Lab("storefront", apps=["marketplace", "accounts", "media", "store", "blog"])'
    ),
    "all": ALL,
}

#: The labs whose panel is beside the graph, if there is room for it.
PANELS = (("one", False), ("conflict", False), ("long", False), ("three", True), ("all", True))

#: How large each text in the graph is on the screen, in pixels, where it is, and its room.
PRINT = """front => {
  const stage = document.querySelector(`${front} .miglab-stage`).getBoundingClientRect();
  const texts = [...document.querySelectorAll(`${front} .miglab-graph text`)];
  return texts.filter(each => each.getClientRects().length).map(each => {
    const box = each.getBoundingClientRect();
    const card = each.closest(".miglab-card");
    // What is below its card is inside the frame of its app.
    const app = card?.dataset.miglab.split(".")[0];
    const around = each.matches(".miglab-under")
      ? document.querySelector(`${front} [data-miglab="lane ${app}"] rect`)
      : card?.querySelector(".miglab-shape");
    const room = around?.getBoundingClientRect();
    const inside = !card || each.closest(".miglab-order") ||
      (box.left >= room.left - 0.5 && box.right <= room.right + 0.5 &&
       box.top >= room.top - 0.5 && box.bottom <= room.bottom + 0.5);
    return {
      text: each.textContent,
      size: parseFloat(getComputedStyle(each).fontSize) * each.getScreenCTM().a,
      seen: box.left >= stage.left && box.right <= stage.right &&
        box.top >= stage.top && box.bottom <= stage.bottom,
      inside,
    };
  });
}"""


def printed(page: Page) -> list[dict[str, Any]]:
    page.evaluate(AGAIN)
    found: list[dict[str, Any]] = page.evaluate(PRINT, FRONT)
    return found


def signs(page: Page) -> list[str]:
    """What the signs at the edges of the graph say."""
    page.evaluate(AGAIN)
    return page.locator(f"{FRONT} .miglab-more:visible").all_inner_texts()


@pytest.mark.parametrize("name", sorted({*LABS} - {"long"}))
def test_the_whole_graph_is_in_view_in_print_that_can_be_read(
    desk: Page, jupyter: Jupyter, name: str
) -> None:
    with sized(desk, SMALL), exploring(desk, jupyter, f"print_{name}", LABS[name]) as page:
        card(page.locator(FRONT), "0003_change_price_field").click()
        previewed(page, "migrate store 0003_change_price_field")
        for size in (SMALL, NARROW):
            with sized(page, size):
                page.wait_for_timeout(300)
                told = printed(page)
                assert len(told) > 10
                assert [each for each in told if each["size"] < 11] == []
                assert [each for each in told if not each["seen"]] == []
                assert [each for each in told if not each["inside"]] == []
                assert signs(page) == []


def test_up_to_two_apps_have_the_panel_below_them_and_more_have_it_beside(
    desk: Page, jupyter: Jupyter
) -> None:
    for name, beside in PANELS:
        with sized(desk, SMALL), exploring(desk, jupyter, f"panel_{name}", LABS[name]) as page:
            page.evaluate(AGAIN)
            stage = page.locator(f"{FRONT} .miglab-stage").bounding_box()
            panel = page.locator(f"{FRONT} .miglab-panel").bounding_box()
            assert (panel["y"] < stage["y"] + stage["height"]) == beside, name
            assert (panel["x"] > stage["x"] + stage["width"]) == beside, name


def test_a_planned_migration_has_its_name_on_the_graph_or_in_the_panel(
    desk: Page, jupyter: Jupyter
) -> None:
    for name, on_graph in (("two", True), ("three", True), ("all", False)):
        with sized(desk, SMALL), exploring(desk, jupyter, f"named_{name}", LABS[name]) as page:
            front = page.locator(FRONT)
            card(front, "0003_change_price_field").click()
            planned = card(front, "0005_tag_product_tags")
            told = "store.0005_tag_product_tags: to unapply, number 1 in the plan"
            expect(planned).to_have_attribute("aria-label", told)
            shown = "".join(planned.locator("text").all_text_contents())
            assert ("tag_product_tags" in shown) == on_graph
            panel = front.locator(".miglab-plan")
            expect(panel).to_be_visible(visible=not on_graph)
            expect(panel).to_have_text(
                "1. store.0005_tag_product_tags, 2. store.0004_add_discount_field"
            )


def test_a_graph_that_is_too_large_says_how_much_more_there_is_and_goes_there(
    desk: Page, jupyter: Jupyter
) -> None:
    with sized(desk, NARROW), exploring(desk, jupyter, "larger", ALL) as page:
        front = page.locator(FRONT)
        front.locator('[data-miglab="auth."]').click()
        expect(front.locator('[data-miglab="auth.zero"]')).to_be_visible()
        assert [each for each in printed(page) if each["size"] < 11] == []
        right = front.locator('.miglab-more[data-to="right"]')
        expect(right).to_have_text("6 more ▸")
        last = front.locator('[data-miglab="auth.0012_alter_user_first_name_max_length"]')
        for _ in range(3):
            if right.is_visible():
                right.click()
                page.evaluate(AGAIN)
        expect(right).to_be_hidden()
        stage, box = front.locator(".miglab-stage").bounding_box(), last.bounding_box()
        assert box["x"] + box["width"] <= stage["x"] + stage["width"]
        expect(front.locator('.miglab-more[data-to="left"]')).to_be_visible()
        for tone in ("Dark", "Light"):
            theme(page, tone)
            assert violations(page) == []


def test_a_graph_in_part_begins_with_what_is_chosen(desk: Page, jupyter: Jupyter) -> None:
    cells = (ALL, 'lab.explore("graph", height=200)')
    with sized(desk, NARROW), opened(desk, written(jupyter, "part", *cells)) as page:
        run_all(page)
        stage = page.locator(f"{FRONT} .miglab-stage")
        page.locator(f"{FRONT} .miglab-stage[data-revision]").wait_for(timeout=120_000)
        page.evaluate(AGAIN)
        frame = stage.bounding_box()
        box = stage.locator('.miglab-card[aria-selected="true"]').bounding_box()
        assert frame["y"] <= box["y"]
        assert box["y"] + box["height"] <= frame["y"] + frame["height"]
        assert [each for each in printed(page) if each["size"] < 11] == []
        assert signs(page) == ["▴ 13 more"]


def test_another_theme_makes_no_sign_at_an_edge(desk: Page, jupyter: Jupyter) -> None:
    with sized(desk, NARROW), exploring(desk, jupyter, "toned", LABS["three"]) as page:
        for tone in ("Dark", "Light"):
            theme(page, tone)
            assert signs(page) == []


def test_what_going_back_costs_is_on_the_graph_also_where_names_are_not(
    desk: Page, jupyter: Jupyter
) -> None:
    with sized(desk, SMALL), exploring(desk, jupyter, "costs", ALL) as page:
        front = page.locator(FRONT)
        front.get_by_role("button", name="Cost of going back in").click()
        costly = front.locator('.miglab-card[data-miglab^="store."] text', has_text="−")
        costly.first.wait_for(timeout=120_000)
        assert [each for each in printed(page) if each["size"] < 11] == []

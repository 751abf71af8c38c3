"""Measures the explorer in a real JupyterLab and a real browser, from a click to what it shows."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.pages import (
    chromium,
    chromium_path,
    desk_of,
    exploring,
    jupyterlab,
    previewed,
)

from . import large
from .measure import Result

# Times in milliseconds by the page's own clock, up to the frame that shows the change.
_UNTIL = """
const until = (element, so, framed = false) => new Promise((done) => {
  // What is set within a frame is seen at its end; anything else with the next one.
  const drawn = () => framed ? setTimeout(done) : requestAnimationFrame(() => setTimeout(done));
  if (so()) return drawn();
  const watch = new MutationObserver(() => so() && (watch.disconnect(), drawn()));
  watch.observe(element, {attributes: true, subtree: true, childList: true});
});
const stage = document.querySelector(".miglab-stage");
"""
_CLICK = f"""async ([card, line]) => {{
  {_UNTIL}
  const began = performance.now();
  document.querySelector(`[data-miglab="${{card}}"]`).dispatchEvent(new MouseEvent("click"));
  await until(stage, () => stage.dataset.planned === line);
  return performance.now() - began;
}}"""
_PRESS = f"""async ([button, revisions]) => {{
  {_UNTIL}
  const wanted = Number(stage.dataset.revision) + revisions;
  const began = performance.now();
  document.querySelector(button).click();
  await until(stage, () => Number(stage.dataset.revision) >= wanted, true);
  return performance.now() - began;
}}"""
#: Waits for the graph of the new explorer after somebody runs its cell again by a key.
_WAIT_FOR_ANOTHER = """() => {
  const old = document.querySelector(".miglab-stage");
  let began = null;
  window.miglabOpened = new Promise((done) => {
    document.addEventListener("keydown", () => (began ??= performance.now()), {capture: true});
    const watch = new MutationObserver(() => {
      const stage = document.querySelector(".miglab-stage[data-revision]");
      if (!stage || stage === old) return;
      watch.disconnect();
      requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
    });
    watch.observe(document.body, {attributes: true, subtree: true, childList: true});
  });
}"""
#: The longest time between two frames while the graph is moved and zoomed in every frame.
_MOVE = """async () => {
  const stage = document.querySelector(".miglab-stage");
  const box = stage.getBoundingClientRect();
  const frame = () => new Promise(requestAnimationFrame);
  let last = await frame(), longest = 0;
  for (let turn = 0; turn < 90; turn++) {
    const way = turn < 45 ? 1 : -1;
    const at = {bubbles: true, cancelable: true, clientX: box.x + 200, clientY: box.y + 200};
    stage.dispatchEvent(new WheelEvent("wheel", turn % 3
      ? {...at, deltaX: 60 * way}
      : {...at, deltaY: 25 * way, ctrlKey: true}));
    const now = await frame();
    if (turn > 2) longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}"""


def all_of_it(times: int) -> list[Result]:
    """Measure the explorer on the practice project, and on projects with 300 and 1,000
    migrations."""
    path = chromium_path()
    if path is None:
        raise SystemExit("there is no Chromium on the PATH; install it to measure the explorer")
    results = []
    with tempfile.TemporaryDirectory() as place:
        notebooks, middle, whole = (Path(place) / each for each in ("notebooks", "300", "1000"))
        notebooks.mkdir()
        large.write(middle, long=60, others=12, each=20, rows=20)
        large.write(whole, long=100, others=30, each=30, rows=1)
        with chromium(path) as browser, jupyterlab(notebooks) as jupyter:
            desk = desk_of(browser, jupyter)
            opening = f'{_LAB}lab = Lab("storefront", apps=["store"])'
            with exploring(desk, jupyter, "bundled", opening, _OWN) as page:
                ours = _clicks(page, times, "store", ["0002_add_price_to_product", "zero"])
                results.append(Result("click to plan", ours, None, 150, "ms"))
                results.append(_do_it(page, times, notebooks / "own.txt"))
            opening = f"{_LAB}lab = Lab.of({str(middle)!r})"
            with exploring(desk, jupyter, "middle", opening) as page:
                _unfold(page)
                ours = _clicks(page, times, "long", ["0058_step", "0059_step"])
                results.append(Result("click to plan, 300 migrations", ours, None, 150, "ms"))
            opening = f"{_LAB}lab = Lab.of({str(whole)!r})"
            with exploring(desk, jupyter, "whole", opening) as page:
                results.append(_opened_again(page, min(times, 5)))
                for name in ("folded", "unfolded"):
                    if name == "unfolded":
                        _unfold(page)
                    longest = statistics.median(float(page.evaluate(_MOVE)) for _ in range(3))
                    what = f"longest frame, 1,000 migrations {name}"
                    results.append(Result(what, longest, None, 50, "ms"))
    return results


_LAB = "from miglab import Lab\n"
#: Writes down how long each command takes without the explorer, in the explorer's lab. This watcher
#: is the first one, so it is called before the explorer draws anything.
_OWN = """import time
began, told = [], open("own.txt", "w", buffering=1)
manage = lab.manage
def timed(line):
    began.append(time.perf_counter())
    return manage(line)
lab.manage = timed
lab.watch(lambda: began and told.write(f"{1000 * (time.perf_counter() - began.pop())}\\n"))"""


def _clicks(page: Page, times: int, app: str, names: list[str]) -> float:
    """The median time from a click on a card to its plan on the graph, in milliseconds."""
    found = []
    for turn in range(times + 1):
        name = names[turn % len(names)]
        line = f"migrate {app} {name}"
        taken = float(page.evaluate(_CLICK, [f"{app}.{name}", line]))
        if turn:
            found.append(taken)
        previewed(page, line)
    return statistics.median(found)


def _do_it(page: Page, times: int, own: Path) -> Result:
    """Measure the time from "Do it" to the new graph, without that of the command itself."""
    card, line = "store.0004_add_discount_field", "migrate store 0004_add_discount_field"
    found = []
    for _ in range(times + 1):
        page.evaluate(_CLICK, [card, line])
        previewed(page, line)
        whole = float(page.evaluate(_PRESS, [".miglab-do", 1]))
        found.append(whole - float(own.read_text().split()[-1]))
        page.evaluate(_PRESS, [".miglab-timeline button", 1])
    what = "from Do it to the graph, without the command"
    return Result(what, statistics.median(found[1:]), None, 150, "ms")


def _unfold(page: Page) -> None:
    page.get_by_role("button", name="Unfold all apps").click()
    page.wait_for_timeout(1000)


def _opened_again(page: Page, times: int) -> Result:
    """Measure the time from the key that runs the explorer's cell again to the graph on the
    page."""
    found = []
    for _ in range(times):
        page.locator(".jp-Cell .jp-InputArea-editor").last.click()
        page.evaluate(_WAIT_FOR_ANOTHER)
        page.keyboard.press("Control+Enter")
        found.append(float(page.evaluate("window.miglabOpened")))
    return Result("a graph of 1,000 migrations opens", statistics.median(found), None, 2000, "ms")

"""An exercise in a notebook: its story, goals that tick themselves, hints, the ways, the graphs."""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

import ipywidgets
from IPython.display import display

from ..compare.agreement import counted
from ..errors import MiglabError
from ..exercises import ExerciseLab
from ..exercises.replaying import take_up
from ..facts.exercise import Standing
from ..facts.picture import Picture
from ..facts.step import Step
from ..show.bundle import bundle
from ..show.exercise import told_on_success
from ..show.html import html
from ..show.masks import masked
from ..show.prose import coded
from .kept import KeptAttempt

#: The level whose exercises have a clock, for those who want one.
INCIDENTS = 5
#: Seconds between two looks for what a terminal did.
_PAUSE = 1.0

#: A graph has room for at least this many cards of an app, each this many ems wide. Two graphs are
#: side by side if there is room for both, and otherwise one below the other.
_CARDS, _CARD = 3, 6
_WRAPPED = {"flex_flow": "row wrap"}

_STYLE = """<style>
.miglab-beside { position: sticky; top: 0; align-self: flex-start }
/* What scrolls by itself would keep the goals from staying in sight. */
:is(.jp-Cell, [class*="jp-Cell-output"], [class*="jp-OutputArea"]):has(.miglab-beside),
.jupyter-widgets:has(> .miglab-beside) { overflow: visible; min-width: 0 }
.miglab-exercise { line-height: 1.45; max-width: 60em }
.miglab-exercise ul { list-style: none; padding-left: 0.5em }
.miglab-exercise li { margin: 0.3em 0 }
.miglab-exercise .miglab-remark { border-left: 4px solid #C25400; padding-left: 0.8em }
.miglab-exercise .miglab-solved { border-left: 4px solid #0072B2; padding-left: 0.8em }
/* Where one is by keyboard; the theme's own line is thin, and too pale on white. */
.miglab-keys { --miglab-focus: #0072b2 }
[data-jp-theme-light="false"] .miglab-keys { --miglab-focus: #56b4e9 }
.miglab-keys .jupyter-button:focus-visible, .miglab-keys :is(input, select):focus-visible {
  outline: 3px solid var(--miglab-focus) !important; outline-offset: 1px }
</style>"""


def show_exercise(lab: ExerciseLab) -> None:
    """Display the story, what the notebook keeps, and then, as an output of its own, the goals with
    their buttons and the graphs."""
    display(bundle(lab.story), raw=True)  # type: ignore[no-untyped-call]
    kept = KeptAttempt(lab)
    kept.stored.show_below(ExercisePanel(lab, kept))


def show_explored(lab: ExerciseLab, explorer: ipywidgets.Widget) -> None:
    """Display an exercise's story, and its goals beside an explorer with the present graph."""
    display(bundle(lab.story), raw=True)  # type: ignore[no-untyped-call]
    kept = KeptAttempt(lab)
    panel = ExercisePanel(lab, kept, alone=False)
    panel.add_class("miglab-beside")
    panel.layout = ipywidgets.Layout(flex="1 1 21em", min_width="0")
    explorer.layout = ipywidgets.Layout(flex="2 1 32em", min_width="0")
    both = ipywidgets.HBox([explorer, panel], layout=_WRAPPED)
    both.add_class("miglab-keys")
    kept.stored.show_below(both)


class ExercisePanel(ipywidgets.VBox):  # type: ignore[misc]
    """The goals of an exercise, buttons for hints, ways and going back, and the graph to reach.

    Args:
        kept: what the notebook keeps of it.
        alone: whether the present graph is shown too; beside an explorer, it would be there twice.
    """

    def __init__(
        self, lab: ExerciseLab, kept: KeptAttempt | None = None, *, alone: bool = True
    ) -> None:
        self._lab, self._kept = weakref.ref(lab), kept
        self._left_off = kept.left_off(lab) if kept is not None else []
        self.goals = ipywidgets.HTML()
        self.now = ipywidgets.HTML(layout=_room(_CARDS))
        self.to_reach = ipywidgets.HTML(_titled("To reach", "<p>…</p>"), layout=_room(_CARDS))
        self.again = _button(
            "Go on where you were", "Run the steps of your last attempt again, in order"
        )
        self.again.on_click(lambda _: self._do(self._again))
        self.again.layout.width = "auto"
        self.said = ipywidgets.HTML()
        self.hint = _button("Hint", "The next hint for your present state")
        self.way = _button("Show me a way", "Run a way in a copy; your lab stays as it is")
        self.rewind = _button("Rewind", "Take back the last command")
        self.restart = _button("Restart", "Start the exercise again")
        self.which = ipywidgets.Dropdown(
            options=[(name, place) for place, name in enumerate(lab.ways())],
            description="Way",
            layout=ipywidgets.Layout(width="24em"),
        )
        self.hint.on_click(lambda _: self._do(self._hint))
        self.way.on_click(lambda _: self._do(self._way))
        self.rewind.on_click(lambda _: self._do(lambda lab: _nothing(lab.rewind())))
        self.restart.on_click(lambda _: self._do(lambda lab: _nothing(lab.restart())))
        # What is found there would give the answer away, so nobody meets it by accident.
        self.ways = ipywidgets.HBox([self.which, self.way])
        self.ways.layout.display = "none"
        self.give_up = _button("Give up?", "Show or hide ways to solve the exercise")
        self.give_up.on_click(lambda _: self._show_ways())
        buttons = [self.hint, self.rewind, self.restart, self.give_up, self.again]
        if lab.exercise.level == INCIDENTS:
            self.clock = _button("Clock", "Show how long ago you opened the exercise")
            self.clock.on_click(lambda _: self._do(_so_long))
            buttons.append(self.clock)
        row = ipywidgets.HBox(buttons, layout=_WRAPPED)
        shown = [self.now, self.to_reach] if alone else [self.to_reach]
        graphs = ipywidgets.HBox(shown, layout=_WRAPPED)
        super().__init__([self.goals, *self._questions(lab), row, self.ways, self.said, graphs])
        self.add_class("miglab-keys")
        lab.follow(self.draw)
        self.draw()
        _watch_terminals(lab)
        self._drawing = threading.Thread(target=self._draw_to_reach, args=(lab,), daemon=True)
        self._drawing.start()

    def _questions(self, lab: ExerciseLab) -> list[ipywidgets.Widget]:
        found = []
        for goal in lab.exercise.goals:
            if goal.name:
                field = ipywidgets.Text(
                    description=goal.name, placeholder="your answer", continuous_update=False
                )
                button = _button("Answer", goal.says)

                def take(_: object, name: str = goal.name, field: ipywidgets.Text = field) -> None:
                    self._do(lambda lab: _nothing(lab.answer(name, field.value)))

                button.on_click(take)
                found.append(ipywidgets.HBox([field, button]))
        return found

    def _show_ways(self) -> None:
        hidden = self.ways.layout.display == "none"
        self.ways.layout.display = "flex" if hidden else "none"

    def draw(self) -> None:
        """Show the standing after the last step."""
        lab = self._lab()
        if lab is None:
            return
        if lab.closed:
            self.goals.value = "<p>This lab is closed. Run the cell again to open it.</p>"
            return
        standing = lab.standing
        told = _told(standing, touched=lab.touched)
        if lab.trouble:
            told += f"<p>{escape(masked(lab.trouble))}</p>"
        self.goals.value = f"{_STYLE}<div class='miglab miglab-exercise' role='status'>{told}</div>"
        self.again.layout.display = "" if self._left_off and not lab.touched else "none"
        with contextlib.suppress(MiglabError):
            graph = lab.graph()
            self.now.layout = _room_for(graph)
            self.now.value = _titled("Now", html(graph))
            if self._kept is not None:
                self._kept.say(lab, graph)

    def _draw_to_reach(self, lab: ExerciseLab) -> None:
        """Run a way in a copy, in a thread of its own, and show the graph at its end."""
        with contextlib.suppress(MiglabError):
            graph = lab.goal_graph()
            self.to_reach.layout = _room_for(graph)
            self.to_reach.value = _titled("To reach", html(graph))

    def _do(self, act: Callable[[ExerciseLab], str]) -> None:
        lab = self._lab()
        if lab is None:
            return
        try:
            said = act(lab)
        except MiglabError as error:
            said = f"<p>{escape(masked(str(error)))}</p>"
        self.said.value = f"<div class='miglab-exercise' role='status'>{said or ''}</div>"

    def _hint(self, lab: ExerciseLab) -> str:
        return html(lab.hint())

    def _again(self, lab: ExerciseLab) -> str:
        differs = take_up(lab, self._left_off)
        self._left_off = []
        self.draw()
        if differs:
            return f"<p>Your steps were replayed up to this line: {coded(masked(differs))}</p>"
        return "<p>Your steps were replayed. You can go on.</p>"

    def _way(self, lab: ExerciseLab) -> str:
        steps = lab.show_way(int(self.which.value or 0))
        items = "".join(f"<li><code>{escape(line)}</code></li>" for line in map(_line, steps))
        return f"<p>This way was run in a copy. Your lab has not changed.</p><ol>{items}</ol>"


def _told(standing: Standing, *, touched: bool) -> str:
    """The goals as HTML; then the texts on success, or, once something was done, a remark."""
    bare = Standing(standing.title, standing.goals)
    told = html(bare)
    if standing.success is not None:
        texts = "".join(f"<p>{coded(each)}</p>" for each in told_on_success(standing))
        return f"{told}<div class='miglab-solved'>{texts}</div>"
    if standing.remark and touched:
        return f"{told}<div class='miglab-remark'><p>{coded(standing.remark)}</p></div>"
    return told


def _room_for(graph: Picture) -> ipywidgets.Layout:
    """A layout in which a graph is wide enough for its cards to be read."""
    longest = max(Counter(node.key.app_label for node in graph.nodes).values(), default=0)
    return _room(max(longest, _CARDS))


def _room(cards: int) -> ipywidgets.Layout:
    return ipywidgets.Layout(flex=f"1 1 {cards * _CARD}em")


def _titled(title: str, shown: str) -> str:
    return f"<div class='miglab-exercise'><b>{title}</b>{shown}</div>"


def _so_long(lab: ExerciseLab) -> str:
    """A sentence that says how long ago the exercise was opened."""
    seconds = (datetime.now(UTC) - lab.events[0].time).total_seconds()
    minutes = counted(int(seconds // 60), "minute", "minutes")
    return f"<p>You opened this exercise {minutes} ago. It does not matter how long you take.</p>"


def _line(step: Step) -> str:
    refused = f" (refused: {step.refusal.error})" if step.refusal else ""
    return f"{step.line}{refused}"


def _nothing(_: object) -> str:
    """Say nothing: what was done shows in the goals."""
    return ""


def _button(word: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=word, tooltip=tooltip)


def _watch_terminals(lab: ExerciseLab) -> None:
    """Look for what terminals do in a lab, for as long as it is open and somebody holds it."""
    pause = threading.Event()

    def look(held: weakref.ref[ExerciseLab]) -> None:
        while not pause.wait(_PAUSE):
            found = held()
            if found is None or found.closed:
                return
            if not found.busy:
                try:
                    found.history()
                except MiglabError:
                    return
            del found

    watching = threading.Thread(
        target=look, args=(weakref.ref(lab),), name="miglab exercise", daemon=True
    )
    watching.start()

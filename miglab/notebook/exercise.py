"""An exercise in a notebook: its story, goals that tick themselves, hints, and the ways."""

from __future__ import annotations

import threading
import weakref
from html import escape

import ipywidgets
from IPython.display import display

from ..errors import MiglabError
from ..exercises import ExerciseLab
from ..facts.exercise import Standing
from ..facts.step import Step
from ..show.bundle import bundle
from ..show.exercise import told_on_success
from ..show.html import html
from ..show.masks import masked
from ..show.prose import coded
from .live import show_live

#: Seconds between two looks for what a terminal did.
_PAUSE = 1.0

_STYLE = """<style>
.miglab-exercise { line-height: 1.45; max-width: 60em }
.miglab-exercise ul { list-style: none; padding-left: 0.5em }
.miglab-exercise li { margin: 0.3em 0 }
.miglab-exercise .miglab-remark { border-left: 4px solid #C25400; padding-left: 0.8em }
.miglab-exercise .miglab-solved { border-left: 4px solid #0072B2; padding-left: 0.8em }
</style>"""


def show_exercise(lab: ExerciseLab) -> None:
    """Display the story, and then, as an output of its own, the goals with their buttons."""
    display(bundle(lab.story), raw=True)  # type: ignore[no-untyped-call]
    show_live(ExercisePanel(lab))


class ExercisePanel(ipywidgets.VBox):  # type: ignore[misc]
    """The goals of an exercise, and buttons for hints, ways and going back."""

    def __init__(self, lab: ExerciseLab) -> None:
        self._lab = weakref.ref(lab)
        self.goals = ipywidgets.HTML()
        self.said = ipywidgets.HTML()
        self.hint = _button("Hint", "The next hint for how it is now")
        self.way = _button("Show me a way", "Play a way in a copy; your lab stays as it is")
        self.graphs = _button("Compare graphs", "The graph now, and the one to reach")
        self.rewind = _button("Rewind", "Take back the last command")
        self.restart = _button("Restart", "Begin anew")
        self.which = ipywidgets.Dropdown(
            options=[(name, place) for place, name in enumerate(lab.ways())],
            description="Way",
            layout=ipywidgets.Layout(width="24em"),
        )
        self.hint.on_click(lambda _: self._do(self._hint))
        self.graphs.on_click(lambda _: self._do(self._graphs))
        self.way.on_click(lambda _: self._do(self._way))
        self.rewind.on_click(lambda _: self._do(lambda lab: _nothing(lab.rewind())))
        self.restart.on_click(lambda _: self._do(lambda lab: _nothing(lab.restart())))
        # What is found there would give the answer away, so nobody meets it by accident.
        self.ways = ipywidgets.HBox([self.which, self.way])
        self.ways.layout.display = "none"
        self.give_up = _button("Give up?", "Show or hide the ways that solve it")
        self.give_up.on_click(lambda _: self._show_ways())
        buttons = [self.hint, self.graphs, self.rewind, self.restart, self.give_up]
        row = ipywidgets.HBox(buttons, layout=ipywidgets.Layout(flex_flow="row wrap"))
        super().__init__([self.goals, *self._questions(lab), row, self.ways, self.said])
        lab.on_change = self.draw
        self.draw()
        _watch_terminals(lab)

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
        """Show how far it is, after the last step."""
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
        self.goals.value = f"{_STYLE}<div class='miglab-exercise' role='status'>{told}</div>"

    def _do(self, act: object) -> None:
        lab = self._lab()
        if lab is None:
            return
        try:
            assert callable(act)
            said = act(lab)
        except MiglabError as error:
            said = f"<p>{escape(masked(str(error)))}</p>"
        self.said.value = f"<div class='miglab-exercise' role='status'>{said or ''}</div>"

    def _hint(self, lab: ExerciseLab) -> str:
        return html(lab.hint())

    def _graphs(self, lab: ExerciseLab) -> str:
        pictures = {"Now": lab.graph(), "To reach": lab.goal_graph()}
        shown = (
            f"<div style='flex:1 1 20em'><b>{title}</b>{html(each)}</div>"
            for title, each in pictures.items()
        )
        return f"<div style='display:flex;flex-wrap:wrap;gap:1em'>{''.join(shown)}</div>"

    def _way(self, lab: ExerciseLab) -> str:
        steps = lab.show_way(int(self.which.value or 0))
        items = "".join(f"<li><code>{escape(line)}</code></li>" for line in map(_line, steps))
        return f"<p>It was played in a copy; your lab is as it was.</p><ol>{items}</ol>"


def _told(standing: Standing, *, touched: bool) -> str:
    """The goals; before anything was done, without a word on doing nothing."""
    bare = Standing(standing.title, standing.goals)
    told = html(bare)
    if standing.success is not None:
        texts = "".join(f"<p>{coded(each)}</p>" for each in told_on_success(standing))
        return f"{told}<div class='miglab-solved'>{texts}</div>"
    if standing.remark and touched:
        return f"{told}<div class='miglab-remark'><p>{coded(standing.remark)}</p></div>"
    return told


def _line(step: Step) -> str:
    refused = f" (refused: {step.refusal.error})" if step.refusal else ""
    return f"{step.line}{refused}"


def _nothing(_: object) -> str:
    """What is done shows in the goals; nothing more is said about it."""
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

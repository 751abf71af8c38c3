"""The model of a lab: all its widgets share it, and it alone carries out their orders."""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets
import traitlets

from ...compare.agreement import applied
from ...compare.picture import picture
from ...errors import LabClosed, MiglabError
from ...facts.graph import Graph, graph_of
from ...facts.mend import Mend
from ...facts.migration import Key
from ...facts.picture import Picture
from ...facts.step import Step
from ...facts.truths import NOT_COMPARED, Truths
from ...facts.view import View
from ...lab import Lab
from ...show import live
from ...show.consequences import preview
from ...show.locks import on_cards
from ...show.masks import masked
from ..progress import in_a_cell
from .marks import Marks
from .target import Target
from .worker import Job, Worker

#: With more migrations than this, a first look does not wait until the truths are compared.
COMPARED_AT_ONCE = 200

log = logging.getLogger(__name__)

#: What a widget asks for: ``{"do": its name, …}``.
Order = dict[str, Any]


class LabModel(ipywidgets.DOMWidget):  # type: ignore[misc]
    """What widgets of a lab show. They do not change it: they send ``{"do": …}``, and read the
    result.

    Attributes:
        state: the board, the truths and the timeline, and a revision that counts the states.
        chosen: the target, its command line, and its plan.
        preview: what the chosen command would do, as soon as that was measured.
        work: what runs, what waits.
        said: what the last clicked command did, or why it failed.
        between: what changed between two moments.
        mends: what could make two truths agree.
        looks: how cards look, by name.
    """

    state = traitlets.Dict().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    preview = traitlets.Dict().tag(sync=True)
    work = traitlets.Dict().tag(sync=True)
    said = traitlets.Dict().tag(sync=True)
    between = traitlets.Dict().tag(sync=True)
    mends = traitlets.Dict().tag(sync=True)
    looks = traitlets.Dict().tag(sync=True)

    def __init__(self, lab: Lab, obey: Callable[[LabModel, Order], None]) -> None:
        """``obey`` carries out what a widget asks for.

        Raises:
            LabClosed: the lab is gone.
        """
        super().__init__(looks=live.looks())
        self._obey = obey
        #: Widgets that are closed with the lab.
        self.shown: list[ipywidgets.Widget] = []
        self._lab = weakref.ref(lab)
        self._changing = threading.RLock()
        self._revision = 0
        self._graph, self._done = Graph({}), set[Key]()
        self._marks = Marks()
        self._truths: Truths | None = None
        self._compared = False
        self._steps: tuple[Step, ...] = ()
        self._position = 0
        self.found: tuple[Mend, ...] = ()
        self.target = Target()
        self.worker: Worker = Worker(self._stop, lambda work: self.show(work=work))
        self.on_msg(lambda _widget, order, _buffers: self.hear(order))
        me = weakref.ref(self)
        lab.watch(lambda: _call(me, LabModel.refresh))
        weakref.finalize(lab, _call, me, LabModel._gone)
        self.refresh()

    # -- what is so

    @property
    def lab(self) -> Lab:
        """The lab.

        Raises:
            LabClosed: it is gone.
        """
        lab = self._lab()
        if lab is None or lab.closed:
            raise LabClosed
        return lab

    def show(self, **values: Any) -> None:
        """Change what widgets show; any thread may call it."""
        with self._changing:
            for name, value in values.items():
                setattr(self, name, value)

    def refresh(self) -> None:
        """Send the widgets the lab's present state: one message, with the next revision. Comparing
        the truths takes longer, so a later message says whether they agree."""
        lab = self._lab()
        if lab is None or lab.closed:
            self._gone()
            return
        view, first = lab.truths(compare=False), self._truths is None
        few = len(view.truths.known_files.migrations) <= COMPARED_AT_ONCE
        if first and few:
            view = lab.truths()
        steps, history = lab.steps(), lab.history()
        with self._changing:
            if self._truths is not view.truths:
                self._marks.forget_costs()
                self.found, self.mends = (), {}
            self._outdate(steps, history.position)
            self._truths, self._compared = view.truths, view.agreements is not NOT_COMPARED
            files = view.truths.known_files
            record = view.truths.known_record
            self._graph = graph_of(files, record.keys)
            self._done = applied(self._graph, record)
            drawn = self._picture(lab, view)
            self._marks.follow(drawn)
            self._tell(
                closed=False,
                board=live.board(self._marks.on(drawn)),
                # What is compared later replaces what was compared before, and nothing in between.
                truths=live.truths(view) if first else self.state["truths"],
                timeline=live.timeline(steps, history.position),
            )
            # A cell's next command must not wait for what nobody has asked for.
            self._look_ahead(measure=not in_a_cell())

    def _outdate(self, steps: Sequence[Step], position: int) -> None:
        """Clear what was said about an earlier command, and a comparison with a moment that no
        longer exists."""
        last = self.between.get("second", 0)
        # What a step has cost may be learned later; where it led stays the same.
        led, leads = ([each.after for each in one] for one in (self._steps, steps))
        if len(leads) < last or any(a is not b for a, b in zip(led[:last], leads, strict=False)):
            self.between = {}
        if position != self._position or len(led) != len(leads):
            self.said = {}
        self._steps, self._position = tuple(steps), position

    def _tell(self, **parts: Any) -> None:
        """Send widgets these parts of the state, in one message with the next revision."""
        self._revision += 1
        self.state = {**self.state, "revision": self._revision, **parts}

    def _picture(self, lab: Lab, view: View) -> Picture:
        missing = view.agreements.record_tables.missing
        return picture(view.truths, lab.apps, missing=missing)

    def _compare(self) -> None:
        """Compare the truths, and show the result. The worker does this, since it takes long."""
        view = self.lab.truths()
        if view.truths is self._truths:
            board = live.board(self._marks.on(self._picture(self.lab, view)))
            with self._changing:
                self._compared = True
                self._tell(board=board, truths=live.truths(view))

    def mark(self, graph: Picture, costs: Picture) -> None:
        """Show the graph with the measured costs of going back."""
        with self._changing:
            self._marks.price(costs)
            self._tell(board={**live.board(self._marks.on(graph)), "sentence": costs.sentence})

    def _gone(self) -> None:
        """The lab is closed: nothing answers any more, and the still picture shows again."""
        self.worker.cancel()
        self.show(state={**self.state, "closed": True})
        for each in (*self.shown, self):
            each.close()
        self.shown = []

    # -- what is chosen

    @property
    def targets(self) -> dict[str, list[str]]:
        """App label → the targets that can be chosen, ``"zero"`` first."""
        return {
            lane["app"]: ["zero", *(node["name"] for node in lane["nodes"])]
            for lane in self.state["board"]["lanes"]
        }

    def choose(self, app: str, name: str) -> None:
        """Choose a target: its plan is shown at once, and its cost as soon as that is measured.

        Raises:
            BadInput: there is no such migration.
        """
        self.target.choose(app, name, self.targets)
        self._look_ahead()

    def option(self, name: str, on: bool) -> None:
        """Set an option of ``migrate``, or take it away.

        Raises:
            BadInput: there is no such option here.
        """
        self.target.set_option(name, on)
        self._look_ahead()

    def _look_ahead(self, measure: bool = True) -> None:
        """Show the plan now; if ``measure`` is true, let the worker measure what it would cost."""
        target = self.target
        target.follow(self.targets, self._truths.known_record.keys if self._truths else ())
        if not target.app:
            self.show(chosen={})
            return
        line, plan = target.line, target.plan(self._graph, self._done)
        self.show(chosen={**target.value(), "plan": plan, "revision": self._revision})
        self.worker.cancel(looks_only=True)
        if not self._compared:
            self.do("comparing the truths", self._compare, moves=False)
        if plan and not plan["cards"] and "--plan" not in target.options:
            text = (
                "There is nothing to apply or unapply." if target.picked else "Choose where to go."
            )
            self.show(preview={"line": line, "status": "", "text": text})
            return
        if not measure:
            text = "The lab has changed. Choose again to see what the command would do now."
            self.show(preview={"line": line, "status": "", "text": text})
            return
        self.show(
            preview={"line": line, "status": "measuring", "text": "Trying the command in a copy …"}
        )
        self.do(f"trying {line} in a copy", lambda: self._measure(line), moves=False)

    def _measure(self, line: str) -> None:
        found = self.lab.what_if(line)
        if self.chosen.get("line") == line:
            verdict = masked(found.verdict)
            told = {"html": preview(found), "verdict": verdict, "locks": on_cards(found.plan)}
            self.show(preview={"line": line, "status": "ready", **told})

    # -- what is done

    def hear(self, order: Order) -> None:
        """Accept an order from a widget, and return without waiting; errors are shown."""
        try:
            self._obey(self, order)
        except MiglabError as error:
            self.show(said={"kind": "error", "text": masked(str(error))})

    def do(self, line: str, act: Callable[[], None], *, moves: bool = True) -> None:
        """Let the worker call ``act``; errors are shown. If ``moves`` is false, ``act`` changes
        nothing in the lab, and the next click may cancel it."""

        def acted() -> None:
            try:
                act()
            except MiglabError as error:
                self._failed(str(error), moves)
            except Exception as error:
                # The worker goes on, and the person hears of it.
                log.exception("%s failed", line)
                self._failed(f"miglab failed: {type(error).__name__}: {error}", moves)

        self.worker.put(Job(line, acted, moves))

    def _failed(self, error: str, moves: bool) -> None:
        text = masked(error)
        if moves:
            self.show(said={"kind": "error", "text": text})
        elif self.preview.get("status") == "measuring":
            self.show(preview={**self.preview, "status": "failed", "text": text})

    def _stop(self) -> None:
        lab = self._lab()
        if lab is not None:
            lab.cancel()


def _call(ref: weakref.ReferenceType[LabModel], act: Callable[[LabModel], None]) -> None:
    model = ref()
    if model is not None:
        act(model)

"""A lab in which an exercise is solved: its goals are looked at after every step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import BadInput, MiglabError, UnknownName
from ..facts.consequences import Consequences
from ..facts.exercise import (
    Advice,
    Exercise,
    Finding,
    Goal,
    Instruction,
    Reached,
    Standing,
    Told,
)
from ..facts.picture import Picture
from ..facts.step import Step
from ..progress import Journal
from ..steps.moments import Moment
from ..steps.stage import Stage
from . import conditions, form, instructions, shelf
from .beginning import backed_up, begin
from .journal import Entry, append
from .look import Done, Known, Look, Query, digest
from .proofs import shortest
from .typed import TypedLab

#: Levels at which commands are counted.
COUNTED = range(1, 4)


def exercise(
    name: str,
    *,
    shape: str | None = None,
    seed: object = None,
    folder: str | Path | None = None,
    journal: str | Path | None = None,
) -> ExerciseLab:
    """Open an exercise: a lab with its broken project, and with its goals.

    Args:
        name: as in ``"the-ghost"``, or its number, as in ``"3.1"``.
        shape: which of its shapes; without it, the one that the seed gives.
        seed: a learner's name or number.
        folder: a folder of exercises; without it, all installed sets.
        journal: the file that each step is written to; without it, none.

    Raises:
        UnknownName: there is no such exercise or shape.
        BadInput: its file cannot be read.
    """
    path = shelf.find(name, folder)
    if shape is None:
        shape = shelf.shape_for(seed, shelf.name_of(path), form.shapes(path))
    kept = Journal(Path(journal)) if journal is not None else None
    return ExerciseLab(form.read(path, shape), journal=kept)


@dataclass
class _Seen:
    """What was done, and the moment it led to where it moved something."""

    done: Done
    moment: Moment | None


class ExerciseLab(TypedLab):
    """A lab with an exercise in it.

    Args:
        exercise: in one of its shapes.
        journal: where each step is kept.
        runner: as ``Lab`` takes it.

    Raises:
        BadInput: its start cannot be taken.
    """

    #: Hears after each look at the goals; the notebook's widget sets it.
    told: Callable[[], None] | None = None

    #: Why the last step could not be looked at or written down, or an empty text.
    trouble: str = ""

    def __init__(
        self, exercise: Exercise, *, journal: Journal | None = None, runner: str | None = None
    ) -> None:
        self.exercise = exercise
        self._journal: Journal | None = None
        self._begun = False
        self._answers: dict[str, str] = {}
        self._seen: list[_Seen] = []
        self._broken: list[tuple[Moment, dict[str, Finding]]] = []
        self._tier: dict[str, int] = {}
        self._standing: Standing | None = None
        self._mark: object = None
        super().__init__("storefront", at=list(exercise.at) or None, runner=runner)
        self.apps = exercise.apps
        try:
            self._moments, self._keys = begin(self, exercise)
        except BaseException:
            self.close()
            raise
        self._stage.apps = exercise.apps
        self._last: Step | None = None
        self._begun, self._journal = True, journal
        self._write("began")
        self.watch(self._look_again)

    def what_if(self, *commands: str | Sequence[str], answers: Iterable[str] = ()) -> Consequences:
        found = super().what_if(*commands, answers=answers)
        words = " && ".join(each if isinstance(each, str) else " ".join(each) for each in commands)
        self._note(Done(f"what-if {words}"), None)
        self._look_again()
        return found

    def restart(self) -> Step:
        """Begin anew: where the exercise began, without the answers and looks since."""
        step = super().restart()
        with self._turns.one() as stage:
            self._seen = [each for each in self._seen if each.moment is not None]
            self._answers, self._tier = {}, {}
            self._looked(stage)
        self._tell()
        return step

    # -- the exercise

    @property
    def story(self) -> Told:
        """What happened, and what is asked for."""
        return Told(self.exercise)

    def goals(self) -> Standing:
        """How far it is."""
        with self._turns.one() as stage:
            stage.now()
            self._notice(stage)
            return self._looked(stage)

    def _looked(self, stage: Stage) -> Standing:
        """The standing, looked at where something happened since."""
        mark = (id(stage.moments.now), id(stage.last), len(self._seen), dict(self._answers))
        if self._standing is None or mark != self._mark:
            self._standing, self._mark = self._look(stage), mark
        return self._standing

    @property
    def standing(self) -> Standing:
        """How far it was when it was last looked at: after the last step."""
        return self._standing or self.goals()

    @property
    def moves(self) -> int:
        """How many commands that hold changed something; backups do not count."""
        with self._turns.one() as stage:
            return self._moves(stage)

    def _moves(self, stage: Stage) -> int:
        return sum(each.moved and not each.backed_up for each in self._holding(stage))

    @property
    def touched(self) -> bool:
        """Whether anything was done that holds, or answered."""
        with self._turns.one() as stage:
            return bool(self._answers or self._holding(stage))

    def answer(self, name: str, value: object) -> Standing:
        """Answer a question of the exercise.

        Raises:
            UnknownName: it asks nothing of that name.
        """
        names = [goal.name for goal in self.exercise.goals if goal.name]
        if name not in names:
            raise UnknownName("question", name, names)
        self._answers[name] = str(value)
        standing = self.goals()
        self._write("step", f"answer {name} {value}")
        self._tell()
        return standing

    def hint(self, tier: int | None = None) -> Advice:
        """A hint for how it is now; each time one tier further.

        Raises:
            BadInput: there is no such tier.
        """
        with self._turns.one() as stage:
            look = self._look_of(stage)
            found = next(
                (
                    (place, each)
                    for place, each in enumerate(self.exercise.hints)
                    if conditions.every(look, each.when).holds
                ),
                None,
            )
            if found is None:
                raise BadInput("there is no hint for how it is now; lab.restart() begins anew")
            place, hint = found
            name = str(place)
            wanted = min(self._tier.get(name, 0) + 1, len(hint.says)) if tier is None else tier
            if wanted not in range(1, len(hint.says) + 1):
                raise BadInput(f"tier={tier!r}; give a number from 1 to {len(hint.says)}")
            self._tier[name] = wanted
            says = (
                (*self._read_aloud(look), hint.says[0]) if wanted == 1 else (hint.says[wanted - 1],)
            )
            return Advice(wanted, len(hint.says), says)

    def ways(self) -> list[str]:
        """The names of the ways that can be shown."""
        return [way.name for way in self.exercise.ways]

    def show_way(self, way: int = 0) -> list[Step]:
        """Play a way in a copy of the start, and give its steps; this lab stays as it is.

        Raises:
            BadInput: there is no such way.
        """
        if way not in range(len(self.exercise.ways)):
            raise BadInput(f"way={way!r}; give a number from 0 to {len(self.exercise.ways) - 1}")
        steps = self.exercise.ways[way].steps
        with ExerciseLab(self.exercise, runner=self._runner) as other:
            other.step_aside()
            taken = [other.take(each) for each in steps]
        return [step for step in taken if step is not None]

    def goal_graph(self) -> Picture:
        """The graph as it is where the first way has led, in a copy."""
        with ExerciseLab(self.exercise, runner=self._runner) as other:
            other.step_aside()
            for each in self.exercise.ways[0].steps:
                other.take(each)
            return other.graph()

    def take(self, instruction: Instruction) -> Step | None:
        """Take a line of a way or of a journal.

        Raises:
            BadInput: it cannot be taken.
        """
        if instruction.word == "answer":
            name, _, value = instruction.line.partition(" ")[2].partition(" ")
            self.answer(name, value)
            return None
        return instructions.take(self, instruction)

    # -- after every step

    def _look_again(self) -> None:
        if self.closed or not self._begun:
            return
        try:
            with self._turns.one() as stage:
                self._notice(stage)
                self._looked(stage)
            self.trouble = ""
        except MiglabError as error:
            # A step is never lost because somebody could not look at it, or write it down.
            self.trouble = str(error)
        self._tell()

    def _tell(self) -> None:
        if self.told is not None:
            self.told()

    def _notice(self, stage: Stage) -> None:
        """Note the steps that were taken since the last look, and look at what must never be in
        each moment that they led to."""
        line = stage.moments
        moments = [line.at(place) for place in range(1, line.position + 1)]
        known = [each.moment for each in self._seen if each.moment is not None]
        for moment in moments:
            if moment is not line.now and not any(moment is each for each, _ in self._broken):
                self._broken.append((moment, self._never(stage, moment)))
        for moment in moments:
            if not any(moment is each for each in known) and moment.step is not None:
                self._note(self._done(stage, moment.step, moment), moment)
        last = stage.last
        if last is not None and last is not self._last:
            held = any(last is moment.step for moment in moments)
            if last.kind in ("rewind", "forward", "restart"):
                self._write("step", last.line)
            elif not held:
                self._note(self._done(stage, last, None), None)
        self._last = last

    def _done(self, stage: Stage, step: Step, moment: Moment | None) -> Done:
        told = self.typed_now if step is stage.last else None
        line, body = (told.line, told.body) if told is not None else (step.line, "")
        refused = step.refusal.error if step.refusal else ""
        moved = moment is not None
        return Done(line, body, moved, moved and backed_up(stage, step), refused)

    def _note(self, done: Done, moment: Moment | None) -> None:
        self._seen.append(_Seen(done, moment))
        outside = done.line.startswith("(done outside")
        click = threading.current_thread() is not threading.main_thread()
        where = "terminal" if outside else "click" if click else "cell"
        if self._begun:
            self._write("step", done.line, done.body, where)

    def _never(self, stage: Stage, moment: Moment) -> dict[str, Finding]:
        goals = [goal for goal in self.exercise.goals if goal.kind == "never"]
        if not goals:
            return {}
        twin = stage.twin()
        twin.begin_at(Moment(moment.snapshot, moment.truths))
        look = Look(twin, self._known(stage), _queries(goals))
        found = {goal.says: self._found(look, goal) for goal in goals}
        return {says: each for says, each in found.items() if not each.holds}

    def _holding(self, stage: Stage) -> list[Done]:
        """What was done and holds: no step that was rewound."""
        line = stage.moments
        moments = [line.at(place) for place in range(1, line.position + 1)]
        return [
            each.done
            for each in self._seen
            if each.moment is None or any(each.moment is moment for moment in moments)
        ]

    def _known(self, stage: Stage) -> Known:
        return Known(self._moments, self._keys, dict(self._answers), self._holding(stage))

    def _look_of(self, stage: Stage) -> Look:
        wanted = [
            *_queries(self.exercise.goals),
            *(query for each in self.exercise.wrong for query in conditions.queries(each.when)),
        ]
        return Look(stage, self._known(stage), wanted)

    def _look(self, stage: Stage) -> Standing:
        look = self._look_of(stage)
        line = stage.moments
        held = [line.at(place) for place in range(1, line.position + 1)]
        broken: dict[str, Finding] = {}
        for moment, faults in self._broken:
            if any(moment is each for each in held):
                broken = {**faults, **broken}
        goals: list[Reached] = []
        now: dict[str, Finding] = {}
        for goal in self.exercise.goals:
            found = self._found(look, goal)
            if goal.kind == "never" and not found.holds:
                now[goal.says] = found
            if goal.kind == "never" and found.holds and goal.says in broken:
                was = broken[goal.says]
                found = Finding(False, was.expected, f"it was otherwise in between: {was.found}")
            said = ("", "") if found.holds else (found.expected, found.found)
            goals.append(Reached(goal.says, goal.kind, found.holds, *said))
        if line.position and not any(line.now is each for each, _ in self._broken):
            self._broken.append((line.now, now))
        exercise = self.exercise
        standing = Standing(exercise.title, tuple(goals))
        counted = self._moves(stage) if exercise.level in COUNTED else None
        if standing.done:
            told = (exercise.happened, exercise.why, exercise.cost)
            return Standing(exercise.title, tuple(goals), "", told, counted, shortest(exercise))
        return Standing(exercise.title, tuple(goals), self._remark(look), None, counted)

    def _remark(self, look: Look) -> str:
        """What is said about the wrong end that was reached."""
        if not look.known.done and not look.known.answers:
            return self.exercise.nothing
        for each in self.exercise.wrong:
            if conditions.every(look, each.when).holds:
                return each.says
        return ""

    def _found(self, look: Look, goal: Goal) -> Finding:
        """A goal's finding; a goal never raises in front of a learner."""
        try:
            return conditions.every(look, {k: v for k, v in goal.conditions.items() if k != "key"})
        except MiglabError as error:
            return Finding(False, "this goal can be looked at", str(error))

    def _read_aloud(self, look: Look) -> list[str]:
        """The last error and what the truths say at present, for the first tier of a hint."""
        told = []
        last = look.last
        if last is not None and last.refusal is not None:
            first = (last.refusal.message.strip().splitlines() or [""])[0]
            told.append(f"Django's last word was {last.refusal.error}: {first}")
        for pair in ("models_files", "files_record", "record_tables"):
            found = getattr(look.agreements, pair)
            if found.verdict is not True:
                details = "; ".join(found.details[:2])
                told.append(f"{found.reason} {details}".strip())
        return told or ["All four truths agree now."]

    def _write(self, what: str, text: str = "", body: str = "", where: str = "cell") -> None:
        if self._journal is None:
            return
        with self._turns.one() as stage:
            told, done = digest(stage.truths()), self._looked(stage).done
        exercise = self.exercise
        entry = Entry(what, exercise.name, exercise.shape, text, body, where, told, done)
        append(self._journal, entry)


def _queries(goals: Iterable[Goal]) -> list[Query]:
    return [query for goal in goals for query in conditions.queries(goal.conditions)]

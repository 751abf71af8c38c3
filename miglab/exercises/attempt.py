"""A lab in which an exercise is solved: its goals are looked at after every step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..databases import registry
from ..errors import BadInput, Interrupted, MiglabError, UnknownName
from ..facts.consequences import Consequences
from ..facts.exercise import (
    Advice,
    Exercise,
    Instruction,
    Standing,
    Told,
)
from ..facts.line import one_line
from ..facts.picture import Picture
from ..facts.step import Step
from ..progress import Event, Journal
from ..steps.stage import Stage
from . import asking, instructions, judging, proofs
from .beginning import begin
from .journal import Diary
from .look import Done, Known, Look, digest
from .trail import Trail
from .typed import TypedLab

#: Levels at which commands are counted.
COUNTED = range(1, 4)


class ExerciseLab(TypedLab):
    """A lab with an exercise in it.

    Args:
        exercise: the exercise, in one of its shapes.
        journal: the file that each step is written to.
        runner: the same as for ``Lab``.
        aside: whether ``Lab.latest`` skips this lab.

    Raises:
        BadInput: a step of its start fails.
    """

    #: Why the last step could not be looked at or written down, or an empty text.
    trouble: str = ""

    def __init__(
        self,
        exercise: Exercise,
        *,
        journal: Journal | None = None,
        runner: str | None = None,
        aside: bool = False,
    ) -> None:
        self.exercise, self._aside = exercise, aside
        #: What the proof of the exercise's set found out about this exercise.
        self.proven: Mapping[str, Any] = proofs.of(exercise)
        self._diary: Diary | None = None
        self._followers: list[Callable[[], None]] = []
        self._answers: dict[str, str] = {}
        self._trail, self._unwritten = Trail(self._never), list[Done]()
        self._tier: dict[int, int] = {}
        self._standing: Standing | None = None
        self._mark: object = None
        # Starts and ways copy the database's file, whatever other labs are on.
        vendor = registry.DEFAULT.vendor
        super().__init__("storefront", at=[*exercise.at] or None, database=vendor, runner=runner)
        self.apps = self._stage.apps = exercise.apps
        self._diary = Diary(exercise, self.folder, journal)
        self._write("began")
        self.watch(self._look_again)

    def _begin(self, stage: Stage) -> None:
        self._began = begin(stage, self.exercise)

    def what_if(self, *commands: str | Sequence[str], answers: Iterable[str] = ()) -> Consequences:
        found = super().what_if(*commands, answers=answers)
        words = one_line(each if isinstance(each, str) else " ".join(each) for each in commands)
        done = Done(f"what-if {words}")
        self._trail.add(done)
        self._write_done(done)
        self._look_again()
        return found

    def restart(self) -> Step:
        """Go back to where the exercise began; forget the answers, and commands without effect."""
        step = super().restart()
        with self._turns.one() as stage:
            self._trail.forget_looks()
            self._answers, self._tier = {}, {}
            self._looked(stage)
        self._tell()
        return step

    # -- the exercise

    @property
    def events(self) -> tuple[Event, ...]:
        """The events since the exercise was opened, in order, as the journal has them."""
        return self._diary.events if self._diary is not None else ()

    @property
    def journal(self) -> Journal | None:
        """The file that each step is written to."""
        return self._diary.journal if self._diary is not None else None

    @property
    def story(self) -> Told:
        """What happened, and what has to be done."""
        return Told(self.exercise)

    def follow(self, follower: Callable[[], None]) -> None:
        """From now on, call ``follower`` after each look at the goals."""
        self._followers.append(follower)

    def goals(self) -> Standing:
        """Which goals are reached, and what comes next."""
        with self._turns.one() as stage:
            stage.now()
            self._notice(stage)
            return self._looked(stage)

    def _looked(self, stage: Stage) -> Standing:
        """The standing, after a new look if something has happened since the last one."""
        mark = (id(stage.moments.now), id(stage.last), self._trail.length, dict(self._answers))
        if self._standing is None or mark != self._mark:
            self._standing, self._mark = self._look(stage), mark
        return self._standing

    @property
    def standing(self) -> Standing:
        """The standing at the last look, which is after the last step."""
        return self._standing or self.goals()

    @property
    def moves(self) -> int:
        """How many commands changed something and were not rewound; backups do not count."""
        with self._turns.one() as stage:
            return self._moves(stage)

    def _moves(self, stage: Stage) -> int:
        return sum(each.moved and not each.backed_up for each in self._trail.holding(stage))

    @property
    def touched(self) -> bool:
        """Whether a question was answered, or a step was taken and not rewound."""
        with self._turns.one() as stage:
            return bool(self._answers or self._trail.holding(stage))

    def answer(self, name: str, value: object) -> Standing:
        """Answer a question of the exercise.

        Raises:
            UnknownName: the exercise has no question of that name.
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
        """A hint for the present state; each call gives the next tier.

        Raises:
            BadInput: there is no such tier.
        """
        with self._turns.one() as stage:
            look = self._look_of(stage)
            place, hint = judging.hint(self.exercise, look)
            tiers = len(hint.says)
            wanted = min(self._tier.get(place, 0) + 1, tiers) if tier is None else tier
            if wanted not in range(1, tiers + 1):
                raise BadInput(f"tier={tier!r}; give a number from 1 to {tiers}")
            self._tier[place] = wanted
            first = judging.read_aloud(look) if wanted == 1 else []
            return Advice(wanted, tiers, (hint.says[wanted - 1], *first))

    def ways(self) -> list[str]:
        """The names of the ways that can be shown."""
        return [way.name for way in self.exercise.ways]

    def show_way(self, way: int = 0) -> list[Step]:
        """Run a way in a copy of the start, and return its steps; this lab does not change.

        Raises:
            BadInput: there is no such way.
        """
        if way not in range(len(self.exercise.ways)):
            raise BadInput(f"way={way!r}; give a number from 0 to {len(self.exercise.ways) - 1}")
        steps = self.exercise.ways[way].steps
        with self._beginning() as other:
            taken = [other.take(each) for each in steps]
        return [step for step in taken if step is not None]

    def _beginning(self) -> ExerciseLab:
        """A second lab with the same exercise, at its beginning."""
        return ExerciseLab(self.exercise, runner=self._runner, aside=True)

    def _become_latest(self) -> None:
        if not self._aside:
            super()._become_latest()

    def goal_graph(self) -> Picture:
        """The graph at the end of the first way, which is run in a copy."""
        with self._beginning() as other:
            for each in self.exercise.ways[0].steps:
                other.take(each)
            return other.graph()

    def take(self, instruction: Instruction) -> Step | None:
        """Run a line of a way or of a journal.

        Raises:
            BadInput: it cannot be run.
        """
        if instruction.word == "answer":
            name, _, value = instruction.line.partition(" ")[2].partition(" ")
            self.answer(name, value)
            return None
        return instructions.take(self, instruction)

    # -- after every step

    def _look_again(self) -> None:
        if self.closed or self._diary is None:
            return
        try:
            with self._turns.one() as stage:
                self._notice(stage)
                self._looked(stage)
            self.trouble = ""
        except MiglabError as error:
            if isinstance(error, Interrupted) and error.why == "interrupted":
                # The step has come to its end, so that its own error would say too much.
                raise KeyboardInterrupt from None
            # A step is never lost because somebody could not look at it, or write it down.
            self.trouble = str(error)
        self._tell()

    def _tell(self) -> None:
        for follower in self._followers:
            follower()

    def _notice(self, stage: Stage) -> None:
        """Note the steps that were taken since the last look, and write them down."""
        self._unwritten += self._trail.news(stage, self.typed_now)
        while self._unwritten:
            # Where this is stopped, the next look writes them.
            self._looked(stage)
            self._write_done(self._unwritten.pop(0))

    def _write_done(self, done: Done) -> None:
        click = threading.current_thread() is not threading.main_thread()
        where = "terminal" if done.outside else "click" if click else "cell"
        self._write("step", done.line, done.body, where)

    def _known(self, stage: Stage) -> Known:
        began, done = self._began, self._trail.holding(stage)
        answers = dict(self._answers)
        return Known(began.moments, began.keys, answers, done, began.files, began.rows)

    def _never(self, stage: Stage) -> judging.Faults:
        goals = [goal for goal in self.exercise.goals if goal.kind == "never"]
        began = self._began
        known = Known(began.moments, began.keys, files=began.files)
        look = Look(stage, known, judging.queries(goals))
        return judging.faults(look, goals)

    def _look_of(self, stage: Stage) -> Look:
        wanted = [
            *judging.queries(self.exercise.goals),
            *(query for each in self.exercise.wrong for query in asking.queries(each.when)),
        ]
        return Look(stage, self._known(stage), wanted)

    def _look(self, stage: Stage) -> Standing:
        exercise, look = self.exercise, self._look_of(stage)
        goals = judging.reached(exercise, look, self._trail.broken(stage))
        self._trail.looked(stage, judging.faults(look, exercise.goals))
        if all(goal.done for goal in goals):
            goals += judging.needless(look, proofs.losses(self.proven))
        counted = self._moves(stage) if exercise.level in COUNTED else None
        if all(goal.done for goal in goals):
            told = (exercise.happened, exercise.why, exercise.cost)
            shortest = proofs.shortest(self.proven)
            return Standing(exercise.title, goals, "", told, counted, shortest)
        return Standing(exercise.title, goals, judging.remark(exercise, look), None, counted)

    def _write(self, what: str, text: str = "", body: str = "", where: str = "cell") -> None:
        if self._diary is None:
            return
        with self._turns.one() as stage:
            truths, solved = digest(stage.truths()), self._looked(stage).done
        self._diary.write(what, text, body, where, truths=truths, solved=solved)

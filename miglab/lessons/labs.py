"""A lab on each database engine: the same commands, side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..compare.losses import listed, losses
from ..databases import registry
from ..errors import BadInput, MiglabError
from ..facts.contrast import Contrast, Outcome, Presence, Summary
from ..facts.step import Step
from ..lab import Lab

Act = Callable[[Lab], object]


class Labs:
    """A lab of the storefront on each of these engines that is available. The others are listed
    with the reason, and with instructions for getting them.

    Args:
        databases: as ``database`` of ``Lab``: ``"sqlite"``, ``"postgresql"``, or the address of a
            server.

    Raises:
        BadInput: none of them is available.
    """

    def __init__(self, *databases: str) -> None:
        self._labs: dict[str, Lab] = {}
        self._missing: dict[str, str] = {}
        self._tried: list[Contrast] = []
        for each in databases:
            try:
                name = registry.named(each).name
                self._labs[name] = Lab("storefront", database=each)
            except MiglabError as error:
                self._missing[each] = str(error)
            else:
                self._labs[name].step_aside()
        if not self._labs:
            told = "; ".join(f"{name}: {why}" for name, why in self._missing.items())
            raise BadInput(f"none of these databases is available: {told or 'none was named'}")

    @property
    def presence(self) -> Presence:
        """The available engines, and how to get the others."""
        return Presence(tuple(self._labs), dict(self._missing))

    def compare(
        self,
        act: Act,
        begin: Act | None = None,
        look: Mapping[str, Act] | None = None,
        name: str = "",
    ) -> Contrast:
        """Run the same commands in each lab, and bring each lab back to where it began.

        Args:
            act: given a lab, runs the commands that are compared.
            begin: runs the commands that must come first; their losses do not count.
            look: a name → a function that looks at the lab after the commands.
            name: the name of this comparison in ``summary``.

        Raises:
            BadInput: ``act`` ran nothing.
        """
        tried = {engine: _Tried(lab, begin, act, look or {}) for engine, lab in self._labs.items()}
        lines = next(iter(tried.values())).lines
        outcomes = tuple(each.outcome(engine) for engine, each in tried.items())
        found = Contrast(name, lines, outcomes)
        self._tried = [each for each in self._tried if not name or each.name != name] + [found]
        return found

    def summary(self, *engines: str) -> Summary:
        """The outcomes of all named comparisons, on these engines or on all of them.

        Raises:
            BadInput: one of them is not available.
        """
        wanted = engines or tuple(self._labs)
        for each in wanted:
            if each not in self._labs:
                known = ", ".join(self._labs)
                raise BadInput(f"there is no lab on {each!r} here; there are labs on: {known}")
        rows = []
        for tried in self._tried:
            labels = {each.engine: each.label for each in tried.outcomes}
            if tried.name:
                rows.append((tried.name, *(labels[each] for each in wanted)))
        return Summary(wanted, tuple(rows))

    def close(self) -> None:
        """Close all labs."""
        for lab in self._labs.values():
            lab.close()


class _Tried:
    """One try in one lab. Afterwards, the lab is as it was before."""

    def __init__(self, lab: Lab, begin: Act | None, act: Act, look: Mapping[str, Act]) -> None:
        try:
            if begin is not None:
                begin(lab)
            place, last = lab.history().position, lab.last
            act(lab)
            if lab.last is None or lab.last is last:
                raise BadInput("there is nothing to compare: act must run a command")
            self.last: Step = lab.last
            lines = tuple(lab.history().lines[place:])
            # A command that changed nothing is not in the history.
            self.lines = lines if self.last.line in lines else (*lines, self.last.line)
            self.seen = {name: str(each(lab)) for name, each in look.items()}
            agreement = lab.truths().agreements.record_tables
            self.differs = "" if agreement.verdict is True else agreement.reason
            steps = lab.history().position - place
            self.passed = lab.rewind(steps).passed if steps else ()
        finally:
            if lab.history().position:
                lab.restart()
            lab.begin_here()

    def outcome(self, engine: str) -> Outcome:
        """The outcome of one lab."""
        refusal = self.last.refusal
        printed = [line.strip() for line in self.last.output.splitlines() if line.strip()]
        lost = losses(self.passed)
        return Outcome(
            engine,
            str(refusal) if refusal else (printed[-1] if printed else ""),
            refusal is not None,
            listed(lost) if lost else "",
            self.differs,
            self.seen,
        )

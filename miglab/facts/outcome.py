"""How a rehearsal ended: every word, colour and exit status follows from this one value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum


class Happened(Enum):
    """What happened to the commands."""

    RAN = ("ran", "every command ran to its end")
    STOPPED = ("stops partway", "a command failed before all of it was done")
    REFUSED = ("is refused", "a command was refused before anything changed")
    FAILED_AFTER = ("fails at the end", "every migration was done, and then the command failed")
    NOT_REHEARSED = ("could not be rehearsed", "miglab's own limits prevented it")

    def __init__(self, words: str, meaning: str) -> None:
        self.words, self.meaning = words, meaning


class Cost(Enum):
    """What is lost: it was stored before the commands, and is gone after the way back."""

    NOTHING = "nothing lost"
    SOME = "something is lost"
    UNKNOWN = "cannot tell whether anything is lost"


class Return(Enum):
    """How much the way back restores, from nothing to everything; ``NOT_NEEDED`` and ``UNKNOWN``
    are outside this order."""

    NOT_AT_ALL = ("does not come back", "no command leads back, or one is refused or fails")
    RUNS = ("comes back with another schema", "the way back runs to its end")
    SCHEMA = (
        "the tables come back, not all rows",
        "the schema is the same; only the order of columns may differ",
    )
    ROWS = ("the rows come back, not all values", "every row is back")
    MORE = ("comes back with more rows", "every row and value is back, and rows were added")
    VALUES = ("comes back whole", "every row and every value is back")
    NOT_NEEDED = ("nothing to undo", "the commands changed nothing")
    UNKNOWN = ("cannot tell whether it comes back", "the way back could not be rehearsed")

    def __init__(self, words: str, meaning: str) -> None:
        self.words, self.meaning = words, meaning

    @property
    def measured(self) -> bool:
        """Whether the rows after the way back were compared with the rows at the beginning."""
        return self not in (Return.NOT_AT_ALL, Return.NOT_NEEDED, Return.UNKNOWN)


class Agreeing(Enum):
    """Whether record and tables, or models and files, agree less than before. The migrations that
    a revert unapplies do not count: unapplying them is its purpose."""

    NO_WORSE = "the truths agree as before"
    WORSE = "the truths agree less than before"
    CANNOT_TELL = "cannot tell whether the truths still agree"


class Next(Enum):
    """What plain ``migrate`` does afterwards that it would not have done before."""

    FINE = "the next migrate does no harm"
    FAILS = "the next migrate fails"
    DESTROYS = "the next migrate destroys something"
    UNKNOWN = "cannot tell what the next migrate does"
    NOT_TRIED = "the next migrate is the way back, or nothing changed"


#: The exit statuses, and what each means; if several apply, the first one counts.
STATUSES = {
    1: "the commands could not be rehearsed",
    12: "a command is refused, or fails partway or at the end",
    11: "the database does not come back as it was (apart from what is lost), or the truths "
    "disagree afterwards, or the next migrate fails or destroys something",
    10: "something is lost, by the commands or on the way back",
    13: "something that matters is unknown",
    0: "nothing is lost, everything comes back, and everything that the commands touch was checked",
}
#: The status if the arguments are wrong; no rehearsal has it.
USAGE = 2


@dataclass(frozen=True)
class Unknown:
    """Something that matters, but is not known.

    Attributes:
        id: a stable name, as in ``"faked-operations"``.
        what: what is not known, and why, in one sentence.
        where: the migration, table or program that it is about; may be empty.
        do: how to find out.
    """

    id: str
    what: str
    where: str = ""
    do: str = ""


@dataclass(frozen=True)
class Outcome:
    """What happened, what it costs, whether it comes back, and what it leaves behind.

    Attributes:
        happened: how the commands ended.
        cost: what is lost, after the commands and the way back.
        back: how much the way back restores.
        agreeing: whether the truths agree less than before.
        next: what plain ``migrate`` does afterwards.

    Raises:
        ValueError: these values contradict each other (``impossible`` says why).
    """

    happened: Happened
    cost: Cost
    back: Return
    agreeing: Agreeing
    next: Next

    def __post_init__(self) -> None:
        for why in impossible(self):
            raise ValueError(f"a rehearsal cannot end like this: {why}; {self}")

    @property
    def status(self) -> int:
        """The exit status, a key of ``STATUSES``."""
        return next(status for status in STATUSES if _HOLDS[status](self))

    @property
    def fine(self) -> bool:
        """Whether no problem was found."""
        return self.status == 0

    @property
    def loses(self) -> bool:
        """Whether stored data would be gone."""
        return self.cost is Cost.SOME

    @property
    def comes_back(self) -> bool:
        """Whether everything is as it was before, after the way back."""
        return self.back in (Return.VALUES, Return.NOT_NEEDED)

    @property
    def stops(self) -> bool:
        """Whether a command is refused or fails."""
        return self.happened in _STOPS


def not_rehearsed() -> Outcome:
    """The outcome if miglab's own limits prevented the rehearsal: nothing is known."""
    return Outcome(
        Happened.NOT_REHEARSED, Cost.UNKNOWN, Return.UNKNOWN, Agreeing.CANNOT_TELL, Next.UNKNOWN
    )


_STOPS = (Happened.STOPPED, Happened.REFUSED, Happened.FAILED_AFTER)


def _not_whole(each: Outcome) -> bool:
    """Whether the way back leaves a difference that is not a known loss, such as a NULL that is a
    value now."""
    if each.back is Return.ROWS:
        return each.cost is not Cost.SOME
    return each.back in (Return.NOT_AT_ALL, Return.RUNS, Return.MORE)


_HOLDS: dict[int, Callable[[Outcome], bool]] = {
    1: lambda each: each.happened is Happened.NOT_REHEARSED,
    12: lambda each: each.stops,
    11: lambda each: (
        _not_whole(each)
        or each.agreeing is Agreeing.WORSE
        or each.next in (Next.FAILS, Next.DESTROYS)
    ),
    10: lambda each: each.loses,
    13: lambda each: (
        each.cost is Cost.UNKNOWN
        or each.back is Return.UNKNOWN
        or each.agreeing is Agreeing.CANNOT_TELL
        or each.next is Next.UNKNOWN
    ),
    0: lambda each: True,
}


def impossible(each: Outcome) -> Iterator[str]:
    """Why this outcome is impossible: one sentence for each reason; none if it is possible."""
    unknown = (Cost.UNKNOWN, Return.UNKNOWN, Agreeing.CANNOT_TELL, Next.UNKNOWN)
    known = (each.cost, each.back, each.agreeing, each.next)
    if each.happened is Happened.NOT_REHEARSED:
        if known != unknown:
            yield "a command that could not be rehearsed says nothing about the rest"
        return
    if each.happened is Happened.REFUSED and each.back is not Return.NOT_NEEDED:
        yield "a command that is refused before anything changed needs no way back"
    if each.happened is Happened.FAILED_AFTER and each.back is Return.NOT_NEEDED:
        yield "if all migrations were done, something changed"
    if each.back is Return.NOT_NEEDED:
        if each.cost is Cost.SOME:
            yield "if nothing changed, nothing is lost"
        if each.agreeing is not Agreeing.NO_WORSE:
            yield "if nothing changed, the truths agree as before"
        if each.next is not Next.NOT_TRIED:
            yield "if nothing changed, plain migrate does the same as before"
    if each.back in (Return.VALUES, Return.MORE) and each.cost is Cost.SOME:
        yield "if every value is back, nothing is lost"
    if each.back is Return.SCHEMA and each.cost is not Cost.SOME:
        yield "if rows do not come back, something is lost"
    if each.back is Return.UNKNOWN and each.cost is Cost.NOTHING:
        yield "if the way back is unknown, so is what it loses"

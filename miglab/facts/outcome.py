"""How a rehearsal ended: the one value from which every word, colour and exit status follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum


class Happened(Enum):
    """What became of the commands."""

    RAN = ("ran", "every command ran to its end")
    STOPPED = ("stops on the way", "a command failed, and not all of it was done")
    REFUSED = ("is refused", "a command was refused before anything changed")
    FAILED_AFTER = ("fails at the end", "all migrations were done, then the command failed")
    NOT_REHEARSED = ("could not be rehearsed", "a limit of miglab's stood in the way")

    def __init__(self, words: str, meaning: str) -> None:
        self.words, self.meaning = words, meaning


class Cost(Enum):
    """What is lost, there and back: what was stored and is not there any more at the end."""

    NOTHING = "nothing lost"
    SOME = "something is lost"
    UNKNOWN = "cannot tell whether anything is lost"


class Return(Enum):
    """How far the way back leads, from not at all to whole; then what is no level."""

    NOT_AT_ALL = ("does not come back", "the commands back are refused or fail")
    RUNS = ("comes back with another schema", "the commands back run")
    SCHEMA = ("the tables come back, not all rows", "the same schema, but for the order of columns")
    ROWS = ("the rows come back, not all values", "every row is there again")
    MORE = ("comes back with more rows", "every row and value is there again, and rows were added")
    VALUES = ("comes back whole", "every row and every value is there again")
    NOT_NEEDED = ("nothing to go back from", "the commands changed nothing")
    UNKNOWN = ("cannot tell whether it comes back", "the way back could not be rehearsed")

    def __init__(self, words: str, meaning: str) -> None:
        self.words, self.meaning = words, meaning

    @property
    def measured(self) -> bool:
        """Whether the rows were compared with those of the beginning, after the way back."""
        return self not in (Return.NOT_AT_ALL, Return.NOT_NEEDED, Return.UNKNOWN)


class Agreeing(Enum):
    """Whether record and tables, or models and files, agree less than before. Migrations that a
    revert leaves unapplied are its purpose, and count for nothing."""

    NO_WORSE = "the truths agree as before"
    WORSE = "the truths agree less than before"
    CANNOT_TELL = "cannot tell whether the truths still agree"


class Next(Enum):
    """What plain ``migrate`` does afterwards, and would not have done before."""

    FINE = "the next migrate does no harm"
    FAILS = "the next migrate fails"
    DESTROYS = "the next migrate destroys something"
    UNKNOWN = "cannot tell what the next migrate does"
    NOT_TRIED = "the next migrate is the way back, or nothing changed"


#: Exit statuses with what each means, in the order in which they win where several hold.
STATUSES = {
    1: "it could not be rehearsed",
    12: "a command is refused, or fails on the way or at the end",
    11: "it does not come back whole, or leaves behind truths that disagree, or a next migrate "
    "that fails or destroys",
    10: "something is lost, there or on the way back",
    13: "something that matters is unknown",
    0: "nothing is lost, it comes back whole, and all that it touches was looked at",
}
#: The statuses that are no rehearsal's: the arguments were wrong.
USAGE = 2


@dataclass(frozen=True)
class Unknown:
    """Something that matters and is not known.

    Attributes:
        id: a stable name, as in ``"faked-operations"``.
        what: what is not known and why, in one sentence.
        where: the migration, table or program that it is about; may be empty.
        do: what would make it known.
    """

    id: str
    what: str
    where: str = ""
    do: str = ""


@dataclass(frozen=True)
class Outcome:
    """What happened, what it costs, whether one comes back, and what it leaves behind.

    Attributes:
        happened: what became of the commands.
        cost: what is lost, there and back.
        back: how far the way back leads.
        agreeing: whether the truths agree less than before.
        next: what plain ``migrate`` does afterwards.

    Raises:
        ValueError: these can't hold together (``impossible`` says why).
    """

    happened: Happened
    cost: Cost
    back: Return
    agreeing: Agreeing
    next: Next

    def __post_init__(self) -> None:
        for why in impossible(self):
            raise ValueError(f"no rehearsal ends so: {why}; {self}")

    @property
    def status(self) -> int:
        """The exit status, a key of ``STATUSES``."""
        return next(status for status in STATUSES if _HOLDS[status](self))

    @property
    def fine(self) -> bool:
        """Whether nothing speaks against it."""
        return self.status == 0

    @property
    def loses(self) -> bool:
        """Whether something that is stored would not be there any more."""
        return self.cost is Cost.SOME

    @property
    def comes_back(self) -> bool:
        """Whether everything is as it was, once one is back."""
        return self.back in (Return.VALUES, Return.NOT_NEEDED)

    @property
    def stops(self) -> bool:
        """Whether a command is refused or fails."""
        return self.happened in _STOPS


def not_rehearsed() -> Outcome:
    """The outcome where a limit of miglab's stood in the way: nothing is known."""
    return Outcome(
        Happened.NOT_REHEARSED, Cost.UNKNOWN, Return.UNKNOWN, Agreeing.CANNOT_TELL, Next.UNKNOWN
    )


_STOPS = (Happened.STOPPED, Happened.REFUSED, Happened.FAILED_AFTER)


def _not_whole(each: Outcome) -> bool:
    """A way back that leaves something else than what is known to be lost: NULLs that are values
    now, too."""
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
    """Why such an outcome can't be, a sentence for each reason; none for one that can."""
    unknown = (Cost.UNKNOWN, Return.UNKNOWN, Agreeing.CANNOT_TELL, Next.UNKNOWN)
    known = (each.cost, each.back, each.agreeing, each.next)
    if each.happened is Happened.NOT_REHEARSED:
        if known != unknown:
            yield "what could not be rehearsed tells nothing"
        return
    if each.happened is Happened.REFUSED and each.back is not Return.NOT_NEEDED:
        yield "what is refused before anything changed needs no way back"
    if each.happened is Happened.FAILED_AFTER and each.back is Return.NOT_NEEDED:
        yield "where all migrations were done, something changed"
    if each.back is Return.NOT_NEEDED:
        if each.cost is Cost.SOME:
            yield "where nothing changed, nothing is lost"
        if each.agreeing is not Agreeing.NO_WORSE:
            yield "where nothing changed, the truths agree as before"
        if each.next is not Next.NOT_TRIED:
            yield "where nothing changed, plain migrate does what it did before"
    if each.back in (Return.VALUES, Return.MORE) and each.cost is Cost.SOME:
        yield "where every value is there again, nothing is lost"
    if each.back is Return.SCHEMA and each.cost is not Cost.SOME:
        yield "where rows do not come back, something is lost"
    if each.back is Return.UNKNOWN and each.cost is Cost.NOTHING:
        yield "where the way back is unknown, so is what it takes"

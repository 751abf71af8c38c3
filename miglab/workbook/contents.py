"""The contents page of a learner's copy: which lessons are done, and which one is next.

A lesson is done when the check of its task has once found every goal reached, and begun when
something was predicted, judged or tried in it. A missed prediction is asked again some days later
(``review.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from ..errors import MiglabError
from ..progress import Event, Journal
from .delivery import delivered, is_workbook, renew_page
from .lessons import read_object
from .review import due

#: The contents page, in the lessons and in each copy.
PAGE = "README.md"

_JOURNAL = "progress.jsonl"
_ROW = re.compile(r"^\| (\d+) \| \[([^\]]+)\]\(([^)]+)\)", re.MULTILINE)
_NAMED = re.compile(r"\b(predict|judge|your_turn|check)\(\"([^\"]+)\"\)")

#: The key of an event that says what it is about, and the function in a lesson that names it.
_ABOUT = {
    "question": {"predict"},
    "claim": {"judge"},
    "task": {"your_turn", "check"},
}


@dataclass(frozen=True)
class Progress:
    """How far a learner is with one lesson; ``path`` is that of the learner's copy."""

    number: int
    title: str
    path: str
    begun: bool
    done: bool

    @property
    def mark(self) -> str:
        """✓ done, ◐ begun, ○ neither."""
        return "✓" if self.done else "◐" if self.begun else "○"


def journal_of(folder: Path) -> Path:
    """Where a copy of the lessons keeps its events (``miglab.progress``)."""
    return folder / _JOURNAL


def workbook_of(folder: Path) -> Path | None:
    """The copy of the lessons that a folder is, or is in; ``None`` if it is in none."""
    here = folder.absolute()
    return next((each for each in (here, *here.parents) if is_workbook(each)), None)


def progress(lessons: Path, folder: Path, events: Iterable[Event]) -> list[Progress]:
    """How far a learner is with each lesson of the contents, in reading order."""
    page = (lessons / PAGE).read_text(encoding="utf-8")
    known, seen = delivered(folder), list(events)
    found = []
    for number, title, name in _ROW.findall(page):
        named = _named(lessons / name)
        own = [each for each in seen if _is_about(each, named)]
        done = any(each.kind == "checked" and each.data.get("done") is True for each in own)
        path = known.get(name, {}).get("as", name)
        path = path if (folder / path).exists() else name
        found.append(Progress(int(number), title, path, bool(own), done))
    return found


def contents(lessons: Path, folder: Path, now: datetime | None = None) -> str:
    """The contents page with a mark at each lesson, what is next, and what to answer again.

    Args:
        now: in UTC; without it, the present time.

    Raises:
        BadInput: what the learner did cannot be read.
    """
    page = (lessons / PAGE).read_text(encoding="utf-8")
    events = Journal(journal_of(folder)).read()
    found = progress(lessons, folder, events)
    again = _again(lessons, found, due(events, now or datetime.now(UTC)))
    rows = iter(found)

    def marked(_row: re.Match[str]) -> str:
        each = next(rows)
        return f"| {each.mark} {each.number} | [{each.title}]({_address(each.path)})"

    page = _ROW.sub(marked, page)
    table = _TABLE.search(page)
    start = table.start() if table else len(page)
    return f"{page[:start]}{summary(found)}\n\n{again}{page[start:]}"


def _again(lessons: Path, found: list[Progress], names: list[str]) -> str:
    """The questions to answer again, each with a link to its place in its lesson, as Markdown."""
    lines = []
    for name in names:
        for each, lesson in zip(found, _lessons(lessons), strict=True):
            if ("predict", name) in _named(lessons / lesson):
                heading = _heading_of(lessons / lesson, name)
                address = f"{_address(each.path)}#{quote(heading.replace(' ', '-'))}"
                lines.append(f"- [{each.title}: “{heading}”]({address})\n")
    if not lines:
        return ""
    one = len(lines) == 1
    what = "this question" if one else f"these {len(lines)} questions"
    them = "it" if one else "them"
    return f"**Answer {what} again today**; you missed {them} earlier:\n\n{''.join(lines)}\n"


def _lessons(lessons: Path) -> list[str]:
    page = (lessons / PAGE).read_text(encoding="utf-8")
    return [name for _, _, name in _ROW.findall(page)]


@cache
def _heading_of(lesson: Path, question: str) -> str:
    """The heading above a question, without backticks; empty if the lesson does not ask it."""
    heading = ""
    for cell in read_object(lesson).get("cells", []):
        source = "".join(cell["source"])
        if cell.get("cell_type") == "markdown":
            heading = ([heading, *_HEADING.findall(source)])[-1]
        elif f'predict("{question}")' in source:
            return heading.replace("`", "")
    return ""


_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


_TABLE = re.compile(r"^\|", re.MULTILINE)


def summary(found: list[Progress]) -> str:
    """How many lessons are done, and which one is next, as Markdown."""
    done = sum(each.done for each in found)
    after = _first_left(found)
    verb = "is" if done == 1 else "are"
    told = f"**{done} of {len(found)} lessons {verb} done** (✓ done, ◐ begun, ○ not begun)."
    if after is None:
        return f"{told} You have solved every task."
    what = "its task is still to do" if after.begun else "not begun yet"
    return f"{told} **Next:** [{after.title}]({_address(after.path)}) ({what})."


def next_lesson(lessons: Path, folder: Path) -> Progress | None:
    """The first lesson that is not done; ``None`` if all are.

    Raises:
        BadInput: what the learner did cannot be read.
    """
    found = progress(lessons, folder, Journal(journal_of(folder)).read())
    return _first_left(found)


def _first_left(found: list[Progress]) -> Progress | None:
    return next((each for each in found if not each.done), None)


def tick(lessons: Path, folder: Path) -> None:
    """Bring the contents page of a copy up to date. A page that the learner has changed stays as it
    is. If it cannot be read or written, nothing happens: the events are still there."""
    try:
        renew_page(folder, PAGE, contents(lessons, folder).encode())
    except (MiglabError, OSError):
        return


def _address(path: str) -> str:
    return path.replace(" ", "%20").replace("(", "%28").replace(")", "%29")


@cache
def _named(lesson: Path) -> frozenset[tuple[str, str]]:
    """Each question, claim and task of a lesson, as a pair: the function called, and the name."""
    cells = read_object(lesson).get("cells", [])
    code = ["".join(each["source"]) for each in cells if each.get("cell_type") == "code"]
    return frozenset(_NAMED.findall("\n".join(code)))


def _is_about(event: Event, named: frozenset[tuple[str, str]]) -> bool:
    return any(
        (function, event.data.get(key)) in named
        for key, functions in _ABOUT.items()
        for function in functions
    )

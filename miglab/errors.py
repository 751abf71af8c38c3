"""All errors that miglab raises on purpose, in one tree.

MiglabError
├── BadInput             the request is not possible; nothing has changed
│   ├── UnknownName      there is no such table, moment, migration …; lists those that exist
│   ├── BadArguments     arguments of a command line that cannot be combined
│   ├── OutsideSandbox   a path leads out of the project's folder
│   ├── NoProject        there is no project that can be rehearsed; says what to do
│   └── NotJailed        a jail was required, but this machine cannot enforce one
├── LabClosed            the lab was closed; open another
├── Interrupted          the command was stopped; the lab is as it was before
│   ├── TimeLimit        … because it ran longer than the lab allows
│   ├── AgentDied        … because the process that ran it was killed
│   ├── DiskFull         … because the disk is full
│   ├── ServerStopped    … because a database's server stopped, or ended the connection
│   └── Unanswered       … because a question was asked that nobody answered
├── NotMeasured          miglab could not find out what a command did; says what went wrong
├── NoServer             a database's server cannot be reached, or refuses what a lab needs
├── MissingExtra         the request needs an extra that is not installed
├── RefusalExpected      a lesson expected Django to refuse, but it did not
└── CannotDraw           no engine could lay out this picture
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable


class MiglabError(Exception):
    """The base class: catch it to catch everything that miglab raises on purpose.

    Attributes:
        by_hand: whether a person stopped the command, with Ctrl-C or ``lab.cancel()``. Code that
            catches other errors and goes on must raise this one again.
    """

    by_hand = False

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message, and none of miglab's own lines.

        https://ipython.readthedocs.io/en/stable/config/integrating.html
        """
        return [unbroken(f"{type(self).__name__}: {self}")]


def unbroken(text: str) -> str:
    """Text for a notebook's output, with long lines broken between words: JupyterLab would break
    them within a word. Lines are as wide as the output at 1280 pixels, beside the file browser."""
    wrapped = (
        textwrap.wrap(line, 100, break_long_words=False, break_on_hyphens=False)
        if len(line) > 100
        else [line]
        for line in text.split("\n")
    )
    return "\n".join("\n".join(lines) for lines in wrapped)


def shown(value: object) -> str:
    """The text with which an error shows a value; of a long value, only the beginning."""
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:100]}… ({len(text)} characters)"


class BadInput(MiglabError, ValueError):
    """The request is not possible. Nothing has changed."""


class UnknownName(BadInput):
    """There is nothing with this name; ``known`` lists the names that exist.

    Attributes:
        what: the kind of thing, as in ``"table"``.
        name: the name that was asked for.
        known: the names that exist.
    """

    def __init__(self, what: str, name: str, known: Iterable[str], where: str = "") -> None:
        self.what, self.name, self.known = what, name, tuple(known)
        place = f" in {where}" if where else ""
        there = f"choose from: {', '.join(self.known)}" if self.known else "there are none"
        super().__init__(f"there is no {what} {shown(name)}{place}; {there}")


class BadArguments(BadInput):
    """Arguments of a command line cannot be combined, or one of them is empty."""


class OutsideSandbox(BadInput):
    """A path leads out of the project's folder."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"{shown(path)} is outside the project's folder; give a path inside it, "
            "such as store/models.py"
        )


class NotMeasured(MiglabError):
    """miglab could not find out what a command did: ``id`` names the kind of reason, ``what`` says
    it in one sentence, and ``do`` says what to do about it."""

    def __init__(self, id: str, what: str, do: str) -> None:
        self.id, self.what, self.do = id, what, do
        super().__init__(f"{what}; {do}")


class NoServer(MiglabError):
    """A database's server cannot be reached, or refuses what a lab needs; ``server`` names it
    without a password. ``stopped`` says whether it had answered before."""

    def __init__(self, server: str, reason: str, *, stopped: bool = False) -> None:
        self.server, self.stopped = server, stopped
        super().__init__(f"the server {server}: {reason}")


class NoProject(BadInput):
    """There is no Django project that miglab can rehearse, or something about it is missing."""


class NotJailed(BadInput):
    """A jail was required, but nothing here can keep a project from changing other files.
    ``protection`` says what is enforced (a ``facts.protection.Protection``)."""

    def __init__(self, protection: object) -> None:
        self.protection = protection
        super().__init__(
            f"this machine cannot keep a project from changing other files: {protection}; "
            "a jail needs Linux with user namespaces or Landlock (from kernel 6.2)"
        )


class LabClosed(MiglabError):
    """The lab was closed and its folder is gone."""

    def __init__(self) -> None:
        super().__init__('this lab is closed; open another with Lab("storefront")')


class Interrupted(MiglabError):
    """A command was stopped before it finished. The lab is as it was before the command."""

    def __init__(self, line: str, why: str, hint: str = "", lab_hint: str = "") -> None:
        self.line, self.why = line, why
        self.by_hand = type(self) is Interrupted
        #: The same for a terminal, where nobody holds a lab that could be as it was.
        self.without_lab = f"{line}: {why}. {hint}".rstrip()
        text = f"{line}: {why}. The lab is as it was before the command."
        super().__init__(" ".join(filter(None, (text, hint, lab_hint))))


class TimeLimit(Interrupted):
    """The command ran longer than the lab's ``time_limit`` (seconds)."""


class AgentDied(Interrupted):
    """The process that ran the command was killed."""


class DiskFull(Interrupted):
    """No space was left on the disk."""


class ServerStopped(Interrupted):
    """A database's server stopped during the command, or ended the connection."""


class Unanswered(Interrupted):
    """A question was asked, no answer was given, and nobody could be asked."""


class MissingExtra(MiglabError):
    """The request needs an extra of miglab that is not installed.

    Attributes:
        wanted: the thing that was asked for, as in ``"miglab lab"``.
        extra: the extra's name.
        modules: those of its modules that are missing.
        install: the command that installs it.
    """

    def __init__(self, wanted: str, extra: str, modules: Iterable[str], install: str) -> None:
        self.wanted, self.extra, self.modules = wanted, extra, tuple(modules)
        self.install = install
        super().__init__(
            f"{wanted} needs the extra {extra!r} ({', '.join(self.modules)} not installed); "
            f"install it: {install}"
        )


class RefusalExpected(MiglabError, AssertionError):
    """A lesson expected Django to refuse a command, but Django did not, or gave another error."""


class CannotDraw(MiglabError):
    """No engine could lay out this picture."""

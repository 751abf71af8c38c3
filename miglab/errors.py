"""Every error miglab raises on purpose, in one tree.

MiglabError
├── BadInput             what was asked for is not possible; the lab has not moved
│   ├── UnknownName      no such sandbox, table, moment, migration …; says what there is
│   ├── BadArguments     a command line whose words do not fit together
│   ├── OutsideSandbox   a path that leaves the project's folder
│   ├── NoProject        no project there that can be rehearsed; says what would make it one
│   └── NotJailed        a jail was required, and this machine enforces none
├── LabClosed            the lab was closed; open another
├── Interrupted          the command was stopped; the lab stands as it stood before it
│   ├── TimeLimit        … because it ran longer than the lab allows
│   ├── AgentDied        … because the process that ran it was killed
│   ├── DiskFull         … because there was no room left
│   └── Unanswered       … because Django asked something and nobody was there to answer
├── NotMeasured          miglab could not find out what a command did; says what went wrong
├── MissingExtra         what was asked for needs an extra that is not installed
├── RefusalExpected      a lesson expected Django to refuse, and it did not (or otherwise)
└── CannotDraw           no engine could lay out this picture
"""

from __future__ import annotations

from collections.abc import Iterable


class MiglabError(Exception):
    """The root: catching it catches everything that miglab raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message, and none of miglab's own lines.

        https://ipython.readthedocs.io/en/stable/config/integrating.html
        """
        return [f"{type(self).__name__}: {self}"]


class BadInput(MiglabError, ValueError):
    """What was asked for is not possible. Nothing has moved."""


class UnknownName(BadInput):
    """A name that fits nothing, with the names that would have.

    Attributes:
        what: the kind of thing, as in ``"table"``.
        name: what was asked for.
        known: the names there are.
    """

    def __init__(self, what: str, name: str, known: Iterable[str], where: str = "") -> None:
        self.what, self.name, self.known = what, name, tuple(known)
        place = f" in {where}" if where else ""
        there = ", ".join(self.known) if self.known else "none"
        super().__init__(f"no {what} {name!r}{place}; there is: {there}")


class BadArguments(BadInput):
    """The words of a command line do not fit together, or one of them is empty."""


class OutsideSandbox(BadInput):
    """A path that leaves the project's folder."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"{path!r} is outside the project's folder; give a path inside it, "
            "such as store/models.py"
        )


class NotMeasured(MiglabError):
    """What a command did could not be found out. ``id``, ``what`` and ``do`` are those of an
    ``Obstacle``."""

    def __init__(self, id: str, what: str, do: str) -> None:
        self.id, self.what, self.do = id, what, do
        super().__init__(f"{what}; {do}")


class NoProject(BadInput):
    """There is no Django project that miglab can rehearse, or something about it is missing."""


class NotJailed(BadInput):
    """A jail was required, and nothing here enforces that files stay as they are. ``protection``
    says what holds (a ``facts.protection.Protection``)."""

    def __init__(self, protection: object) -> None:
        self.protection = protection
        super().__init__(
            f"this machine does not enforce that a project leaves other files alone: {protection}; "
            "a jail needs Linux with user namespaces or Landlock (from kernel 6.2)"
        )


class LabClosed(MiglabError):
    """The lab was closed and its folder is gone."""

    def __init__(self) -> None:
        super().__init__('this lab is closed; open another with Lab("storefront")')


class Interrupted(MiglabError):
    """A command was stopped before its end. The lab stands as it stood before the command."""

    def __init__(self, line: str, why: str, hint: str = "") -> None:
        self.line, self.why = line, why
        text = f"{line}: {why}. The lab stands as it stood before the command."
        super().__init__(f"{text} {hint}".rstrip())


class TimeLimit(Interrupted):
    """The command ran longer than the lab's ``time_limit`` (seconds)."""


class AgentDied(Interrupted):
    """The process that ran the command was killed."""


class DiskFull(Interrupted):
    """There was no room left on the disk."""


class Unanswered(Interrupted):
    """Django asked a question, and no answer was given and nobody could be asked."""


class MissingExtra(MiglabError):
    """What was asked for needs an extra of miglab that is not installed.

    Attributes:
        wanted: what was asked for, as in ``"miglab lab"``.
        extra: the extra's name.
        modules: what is missing of it.
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
    """A lesson said that Django would refuse a command, and Django did not, or otherwise."""


class CannotDraw(MiglabError):
    """No engine could lay out this picture."""

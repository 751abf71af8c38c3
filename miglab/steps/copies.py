"""Second copies of a stage: one for trying things out, and one that becomes a lab of its own."""

from __future__ import annotations

import weakref
from dataclasses import replace
from typing import Protocol

from ..databases.engine import Handle
from ..errors import LabClosed, NoProject
from ..interrupts import Uninterrupted
from ..project import Project
from ..project.databases import no_database
from ..runners import choose
from ..sandbox.sandbox import Sandbox
from .moments import Moment
from .opening import in_our_words
from .reader import Reader
from .stage import Stage
from .surroundings import place_of, setup_for


class HasCopies(Protocol):
    """An object that needs copies of databases."""

    @property
    def copies(self) -> set[Handle]:
        """The handles of these copies."""


#: Maps a stage to the objects that need copies of databases in its second copy.
_needed: weakref.WeakKeyDictionary[Stage, weakref.WeakSet[HasCopies]] = weakref.WeakKeyDictionary()


def keep_copies_for(stage: Stage, full: HasCopies) -> None:
    """Keep the copies of databases that ``full`` names for as long as ``full`` is in use."""
    _needed.setdefault(stage, weakref.WeakSet()).add(full)


def twin_of(stage: Stage, alias: str | None = None, at: Moment | None = None) -> Stage:
    """The second copy of a stage, for trying things out, brought to the wanted moment. A stage has
    only one, which shares its agent. A stage that is used only ``once`` is its own twin.

    Args:
        alias: the database that is read; without it, the same as on this stage.
        at: a moment of this stage; without it, the current one, after a look for changes that were
            made outside.

    Raises:
        NoProject: this database does not exist yet: the project does not have it, and it was not
            made here.
    """
    at = at or stage.now()[0]
    alias = alias or stage.reader.alias
    _check_there(stage.project, alias, at)
    same = alias == stage.reader.alias
    twin = stage if stage.once else _twin(stage)
    twin.reader.alias = alias
    twin.begin_at(at if same else Moment(at.snapshot))
    return twin


def _twin(stage: Stage) -> Stage:
    """The second copy of this stage. It is made if there is none yet.

    Raises:
        LabClosed: the stage was closed meanwhile.
    """
    if stage.twin is None:
        with Uninterrupted():
            stage.twin = _made_twin(stage)
            if stage.closed:
                # By another thread, which may have looked for a twin before there was one.
                stage.twin.sandbox.remove()
                raise LabClosed
    twin = stage.twin
    twin.copied = stage.copied
    twin.reader.time_limit, twin.reader.tell = stage.reader.time_limit, stage.reader.tell
    twin.sandbox.forget_copies(set().union(*(each.copies for each in _needed.get(stage, ()))))
    return twin


def _check_there(project: Project, alias: str, now: Moment) -> None:
    source = project.sources.get(alias)
    if source is not None and now.snapshot.databases.get(alias) is None:
        raise NoProject(no_database(alias, source, project.engine(alias)))


def _made_twin(stage: Stage) -> Stage:
    sandbox = _laid_out_as(stage)
    sandbox.rewinds = False
    try:
        reader = stage.reader.beside(place_of(sandbox, stage.project))
        return Stage(stage.project, sandbox, reader, stage.apps)
    except BaseException:
        sandbox.remove()
        raise


def copy_stage(stage: Stage, runner: str | None) -> Stage:
    """A second stage at the current moment of this one, independent of it.

    Raises:
        MiglabError: it could not be opened.
    """
    now, _ = stage.now()
    with in_our_words():
        return _copied(stage, now, runner)


def _copied(stage: Stage, now: Moment, runner: str | None) -> Stage:
    sandbox = _laid_out_as(stage)
    try:
        sandbox.restore(now.snapshot)
        # The other lab may be closed before this one.
        sandbox.forget_marks()
        reader = Reader(
            choose(runner, setup_for(stage.project)),
            place_of(sandbox, stage.project),
            stage.reader.time_limit,
        )
    except BaseException:
        sandbox.remove()
        raise
    copy = Stage(stage.project, sandbox, reader, stage.apps)
    copy.copied = stage.copied
    reader.prepare(copy.moments.now.snapshot.digest)
    return copy


def _laid_out_as(stage: Stage) -> Sandbox:
    """A sandbox for the same project with nothing in it yet: a snapshot fills it."""
    return Sandbox(replace(stage.project, root=stage.sandbox.project, files=(), folders=()))

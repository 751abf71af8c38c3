"""Opens stages: a bundled project in the wanted state, or a copy of a user's project."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

from ..databases.engine import Lacks
from ..errors import BadInput, MiglabError, NoProject
from ..facts.fidelity import DatabaseCopy
from ..facts.truths import Files, Truths, Unreadable
from ..home import home
from ..interrupts import LetIn, Uninterrupted
from ..project import Project
from ..project.databases import no_database, with_databases
from ..runners import Runner, Stopped, answers, choose
from ..runners.base import Tell, Terms
from ..sandbox.sandbox import Sandbox
from . import start
from .commands import typed
from .reader import Reader, why
from .stage import Stage
from .stopping import has_no_room, is_full
from .surroundings import place_of, setup_for


def open_stage(
    project: Project,
    at: str | Sequence[str] | None,
    apps: tuple[str, ...],
    time_limit: float,
    runner: str | None,
    tell: Tell | None = None,
    let_in: LetIn = nullcontext,
    begin: Callable[[Stage], None] | None = None,
) -> Stage:
    """Open a new stage. A bundled project is brought to the wanted state, with rows; a user's
    project gets copies of its databases.

    ``let_in`` allows interrupts during long work, for a caller that otherwise holds them back until
    it has the stage. ``begin`` brings the stage to where it begins, before its truths are read.

    Raises:
        UnknownName: there is no such app, migration or runner.
        MiglabError: the project could not be set up.
    """
    start.wanted(at)
    with in_our_words():
        return _opened(project, at, apps, time_limit, runner, tell, let_in, begin)


@contextmanager
def in_our_words() -> Iterator[None]:
    """A context that turns the system's errors into miglab's own while a lab is opened."""
    try:
        yield
    except OSError as error:
        if is_full(error):
            why = "no space is left on the disk; free some space, then try again"
            raise MiglabError(f"the lab could not be opened: {why}") from None
        where = f"{error.filename}: " if error.filename else ""
        raise BadInput(
            f"the lab could not be opened: {where}{error.strerror or error} "
            f"(labs are in {home()}; to use another folder, set the variable MIGLAB_HOME)"
        ) from None


def _opened(
    project: Project,
    at: str | Sequence[str] | None,
    apps: tuple[str, ...],
    time_limit: float,
    runner: str | None,
    tell: Tell | None,
    let_in: LetIn,
    begin: Callable[[Stage], None] | None,
) -> Stage:
    sandbox = Sandbox(project, let_in)
    try:
        agent = choose(runner, setup_for(project))
    except BaseException:
        sandbox.remove()
        raise
    try:
        if project.own:
            with let_in():
                project = _with_databases(project, sandbox, agent, time_limit)
            if setup_for(project) != agent.setup:
                # Before the settings were read, nobody knew which server it has to reach.
                agent.close()
                agent = choose(runner, setup_for(project))
        reader = Reader(agent, place_of(sandbox, project), time_limit)
        with let_in():
            copied, missing = _fill(project, sandbox, reader, at, tell)
        if missing:
            project = replace(project, missing=missing)
            reader.place = place_of(sandbox, project)
        stage = Stage(project, sandbox, reader, apps)
        stage.copied = copied
        if begin is not None:
            with let_in():
                begin(stage)
        reader.prepare(stage.moments.now.snapshot.digest)
        if apps:
            stage.check_labels(apps)
        if project.own:
            with let_in():
                _check_own(project, stage.truths(), reader)
                stage.settle()
    except BaseException as error:
        with Uninterrupted(wanted=False):
            full = has_no_room(sandbox.root)
            agent.close()
            sandbox.remove()
        if isinstance(error, Stopped):
            if full:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
            reason = why(error, time_limit)
            raise MiglabError(f"the lab could not be opened: {reason}") from None
        raise
    return stage


def _with_databases(
    project: Project, sandbox: Sandbox, agent: Runner, time_limit: float
) -> Project:
    """The project with the databases that its settings name. The sandbox gets a place for each of
    them."""
    request = {"do": "settings", "place": place_of(sandbox, project), "digest": ""}
    try:
        answer = agent.run(request, Terms(limit=time_limit))
    except Stopped as stopped:
        reason = why(stopped, time_limit)
        raise NoProject(f"the settings of {project.root} cannot be read: {reason}") from None
    if not answer.get("settings"):
        said = answers.refusal(answer["error"]) or "manage.py did not call Django"
        reaches = "; ".join(
            f"it tried to {each.what}, but miglab did not allow this: {each.do}"
            for each in answers.reaches(answer["refused"])
        )
        raise NoProject(
            f"the settings of {project.root} cannot be read: {said}{reaches and f' ({reaches})'}; "
            "name other settings with settings='…' (on the command line: --settings)"
        )
    found = with_databases(project, answer["settings"]["databases"], sandbox.project)
    sandbox.lay_out(found)
    replaced = (
        (each["setting"], each["was"], each["instead"]) for each in answer["settings"]["replaced"]
    )
    enforced = agent.protection.contents == "enforced"
    found = replace(found, replaced=tuple(replaced), linked=enforced)
    sandbox.link(found)
    _keep_originals(found)
    return found


def _keep_originals(project: Project) -> None:
    """Refuse a folder that the user allows writing to if it contains one of the project's own
    databases."""
    for folder in project.allowed.folders:
        for alias, source in project.sources.items():
            files = project.engine(alias).files(source)
            if any(each.resolve().is_relative_to(folder) for each in files[:1]):
                raise BadInput(
                    f"the database {source} is in {folder}, and miglab never writes to the "
                    "project's own databases; allow a folder that contains no database"
                )


def _check_own(project: Project, truths: Truths, reader: Reader) -> None:
    """Refuse a project that cannot be set up, that imports modules of the original, or whose first
    database does not exist. Its other databases need not exist yet."""
    foreign = reader.foreign
    if foreign:
        raise NoProject(
            "these modules were imported from the original project, not from its copy: "
            f"{', '.join(foreign[:3])}; remove the original's folder from sys.path"
        )
    if isinstance(truths.models, Unreadable):
        met = "".join(f" ({each})" for each in reader.obstacles)
        raise NoProject(f"the project cannot be set up: {truths.models.reason}{met}")
    engine, source = project.engine(reader.alias), project.sources[reader.alias]
    if not engine.exists(source):
        raise NoProject(no_database(reader.alias, source, engine))


def _fill(
    project: Project,
    sandbox: Sandbox,
    reader: Reader,
    at: str | Sequence[str] | None,
    tell: Tell | None,
) -> tuple[tuple[DatabaseCopy, ...], tuple[str, ...]]:
    """Bring the databases to where the lab begins. For a user's project, returns how and when each
    database was copied, and the names of what the copies do not have."""
    if project.own:
        targets = {path: alias for alias, path in project.databases.items()}
        copied, missing = [], list[str]()
        for alias in targets.values():
            source = project.sources[alias]
            state = sandbox.engines[alias].state(source)
            if state is not None:
                now = datetime.now(UTC)
                try:
                    sandbox.fill(alias, source, tell, bool(project.copy_is))
                except (OSError, MiglabError):
                    raise
                except Exception as error:
                    # The driver's own, whichever it is.
                    raise NoProject(f"the database {source} cannot be copied: {error}") from None
                lacks = Lacks() if project.copy_is else sandbox.engines[alias].lacks(source)
                missing += lacks.names
                copied.append(
                    DatabaseCopy(alias, source, now, state.changed, state.size, lacks.said)
                )
        return tuple(copied), tuple(dict.fromkeys(missing))

    def files() -> Files | Unreadable:
        return reader.project(sandbox.snapshot().digest).files

    def run(lines: Sequence[Sequence[str]]) -> None:
        code = _RUN_ALL.replace("LINES", repr([[*each] for each in lines]))
        request = {"do": "shell", "code": code, "noted": False}
        answer = reader.ask(sandbox.snapshot().digest, request)
        if answer["error"]:
            begun = answer["output"].count(_BEGUN)
            where = f"{typed(lines[begun - 1])}: " if begun else ""
            refusal = answers.refusal(answer["error"])
            raise MiglabError(f"the lab could not be opened: {where}{refusal}")

    start.prepare(sandbox, at, files, run)
    return (), ()


#: What is printed before each of several commands.
_BEGUN = "# begun\n"
#: Runs all commands in one process, so that the project is set up only once.
_RUN_ALL = f"""
from django.core.management import call_command as _call

for _words in LINES:
    print({_BEGUN!r}, end="")
    _call(*_words, verbosity=0)
"""

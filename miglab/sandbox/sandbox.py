"""A project and its database as a throwaway copy: how it is made, read, restored and removed.

home()/labs/
  3f2a….lock      a lock that the process that owns the lab holds as long as it lives
  3f2a…/project/  the project; ``lab.folder`` is in it
  3f2a…/databases/  databases that the original keeps outside its folder
  3f2a…/databases.json  ``DATABASES`` for the settings of a practice project on a server
  3f2a…/journal   what was run with manage.py in a terminal, a line each; not for a user's project
  3f2a…/store/    every version of a file and of a database that the lab may go back to
home()/templates/, home()/beginnings/, home()/code/
  databases that labs start with, how exercises begin, and compiled code: kept between labs, for a
  month
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from ..databases.engine import Engine, Handle, Tell
from ..errors import BadInput, MiglabError, OutsideSandbox, UnknownName
from ..home import home
from ..interrupts import LetIn, Uninterrupted
from ..project import SETTINGS_FILE, Project
from . import links
from .copying import copy_files
from .entries import DATABASE, FILE, Entries, Entry
from .owners import forget_old, lives, remove_tree, sweep, take_lock
from .snapshot import PROJECT, Snapshot, files_of

#: What a copy's folder holds beside the project, by how the names begin: contents that are kept,
#: what the agent writes, and the temporary files of processes that still run.
_RESERVED = ("store", "output", "journal", "refused", "lost-", "tmp", SETTINGS_FILE)


class Sandbox:
    """A throwaway copy of a project under ``home()``, owned by this process. Its databases are
    empty until they are filled. ``let_in`` allows interrupts during long work."""

    def __init__(self, project: Project, let_in: LetIn = nullcontext) -> None:
        labs = home() / "labs"
        labs.mkdir(parents=True, exist_ok=True)
        sweep(labs)
        forget_old(home() / "templates", home() / "beginnings", home() / "code")
        self._lock_path, self._lock = take_lock(labs)
        self.root = self._lock_path.with_suffix("")
        self.project = self.root / PROJECT
        self.manage = self.root / project.manage
        self.folder = self.manage.parent if project.in_copy else self.project
        self.databases: dict[str, Handle] = {}
        self.engines: dict[str, Engine] = {}
        self.output = self.root / "output"
        self.store = self.root / "store"
        self.journal = self.root / "journal"
        self._journal_read = 0
        self._own: frozenset[str] = frozenset()
        self._sidecars: frozenset[str] = frozenset()
        self._copies = 0
        self._kept: set[str] = set()
        #: Whether somebody may go back to the moment before: not where things are tried out.
        self.rewinds = True
        #: Whether a snapshot has the databases themselves in place of copies; see ``keep``.
        self.lends = False
        self._last: dict[str, tuple[tuple[object, ...], Handle | None]] = {}
        #: What was found in copies: nobody writes to them, and each has a name of its own.
        self._others: dict[Handle, Mapping[str, str]] = {}
        try:
            with let_in():
                # A copy may hold what only its owner may read.
                self.root.mkdir(mode=0o700)
                self.store.mkdir()
                if not project.own:
                    self.journal.touch()
                self.folder.mkdir(parents=True, exist_ok=True)
                self._entries = Entries(self.root, _RESERVED)
                copy_files(project, self.project)
                if project.manage_text is not None:
                    self.manage.write_text(project.manage_text, encoding="utf-8")
                self.lay_out(project)
                links.link(project, self.project)
        except BaseException:
            self.remove()
            raise

    def lay_out(self, project: Project) -> None:
        """Choose the place of each of the project's databases, and prepare it; the databases need
        not exist yet."""
        self.engines = {alias: project.engine(alias) for alias in project.databases}
        self.databases = {
            alias: self.engines[alias].handle(self.root, place)
            for alias, place in project.databases.items()
        }
        names = [
            [path.relative_to(self.root).as_posix() for path in self.engines[alias].files(handle)]
            for alias, handle in self.databases.items()
        ]
        self._own = frozenset(each[0] for each in names if each)
        self._sidecars = frozenset(path for each in names for path in each[1:])
        labs = self.root.parent
        for engine in {*self.engines.values()}:
            engine.sweep(labs, lambda lab: lives(labs, lab))
        for alias, handle in self.databases.items():
            self.engines[alias].make_room(handle)
        if project.settings_file:
            told = {
                alias: self.engines[alias].setting(each) for alias, each in self.databases.items()
            }
            (self.root / SETTINGS_FILE).write_text(json.dumps(told, indent=1), encoding="utf-8")

    def link(self, project: Project) -> None:
        """Make links in the copy to files that were not copied, if the project may have links."""
        links.link(project, self.project)

    @property
    def first(self) -> str:
        """The alias ``default``, or the first one."""
        return "default" if "default" in self.databases else next(iter(self.databases))

    def is_database(self, path: Path) -> bool:
        """Whether ``path``, a real path, is the file of the first database."""
        files = self.engines[self.first].files(self.databases[self.first])
        return any(path == each.resolve() for each in files[:1])

    def inside(self, path: str) -> Path:
        """The path of a file of the project.

        Raises:
            OutsideSandbox: the path leaves the project's folder.
            BadInput: it is not a path.
        """
        folder = self.project.resolve()
        try:
            target = (folder / path).resolve()
            os.fsencode(target)
        except (TypeError, ValueError, OSError, RuntimeError):
            # No text, or a NUL, half of a surrogate pair, a name that is too long, a ring of links.
            raise BadInput(f"{path!r} is not a path; give one such as store/models.py") from None
        if target == folder or not target.is_relative_to(folder):
            raise OutsideSandbox(path)
        return target

    def find(self, path: str) -> list[Path]:
        """The file of the project with this path, or all files that match a pattern.

        Raises:
            OutsideSandbox, UnknownName: there is none.
        """
        self.inside(path)
        names = sorted(self.files())
        try:
            inside = {e.relative_to(self.project).as_posix() for e in self.project.glob(path)}
        except (ValueError, NotImplementedError, OSError) as error:
            raise BadInput(f"{path!r} is neither a path nor a pattern: {error}") from None
        found = [name for name in names if name == path] or sorted(inside & {*names})
        if not found:
            folder = path.rpartition("/")[0]
            near = [each for each in names if each.rpartition("/")[0] == folder] or names
            raise UnknownName("file", path, near)
        return [self.inside(name) for name in found]

    @property
    def sure(self) -> bool:
        """Whether ``changed_databases`` is true only if something was written."""
        return all(each.sure for each in self.engines.values())

    def alike(self, before: Snapshot, after: Snapshot) -> bool:
        """Whether the databases of two moments are surely equal in everything that neither the
        truths nor the rows show, such as rights and the positions of sequences."""
        for alias, engine in self.engines.items():
            old, new = before.databases.get(alias), after.databases.get(alias)
            if old == new:
                continue
            if old is None or new is None or engine.sure:
                return False
            try:
                if engine.beyond(old) != engine.beyond(new):
                    return False
            except Exception:
                # Not knowing is no reason to think that nothing was written.
                return False
        return True

    def others(self, moment: Snapshot) -> dict[str, str]:
        """Everything in the databases of a moment besides tables, views and rows. Maps the name of
        each thing to how it is made."""
        found = {}
        for alias, engine in self.engines.items():
            handle = moment.databases.get(alias)
            where = f" ({alias})" if len(self.engines) > 1 else ""
            if handle is not None:
                of_one = self._others.get(handle)
                if of_one is None:
                    of_one = engine.others(handle)
                    if handle != self.databases[alias]:
                        self._others[handle] = of_one
                found.update({f"{name}{where}": made for name, made in of_one.items()})
        return found

    def answers(self) -> bool:
        """Whether the servers of all databases of this copy can be reached right now."""
        return all(each.answers() for each in {*self.engines.values()})

    def changed_databases(self) -> bool:
        """Whether something was written to a database since the last snapshot."""
        return any(
            self.engines[alias].mark(handle) != self._last.get(alias, ((), None))[0]
            for alias, handle in self.databases.items()
        )

    @property
    def marks(self) -> dict[str, object]:
        """The marks of the last snapshot in the agent's form, by alias, as far as they are known in
        that form."""
        told = {a: self.engines[a].for_agent(mark) for a, (mark, _) in self._last.items()}
        return {alias: mark for alias, mark in told.items() if mark is not None}

    def take_typed(self) -> list[str]:
        """The commands that terminals have run since the last call; empty if no journal is kept."""
        with contextlib.suppress(FileNotFoundError), open(self.journal, "rb") as file:
            file.seek(self._journal_read)
            found = file.read()
            self._journal_read += len(found)
            return found.decode("utf-8", "replace").splitlines()
        return []

    def files(self) -> dict[str, str]:
        """Paths and digests of the project's files as they are now."""
        return files_of(self.entries())

    def entries(self) -> dict[str, Entry]:
        """Everything in the copy's folders now."""
        return self._entries.look(self._own, self._sidecars)

    def snapshot(
        self,
        made: Mapping[str, tuple[Handle, object]] | None = None,
        told: Mapping[str, object] | None = None,
    ) -> Snapshot:
        """Keep the files and the databases as they are now. ``made`` maps aliases to copies of
        databases that the agent made, each with its mark: a copy is used, or else removed. ``told``
        maps aliases to what the agent said about the databases when it ended."""
        # An agent needs a folder to stand in, even if somebody removed it.
        self.folder.mkdir(parents=True, exist_ok=True)
        entries = self.entries()
        for path, entry in entries.items():
            if entry.kind == FILE and entry.content not in self._kept:
                self._entries.keep(path, self.store / entry.content)
                self._kept.add(entry.content)
        made = dict(made or {})
        for alias, database in self.databases.items():
            if told and alias in told:
                self.engines[alias].hear_mark(database, told[alias])
            mark = self.engines[alias].mark(database)
            if mark != self._last.get(alias, ((), None))[0]:
                copy: Handle | None = None
                if mark:
                    lent = self.lends and alias not in made
                    copy = database if lent else self._copy_database(alias, mark, made)
                self._last[alias] = (mark, copy)
        for alias, (one, _) in made.items():
            self.engines[alias].remove(one)
        copies = {alias: self._last.get(alias, ((), None))[1] for alias in self.databases}
        return Snapshot(entries, copies, self.store)

    def keep(self, snapshot: Snapshot) -> Snapshot:
        """Copy the databases that the last snapshot only refers to, because they are about to
        change. Return the snapshot with these copies."""
        kept = dict(snapshot.databases)
        for alias, handle in snapshot.databases.items():
            if handle is not None and handle == self.databases[alias]:
                mark, _ = self._last[alias]
                copy = self._copy_database(alias, mark, {})
                self._last[alias], kept[alias] = (mark, copy), copy
        return replace(snapshot, databases=kept)

    def _copy_database(
        self, alias: str, mark: tuple[object, ...], made: dict[str, tuple[Handle, object]]
    ) -> Handle:
        copy, engine, database = self._next_copy(alias), self.engines[alias], self.databases[alias]
        one, agents = made.get(alias, (None, None))
        if one is not None and engine.is_of_agent(mark, agents):
            del made[alias]
            engine.take_over(one, database, copy)
        else:
            engine.copy(database, copy)
        before = self._last.get(alias, ((), None))[1]
        if before is not None and self.rewinds:
            engine.expect(before)
        return copy

    def take_over(self, alias: str, made: Handle) -> Handle:
        """Keep a copy of a database that the agent made."""
        copy = self._next_copy(alias)
        self.engines[alias].rename(made, copy)
        return copy

    def _next_copy(self, alias: str) -> Handle:
        self._copies += 1
        return self.engines[alias].kept(self.store, str(self._copies))

    def restore(self, snapshot: Snapshot) -> None:
        """Restore files and databases, here or in another copy of the project. Signals wait until
        it is done; if it fails, it can be done again.

        Raises:
            OSError: there is no room.
        """
        with Uninterrupted():
            self._entries.restore(self.entries(), snapshot.entries, snapshot.store)
            for alias, copy in snapshot.databases.items():
                engine, database = self.engines[alias], self.databases[alias]
                if copy is not None:
                    engine.make_room(database)
                mark, last = self._last.get(alias, ((), None))
                if copy == database:
                    assert last == copy, "it was not kept, and is gone"
                elif last != copy or engine.mark(database) != mark:
                    self._last.pop(alias, None)
                    engine.restore(copy, database)
                    self._last[alias] = (engine.mark(database), copy)
            for path, entry in snapshot.entries.items():
                if entry.kind == DATABASE:
                    self._entries.set_mode(path, entry)

    def fill(self, alias: str, source: Handle, tell: Tell | None, given: bool) -> None:
        """Fill the database of an alias with a copy of ``source``. Others may write to ``source``
        meanwhile, unless it is ``given``: then the user has said that it is already a copy."""
        engine, database = self.engines[alias], self.databases[alias]
        if given and not engine.files(source):
            engine.copy_given(source, database)
        else:
            engine.copy(source, database, tell)

    def forget_copies(self, keep: Collection[Handle] = ()) -> None:
        """Remove all copies of databases except those in ``keep``, which moments still need."""
        for engine in {*self.engines.values()}:
            for handle in engine.all_kept(self.store):
                if handle not in keep:
                    self._others.pop(handle, None)
                    engine.remove(handle)

    def forget_marks(self) -> None:
        """Forget what was copied: the next snapshot copies all databases, and does not rely on
        copies in another sandbox's store."""
        self._last.clear()

    def remove(self) -> None:
        """Remove everything. It is not an error if something is gone already. Signals wait until it
        is done."""
        with Uninterrupted():
            # Windows removes no folder that somebody stands in, and nobody can stand where none is.
            with contextlib.suppress(OSError):
                if Path.cwd().is_relative_to(self.root.resolve()):
                    os.chdir(self.root.anchor)
            for engine in {*self.engines.values()}:
                # What cannot be removed now is for the next lab to sweep.
                with contextlib.suppress(MiglabError, OSError):
                    engine.clear(self.root)
            # An agent that sets the project up at this moment may write into what is being emptied.
            for _ in range(20):
                remove_tree(self.root)
                if not self.root.exists():
                    break
                time.sleep(0.05)
            # What could not be removed stays under its lock, for the next lab to sweep.
            if not os.path.lexists(self.root):
                with contextlib.suppress(OSError):
                    self._lock_path.unlink()
            self._lock.close()

"""Keeps the project warm: a process with Django imported, its child with the project set up.

    level 0   has imported Django; reads the wire
      └─ keeper   has set one copy of the project up for one digest, if that is possible
           └─ job   a fork of the keeper: runs one request and is gone

When the wire closes, everything is killed. If the project started threads while it was set up, or
could not be set up, the keeper stays cold: every job starts the project from the beginning, as a
terminal does. A job also does this if its arguments give other answers to what the project asked
about ``sys.argv`` while it was set up. Such a job is forked by a cold keeper beside the warm one.
"""

from __future__ import annotations

import contextlib
import gc
import os
import queue
import signal
import sys
import threading
from typing import Any, Dict, List, Optional, TextIO

from ..common.protocol import VERSION, Message
from ..common.steady import hold
from ..common.wire import Wire
from ..engines import registry
from . import databases, imports, lifetimes
from .job import Job
from .keeper import ColdKeeper, Keeper
from .project import enter


def main() -> None:
    """Read the configuration and serve until the wire closes."""
    # Whoever started miglab may have had interrupts ignored; what runs here can be cancelled.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    wire = Wire.take_standard_streams()
    lifetimes.adopt()
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = print_to(descriptor)
        setattr(sys, name, stream)
        # Whoever prints past sys.stdout prints into the same stream.
        setattr(sys, "__%s__" % name, stream)
    config = wire.receive()
    if config is None:
        return
    with lifetimes.ending_with(wire.incoming):
        import_django()
    hold(config)
    if not config.get("durable", True):
        registry.hurry()
    import django

    wire.send(
        {
            "event": "ready",
            "version": VERSION,
            "python": "%d.%d.%d" % sys.version_info[:3],
            "django": django.get_version(),
            "engines": {vendor: each.version() for vendor, each in registry.ENGINES.items()},
            "pid": os.getpid(),
        }
    )
    if config.get("once"):
        request = wire.receive()
        if request is None:
            return
        messages = heard(wire)
        answer = databases.without_project(request)
        if answer is not None:
            wire.send(answer)
        else:
            config.update(request["place"])
            registry.bring(config["engines"].values())
            enter(config)
            job = Job(config, wire, messages.get)
            job.at_end = lifetimes.end_children
            job.begin(request)
            job.run_cold()
        return
    Level0(wire, config).serve()


def heard(wire: Wire) -> queue.SimpleQueue[Optional[Message]]:
    """The messages that come while a request runs; when the wire closes, everything ends."""
    messages: queue.SimpleQueue[Optional[Message]] = queue.SimpleQueue()

    def listen() -> None:
        while True:
            message = wire.receive()
            if message is None:
                lifetimes.everyone_out()
            if message.get("do") == "interrupt":
                interrupt(message["pid"])
            else:
                messages.put(message)

    threading.Thread(target=listen, daemon=True).start()
    return messages


def interrupt(pid: int) -> None:
    """Interrupt a process as Ctrl-C would, on systems where a single process can be interrupted."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)


def print_to(descriptor: int) -> TextIO:
    """A stream that writes line by line, so that output and errors keep their order."""
    return open(descriptor, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)


def import_django() -> None:
    """Import what every command needs and no project can change."""
    import django.core.management.commands.makemigrations
    import django.core.management.commands.migrate
    import django.core.management.commands.showmigrations
    import django.core.management.commands.sqlmigrate
    import django.db.migrations.executor  # noqa: F401

    registry.import_backends()


class Level0:
    """Reads the wire and passes each message to the keeper of the right place and digest.

    Each folder has one keeper. If a warm one cannot run some command, it has a cold one, too.
    ``keeper`` is the one that was last found for a request.
    """

    def __init__(self, wire: Wire, config: Dict[str, Any]) -> None:
        self.wire, self.config = wire, config
        self.keepers: Dict[str, List[Keeper]] = {}
        self.keeper: Optional[Keeper] = None
        self.id: Optional[int] = None
        #: Modules of Django's that only a keeper can import, and those that wait to be imported in
        #: this process.
        self.learned: List[str] = []
        self.to_import: List[str] = []

    def serve(self) -> None:
        """Handle requests until the wire closes."""
        gc.collect()
        gc.freeze()
        while True:
            keepers = {each.incoming: each for several in self.keepers.values() for each in several}
            ready = self.wire.wait_for(list(keepers))
            if ready != self.wire.incoming:
                self.listen(keepers[ready])
                continue
            message = self.wire.receive()
            if message is None:
                lifetimes.everyone_out()
            do = message.get("do")
            if databases.answers(do):
                # It may take long, and meanwhile nobody reads the wire.
                with lifetimes.ending_with(self.wire.incoming):
                    answer = databases.without_project(message)
                if answer is not None:
                    self.wire.send(answer)
                    continue
            if do == "interrupt":
                interrupt(message["pid"])
                continue
            if do == "forget":
                self.lose(message["place"]["folder"])
                continue
            if do is not None:
                self.id = message.get("id")
            if do in databases.REQUESTS and message["place"]["folder"] in self.keepers:
                # Whatever the files are now, this one knows how to open a connection.
                self.keeper = self.keepers[message["place"]["folder"]][0]
            elif do is not None:
                self.keeper = self.keeper_for(message)
            if self.keeper is not None and do != "prepare":
                self.keeper.give(message)

    def listen(self, keeper: Keeper) -> None:
        """Read what the keeper and its jobs imported, that it is idle, or that it is dead."""
        message = keeper.channel.receive()
        if message is None:
            waited_for = keeper is self.keeper
            self.lose(keeper.folder)
            if waited_for:
                self.wire.send({"event": "died", "id": self.id, "signal": None, "exit": None})
        elif "resting" in message:
            keeper.rested = message["resting"]
            if all(each.idle for each in self.keepers[keeper.folder]):
                self.lose(keeper.folder)
        else:
            self.learn(message["imported"])

    def keeper_for(self, request: Message) -> Keeper:
        """Start or find a keeper for this request's place and digest, a warm one if possible; a
        cold one if the project may not be set up yet, or would not be the same."""
        place, digest = request["place"], request["digest"]
        keepers = self.keepers.get(place["folder"])
        if keepers is None or (keepers[0].place, keepers[0].digest) != (place, digest):
            self.lose(place["folder"])
            keepers = [self.started(place, digest, set_up=request["do"] != "settings")]
            self.keepers[place["folder"]] = keepers
        if keepers[0].stands_for(request):
            return keepers[0]
        if len(keepers) == 1:
            keepers.append(ColdKeeper(self.wire, self.config, place, digest, keepers[0].project))
        return keepers[1]

    def started(self, place: Dict[str, Any], digest: str, set_up: bool) -> Keeper:
        """A new keeper, warm if possible."""
        registry.bring(place["engines"].values())
        known = None
        if set_up:
            self.import_what_was_needed()
            keeper = Keeper(self.wire, self.config, place, digest, self.learned)
            if keeper.becomes_warm(self.wire):
                return keeper
            keeper.end()
            known = keeper.project
        return ColdKeeper(self.wire, self.config, place, digest, known)

    def learn(self, names: List[str]) -> None:
        """Note modules that were needed. Those that need no project are for this process, the
        others for the next keeper."""
        for name in names:
            noted = self.to_import if imports.needs_no_project(name) else self.learned
            if name not in noted:
                noted.append(name)

    def import_what_was_needed(self) -> None:
        """Import the noted modules now, because another keeper is going to be started. Most
        processes only have one keeper."""
        if self.to_import:
            with lifetimes.ending_with(self.wire.incoming):
                for name in self.to_import:
                    imports.attempt(name)
            self.to_import.clear()
            gc.freeze()

    def lose(self, folder: str) -> None:
        """End the keepers of this place, if there are any."""
        keepers = self.keepers.pop(folder, [])
        for keeper in keepers:
            keeper.end()
        if keepers:
            # What they left behind is this process's own now.
            kept = {each.pid for several in self.keepers.values() for each in several}
            lifetimes.end_children(kept)
        if self.keeper in keepers:
            self.keeper = None

"""One agent process, and miglab's end of the connection to it."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import IO

from ..agent.common.protocol import VERSION, Message, decode, encode
from ..errors import MiglabError, NotJailed
from ..facts.protection import HOOK, Protection
from ..interrupts import Uninterrupted
from .base import Setup, Stop, Stopped, Terms
from .jail import protection

_AGENT = Path(__file__).resolve().parents[1] / "agent"

#: Seconds in which an agent may end by itself, with all that it started.
END_LIMIT = 1.0

#: Seconds in which an agent has to be ready, on a slow or busy machine too.
START_LIMIT = 60.0


class AgentProcess:
    """A started agent, with a process group of its own. Everything that it starts ends with it."""

    def __init__(self, setup: Setup) -> None:
        words = [setup.python, str(_AGENT)]
        if setup.jail is not None:
            words = setup.jail.command(words)
        self._jail = setup.jail
        self.protection = Protection() if setup.jail is None else HOOK
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (read when the agent has died)
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=dict(setup.environment),
            start_new_session=True,
        )
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        assert self._process.stdout is not None
        threading.Thread(
            target=_read, args=(self._process.stdout, self._messages), daemon=True
        ).start()
        self._send(dict(setup.config))
        self._ready = self._ended = False
        self._killing = threading.Lock()
        self.about: Message = {}
        self._number = 0
        self._begun = False
        #: Whether a request has been sent, and nobody has heard of its end.
        self.running = False

    @property
    def pid(self) -> int:
        """The process id of the agent, which is also the id of its process group."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the agent still runs."""
        return self._process.poll() is None

    def notify(self, message: Message) -> None:
        """Send a message that has no answer."""
        self._send(message)

    def request(self, message: Message, terms: Terms) -> Message:
        """Send a request, wait until it ends, and return the answer. After ``Stopped``,
        the agent is dead, unless the request itself ended in response to an interrupt."""
        self._begun = False
        try:
            if not self._ready:
                # A slow start is not the command's: it gets a time of its own.
                limit = terms.limit
                self._wait_until_ready(None if limit is None else max(limit, START_LIMIT))
            self._number += 1
            self.running = True
            self._send({**message, "id": self._number})
            answer = self._wait(terms)
            self.running = False
        except BaseException:
            self.kill()
            raise
        finally:
            if terms.stop is not None:
                terms.stop.running(None)
        if _was_interrupted(answer):
            if terms.stop is not None and terms.stop.asked:
                raise Stopped("cancelled")
            # Somebody else did it, and meant the process: what it found says nothing.
            raise Stopped("died", f"signal {int(signal.SIGINT)}")
        return answer

    def kill(self) -> None:
        """End the agent and everything that it started. Signals wait until this is done."""
        with self._killing, Uninterrupted():
            # Its number may be another's later.
            if self._ended:
                return
            self._ask_to_end()
            if hasattr(os, "killpg"):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
            self._errors.close()
            self._ended = True

    def _ask_to_end(self) -> None:
        """Close the connection to the agent. The agent then ends everything that it started, even
        processes in sessions of their own."""
        # The reader closes its own end: a process that outlives the agent may hold the other.
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        if self._ready:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(END_LIMIT)

    def _send(self, message: Message) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(encode(message))
            self._process.stdin.flush()
        except (OSError, ValueError):
            raise Stopped("died", self._last_words(), self._begun) from None

    def _wait_until_ready(self, limit: float | None) -> None:
        deadline = None if limit is None else time.monotonic() + limit
        message = self._next(deadline)
        if message.get("event") == "jailed":
            self.protection = protection(message)
            required = self._jail is not None and self._jail.require
            if required and self.protection.contents != "enforced":
                raise NotJailed(self.protection)
            message = self._next(deadline)
        if message.get("event") != "ready" or message.get("version") != VERSION:
            raise MiglabError(
                f"miglab's process in the project did not start: it answered {message!r}"
            )
        self._ready = True
        self.about = message

    def _wait(self, terms: Terms) -> Message:
        """Wait for the end of the request that was sent last, and return the answer. Raises
        ``Stopped`` if it does not end by itself."""
        deadline = None if terms.limit is None else time.monotonic() + terms.limit
        while True:
            message = self._next(deadline, terms.stop)
            event = message.get("event")
            if message.get("id") != self._number:
                continue
            if event == "done":
                return message
            if event == "begun":
                self._begun = True
                if terms.stop is not None:
                    terms.stop.running(partial(self._interrupt, message["pid"]))
            if event == "doing" and terms.tell is not None:
                terms.tell(message["text"])
            if event == "ended":
                if terms.ended is not None:
                    terms.ended(message)
                if terms.limit is not None:
                    deadline = time.monotonic() + terms.limit
            if event == "died":
                if terms.stop is not None and terms.stop.asked:
                    raise Stopped("cancelled")
                number, code = message["signal"], message["exit"]
                detail = (
                    f"signal {number}" if number else "" if code is None else f"exit code {code}"
                )
                raise Stopped("died", detail, self._begun)
            if event == "ask":
                started = time.monotonic()
                answer = terms.ask(message["text"]) if terms.ask else None
                self._send({"answer": answer})
                if deadline is not None:
                    deadline += time.monotonic() - started

    def _next(self, deadline: float | None, stop: Stop | None = None) -> Message:
        while True:
            # Short waits: an interrupt reaches Python between them on every system.
            wait = 0.2 if deadline is None else min(0.2, deadline - time.monotonic())
            try:
                message = self._messages.get(timeout=max(wait, 0))
            except queue.Empty:
                if not self.alive and self._messages.empty():
                    raise Stopped("died", self._last_words(), self._begun) from None
                if deadline is not None and time.monotonic() >= deadline:
                    raise Stopped("limit") from None
                if stop is not None and stop.due:
                    raise Stopped("cancelled") from None
                continue
            if message is None:
                raise Stopped("died", self._last_words(), self._begun)
            return message

    def _interrupt(self, pid: int) -> None:
        """Interrupt the process that runs the request, as Ctrl-C would. The agent does it, because
        processes in a jail have other ids than outside. Windows cannot interrupt a single process,
        so nothing happens there."""
        with contextlib.suppress(Stopped):
            self._send({"do": "interrupt", "pid": pid})

    def _last_words(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            self._errors.seek(0)
            lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
            return lines[-1] if lines else ""
        return ""


def _was_interrupted(answer: Message) -> bool:
    error = answer.get("error") or {}
    return error.get("class") == "KeyboardInterrupt"


def _read(stream: IO[bytes], messages: queue.SimpleQueue[Message | None]) -> None:
    with contextlib.suppress(OSError, ValueError), stream:
        for line in stream:
            messages.put(decode(line))
    messages.put(None)

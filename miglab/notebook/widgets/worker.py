"""One thread that does what was clicked, in turn, so that no click waits."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..progress import Paced, told_to

#: Hears what the worker is doing: ``{"running", "doing", "waiting", "busy"}``.
Heard = Callable[[dict[str, Any]], None]


@dataclass(eq=False)
class Job:
    """Something to do. ``line`` says what; ``moves`` is false if the job changes nothing."""

    line: str
    act: Callable[[], None]
    moves: bool = True
    cancelled: bool = False


class Worker:
    """Does jobs one at a time, in the order in which they came.

    Args:
        stop: stops what a job runs, from another thread.
        heard: is called when a job begins, makes progress and ends; for progress at most five times
            a second.
    """

    def __init__(self, stop: Callable[[], None], heard: Heard) -> None:
        self._stop, self._heard = stop, heard
        self._lock = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None

    def put(self, job: Job) -> None:
        """Do this after everything that was put before."""
        with self._lock:
            self._waiting.append(job)
            begin = self._running is None
            if begin:
                self._running = self._waiting.popleft()
        if begin:
            threading.Thread(target=self._work, name="miglab worker", daemon=True).start()
        else:
            self._tell("")

    def cancel(self, *, looks_only: bool = False) -> list[Job]:
        """Stop what runs and forget what waits; with ``looks_only``, only the jobs that change
        nothing. Returns the jobs that were forgotten before they began.
        """
        with self._lock:
            waiting = list(self._waiting)
            self._waiting = deque(job for job in waiting if looks_only and job.moves)
            forgotten = [job for job in waiting if job not in self._waiting]
            running = self._running
            if looks_only and (running is None or running.moves):
                return forgotten
            if running is not None:
                running.cancelled = True
        # Where no job runs, a cell may.
        self._stop()
        return forgotten

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        with self._lock:
            return self._running is None

    def _work(self) -> None:
        paced = Paced(self._tell)
        with told_to(paced):
            while (job := self._running) is not None:
                if not job.cancelled:
                    self._tell("")
                    job.act()
                with self._lock:
                    self._running = self._waiting.popleft() if self._waiting else None
        paced.close()
        self._tell("")

    def _tell(self, text: str) -> None:
        with self._lock:
            job, waiting = self._running, list(self._waiting)
        moving = [each for each in (job, *waiting) if each is not None and each.moves]
        self._heard(
            {
                "running": job.line if job else "",
                "doing": text,
                "waiting": len(waiting),
                "busy": bool(moving),
            }
        )

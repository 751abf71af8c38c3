"""The command ``miglab``, which is also ``python -m miglab``. If it is interrupted, even while it
still imports, it prints one line and has the exit status for that."""

from __future__ import annotations

import gc
import signal
import sys
from collections.abc import Sequence

from .interrupts import say_interrupted


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and return its exit status."""
    # What a command imports stays: there is little garbage to look for.
    gc.set_threshold(50_000)
    try:
        from .cli.main import main as run

        return run(arguments)
    except KeyboardInterrupt:
        return say_interrupted()
    finally:
        # It has ended; what is left is Python's own end, of which there is nothing to say.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())

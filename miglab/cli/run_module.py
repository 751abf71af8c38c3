"""Runs a module as ``python -m`` does, and ends when its main thread has ended.

JupyterLab that is stopped while it answers a request leaves a thread behind that nobody ends. Python
would wait for it for ever, and Ctrl-C would no longer be heard (jupyterlab/jupyterlab#10442).
"""

from __future__ import annotations

import logging
import os
import runpy
import sys
import threading
import time

#: How long a thread may still run, in seconds.
PATIENCE = 3.0


def main() -> None:
    """Run the module that is named first, with the arguments that follow."""
    del sys.argv[0]
    status: object = None
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code
    if _remain():
        # What Python does at its end, apart from waiting.
        logging.shutdown()
        sys.stdout.flush()
        if status is not None and not isinstance(status, int):
            print(status, file=sys.stderr)
        sys.stderr.flush()
        os._exit(status if isinstance(status, int) else int(status is not None))
    sys.exit(status)  # type: ignore[arg-type]


def _remain() -> bool:
    """Whether threads that Python would wait for still run, after some patience."""
    limit = time.monotonic() + PATIENCE
    threads = [
        each
        for each in threading.enumerate()
        if not each.daemon and each is not threading.main_thread()
    ]
    for each in threads:
        each.join(max(0.0, limit - time.monotonic()))
    return any(each.is_alive() for each in threads)


if __name__ == "__main__":
    main()

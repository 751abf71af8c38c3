"""Runs a module as ``python -m`` does, and ends soon after its main thread.

If JupyterLab is stopped while it answers a request, it leaves a thread behind that never ends.
Python would wait for that thread forever and ignore Ctrl-C. This is a known issue of JupyterLab:
jupyterlab/jupyterlab#10442.
"""

from __future__ import annotations

import logging
import os
import runpy
import sys
import threading
import time

#: How long other threads may run on, in seconds.
PATIENCE = 3.0


class Status:
    """The exit status of this process; 1 until the module has ended."""

    code = 1


def main() -> None:
    """Run the module that is named first, with the arguments that follow."""
    del sys.argv[0]
    status = Status()
    threading.Thread(target=_watch, args=(status,), daemon=True).start()
    try:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        status.code = 0
    except SystemExit as end:
        status.code = end.code if isinstance(end.code, int) else int(end.code is not None)
        raise


def _watch(status: Status) -> None:
    """End the process if, some seconds after its main thread, another thread still runs."""
    threading.main_thread().join()
    time.sleep(PATIENCE)
    others = set(threading.enumerate()) - {threading.main_thread()}
    # Without any, Python is at what follows: that may take its time.
    if any(not each.daemon for each in others):
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status.code)


if __name__ == "__main__":
    main()

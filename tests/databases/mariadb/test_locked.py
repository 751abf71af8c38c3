"""A dump that waits in vain is ended, and why is told."""

from __future__ import annotations

import subprocess
import sys

import pytest

from miglab.databases.mariadb import locked


def test_a_dump_whose_server_is_gone_is_ended_and_that_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locked, "LIMIT", 0.05)
    waiting = [sys.executable, "-c", "import time; time.sleep(600)"]
    with subprocess.Popen(waiting) as dump:
        with locked.limited("mysql://ann@127.0.0.1:1/shop", dump, lambda: 0) as stopped:
            assert dump.wait() != 0
        (why,) = stopped
        assert "the server mysql://ann@127.0.0.1:1/shop: Can't connect" in str(why)

"""An agent ends with those that it was started for, also while it is busy and reads nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from pathlib import Path

import pytest

import miglab.agent
from miglab.agent.common.protocol import decode, encode
from miglab.runners import names

from ..agents import asked


@pytest.mark.skipif(os.name != "posix", reason="nobody is told of a hang-up there")
@pytest.mark.parametrize("runner", names())
def test_what_waits_for_a_database_ends_unanswered_when_nobody_is_left_to_answer(
    runner: str,
) -> None:
    with asked(runner) as agent:
        agent.manage("migrate", "-v0")
        setup, place = agent.runner.setup, agent.place
        lock = sqlite3.connect(place["databases"]["default"], isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
        # SQLite waits for a lock as long as a long comparison lasts: some seconds.
        program = [setup.python, str(Path(miglab.agent.__file__).parent)]
        process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**setup.environment},
            start_new_session=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin as mouth, process.stdout as ears:
            request = {"do": "database", "id": 1, "place": place, "digest": "", "alias": "default"}
            mouth.write(encode(dict(setup.config)))
            mouth.flush()
            assert decode(ears.readline())["event"] == "ready"
            mouth.write(encode(request))
            mouth.close()
            assert ears.read() == b""
        process.wait()
        lock.close()

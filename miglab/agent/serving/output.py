"""What a project prints during a request: caught in a file, and given back as text."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Dict

from ..common.protocol import OUTPUT_LIMIT


def capture(config: Dict[str, Any]) -> None:
    """Send descriptors 1 and 2 to an empty output file."""
    flush()
    file = os.open(config["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def flush() -> None:
    """Write what is buffered. A project may have closed its streams, or may have none."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, OSError, ValueError):
            stream.flush()


def read_output(config: Dict[str, Any]) -> bytes:
    """What was printed since the last capture."""
    flush()
    with open(config["output"], "rb") as file:
        return file.read()


def telling_line(output: bytes) -> str:
    """The line that says what is wrong: argparse puts it last, Django first."""
    lines = [line for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if " error: " in line]
    return (errors or lines or [""])[0].strip()


def cut(output: bytes) -> str:
    """The output as text, without its middle if it is very long."""
    if len(output) > OUTPUT_LIMIT:
        half = OUTPUT_LIMIT // 2
        left_out = len(output) - 2 * half
        output = output[:half] + b"\n[%d bytes left out]\n" % left_out + output[-half:]
    return output.decode("utf-8", "replace")

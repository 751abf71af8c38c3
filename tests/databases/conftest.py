"""What tests of faults share."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home on a disk of its own, which has room for a server and a few copies."""
    folder = Path(tempfile.mkdtemp(prefix="miglab-small-", dir="/var/tmp"))
    folder.chmod(0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200m,mode=755", "tmpfs", folder], capture_output=True
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode()}")
    monkeypatch.setenv("MIGLAB_HOME", str(folder))
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)
    folder.rmdir()

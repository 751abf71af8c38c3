"""Says in which folder of this machine miglab keeps its labs, templates and servers."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder for all labs, templates and servers. The environment variable ``MIGLAB_HOME`` can
    name another one."""
    named = os.environ.get("MIGLAB_HOME") or platformdirs.user_cache_dir("miglab", False)
    return Path(named).absolute()

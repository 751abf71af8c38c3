"""Where labs, templates and servers of miglab's live on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The folder under which all labs and templates live; ``MIGLAB_HOME`` names another."""
    named = os.environ.get("MIGLAB_HOME") or platformdirs.user_cache_dir("miglab", False)
    return Path(named).absolute()

"""Small lessons, and a learner's folder for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def notebook(*sources: str) -> dict[str, Any]:
    """A notebook that has been run, with all that a run leaves behind."""
    cell = {
        "cell_type": "code",
        "execution_count": 7,
        "metadata": {"execution": {"iopub.status.idle": "now"}, "tags": ["raises-exception"]},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x\n"]}],
    }
    cells = [{**cell, "id": f"c{n}", "source": [source]} for n, source in enumerate(sources)]
    words = {"cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Ünïcode → ✓"]}
    metadata = {"kernelspec": {"name": "python3"}, "widgets": {"state": {}}}
    return {"cells": [words, *cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write(path: Path, content: dict[str, Any]) -> Path:
    """A JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def read(path: Path) -> dict[str, Any]:
    """The JSON object in a file."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content

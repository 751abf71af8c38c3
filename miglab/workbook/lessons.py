"""Notebooks as files: where the lessons are, which notebooks a folder has, and what one says."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path
from typing import Any

from ..errors import MiglabError

#: The lesson that opens where none is named.
FIRST = "00_start_here.ipynb"

#: The kernel that notebooks name: the one in ``miglab/cli/jupyter/data/kernels/``, which has
#: ``%manage`` and the other magics from its start.
KERNEL = {"display_name": "miglab (Python 3)", "language": "python", "name": "miglab"}

Notebook = dict[str, Any]


def bundled_lessons() -> Path:
    """The folder of the lessons: in the installed package, or beside it in a checkout.

    Raises:
        MiglabError: they are missing from this installation.
    """
    package = Path(__file__).resolve().parents[1]
    for place in (package / "_data" / "notebooks", package.parent / "notebooks"):
        if (place / FIRST).exists():
            return place
    raise MiglabError("the lessons are missing from this installation; install miglab again")


def notebooks(folder: Path) -> list[str]:
    """The notebooks in a folder and below it, as paths in it, those of the folder itself first."""
    found = [path.relative_to(folder) for path in folder.rglob("*.ipynb")]
    seen = [path for path in found if not any(part.startswith(".") for part in path.parts)]
    ordered = sorted(seen, key=lambda path: (len(path.parts), path))
    return [path.as_posix() for path in ordered]


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file; an empty one if there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_object(path: Path, content: dict[str, Any]) -> None:
    """Write a JSON object atomically: the file has all of its old content, or all of the new."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    # Several kernels may write one file at once.
    half = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    half.write_text(text, encoding="utf-8", newline="\n")
    half.replace(path)


def fingerprint(notebook: Notebook) -> str:
    """A hash of a notebook's texts and code, without its outputs."""
    cells = notebook.get("cells", ())
    sources = [[cell.get("cell_type"), "".join(cell.get("source", ""))] for cell in cells]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()


def cleared(notebook: Notebook, version: str) -> Notebook:
    """The notebook as if it had never been run, with the version of miglab that it came with."""

    def clear(cell: dict[str, Any]) -> dict[str, Any]:
        metadata = {key: value for key, value in cell["metadata"].items() if key != "execution"}
        if cell["cell_type"] != "code":
            return {**cell, "metadata": metadata}
        return {**cell, "metadata": metadata, "outputs": [], "execution_count": None}

    metadata = {key: value for key, value in notebook["metadata"].items() if key != "widgets"}
    metadata["miglab"] = {**metadata.get("miglab", {}), "version": version}
    return {**notebook, "metadata": metadata, "cells": [clear(cell) for cell in notebook["cells"]]}

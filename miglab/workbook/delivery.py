"""Copies new and changed lessons into a learner's folder, and never overwrites the learner's work.

FOLDER/.lessons.json  lesson → the copy that came last, the version of miglab that brought it, and
                      a hash of what the lesson said
FOLDER/.pages.json    page → a hash of what it said
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import BadInput, MiglabError
from .lessons import cleared, fingerprint, notebooks, read_object, write_object

_LESSONS, _PAGES = ".lessons.json", ".pages.json"


@dataclass(frozen=True)
class Arrived:
    """A lesson that was copied into the folder.

    Attributes:
        path: its path in the folder.
        version: the version of miglab that brought it.
        beside: the copy that stays as it was; empty if there was none.
        old_version: the version that had brought ``beside``; empty if that is not known.
    """

    path: str
    version: str
    beside: str = ""
    old_version: str = ""

    def __str__(self) -> str:
        since = f", from {self.old_version}," if self.old_version else ""
        return f"{self.path} ({self.beside}{since} is unchanged)" if self.beside else self.path


def is_workbook(folder: Path) -> bool:
    """Whether lessons were copied into this folder before."""
    return (folder / _LESSONS).is_file()


def delivered(folder: Path) -> dict[str, dict[str, str]]:
    """What the folder knows of each lesson: ``as``, ``version`` and ``sources``."""
    return {
        lesson: entry
        for lesson, entry in read_object(folder / _LESSONS).items()
        if isinstance(entry, dict)
    }


def deliver(lessons: Path, folder: Path, version: str) -> list[Arrived]:
    """Copy new and changed lessons, and the pages. Returns the lessons that arrived.

    Raises:
        BadInput: the folder cannot be written, or is where the lessons come from.
        MiglabError: a lesson is not a notebook.
    """
    if folder.resolve() == lessons.resolve():
        raise BadInput(
            f"{folder} is the folder that the lessons come from; give another one for your copy"
        )
    try:
        arrived = _deliver_lessons(lessons, folder, version)
        _deliver_pages(lessons, folder)
    except OSError as error:
        raise BadInput(
            f"the lessons cannot be copied to {folder}: {error.strerror or error}; "
            "give a folder that you may write to, with --folder"
        ) from None
    return arrived


def _deliver_lessons(lessons: Path, folder: Path, version: str) -> list[Arrived]:
    known: dict[str, Any] = dict(delivered(folder))
    arrived = []
    for lesson in notebooks(lessons):
        content = read_object(lessons / lesson)
        if "cells" not in content:
            raise MiglabError(f"{lessons / lesson} is not a notebook")
        last = known.get(lesson, {})
        sources = fingerprint(content)
        copies = [lesson, last.get("as", lesson)]
        if sources == last.get("sources") and any((folder / each).exists() for each in copies):
            continue
        target = lesson
        if fingerprint(read_object(folder / lesson)) != sources:
            target = _free_name(folder, lesson)
            write_object(folder / target, cleared(content, version))
            arrived.append(_arrived(folder, target, version, lesson, last))
        known[lesson] = {"sources": sources, "as": target, "version": version}
        write_object(folder / _LESSONS, known)
    return arrived


def _arrived(folder: Path, target: str, version: str, lesson: str, last: dict[str, str]) -> Arrived:
    if target == lesson:
        return Arrived(target, version)
    beside = last.get("as", lesson)
    beside = beside if (folder / beside).exists() else lesson
    old = read_object(folder / beside).get("metadata", {}).get("miglab", {}).get("version", "")
    return Arrived(target, version, beside, str(old))


def _free_name(folder: Path, lesson: str) -> str:
    """The lesson's path if it is free, else ``… (updated)``, ``… (updated 2)`` and so on."""
    path, number, free = PurePosixPath(lesson), 1, PurePosixPath(lesson)
    while (folder / free).exists():
        mark = "updated" if number == 1 else f"updated {number}"
        free = path.with_name(f"{path.stem} ({mark}){path.suffix}")
        number += 1
    return str(free)


def _deliver_pages(lessons: Path, folder: Path) -> None:
    """Copy the pages to read and their pictures."""
    kinds = ("*.md", "*.html", "pictures/*.svg")
    for page in sorted(each for kind in kinds for each in lessons.glob(kind)):
        renew_page(folder, page.relative_to(lessons).as_posix(), page.read_bytes())


def renew_page(folder: Path, path: str, content: bytes) -> None:
    """Write a page of a copy; one that the learner changed since stays as it is."""
    target, known = folder / path, read_object(folder / _PAGES)
    there = target.read_bytes() if target.exists() else None
    if there is not None and _digest(there) != known.get(path):
        return
    if there != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
        half.write_bytes(content)
        half.replace(target)
    if known.get(path) != _digest(content):
        write_object(folder / _PAGES, {**known, path: _digest(content)})


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

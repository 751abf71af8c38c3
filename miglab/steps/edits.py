"""Reads a project's files and changes them, as steps or by functions that take no step."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

from ..errors import BadInput
from ..facts.step import Step
from .comparison import compare_rows
from .stage import Stage


def read(stage: Stage, path: str) -> str:
    """The text of one file."""
    try:
        return _only(stage, path).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput(f"{path!r} is not UTF-8 text: {error.reason}") from None


def _only(stage: Stage, path: str) -> Path:
    """The one file that a path or a pattern means."""
    found = stage.sandbox.find(path)
    if len(found) > 1:
        raise BadInput(f"{path!r} matches {len(found)} files; name one of them")
    return found[0]


def _name(stage: Stage, path: str) -> str:
    """The path of the one file that a path or a pattern means."""
    return _only(stage, path).relative_to(stage.sandbox.project.resolve()).as_posix()


def write(stage: Stage, path: str, text: str) -> Step:
    """Write a file, and make its folders if they are missing."""
    return stage.step("write", f"write {path}", writing(stage, path, text))[0]


def writing(stage: Stage, path: str, text: str) -> Callable[[], None]:
    """A function that writes a file, without a step."""
    if not isinstance(text, str):
        raise BadInput(f"the content of a file must be text, not {type(text).__name__}")
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadInput(f"the content of a file must be UTF-8 text: {error.reason}") from None
    target = stage.sandbox.inside(path)
    if target.is_dir():
        raise BadInput(f"{path!r} is a folder; give the path of a file")
    if stage.sandbox.is_database(target):
        raise BadInput(f"{path!r} is the database; change it with lab.sql or a migration")

    def act() -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    return act


def replace(stage: Stage, path: str, old: str, new: str) -> Step:
    """Replace a piece of a file. The piece must be in the file exactly once."""
    act = replacing(stage, path, old, new)
    return stage.step("write", f"write {_name(stage, path)}", act)[0]


def replacing(stage: Stage, path: str, old: str, new: str) -> Callable[[], None]:
    """A function that replaces a piece of a file, without a step."""
    for piece in (old, new):
        if not isinstance(piece, str):
            raise BadInput(f"a piece of a file must be text, not {piece!r}")
    if not old:
        raise BadInput("the piece to be replaced is empty; copy it from the file")
    text = read(stage, path)
    if text.count(old) != 1:
        raise BadInput(_not_once(path, text.count(old), old))
    # ``path`` may be a pattern, and only a path can be written to.
    return writing(stage, _name(stage, path), text.replace(old, new))


def _not_once(path: str, times: int, old: str) -> str:
    """What to say about a piece that is not in a file exactly once."""
    if times == 0:
        return f"This text is not in {path}: {old!r}. Print the file and copy the line exactly."
    return f"This text is in {path} {times} times: {old!r}. Give a longer piece that occurs once."


def delete(stage: Stage, path: str) -> Step:
    """Delete a file, or all files that match a pattern."""
    return stage.step("delete", f"delete {path}", deleting(stage, path))[0]


def deleting(stage: Stage, path: str) -> Callable[[], None]:
    """A function that deletes a file, or all files that match a pattern, without a step."""
    targets = stage.sandbox.find(path)

    def act() -> None:
        for each in targets:
            each.unlink()

    return act


def copy_file(stage: Stage, source: str, target: str) -> Step:
    """Copy a file of the project. The file may be the database; to restore a backup, copy it over
    the database."""
    act = copying(stage, source, target)
    before, _ = stage.now()
    step = stage.step("copy", f"copy {source} {target}", act)[0]
    after, _ = stage.now()
    step = dataclasses.replace(
        step, rows=compare_rows(stage.reader, before.snapshot, after.snapshot, {})
    )
    if after is not before:
        after.step = step
    stage.last = step
    return step


def copying(stage: Stage, source: str, target: str) -> Callable[[], None]:
    """A function that copies a file, without a step."""
    found = _source(stage, source)
    place = stage.sandbox.inside(target)
    if place.is_dir():
        raise BadInput(f"{target!r} is a folder; give the path of a file")

    def act() -> None:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, place)

    return act


def _source(stage: Stage, path: str) -> Path:
    """The one file that a path or a pattern means: a file of the project, or its database."""
    place = stage.sandbox.inside(path)
    if stage.sandbox.is_database(place) and place.exists():
        return place
    found = stage.sandbox.find(path)
    if len(found) > 1:
        raise BadInput(f"{path!r} matches {len(found)} files; name one of them")
    return found[0]

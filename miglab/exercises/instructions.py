"""The lines of a start, a way or a journal: read from text, and run in a lab."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from ..agent.common.protocol import Message
from ..compare.agreement import counted
from ..errors import BadInput
from ..facts.exercise import Instruction
from ..facts.step import Refusal, Step
from ..lab import Lab
from ..steps import edits, given, unseen
from ..steps.commands import arguments
from ..steps.stage import Stage

#: First words that are not commands of Django's, and how many words must follow each of them.
_WORDS = {"write": 1, "replace": 1, "delete": 1, "copy": 2, "answer": 2, "moment": 1}


def read(text: str) -> tuple[Instruction, ...]:
    """The instructions in a text: each begins at the left edge, and the lines below it that are
    indented belong to it. ``!`` before one says that Django refuses it; ``#`` begins a remark.

    Raises:
        BadInput: the first line is indented, or an instruction is incomplete.
    """
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith(" ") or not line.strip():
            if found:
                found[-1][1].append(line)
            elif line.strip():
                raise BadInput(f"{line.strip()!r} is indented, but there is no step above it")
        elif not line.startswith("#"):
            found.append((line.rstrip(), []))
    return tuple(_instruction(line, below) for line, below in found)


def _instruction(line: str, below: list[str]) -> Instruction:
    while below and not below[-1].strip():
        below.pop()
    edge = min((len(each) - len(each.lstrip()) for each in below if each.strip()), default=0)
    body = "".join(f"{each[edge:]}\n" for each in below)
    refused = line.startswith("! ")
    found = Instruction(line.removeprefix("! ").strip(), body, refused)
    needs = _WORDS.get(found.word)
    if needs is not None and len(_split(found.line)) != needs + 1:
        words = counted(needs, "word", "words")
        raise BadInput(f"{found.line!r}: give {words} after {found.word!r}")
    if found.word in ("write", "replace") and not body:
        raise BadInput(f"{found.line!r} needs indented text on the lines below it")
    return found


def _split(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise BadInput(f"{line!r}: {str(error).lower()}") from None


def take(lab: Lab, each: Instruction) -> Step | None:
    """Run an instruction in a lab. Returns the step; ``None`` for an answer, a moment or a query.

    Raises:
        BadInput: it cannot be run here.
    """
    act = _ACTS.get(each.word)
    if act is not None:
        return act(lab, each)
    return lab.manage(each.line, answers=each.body.splitlines())


def _rest(each: Instruction) -> str:
    first = each.line.partition(" ")[2]
    return f"{first}\n{each.body}".strip("\n")


def _sql(lab: Lab, each: Instruction) -> Step | None:
    found = lab.sql(_rest(each))
    return found if isinstance(found, Step) else None


def _replace(lab: Lab, each: Instruction) -> Step:
    return lab.replace(_split(each.line)[1], *sides(each))


def sides(each: Instruction) -> tuple[str, str]:
    """The text that ``replace`` looks for, and the text that it puts there; an empty line belongs
    to both.

    Raises:
        BadInput: a line belongs to neither, or no line to the text to look for.
    """
    lines = each.body.splitlines()
    old, new = ([line for line in lines if line[:1] in ("", sign)] for sign in "-+")
    if not any(line[:1] == "-" for line in lines) or any(line[:1] not in "-+" for line in lines):
        raise BadInput(
            f"{each.line!r}: begin each line below it with '- ' (the old text) or '+ ' (the new)"
        )
    # The last line of a file may have no end.
    old_text, new_text = ("\n".join(line[2:] for line in found) for found in (old, new))
    return old_text.rstrip("\n"), new_text.rstrip("\n")


def take_unseen(stage: Stage, each: Instruction) -> Refusal | None:
    """Run an instruction on a stage that is read only after the last one. Returns why Django
    refused it, or ``None``. For ``answer`` and ``moment``, nothing is run.

    Raises:
        MiglabError: it cannot be taken, or did not come to its end.
    """
    if each.word in ("moment", "answer"):
        return None
    act = _UNSEEN.get(each.word)
    if act is not None:
        return unseen.take(stage, each.line, act(stage, each))
    request = {"do": "manage", "argv": arguments(each.line)}
    return unseen.take(stage, each.line, request, each.body.splitlines())


_ACTS: dict[str, Callable[[Lab, Instruction], Step | None]] = {
    "write": lambda lab, each: lab.write(_split(each.line)[1], each.body),
    "replace": _replace,
    "delete": lambda lab, each: lab.delete(_split(each.line)[1]),
    "copy": lambda lab, each: lab.copy_file(*_split(each.line)[1:]),
    "sql": _sql,
    "shell": lambda lab, each: lab.shell(_rest(each)),
    "moment": lambda lab, each: None,
    "answer": lambda lab, each: None,
}
_UNSEEN: dict[str, Callable[[Stage, Instruction], Message | Callable[[], None]]] = {
    "write": lambda stage, each: edits.writing(stage, _split(each.line)[1], each.body),
    "replace": lambda stage, each: edits.replacing(stage, _split(each.line)[1], *sides(each)),
    "delete": lambda stage, each: edits.deleting(stage, _split(each.line)[1]),
    "copy": lambda stage, each: edits.copying(stage, *_split(each.line)[1:]),
    "sql": lambda stage, each: {"do": "sql", "sql": given.text(_rest(each), "SQL")},
    "shell": lambda stage, each: {"do": "shell", "code": given.text(_rest(each), "code")},
}

"""Reads an exercise's file: TOML, in which each text may contain ``$names`` of its shape.

::

    title = "The ghost"                          # its title
    level = 3                                    # from 1 to 5
    belief = "deleting the file undoes it"       # the wrong belief that it corrects
    apps = ["blog"]                              # what the graph shows
    at = ["blog.0003"]                           # where it starts; without it, at the end
    story = '''What happened, and what is asked for.'''
    start = '''                                  # instructions.py explains the steps
    delete blog/migrations/0004_comment_is_approved.py
    '''
    nothing = "The text for somebody who has done nothing."
    happened, why, cost = "…"                    # the texts on success
    alphabet = '''more steps that a shorter way could take'''

    [shapes.posts]                               # a table for each shape: the values of its $names
    app = "blog"

    [[goals]]                                    # conditions.py has the conditions
    says = "All four truths agree."
    agree = true

    [[goals]]
    never = true                                 # it must be true after every step
    says = "No comment is lost."
    same = "SELECT id FROM blog_comment"

    [[goals]]
    answer = "rows"                              # the learner gives it: lab.answer("rows", …)
    says = "How many?"
    key = {steps = "migrate blog 0001", sql = "SELECT …"}   # or lost = "blog_comment"

    [[hints]]                                    # the first that fits; each: at least three tiers
    when = {applied = "blog.0004"}
    says = ["…", "…", "…"]

    [[ways]]
    name = "put the file back"
    steps = '''…'''

    [[wrong]]
    name = "prune"
    tempting = true
    steps = '''…'''
    when = {not_applied = "blog.0004"}           # recognizes somebody who took it
    says = "Why this is not the way."
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import BadInput, UnknownName
from ..facts.exercise import Exercise, Goal, Hint, Instruction, Way, WrongEnd
from . import conditions, instructions, shelf

_NAME = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
#: The texts that each exercise has.
TEXTS = ("title", "belief", "story", "happened", "why", "cost", "nothing")
_ALL = {*TEXTS, "level", "start", "at", "apps", "alphabet", "shapes"}
_LISTS = ("goals", "hints", "ways", "wrong")


def shapes(path: Path) -> tuple[str, ...]:
    """The names of an exercise's shapes; an exercise without shapes has one with an empty name."""
    return tuple(_load(path).get("shapes", {})) or ("",)


def read_for(path: Path, seed: object) -> Exercise:
    """An exercise in the shape that a seed, such as a learner's name, gives.

    Raises:
        BadInput: the file cannot be read, or something in it is missing or unknown.
    """
    return read(path, shelf.shape_for(seed, shelf.name_of(path), shapes(path)))


def read(path: Path, shape: str | None = None) -> Exercise:
    """An exercise in one of its shapes; without a name, in the first.

    Raises:
        UnknownName: there is no such shape.
        BadInput: the file cannot be read, or something in it is missing or unknown.
    """
    told = _load(path)
    where = path.name
    there = told.pop("shapes", {})
    names = tuple(there) or ("",)
    chosen = names[0] if shape is None else shape
    if chosen not in names:
        raise UnknownName("shape", chosen, names, f"the exercise {path.stem!r}")
    if unknown := sorted({*told} - _ALL - {*_LISTS}):
        known = ", ".join(sorted(_ALL))
        raise BadInput(f"{where}: there is no key {unknown[0]!r}; the keys are: {known}")
    told = _filled(told, there.get(chosen, {}), where)
    digest = _digest(told)
    goals = tuple(_goal(each, where) for each in _tables(told, "goals", where))
    if not isinstance(told.get("level"), int) or told["level"] not in range(1, 6):
        raise BadInput(f"{where}: level={told.get('level')!r}; give a number from 1 to 5")
    return Exercise(
        name=shelf.name_of(path),
        level=told["level"],
        **{name: _text(told, name, where) for name in TEXTS},
        start=_steps(told, "start", where),
        goals=goals,
        hints=tuple(_hint(each, where) for each in _tables(told, "hints", where)),
        ways=tuple(_way(each, where) for each in _tables(told, "ways", where)),
        wrong=tuple(_wrong(each, where) for each in _tables(told, "wrong", where)),
        at=tuple(told.get("at", ())),
        apps=tuple(told.get("apps", ())),
        alphabet=_steps(told, "alphabet", where),
        shape=chosen,
        shapes=names,
        digest=digest,
        set=path.parent,
    )


def _digest(told: Mapping[str, Any]) -> str:
    """A hash of what decides how an exercise can be solved: hints and other texts are left out."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: bare(each) for key, each in value.items() if key not in _ONLY_READ}
        return [bare(each) for each in value] if isinstance(value, list) else value

    text = json.dumps(bare({key: told[key] for key in told if key != "hints"}), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


_ONLY_READ = {*TEXTS, "level", "says", "name", "apps", "tempting", "expects", "what", "when"}


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name}: {error}") from None


def _filled(value: Any, names: Mapping[str, Any], where: str) -> Any:
    """The value with each ``$name`` replaced by what the shape says for it. A text that is only a
    ``$name`` may become a list or a number."""
    if isinstance(value, dict):
        return {
            _filled(key, names, where): _filled(each, names, where) for key, each in value.items()
        }
    if isinstance(value, list):
        return [_filled(each, names, where) for each in value]
    if not isinstance(value, str):
        return value
    whole = _NAME.fullmatch(value)
    if whole:
        found = _named(whole, names, where)
        return found if not isinstance(found, str) else _filled_once(found, names, where)
    return _filled_once(value, names, where)


def _filled_once(text: str, names: Mapping[str, Any], where: str) -> str:
    """The text with its ``$names`` replaced; three times, since a value may contain names too."""
    for _ in range(3):
        text = _NAME.sub(lambda found: str(_named(found, names, where)).rstrip("\n"), text)
    return text


def _named(found: re.Match[str], names: Mapping[str, Any], where: str) -> Any:
    name = found[1] or found[2]
    if name not in names:
        raise BadInput(
            f"{where}: no shape has a value for ${name}; known: {', '.join(names) or 'nothing'}"
        )
    return names[name]


def _text(told: Mapping[str, Any], name: str, where: str) -> str:
    found = told.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadInput(f"{where}: {name} is missing; write a text")
    return found.strip()


def _tables(told: Mapping[str, Any], name: str, where: str) -> list[dict[str, Any]]:
    found = told.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise BadInput(f"{where}: begin each entry of {name} with a line [[{name}]]")
    return found


def _steps(told: Mapping[str, Any], name: str, where: str) -> tuple[Instruction, ...]:
    text = told.get(name, "")
    if not isinstance(text, str):
        raise BadInput(f"{where}: {name} must be a text with one step on each line")
    try:
        return instructions.read(text)
    except BadInput as error:
        raise BadInput(f"{where}: {name}: {error}") from None


def _goal(told: dict[str, Any], where: str) -> Goal:
    says = _text(told, "says", f"{where}: a goal")
    rest = {key: value for key, value in told.items() if key not in ("says", "never", "key")}
    at = f"{where}: the goal {says!r}"
    conditions.check(rest, at)
    if not rest:
        raise BadInput(f"{at} has no condition")
    kind = next((each for each in ("did", "answer") if each in rest), "state")
    if kind == "answer":
        key = told.get("key")
        if not isinstance(key, dict) or not {"sql", "lost", "unrecorded"} & {*key}:
            raise BadInput(f"{at} needs a key, as in: key = {{steps = '…', sql = 'SELECT …'}}")
        instructions.read(str(key.get("steps", "")))
        return Goal(says, kind, {**rest, "key": key}, str(rest["answer"]))
    return Goal(says, "never" if told.get("never") else kind, rest)


def _hint(told: dict[str, Any], where: str) -> Hint:
    says = told.get("says")
    if not isinstance(says, list) or len(says) < 3:
        raise BadInput(f"{where}: a hint needs three tiers, as in: says = ['…', '…', '…']")
    when = told.get("when", {})
    conditions.check(when, f"{where}: a hint")
    return Hint(tuple(str(each).strip() for each in says), when)


def _way(told: dict[str, Any], where: str) -> Way:
    name = _text(told, "name", f"{where}: a way")
    return Way(name, _steps(told, "steps", f"{where}: the way {name!r}"))


def _wrong(told: dict[str, Any], where: str) -> WrongEnd:
    name = _text(told, "name", f"{where}: a wrong end")
    at = f"{where}: the wrong end {name!r}"
    when = told.get("when", {})
    if not when:
        raise BadInput(
            f"{at} needs a condition that recognizes it, as in: when = {{ran = 'migrate --fake'}}"
        )
    conditions.check(when, at)
    says = _text(told, "says", at)
    return WrongEnd(name, _steps(told, "steps", at), when, says, bool(told.get("tempting")))

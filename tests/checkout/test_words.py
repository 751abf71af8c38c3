"""What a person reads is plain English: the few rules of it that a machine can check."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: The pages of this checkout that are read first.
PAGES = ("README.md", "TEACHING.md", "CONTRIBUTING.md", "CHANGELOG.md")
#: Modules whose docstrings ``help`` prints in a notebook.
HELPED = ("lab.py", "errors.py")

_TRUTH = r"(?:models|files|record|tables?|rows|truths?|lab|nothing)"
#: What nobody would say aloud, and what one says instead.
BENT = {
    r"(?<!\bthere )\b(?:is|are|was|were|be) no (?!longer\b)\w+": "is not a …, must be …",
    r"\b(?:stands?|stood|standing)\b": "is, is left, is in …",
    r"\bmoves? along\b": "are unapplied too",
    r"\bbecomes? others?\b": "change, are overwritten",
    r"\bat hand\b": "ready, imported",
    rf"\b{_TRUTH} (?:has |have |had )?(?:not )?moved\b": "… changed",
    r"\bmoves? (?:no|nothing|the (?:record|tables?|models|files))\b": "changes …",
    r"\bmend(?:s|ed|ing)?\b": "fix, repair",
    r"\bthere is: ": "choose from: …",
    r"\b(?:is|are|was|were) not let\b": "miglab did not allow it",
}


def bent(text: str) -> list[str]:
    """What the rules find in a text; code between back quotes is no sentence of ours."""
    said = " ".join(re.sub(r"`[^`]*`", "``", text).split())
    return [
        f"{found[0]!r} in {said[max(0, found.start() - 40) : found.end() + 40]!r}: better {better}"
        for pattern, better in BENT.items()
        for found in re.finditer(pattern, said, re.IGNORECASE)
    ]


def strings(tree: ast.AST, *, docstrings: bool) -> Iterator[tuple[int, str]]:
    """The line and the text of each string with a space in it; a value in one is ``{}``."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    held = [each.body[0] for each in ast.walk(tree) if isinstance(each, holders) and each.body]
    docs = {each.value for each in held if isinstance(each, ast.Expr)}
    parts = {
        part
        for each in ast.walk(tree)
        if isinstance(each, ast.JoinedStr)
        for part in each.values
        if isinstance(part, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            told = "".join(
                str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in parts:
            if node in docs and not docstrings:
                continue
            told = node.value
        else:
            continue
        if " " in told.strip():
            yield node.lineno, told


def modules() -> list[Path]:
    # The lessons and exercises are texts of their own, and have tests of their own.
    return [
        path
        for path in sorted((ROOT / "miglab").rglob("*.py"))
        if not {"lessons", "exercises"} & {*path.relative_to(ROOT).parts}
    ]


def test_no_message_of_miglab_is_bent() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {each}"
        for path in modules()
        for line, told in strings(
            ast.parse(path.read_text(encoding="utf-8")), docstrings=path.name in HELPED
        )
        for each in bent(told)
    ]
    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_of_a_page_is_bent(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    assert bent(prose) == []


@pytest.mark.parametrize(
    "told",
    [
        "5 is no number of steps",
        "the rows are no truth",
        "'…' stands 0 times in store/models.py",
        "The lab stands as it stood before the command.",
        "4 migrations of marketplace move along",
        "3 values of store_product.price become others",
        "run Python with the models at hand",
        "record moved",
        "nothing\nmoved",
        "it would move nothing",
        "mend what Django objects to",
        "no table 'product'; there is: store_product",
    ],
)
def test_each_rule_finds_what_it_is_for(told: str) -> None:
    assert bent(told) != []


@pytest.mark.parametrize(
    "told",
    [
        "there is no migration '0009' in app 'store'; choose from: 0001",
        "There are no migrations.",
        "store.0002 is no longer recorded",
        "use `lab.mends()`",
        "the file was moved to another folder",
        "arrows move from migration to migration",
    ],
)
def test_no_rule_finds_what_one_says(told: str) -> None:
    assert bent(told) == []

"""Whatever is passed to whatever method of a lab: the answer is a lab's, or an error of ours."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from miglab import Lab
from miglab.errors import MiglabError
from miglab.lessons import predict, try_claim

from .budgets import examples

#: What is not asked for here: a page to look at, and what takes minutes.
LEFT_OUT = {"explore", "watch", "close", "of", "latest", "step_aside", "cancel", "progress"}
METHODS = sorted(
    name
    for name, each in inspect.getmembers(Lab, inspect.isfunction)
    if not name.startswith("_") and name not in LEFT_OUT
)

SILLY: list[Any] = [
    None, True, 0, -1, 10**30, 1.5, float("nan"), "", " ", "\0", "\ud800", "x" * 5000, "é", "--",
    "'", b"\0x", [], {}, set(), [None], [[]], ["\0"], ("a", 5), object(), int, len, "..", "/",
    "*", "**", "[", "store", "store.0003", "store.zero", ".", "store.", "migrate", "check --nope",
    "delete", "sql", "delete nothing", "SELECT", "SELECT ?", "store_product", "HEAD", "-x",
]  # fmt: skip


@pytest.fixture(scope="module")
def one_lab() -> Iterator[Lab]:
    with Lab(time_limit=30) as lab:
        lab.step_aside()
        yield lab


def _call(lab: Lab, name: str, words: list[Any]) -> None:
    method = getattr(lab, name)
    taken = inspect.signature(method).parameters.values()
    positional = [each for each in taken if each.kind is not each.KEYWORD_ONLY]
    several = any(each.kind is each.VAR_POSITIONAL for each in positional)
    named = [each.name for each in taken if each.kind is each.KEYWORD_ONLY]
    given_, rest = (words, []) if several else (words[: len(positional)], words[len(positional) :])
    needed = sum(each.default is each.empty for each in positional) - several
    if len(given_) < needed:
        given_ += SILLY[: needed - len(given_)]
    result = method(*given_, **dict(zip(named, rest, strict=False)))
    if isinstance(result, Lab):
        result.close()


@settings(
    max_examples=examples(60, 600),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.sampled_from(METHODS), st.lists(st.sampled_from(SILLY), max_size=3))
@example("sql", ["SELECT ?", [b"\0x"]])
@example("replace", ["store/models.py", None, None])
@example("write", ["x.txt", "\ud800"])
@example("rewind", [10**30])
@example("between", [None, "x"])
@example("what_if", [None])
@example("mends", [5])
@example("mends", [[]])
@example("commands_since", [None])
@example("what_if_all", [None])
def test_a_silly_word_is_refused_in_words_of_ours(
    one_lab: Lab, name: str, words: list[Any]
) -> None:
    before = one_lab.truths()
    with contextlib.suppress(MiglabError):
        _call(one_lab, name, list(words))
    # Where it made sense after all, the next one begins where this one did.
    if one_lab.history().position:
        one_lab.restart()
    one_lab.begin_here()
    assert one_lab.truths() == before


def test_what_no_dictionary_can_look_up_is_an_unknown_name_too(one_lab: Lab) -> None:
    asked: list[Callable[[Any], object]] = [
        Lab,
        one_lab.mends,
        one_lab.what_if("migrate store 0004").lost,
        predict,
        try_claim,
    ]
    for each in asked:
        with pytest.raises(MiglabError):
            each([])

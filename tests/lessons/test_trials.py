"""A verdict is computed from what happened, and kept until something changes."""

from __future__ import annotations

import doctest
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from miglab import Lab
from miglab.errors import BadInput, UnknownName
from miglab.facts import lesson
from miglab.facts.lesson import Case, Verdict
from miglab.lessons import judge, kept, trials, try_claim, verdicts
from miglab.lessons.claims import CLAIMS, DOCUMENTS

ROOT = Path(__file__).resolve().parents[2]


def cases(*held: bool) -> tuple[Case, ...]:
    return tuple(Case(f"case {number}", (), "", each) for number, each in enumerate(held))


@pytest.mark.parametrize(
    ("held", "word"),
    [
        ((True, True), "holds"),
        ((False, False), "does not hold"),
        ((True, False), "holds only if case 0"),
        ((True, False, True), "holds only if case 0, or if case 2"),
    ],
)
def test_the_word_comes_from_the_cases(held: tuple[bool, ...], word: str) -> None:
    assert Verdict(CLAIMS["C1"], cases(*held)).word == word


def test_the_examples_in_the_text_run() -> None:
    assert doctest.testmod(lesson).failed == 0


def test_every_claim_has_documents_that_exist() -> None:
    assert list(CLAIMS) == [f"C{number}" for number in range(1, 36)]
    assert {each for claim in CLAIMS.values() for each in claim.documents} == {*DOCUMENTS.values()}


def test_every_claim_names_the_lesson_that_tries_it() -> None:
    found: dict[str, str] = {}
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                for number in re.findall(r'try_claim\("(C\d+)"\)', "".join(cell["source"])):
                    found[number] = path.stem
    assert found == {number: claim.lesson for number, claim in CLAIMS.items()}


def test_whoever_waits_for_a_claim_hears_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []

    @contextmanager
    def listening() -> Iterator[Callable[[str], None]]:
        yield heard.append

    monkeypatch.setattr(Lab, "progress", staticmethod(listening))
    verdict = try_claim("C9")
    assert heard[0] == f"trying claim C9: {CLAIMS['C9'].text}"
    done = [each for each in heard if "done" in each]
    assert len(done) == len(verdict.cases)


def test_every_claim_is_tried_by_a_lesson() -> None:
    assert set(trials._TRIALS) == set(CLAIMS)


def test_a_verdict_is_kept_word_for_word() -> None:
    verdict = try_claim("C9")
    assert kept.kept(CLAIMS["C9"]) == verdict
    assert verdict.kind == "does not hold"


def test_what_was_kept_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every claim but one is kept: only that one opens a lab."""
    for number in CLAIMS:
        kept.keep(Verdict(CLAIMS[number], cases(True), "kept"))
    kept._place(CLAIMS["C9"]).unlink()
    found = {each.claim.number: each for each in verdicts().verdicts}
    assert list(found) == list(CLAIMS)
    assert found.pop("C9").kind == "does not hold"
    assert {each.advice for each in found.values()} == {"kept"}


@pytest.mark.parametrize("content", ["", "{half", "[]", '{"cases": [{"when": 1}], "advice": ""}'])
def test_a_kept_verdict_that_cannot_be_read_is_none(content: str) -> None:
    place = kept._place(CLAIMS["C9"])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(content)
    assert kept.kept(CLAIMS["C9"]) is None


def test_the_readers_verdict_stands_beside_ours_and_is_not_kept_with_it() -> None:
    asked = judge("C9")
    asked.choose(1)
    asked.choose(0)
    assert judge("C9") is asked
    assert try_claim("C9").judged == "holds"
    kept_one = kept.kept(CLAIMS["C9"])
    assert kept_one is not None
    assert kept_one.judged is None


def test_once_a_claim_was_tried_the_readers_verdict_stays_until_they_start_again() -> None:
    asked, heard = judge("C9"), []
    asked.on_change = lambda: heard.append(asked.frozen)
    try_claim("C9")
    assert heard == [True]
    with pytest.raises(BadInput, match="“Start again” clears it"):
        asked.choose(2)
    asked.start_again()
    asked.choose(2)
    assert try_claim("C9").judged == "does not hold"


def test_a_claim_that_nobody_judged_is_tried_all_the_same() -> None:
    assert try_claim("C9").judged is None
    judge("C9")
    assert try_claim("C9").judged is None


def test_an_unknown_claim_names_those_there_are() -> None:
    with pytest.raises(UnknownName, match="C35"):
        judge("C99")
    with pytest.raises(UnknownName, match="C35"):
        try_claim("C99")


def test_a_home_that_cannot_be_written_costs_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr(kept, "_place", lambda claim: blocked / "verdicts" / "C9.json")
    kept.keep(Verdict(CLAIMS["C9"], cases(True)))
    assert kept.kept(CLAIMS["C9"]) is None

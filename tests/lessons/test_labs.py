"""The same commands are tried in a lab on each engine, and each lab is as it was afterwards."""

from __future__ import annotations

import doctest
from collections.abc import Iterator

import pytest

from miglab import Lab
from miglab.errors import BadInput
from miglab.facts import contrast
from miglab.lessons import Labs


@pytest.fixture(scope="module")
def labs(home: object) -> Iterator[Labs]:
    """On the two engines that are always here, and on one that nobody knows."""
    found = Labs("sqlite", "postgresql", "nonesuch")
    yield found
    found.close()


def begin(lab: Lab) -> None:
    lab.manage("migrate store 0004")


def faked_back_and_applied(lab: Lab) -> None:
    lab.manage("migrate --fake store 0003")
    lab.manage("migrate store 0004")


def test_examples_in_the_facts_are_true() -> None:
    assert doctest.testmod(contrast).failed == 0


def test_an_engine_that_is_not_here_is_told_with_the_reason(labs: Labs) -> None:
    found = labs.presence
    assert found.here == ("SQLite", "PostgreSQL")
    assert [*found.missing] == ["nonesuch"]
    assert "there is no database 'nonesuch'" in found.missing["nonesuch"]


def test_no_engine_at_all_is_an_error() -> None:
    with pytest.raises(BadInput, match="none of these databases is available: nonesuch"):
        Labs("nonesuch")
    with pytest.raises(BadInput, match="none was named"):
        Labs()


def test_the_outcomes_are_those_of_each_engine_and_the_labs_go_back(labs: Labs) -> None:
    seen = {"products": lambda lab: len(lab.rows("store_product"))}
    found = labs.compare(faked_back_and_applied, begin, seen, name="faked")
    assert found.lines == ("migrate --fake store 0003", "migrate store 0004")
    on_sqlite, on_postgresql = found.outcomes
    assert on_sqlite.label == "succeeds · data is lost"
    assert on_sqlite.lost == "9 values of store_product.discount"
    assert on_postgresql.label == "fails · nothing is lost · record and tables differ"
    assert on_postgresql.said.startswith('ProgrammingError: column "discount" of relation')
    assert [each.seen for each in found.outcomes] == [{"products": "24"}] * 2
    again = labs.compare(lambda lab: lab.manage("showmigrations store"))
    assert [each.label for each in again.outcomes] == ["succeeds · nothing is lost"] * 2
    assert [each.said for each in again.outcomes] == ["[X] 0005_tag_product_tags"] * 2


def test_a_summary_has_what_was_named_the_last_of_each_name(labs: Labs) -> None:
    labs.compare(begin, name="summed up")
    labs.compare(lambda lab: lab.manage("migrate store 9"), name="summed up")
    found = labs.summary("PostgreSQL")
    assert found.engines == ("PostgreSQL",)
    rows = [row for row in found.rows if row[0] == "summed up"]
    assert rows == [("summed up", "fails · nothing is lost")]
    with pytest.raises(BadInput, match="there is no lab on 'Oracle' here"):
        labs.summary("Oracle")


def test_what_runs_nothing_cannot_be_compared_and_the_labs_stay_as_they_were(labs: Labs) -> None:
    with pytest.raises(BadInput, match="act must run a command"):
        labs.compare(lambda lab: None, begin)
    found = labs.compare(lambda lab: lab.manage("migrate store --plan"))
    assert {each.said for each in found.outcomes} == {"No planned migration operations."}


def test_an_error_in_what_is_tried_leaves_the_labs_as_they_were(labs: Labs) -> None:
    def fails(lab: Lab) -> None:
        begin(lab)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        labs.compare(fails)
    found = labs.compare(lambda lab: lab.manage("migrate store --plan"))
    assert {each.said for each in found.outcomes} == {"No planned migration operations."}

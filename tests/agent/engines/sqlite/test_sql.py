"""SQL taken apart as SQLite does it."""

from __future__ import annotations

import itertools
import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab.agent.engines.sqlite.sql import first_word, fold, parts, tokens, written

#: Names that SQLite takes in quotes.
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(st.text())
def test_no_letter_that_is_not_space_or_a_comment_is_lost(sql: str) -> None:
    found = tokens(sql)
    assert all(sql[each.start : each.end] == each.text for each in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@given(NAMES)
def test_a_quoted_name_is_the_one_that_sqlite_makes(name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    (token,) = tokens(quoted)
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute(f"SELECT 1 AS {quoted}")
        assert token.name == cursor.description[0][0]


@given(st.characters(min_codepoint=0x80, exclude_categories=["Cs"]))
def test_what_is_not_ascii_is_a_letter_of_a_name_without_quotes(letter: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        cursor = connection.execute(f"SELECT 1 AS {letter}1")
        (token,) = tokens(f"{letter}1")
        assert token.names
        assert token.name == cursor.description[0][0]


@given(st.text(st.characters(codec="ascii", exclude_characters="\0'"), min_size=1))
def test_names_that_fold_to_one_are_one_to_sqlite(name: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        (same,) = connection.execute("SELECT ? = ? COLLATE NOCASE", (name, fold(name))).fetchone()
    assert same == 1
    assert fold(name.upper()) == fold(name)


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT 1", "SELECT"),
        ("  -- a comment\n/* DROP */ insert into a", "INSERT"),
        (";;update a", "UPDATE"),
        ("", ""),
        ("'SELECT'", ""),
    ],
)
def test_a_statement_begins_with_its_first_keyword(sql: str, word: str) -> None:
    assert first_word(sql) == word


def test_a_list_is_parted_by_the_commas_outside_of_its_brackets() -> None:
    sql = "a, max(b, c) AS d, ','"
    assert [written(sql, each) for each in parts(tokens(sql))] == ["a", "max(b, c) AS d", "','"]

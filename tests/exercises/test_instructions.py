"""Lines of a start or a way: read, written, and taken on a lab."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miglab import Lab
from miglab.errors import BadInput
from miglab.exercises.instructions import read, take
from miglab.facts.exercise import Instruction


def test_what_is_indented_belongs_to_the_line_above_and_keeps_its_own_indent() -> None:
    text = "# a remark\nwrite a.py\n    if True:\n\n        pass\n\n! migrate store\n"
    assert read(text) == (
        Instruction("write a.py", "if True:\n\n    pass\n"),
        Instruction("migrate store", refused=True),
    )


_lines = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1).map(
    lambda line: f"x{line.rstrip()}"
)


_bodies = st.lists(_lines, max_size=3).map(lambda lines: "".join(f"{each}\n" for each in lines))
_instructions = st.builds(
    lambda word, body: Instruction(f"shell {word}", body), _lines.map(str.strip), _bodies
)


@given(st.lists(_instructions))
def test_what_is_written_is_read_again(instructions: list[Instruction]) -> None:
    assert list(read("\n".join(each.text for each in instructions))) == instructions


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("    migrate", "but there is no step above it"),
        ("copy db.sqlite3", "give 2 words after 'copy'"),
        ("write a.py", "needs indented text on the lines below it"),
    ],
)
def test_what_lacks_something_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        read(text)


def test_each_kind_is_taken_on_a_lab(lab: Lab) -> None:
    text = """
write notes.txt
    one
replace notes.txt
    - one
    + two
copy notes.txt copy.txt
delete notes.txt
sql UPDATE store_product SET discount = 1
shell Product.objects.filter(pk=1).update(discount=7)
migrate store 0004
moment here
"""
    taken = [take(lab, each) for each in read(text)]
    assert lab.read("copy.txt") == "two\n"
    assert taken[-1] is None
    assert [step.kind for step in taken[:-1] if step] == [
        *("write", "write", "copy", "delete", "sql", "shell", "manage")
    ]
    assert lab.rows("store_product", 1).rows[0][-1] == 7


def test_a_copied_database_is_put_back_with_its_rows(lab: Lab) -> None:
    lab.copy_file("db.sqlite3", "backup.sqlite3")
    lab.manage("migrate store 0003")
    step = lab.copy_file("backup.sqlite3", "db.sqlite3")
    assert lab.truths().agreements.files_record.verdict is True
    assert {change.table for change in step.rows} >= {"store_tag"}
    lab.rewind()
    assert "store_tag" not in lab.truths().truths.known_tables.tables


def test_lines_of_a_replacement_say_which_side_they_are(lab: Lab) -> None:
    with pytest.raises(BadInput, match="begin each line below it with '- '"):
        take(lab, Instruction("replace store/models.py", "old\n"))

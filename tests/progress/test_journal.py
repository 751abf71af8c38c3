"""A file of events is appended to by many at once, loses none, and takes over those of others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from miglab.errors import BadInput
from miglab.progress import Event, Journal, new_event, union


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """One without a file yet."""
    return Journal(tmp_path / "lessons" / "progress.jsonl")


def filled(path: Path, *names: str) -> tuple[Journal, list[Event]]:
    """A journal with an event for each name."""
    journal, events = Journal(path), [new_event("predicted", name=name) for name in names]
    for event in events:
        journal.append(event)
    return journal, events


def test_without_a_file_there_are_no_events(journal: Journal) -> None:
    assert journal.read() == ()
    assert not journal.path.exists()


def test_what_was_appended_is_read_in_order_of_time(journal: Journal) -> None:
    first, second = new_event("predicted"), new_event("checked", done=False)
    journal.append(second)
    journal.append(first)
    assert journal.read() == (first, second)


def test_appending_keeps_every_byte_that_was_there(journal: Journal) -> None:
    journal.append(new_event("predicted"))
    before = journal.path.read_bytes()
    journal.append(new_event("checked"))
    assert journal.path.read_bytes().startswith(before)


@pytest.mark.parametrize("torn", [b'{"id": "abc", "ver', b'{"id": "\xc3', b"[1, 2]", b"\x00\xff"])
def test_after_a_torn_last_line_nothing_else_is_lost(journal: Journal, torn: bytes) -> None:
    first, second = new_event("predicted"), new_event("checked")
    journal.append(first)
    with journal.path.open("ab") as file:
        file.write(torn)
    assert journal.read() == (first,)
    journal.append(second)
    assert journal.read() == (first, second)


def test_a_whole_last_line_whose_end_alone_is_missing_still_counts(journal: Journal) -> None:
    first, second = new_event("predicted"), new_event("checked")
    journal.append(first)
    journal.path.write_bytes(journal.path.read_bytes().rstrip(b"\n"))
    journal.append(second)
    assert journal.read() == (first, second)


_WRITER = """
import sys
from pathlib import Path
from miglab.progress import Journal, new_event
journal = Journal(Path(sys.argv[1]))
for place in range(200):
    journal.append(new_event("predicted", writer=sys.argv[2], place=place, text="é" * 3000))
"""


def test_several_processes_write_at_once_and_no_event_is_lost(journal: Journal) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(journal.path), str(number)])
        for number in range(4)
    ]
    assert [each.wait(timeout=120) for each in writers] == [0, 0, 0, 0]
    found = journal.read()
    for number in range(4):
        own = [each.data["place"] for each in found if each.data["writer"] == str(number)]
        assert own == list(range(200))
    assert len(journal.path.read_bytes().splitlines()) == 800


def test_merging_is_a_union_whichever_takes_over_the_other(tmp_path: Path) -> None:
    one, first = filled(tmp_path / "one.jsonl", "a", "b")
    two, second = filled(tmp_path / "two.jsonl", "c")
    for event in first:
        two.append(event)
    assert one.merge(two.path) == tuple(second)
    assert two.merge(one.path) == ()
    assert one.read() == two.read() == union(first, second)


def test_merging_again_changes_not_one_byte(tmp_path: Path) -> None:
    one, _ = filled(tmp_path / "one.jsonl", "a")
    two, _ = filled(tmp_path / "two.jsonl", "b")
    three, _ = filled(tmp_path / "three.jsonl", "c")
    assert len(one.merge(two.path, three.path)) == 2
    before = one.path.read_bytes()
    assert one.merge(two.path, three.path, one.path) == ()
    assert one.path.read_bytes() == before


def test_two_files_put_one_after_the_other_are_merged(tmp_path: Path) -> None:
    one, first = filled(tmp_path / "one.jsonl", "a", "b")
    two, second = filled(tmp_path / "two.jsonl", "c")
    both = Journal(tmp_path / "both.jsonl")
    both.path.write_bytes(one.path.read_bytes() + two.path.read_bytes() + one.path.read_bytes())
    assert both.read() == union(first, second)


def test_a_file_that_is_not_there_cannot_be_merged(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"there is no file .*gone\.jsonl"):
        Journal(tmp_path / "one.jsonl").merge(tmp_path / "gone.jsonl")


def test_a_file_that_cannot_be_written_or_read_is_named(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    with pytest.raises(BadInput, match="cannot be written"):
        journal.append(new_event("predicted"))
    with pytest.raises(BadInput, match="cannot be read"):
        journal.read()

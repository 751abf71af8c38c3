"""The task about a lost file: only the old file itself is good enough."""

from __future__ import annotations

from miglab.lessons import check, your_turn

COPY = "from_git/0002_photo_alt_text.py"
FILE = "media/migrations/0002_photo_alt_text.py"


def missing() -> list[str]:
    return [point.text for point in check("file-gone").points if not point.done]


def test_untouched_it_is_not_done() -> None:
    with your_turn("file-gone"):
        assert "`media.0002` has its file again." in missing()


def test_the_old_file_put_back_is_the_way() -> None:
    with your_turn("file-gone") as lab:
        lab.write(FILE, lab.read(COPY))
        assert check("file-gone").done

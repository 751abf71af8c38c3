"""The task of Models in a package: not done, done, and done the wrong way."""

from __future__ import annotations

from miglab import Lab
from miglab.lessons import check, your_turn

INIT = "blog/models/__init__.py"


def missing() -> list[str]:
    return [point.text for point in check("likes-arrive").points if not point.done]


def bring(lab: Lab, line: str) -> None:
    lab.replace(INIT, "from .posts.post", f"{line}\nfrom .posts.post")


def test_untouched_it_is_not_done() -> None:
    with your_turn("likes-arrive"):
        assert missing() == [
            "The table `blog_like` exists.",
            "All four truths agree. `makemigrations` finds no changes.",
        ]


def test_both_imports_do_it() -> None:
    with your_turn("likes-arrive") as lab:
        bring(lab, "from .comments.comment import Comment")
        bring(lab, "from .likes.like import Like")
        lab.manage("makemigrations blog")
        lab.manage("migrate blog")
        assert check("likes-arrive").done

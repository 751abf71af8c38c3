"""Models in a package: what Django sees, and what it deletes when an import is lost."""

from __future__ import annotations

from ...lab import Lab
from ..goals import agreeing, has_column, rows
from ..looks import last, migrations
from ..predictions import question
from ..tasks import task

_INIT = "blog/models/__init__.py"
_LIKE = """from django.db import models


class Like(models.Model):
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE)
    given_on = models.DateField()
"""


def _deletes(lab: Lab, model: str) -> bool:
    """Whether a migration file of the blog deletes this model."""
    return any(
        operation.kind == "DeleteModel" and operation.text == f"Delete model {model}"
        for migration in migrations(lab, "blog")
        for operation in migration.operations
    )


def _quiet(lab: Lab) -> bool:
    """Whether the last command went well, and wrote no file."""
    return not last(lab).refused and not last(lab).files


question(
    "comment-import-lost",
    "`comment.py` still contains the class `Comment`. What does `makemigrations blog` write?",
    {
        "Nothing. The class is still in its file.": _quiet,
        "A migration that deletes the model.": lambda lab: _deletes(lab, "Comment"),
        "Nothing. Django refuses, because a model is missing.": lambda lab: last(lab).refused,
    },
    because={
        "B": """
            `makemigrations` compares the models with the files. The files have a
            model `Comment`, but it is no longer among the models that Django sees.

            Django cannot know why. It does not ask, and it does not warn you.
        """
    },
)

question(
    "post-import-lost",
    "Now no file imports `post.py`, but `Comment` points to `Post`. "
    "What does `makemigrations blog` do?",
    {
        "It writes a migration that deletes `Post`.": lambda lab: _deletes(lab, "Post"),
        "It finds no changes, because the `ForeignKey` imports `Post`.": _quiet,
        "Django refuses, because `Comment` points to a model that it does not know.": lambda lab: (
            last(lab).refused
        ),
    },
    because={
        "C": """
            `"blog.Post"` is only text, and text does not import anything. Before the
            command does anything, Django checks the models. It finds a `ForeignKey` to a model
            that it does not know.

            This was good luck: the error saved the table. No model points to `Comment`, so
            there was no error when its import was lost.
        """
    },
)

question(
    "author-moved",
    "`Author` is in another file now. What does `makemigrations blog` do?",
    {
        "It writes a migration that deletes `Author` and creates it again.": lambda lab: _deletes(
            lab, "Author"
        ),
        "It finds no changes.": _quiet,
        "Django refuses, because `Post` cannot find `Author` any more.": lambda lab: (
            last(lab).refused
        ),
    },
    because={
        "B": """
            For Django this model is `blog.Author`: the app label and the name of the class.
            The name of the file is not part of that name, nor of the name of the table.
        """
    },
)


def _tidied(lab: Lab) -> None:
    """Change the files as the colleague did: nobody imports the new model, and an old import is
    missing."""
    lab.write("blog/models/likes/__init__.py", "")
    lab.write("blog/models/likes/like.py", _LIKE)
    lab.replace(_INIT, "from .comments.comment import Comment\n", "")
    lab.replace(_INIT, '"Comment", ', "")


task(
    "likes-arrive",
    {
        "The table `blog_like` exists.": has_column("blog_like", "id"),
        "All 40 comments are still there.": rows(blog_comment=40),
        "All 15 posts and 5 authors are still there.": rows(blog_post=15, blog_author=5),
        "All four truths agree. `makemigrations` finds no changes.": agreeing(),
    },
    apps=["blog"],
    begin=_tidied,
)

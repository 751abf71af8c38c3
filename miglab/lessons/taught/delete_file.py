"""Delete a file: what Django does when the file of an applied migration is gone."""

from __future__ import annotations

from collections.abc import Iterator

from ...facts.lesson import Case
from ...facts.step import Step
from ...lab import Lab
from ..goals import agreeing, equal, listed, numbered
from ..looks import agree, applied, columns, exists, files, last, migrations, number, numbers
from ..predictions import question
from ..tasks import task
from ..trials import case, experiment, fresh

_APPROVAL = "blog/migrations/0004_comment_is_approved.py"
_ALT_TEXT = "media/migrations/0002_photo_alt_text.py"
_COPY = "from_git/0002_photo_alt_text.py"

question(
    "past-a-ghost",
    "The file of `0004` is gone. You run `migrate blog 0003`. What happens to the column?",
    {
        "It is dropped, as in any revert.": lambda lab: not _has_approval(lab),
        "Django refuses, because the file is missing.": lambda lab: last(lab).refused,
        "It stays, and `0004` is still recorded. There is no error.": lambda lab: (
            not last(lab).refused
            and _has_approval(lab)
            and "0004_comment_is_approved" in applied(lab, "blog")
        ),
    },
    because={
        "C": """
            Django makes its plan from the files. Only the file of `0004` said how to drop the
            column. Without it, Django finds nothing to do, and that is not an error.

            Django suggests that you run `makemigrations`, because your models have a field that
            is in no migration file. But `makemigrations` does not notice the ghost either.
        """
    },
)

question(
    "after-prune",
    "The column exists, with 31 approvals. Now Django applies a new `0004`. What happens?",
    {
        "Nothing is lost. Django sees the column, and does not change it.": lambda lab: (
            not last(lab).refused and _approved(lab) == 31
        ),
        "Django refuses, because the column already exists.": lambda lab: last(lab).refused,
        "No comment is approved any more.": lambda lab: (
            not last(lab).refused and _approved(lab) == 0
        ),
    },
    because={
        "C": """
            `migrate` does not look at the tables first. On SQLite, Django built the table again,
            and put the default into the "new" column. PostgreSQL would refuse, because the
            column already exists.

            All four truths agree, but no comment is approved any more.
        """
    },
)

question(
    "no-init",
    "You delete only `__init__.py`. The four migrations stay. What does `showmigrations` say?",
    {
        "It lists the four migrations, as before.": lambda lab: (
            "0004_comment_is_approved" in last(lab).output and not last(lab).refused
        ),
        "It says that there are no migrations.": lambda lab: "(no migrations)" in last(lab).output,
        "It fails, because Python cannot import the folder.": lambda lab: last(lab).refused,
    },
    because={
        "B": """
            Python can still import the folder, so there is no error. But Django skips it. If
            `__init__.py` is missing, Django treats the app as an app without migrations.
        """
    },
)


def _has_approval(lab: Lab) -> bool:
    return "is_approved" in columns(lab, "blog_comment")


def _approved(lab: Lab) -> int:
    """How many comments are approved."""
    return number(lab, "SELECT count(*) FROM blog_comment WHERE is_approved")


def _operations(lab: Lab, app_label: str, name: str) -> list[str]:
    """What a migration's file does, an operation at a time; none if there is no such file."""
    found = [each for each in migrations(lab, app_label) if each.key.name == name]
    return [operation.text for each in found for operation in each.operations]


def _alt_texts(lab: Lab) -> tuple[int, ...]:
    """How many photos have a text, and how many a text that a person wrote."""
    if "alt_text" not in columns(lab, "media_photo"):
        return 0, 0
    first = "listing.title || ', ' || listing.condition"
    return numbers(
        lab,
        f"SELECT count(*) FILTER (WHERE photo.alt_text <> ''),"
        f" count(*) FILTER (WHERE photo.alt_text NOT IN ('', {first}))"
        " FROM media_photo photo JOIN marketplace_listing listing ON listing.id = listing_id",
    )


def _lose_the_file(lab: Lab) -> None:
    lab.write(_COPY, lab.read(_ALT_TEXT))
    lab.delete(_ALT_TEXT)


task(
    "file-gone",
    {
        "`media.0002` has its file again.": equal(
            lambda lab: files(lab, "media")[1:], ["0002_photo_alt_text"], listed
        ),
        "`media.0002` has two operations again, as in the old file.": equal(
            lambda lab: len(_operations(lab, "media", "0002_photo_alt_text")),
            2,
            numbered("operation", "operations"),
        ),
        "All 30 photos have a text, and the 12 texts that people changed are still there.": equal(
            _alt_texts,
            (30, 12),
            lambda found: f"{found[0]} texts, {found[1]} of them changed by people",
        ),
        "All four truths agree.": agreeing(),
    },
    apps=["media"],
    begin=_lose_the_file,
)


def _answer(step: Step) -> str:
    """What Django answered, in one sentence."""
    if step.refusal:
        return f"Django refuses: {step.refusal.message}."
    if "No migrations to apply" in step.output:
        return "Django says “No migrations to apply”."
    return "Django does not refuse."


@experiment(
    "C4",
    {
        "does not hold": "`*` matches `__init__.py` too. Use `rm 0*.py`. "
        "If `__init__.py` is gone, put that file back first.",
    },
)
def _() -> Iterator[Case]:
    steps: list[Step | str] = []
    found, kept = [], {}
    for pattern in ("*.py", "0*.py"):
        with fresh() as lab:
            lab.delete(f"store/migrations/{pattern}")
            kept[pattern] = exists(lab, "store/migrations/__init__.py")
            makes = lab.manage("makemigrations")
            steps += [f"rm {pattern}", makes]
            found.append(
                f"After `rm {pattern}`, `__init__.py` is {'there' if kept[pattern] else 'gone'}, "
                f"and `makemigrations` says “{makes.output.strip().splitlines()[0]}”."
            )
    told = " ".join(found)
    yield case("you run `rm *.py`, and compare it with `rm 0*.py`", steps, told, held=kept["*.py"])


@experiment(
    "C14",
    {
        "holds only if": "Revert first, then delete. "
        "If the file is already gone, restore it from Git.",
        "holds": "Revert first, then delete. If the file is already gone, restore it from Git.",
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        gone = lab.delete(_APPROVAL)
        back = lab.manage("migrate blog 0003")
        stays = _has_approval(lab)
        yield case(
            "you want to undo the migration",
            [gone, back],
            f"{_answer(back)} The column {'stays' if stays else 'is gone'}.",
            held=stays,
        )
    with fresh() as lab:
        gone = lab.delete("blog/migrations/0002_post_slug.py")
        shown = lab.manage("showmigrations blog")
        yield case(
            "another migration depends on the deleted one",
            [gone, shown],
            _answer(shown),
            held=shown.refused,
        )
    with fresh() as lab:
        before = _approved(lab)
        gone = lab.delete(_APPROVAL)
        makes = lab.manage("makemigrations blog --name approval")
        there = lab.manage("migrate blog")
        yield case(
            "you make the migration again under another name",
            [gone, makes, there],
            f"{_answer(there)} {before - _approved(lab)} of {before} approvals are lost.",
            held=there.refused or _approved(lab) != before,
        )
    with fresh() as lab:
        before = _approved(lab)
        gone = lab.delete(_APPROVAL)
        makes = lab.manage("makemigrations blog")
        there = lab.manage("migrate blog")
        well = agree(lab) and _approved(lab) == before
        yield case(
            "`makemigrations` happens to choose the old name",
            [gone, makes, there],
            f"The truths {'agree' if agree(lab) else 'do not agree'}. "
            f"{before - _approved(lab)} of {before} approvals are lost.",
            held=not well,
        )


@experiment(
    "C22",
    {
        "holds only if": "Delete this file only while its app is at `zero`, "
        "together with every file that depends on it."
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        gone = lab.delete("store/migrations/0001_initial.py")
        step = lab.manage("migrate store")
        yield case(
            "another migration of the app depends on `0001`",
            [gone, step],
            _answer(step),
            held=step.refused,
        )
    with fresh() as lab:
        gone = lab.delete("accounts/migrations/0*.py")
        step = lab.manage("migrate store")
        yield case(
            "another app depends on this app",
            [gone, step],
            _answer(step),
            held=step.refused,
        )
    with fresh() as lab:
        zero = lab.manage("migrate store zero")
        gone = lab.delete("store/migrations/0*.py")
        makes = lab.manage("makemigrations store")
        there = lab.manage("migrate store")
        yield case(
            "the app is at `zero`, and you delete all its migration files",
            [zero, gone, makes, there],
            f"{_answer(there)} The truths {'agree' if agree(lab) else 'do not agree'}.",
            held=not agree(lab),
        )


@experiment(
    "C25",
    {"holds only if": "Commit the files. Git brings them back, but not the rows."},
    because={
        "holds only if": """
            This is only about files. Restoring a file does not bring lost rows back.
        """
    },
)
def _() -> Iterator[Case]:
    with fresh() as lab:
        text = lab.read(_ALT_TEXT)
        gone = lab.delete(_ALT_TEXT)
        back = lab.write(_ALT_TEXT, text)
        same = lab.read(_ALT_TEXT) == text and agree(lab)
        yield case(
            "you have a copy, for example in Git",
            [gone, back],
            f"The same file is {'back, and the truths agree' if same else 'not back'}.",
            held=not same,
        )
    for app, path, when in (
        ("blog", _APPROVAL, "you have no copy, and nobody edited the file that Django wrote"),
        ("media", _ALT_TEXT, "you have no copy, and somebody edited the file by hand"),
    ):
        with fresh() as lab:
            name = path.rpartition("/")[2].removesuffix(".py")
            before = _operations(lab, app, name)
            gone = lab.delete(path)
            makes = lab.manage(f"makemigrations {app}")
            after = _operations(lab, app, name)
            yield case(
                when,
                [gone, makes],
                f"The old file had these operations: {', '.join(before)}. "
                f"The new one has these: {', '.join(after)}.",
                held=before != after,
            )

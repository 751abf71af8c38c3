"""In a cell of several lines every command shows what it did."""

from __future__ import annotations

import re

import pytest

from miglab import Lab
from miglab.show.text import text

from .test_magics import Notebook, notebook

__all__ = ["notebook"]


def first_lines(notebook: Notebook, lab: Lab, cell: str) -> list[str]:
    """What the statements of a cell show; what stands last, IPython itself shows."""
    notebook.shell.user_ns["lab"] = lab
    return [each["text/plain"].splitlines()[0] for each in notebook(f"{cell}\nNone")]


@pytest.mark.parametrize(
    "cell",
    [
        'lab.manage("check")\nlab.manage("showmigrations store")',
        'for line in ["check", "showmigrations store"]:\n    lab.manage(line)',
        'if True:\n    lab.manage("check")\nlab.manage("showmigrations store")',
        'lab.manage("check"); lab.manage("showmigrations store")',
    ],
)
def test_each_command_is_shown_once(notebook: Notebook, lab: Lab, cell: str) -> None:
    assert first_lines(notebook, lab, cell) == [
        "$ python manage.py check",
        "$ python manage.py showmigrations store",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        'step = lab.manage("check")',
        'def look():\n    lab.manage("check")\n\nlook()',
        'lab.rows("store_tag")',
        "len([])",
    ],
)
def test_what_is_kept_or_is_no_step_is_not_shown(notebook: Notebook, lab: Lab, cell: str) -> None:
    assert first_lines(notebook, lab, cell) == []


def test_an_error_is_told_in_the_line_that_was_typed(notebook: Notebook, lab: Lab) -> None:
    notebook.shell.user_ns["lab"] = lab
    with pytest.raises(ZeroDivisionError) as caught:
        notebook('lab.manage("check")\nprint(1 / 0)\nNone')
    last = caught.value.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    assert last is not None
    assert last.tb_lineno == 2


def test_installing_twice_shows_nothing_twice(notebook: Notebook, lab: Lab) -> None:
    from miglab.notebook import install

    install(notebook.shell)
    assert len(first_lines(notebook, lab, 'lab.manage("check")')) == 1


SUMMARY = "<details><summary>"


def folds(notebook: Notebook, lab: Lab, cell: str) -> list[bool]:
    """Whether each output of a cell is folded."""
    notebook.shell.user_ns["lab"] = lab
    return [f">{SUMMARY}<span" in each["text/html"] for each in notebook(f"{cell}\nNone")]


def test_the_last_change_is_open_and_those_before_it_are_folded(
    notebook: Notebook, lab: Lab
) -> None:
    cell = 'lab.manage("migrate store 0004")\n%manage migrate store 0003\nlab.rewind()'
    assert folds(notebook, lab, cell) == [True, True, False]
    assert folds(notebook, lab, "lab.rewind()") == [False]


def test_what_the_shell_itself_displays_folds_what_was_before(notebook: Notebook, lab: Lab) -> None:
    notebook.shell.user_ns["lab"] = lab
    cell = 'first = lab.manage("migrate store 0004")\n__miglab_show_step__(first)\n'
    outputs = notebook(f'{cell}lab.manage("migrate store 0003")')
    # The second one is what the cell gives, which IPython shows in a way of its own.
    assert SUMMARY in outputs[0]["text/html"]
    assert outputs[0]["text/plain"] == text(notebook.shell.user_ns["first"])


def test_a_look_leaves_the_change_before_it_open(notebook: Notebook, lab: Lab) -> None:
    cell = 'lab.manage("migrate store 0004")\n%manage showmigrations store'
    assert folds(notebook, lab, cell) == [False, False]
    cell = f'{cell}\nlab.manage("migrate store 0003")'
    assert folds(notebook, lab, cell) == [True, True, False]


def test_a_folded_step_says_what_was_lost_and_why_django_refused(
    notebook: Notebook, lab: Lab
) -> None:
    notebook.shell.user_ns["lab"] = lab
    cell = 'lab.manage("migrate blog zero")\nlab.manage("migrate store 0004")\nNone'
    (data, _) = notebook(cell)
    seen = re.sub(
        "(<details>)(<summary>.*?</summary>).*(</details>)",
        r"\2",
        data["text/html"],
        flags=re.DOTALL,
    )
    assert "LOST: 40 values of blog_comment.is_approved" in seen
    assert "IrreversibleError" in seen
    assert "<img" not in seen
    assert data["text/html"].count("<img") == 2

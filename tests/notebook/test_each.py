"""In a cell of several lines every command shows what it did."""

from __future__ import annotations

import pytest

from miglab import Lab

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

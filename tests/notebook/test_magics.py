"""The magics, in a real IPython."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from miglab import Lab
from miglab.errors import BadInput

SKU = "    sku = models.CharField(max_length=20, unique=True)\n"


class Notebook:
    """Runs cells, and gives what they display."""

    def __init__(self, shell: InteractiveShell) -> None:
        self.shell = shell

    def __call__(self, cell: str) -> list[dict[str, Any]]:
        with capture_output() as captured:
            result = self.shell.run_cell(cell)
        if result.error_in_exec:
            raise result.error_in_exec
        # What was shown and taken back while something long ran is nothing.
        return [output.data for output in captured.outputs if output.data]

    def text(self, cell: str) -> str:
        return "\n".join(data["text/plain"] for data in self(cell))


@pytest.fixture
def notebook(shell: InteractiveShell) -> Iterator[Notebook]:
    yield Notebook(shell)
    Lab.prompt = None


def test_manage_runs_a_command_in_the_lab_that_was_opened_last(
    notebook: Notebook, open_lab: Callable[..., Lab]
) -> None:
    first, last = open_lab(), open_lab(apps=["store"])
    (data,) = notebook("%manage migrate store 0004")
    assert data["text/plain"].startswith("$ python manage.py migrate store 0004\n")
    assert "<img" in data["text/html"]
    assert last.history().lines == ("migrate store 0004",)
    assert first.history().lines == ()


def test_each_line_below_manage_is_an_answer(notebook: Notebook, lab: Lab) -> None:
    lab.replace("store/models.py", SKU, SKU + "    weight = models.IntegerField()\n")
    told = notebook.text("%%manage makemigrations store\n1\n7\n")
    assert "+ Add field weight to product" in told


def test_an_empty_line_below_manage_is_just_enter(notebook: Notebook, lab: Lab) -> None:
    """A callable default: Django offers timezone.now, and Enter takes it."""
    seen = "    seen = models.DateTimeField(auto_now_add=True)\n"
    lab.replace("store/models.py", SKU, SKU + seen)
    told = notebook.text("%%manage makemigrations store\n1\n\n")
    assert "+ Add field seen to product" in told


def test_what_follows_a_hash_is_a_comment(notebook: Notebook, lab: Lab) -> None:
    assert "Unapplying" in notebook.text("%manage migrate store 0004   # as in a terminal")


def test_a_question_is_put_at_the_prompt(
    notebook: Notebook, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return "y"

    monkeypatch.setattr("builtins.input", typed)
    lab.replace("store/models.py", "    discount = ", "    rebate = ")
    assert "~ Rename field discount" in notebook.text("%manage makemigrations store")
    assert "Was product.discount renamed to product.rebate" in asked[0]


def test_write_shell_and_sql_take_the_lines_below(notebook: Notebook, lab: Lab) -> None:
    assert "models changed" in notebook.text("%%write store/models.py\n# nothing here\n")
    lab.rewind()
    assert "24" in notebook.text("%%shell\nProduct.objects.count()")
    assert "1 row" in notebook.text("%%sql\nSELECT 1\nAS one")
    assert "tables changed" in notebook.text("%%sql\nDROP TABLE store_product_tags")


def test_a_fact_at_the_end_of_a_cell_shows_itself(notebook: Notebook, lab: Lab) -> None:
    notebook.shell.user_ns["lab"] = lab
    for cell in ("lab.truths()", "lab.graph()", "lab.rows('store_tag')", "lab.history()"):
        formatted, _ = notebook.shell.display_formatter.format(eval(cell, {"lab": lab}))
        assert set(formatted) == {"text/plain", "text/html"}, cell


def test_what_a_terminal_did_is_shown_before_the_next_step(notebook: Notebook, lab: Lab) -> None:
    lab.manage("check")
    (lab.folder / "notes.txt").write_text("hello")
    first, second = notebook("%manage check")
    assert first["text/plain"].startswith("(done outside the lab)")
    assert second["text/plain"].startswith("$ python manage.py check")


def test_an_error_of_ours_is_shown_without_a_traceback(notebook: Notebook, lab: Lab) -> None:
    with capture_output() as captured:
        notebook.shell.run_cell("%manage runserver")
    shown = captured.stdout + captured.stderr
    assert "BadInput: runserver does not run here" in shown
    assert "Traceback" not in shown
    assert "lab.py" not in shown


def test_without_a_lab_the_cell_to_run_is_named(
    notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Lab, "_opened", [])
    with pytest.raises(Exception, match="there is no open lab; run the cell with lab = Lab"):
        notebook("%manage check")


def test_write_without_a_path_says_how(notebook: Notebook, lab: Lab) -> None:
    with pytest.raises(Exception, match="%%write needs a path"):
        notebook("%%write\nx = 1")


@pytest.mark.parametrize(
    "cell",
    ["%sql SELECT count(*) FROM store_tag", "%%sql SELECT count(*)\nFROM store_tag"],
)
def test_sql_stands_on_the_line_or_below_it(notebook: Notebook, lab: Lab, cell: str) -> None:
    assert "6" in notebook.text(cell).split()


@pytest.mark.parametrize("cell", ["%shell Tag.objects.count()", "%%shell\nTag.objects.count()"])
def test_python_stands_on_the_line_or_below_it(notebook: Notebook, lab: Lab, cell: str) -> None:
    assert "\n6\n" in notebook.text(cell)


def test_sql_without_a_statement_says_so(notebook: Notebook, lab: Lab) -> None:
    with pytest.raises(BadInput, match="SELECT"):
        notebook("%sql")

"""``%manage`` and the other magics, with which the lessons run commands."""

from __future__ import annotations

from collections.abc import Callable

from IPython.core.magic import Magics, cell_magic, line_cell_magic, line_magic, magics_class
from IPython.display import display

from ..errors import BadInput
from ..facts.step import Step
from ..facts.view import Rows
from ..lab import Lab
from .resume import resume


@magics_class
class LabMagics(Magics):
    """Commands for the lab that was opened last in this notebook."""

    @line_cell_magic("manage")  # type: ignore[arg-type]
    def run_manage(self, line: str, cell: str | None = None) -> None:
        """Run ``python manage.py`` in the lab, with the words of this line.

        ::

            %manage migrate store 0002

        As ``%%manage``, each line below is an answer to a question that Django asks; an empty
        line is just Enter.
        """
        answers = [] if cell is None else cell.removesuffix("\n").split("\n")
        show(Lab.latest(), lambda lab: lab.manage(line, answers=answers))

    @cell_magic("write")  # type: ignore[arg-type]
    def run_write(self, line: str, cell: str) -> None:
        """Write the lines below into a file of the project, as in ``%%write store/models.py``."""
        if not line.strip():
            raise BadInput("%%write needs a path, as in: %%write store/models.py")
        show(Lab.latest(), lambda lab: lab.write(line.strip(), cell))

    @line_cell_magic("shell")  # type: ignore[arg-type]
    def run_shell(self, line: str, cell: str = "") -> None:
        """Run this line, or the lines below, as Python in the project, with its models imported."""
        show(Lab.latest(), lambda lab: lab.shell(f"{line}\n{cell}".lstrip("\n")))

    @line_cell_magic("sql")  # type: ignore[arg-type]
    def run_sql(self, line: str, cell: str = "") -> None:
        """Run this line, or the lines below, as SQL in the project's database, behind Django's
        back."""
        show(Lab.latest(), lambda lab: lab.sql(f"{line}\n{cell}".lstrip("\n")))

    @line_magic("resume")  # type: ignore[arg-type]
    def run_resume(self, line: str) -> None:
        """Bring the lab to where a part of this lesson begins, as in ``%resume Forward again``: run
        the lesson's cells above that heading. Without one, take the heading above this cell."""
        assert self.shell is not None
        print(resume(self.shell, line.strip()))


def show(lab: Lab, act: Callable[[Lab], Step | Rows]) -> None:
    """Act on the lab. Display the steps that a terminal took before, and then the result."""
    result = act(lab)
    for step in lab.take_noticed():
        display(step)  # type: ignore[no-untyped-call]
    display(result)  # type: ignore[no-untyped-call]

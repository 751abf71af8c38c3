"""The forms of the report, and the files that ``miglab whatif`` writes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ..errors import BadInput
from ..facts.consequences import Consequences
from ..facts.ladder import Ladder
from ..show.report import report_html, report_json, report_markdown
from ..show.report.file_names import file_names

#: Stands for the file of a report that is printed.
TERMINAL = Path("-")


class Form(NamedTuple):
    """A form of the report: the name of its option, what the option does, and the functions that
    make the text of one rehearsal and of all targets (``None`` if there is none)."""

    name: str
    does: str
    of: Callable[[Consequences, str], str]
    of_ladder: Callable[[Ladder, str], str] | None = None


FORMS = (
    Form("html", "write the report as one HTML file", report_html),
    Form("markdown", "write the report as Markdown", report_markdown),
    Form("json", "write the report as JSON; use - to print it", report_json, report_json),
)


def write(arguments: argparse.Namespace, found: Consequences) -> None:
    """Write all reports that were asked for, and what is lost.

    Raises:
        BadInput: one of them could not be written.
    """
    for form in FORMS:
        _write(getattr(arguments, form.name), partial(form.of, found, arguments.reason))
    if arguments.lost:
        try:
            arguments.lost.mkdir(parents=True, exist_ok=True)
            for name, file in file_names(found.lost_names).items():
                found.lost_csv(name, arguments.lost / file)
        except OSError as error:
            raise _not_written(arguments.lost, error) from None


def write_ladder(arguments: argparse.Namespace, found: Ladder) -> None:
    """Write the report on all targets.

    Raises:
        BadInput: it could not be written.
    """
    for form in FORMS:
        if form.of_ladder is not None:
            made = partial(form.of_ladder, found, arguments.reason)
            _write(getattr(arguments, form.name), made)


def _write(path: Path | None, report: Callable[[], str]) -> None:
    if path is None or path == TERMINAL:
        return
    try:
        path.write_text(report(), encoding="utf-8")
    except OSError as error:
        raise _not_written(path, error) from None


def _not_written(path: Path, error: OSError) -> BadInput:
    return BadInput(f"the report {path} could not be written: {error.strerror or error}")

"""Writes the reports of ``miglab whatif`` into files."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ..errors import BadInput
from ..facts.consequences import Consequences
from ..facts.ladder import Ladder
from ..show.report import report_html, report_json, report_markdown
from ..show.report.file_names import file_names

_TERMINAL = Path("-")


def write(arguments: argparse.Namespace, found: Consequences) -> None:
    """All the reports that were asked for.

    Raises:
        BadInput: one of them could not be written.
    """
    reason = arguments.reason
    _write(arguments.html, lambda: report_html(found, reason))
    _write(arguments.markdown, lambda: report_markdown(found, reason))
    _write(arguments.json, lambda: report_json(found, reason))
    if arguments.lost:
        try:
            arguments.lost.mkdir(parents=True, exist_ok=True)
            for name, file in file_names(found.lost_names).items():
                found.lost_csv(name, arguments.lost / file)
        except OSError as error:
            raise _not_written(arguments.lost, error) from None


def write_ladder(arguments: argparse.Namespace, found: Ladder) -> None:
    """The report on all targets.

    Raises:
        BadInput: it could not be written.
    """
    _write(arguments.json, lambda: report_json(found, arguments.reason))


def _write(path: Path | None, report: Callable[[], str]) -> None:
    if path is None or path == _TERMINAL:
        return
    try:
        path.write_text(report(), encoding="utf-8")
    except OSError as error:
        raise _not_written(path, error) from None


def _not_written(path: Path, error: OSError) -> BadInput:
    return BadInput(f"the report {path} could not be written: {error.strerror or error}")

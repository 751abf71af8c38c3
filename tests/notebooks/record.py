"""Runs notebooks in a clean kernel, stores what they put out, and shows how the texts changed."""

from __future__ import annotations

import argparse
import difflib
import html
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from miglab.workbook.lessons import KERNEL

#: A committed notebook is not larger, in bytes.
LARGEST = 1_000_000
#: A cell that runs longer, in seconds, is stuck.
LONGEST = 300

WIDGET = "application/vnd.jupyter.widget-view+json"
#: What front ends note down for themselves.
NOTES = ("ExecuteTime", "collapsed", "execution", "scrolled")


class Failed(Exception):
    """A notebook that cannot be stored; the message says which and why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Record the notebooks named; 1 where one failed, or differs while only checking."""
    parser = argparse.ArgumentParser(prog="dev.py record", description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path, help="notebooks or folders of them")
    parser.add_argument("--check", action="store_true", help="compare only, store nothing")
    chosen = parser.parse_args(arguments)
    failed = different = 0
    for path in sorted(set(found(chosen.notebooks))):
        print(path.name, flush=True)
        try:
            changed = record(path, store=not chosen.check)
        except Failed as error:
            print(f"  {error}", file=sys.stderr)
            failed += 1
        else:
            print(*changed, sep="\n", end="\n" if changed else "")
            different += bool(changed)
    print(f"\n{different} with different texts, {failed} failed.")
    return 1 if failed or (chosen.check and different) else 0


def found(places: Sequence[Path]) -> Iterator[Path]:
    """The notebooks among these places and below them."""
    for place in places:
        if place.is_dir():
            below = place.rglob("*.ipynb")
            yield from (path for path in below if ".ipynb_checkpoints" not in path.parts)
        else:
            yield place


def record(path: Path, *, store: bool) -> list[str]:
    """Run a notebook, store it where asked, and return the difference of its texts.

    Raises:
        Failed: it cannot be read, a cell failed, or it grew too large; it stays as it was.
    """
    try:
        # With its very line ends, so that a notebook that stays the same is not written again.
        before = path.read_bytes().decode()
        notebook = nbformat.reads(before, as_version=4)
    except (OSError, ValueError) as error:
        raise Failed(f"{path}: not a notebook that can be read: {error}") from None
    said = texts(notebook)
    run(notebook, path)
    normalise(notebook)
    after = nbformat.writes(notebook).rstrip("\n") + "\n"
    size = len(after.encode())
    if size > LARGEST:
        raise Failed(f"{path}: {size:,} bytes with its outputs; {LARGEST:,} is the most")
    if store and after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return list(difflib.unified_diff(said, texts(notebook), "stored", "now", lineterm=""))


def run(notebook: NotebookNode, path: Path) -> None:
    """Run all cells, in the notebook's own folder.

    Raises:
        Failed: a cell failed that is not tagged ``raises-exception``.
    """
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )
    at = 0

    def started(cell: NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = cell_index + 1

    client.on_cell_start = started
    try:
        client.execute()
    except CellExecutionError as error:
        raise Failed(f"{path}, cell {at}: {error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise Failed(f"{path}, cell {at}: not done after {LONGEST} seconds") from None
    except DeadKernelError:
        raise Failed(f"{path}, cell {at}: the kernel died") from None
    for number, cell in enumerate(notebook.cells, 1):
        # What fails while it is displayed stops no cell.
        expected = "raises-exception" in cell.metadata.get("tags", ())
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and not expected:
                raise Failed(f"{path}, cell {number}: {output.ename}: {output.evalue}")


def normalise(notebook: NotebookNode) -> None:
    """Leave only what is the same on every machine and at every time."""
    # Version 4.5 is the first in which cells have an id.
    notebook.nbformat, notebook.nbformat_minor = 4, max(5, notebook.nbformat_minor)
    about = {"miglab": notebook.metadata.miglab} if "miglab" in notebook.metadata else {}
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python"), **about
    )
    for cell in notebook.cells:
        for note in NOTES:
            cell.metadata.pop(note, None)
        if "outputs" in cell:
            # A widget's model is gone with the kernel, and its view would only say so.
            for output in cell.outputs:
                output.get("data", {}).pop(WIDGET, None)
            cell.outputs = [each for each in cell.outputs if each.get("data", True)]


def texts(notebook: NotebookNode) -> list[str]:
    """What is to be read in a notebook, line by line: sources and outputs, no pictures."""
    lines: list[str] = []
    for number, cell in enumerate(notebook.cells, 1):
        lines += [f"[{number}] {cell.cell_type}", *cell.source.splitlines()]
        for output in cell.get("outputs", ()):
            lines += [f"[{number}] {output.output_type}", *output_lines(output)]
    return lines


def output_lines(output: NotebookNode) -> list[str]:
    """What is to be read in one output: streams, plain texts, alternative texts, errors."""
    if output.output_type == "stream":
        return str(output.text).splitlines()
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}".splitlines()
    data = output.get("data", {})
    alternatives = re.findall(r'\balt="([^"]*)"', data.get("text/html", ""))
    plain = data.get("text/plain", "").splitlines()
    return [*plain, *(f"alt: {html.unescape(each)}" for each in alternatives)]


if __name__ == "__main__":
    sys.exit(main())

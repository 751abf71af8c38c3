"""Consequences as a report to keep: one HTML page that needs no network, Markdown, or JSON.

Unlike a notebook, a report names durations, paths and versions: it is about one run.
"""

from .data import SCHEMA, report_json
from .for_real import for_real
from .markdown import report_markdown
from .page import report_html

__all__ = ["SCHEMA", "for_real", "report_html", "report_json", "report_markdown"]

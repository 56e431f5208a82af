"""The report of a run: one self-contained HTML file, and its tables as CSV and Markdown."""

from __future__ import annotations

from harness.report.content import FILE_NAMES, PlotImage, ReportContent, ReportOptions
from harness.report.delimited import write_csv, write_markdown
from harness.report.html import write_report

__all__ = [
    "FILE_NAMES",
    "PlotImage",
    "ReportContent",
    "ReportOptions",
    "write_csv",
    "write_markdown",
    "write_report",
]

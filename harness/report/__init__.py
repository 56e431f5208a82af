"""The report of a run: one self-contained HTML file, and its tables as CSV, Markdown, LaTeX."""

from __future__ import annotations

from harness.report.content import PlotImage, ReportContent, ReportOptions
from harness.report.delimited import csv_text, write_csv, write_markdown
from harness.report.grid_files import write_grids
from harness.report.html import write_report

__all__ = [
    "PlotImage",
    "ReportContent",
    "ReportOptions",
    "csv_text",
    "write_csv",
    "write_grids",
    "write_markdown",
    "write_report",
]

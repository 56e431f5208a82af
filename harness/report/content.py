"""The input of a report: the test set, the tables, the plots, the findings and the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from harness.claims.claim import Claim
from harness.errors import InputError
from harness.tables import SCHEMA_OF, TableError, TestSet, conform

__all__ = [
    "PlotImage",
    "ReportContent",
    "ReportOptions",
    "csv_file",
    "records",
]


def csv_file(name: str) -> str:
    """The file of a table within the run's folder, e.g. ``tables/documents.csv``."""
    return SCHEMA_OF[name].csv


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of ``frame`` as named tuples."""
    return frame.itertuples(index=False)


@dataclass(frozen=True)
class PlotImage:
    """A drawn plot: its name, the question it answers, how to read it, and the SVG text."""

    name: str
    question: str
    explanation: str
    svg: str


@dataclass(frozen=True)
class ReportOptions:
    """Limits on what the HTML holds; the CSV files always hold everything.

    Parameters
    ----------
    max_segments, max_browser_megabytes
        The most segments in the explorer (the first ones), and the most data in the page
        (compressed).
    max_plot_megabytes
        A larger plot is named, not embedded.
    max_rows
        Rows shown of a table of pairwise tests.
    max_pairs
        Minimal pairs shown of each kind of injected error.
    """

    max_segments: int = 50_000
    max_browser_megabytes: float = 25.0
    max_plot_megabytes: float = 4.0
    max_rows: int = 200
    max_pairs: int = 20

    def __post_init__(self) -> None:
        for name in ("max_segments", "max_rows", "max_pairs"):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise _bad_option(name, value, "a whole number from 1")
        for name in ("max_browser_megabytes", "max_plot_megabytes"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise _bad_option(name, value, "a number above 0")


def _bad_option(name: str, value: object, expected: str) -> InputError:
    return InputError(
        f"report.{name} is out of range",
        found=repr(value),
        expected=expected,
        remedy=f"set report.{name} in the config",
    )


@dataclass(frozen=True, eq=False)
class ReportContent:
    """Everything that :func:`harness.report.write_report` writes.

    Parameters
    ----------
    test_set
        Texts and annotations; its card gives title, notice, licence and citation.
    tables
        Tables by name: systems, scores, ratings, document_scores, rater_ratings, penalty_profile,
        meta_evaluation, metric_tests, categories, category_tests, category_weights,
        category_segments, rater_agreement, rater_profile, challenges, metrics, system_tests,
        system_intervals,
        metric_spans, subset_scores, injections, injected_pairs, injected_scores,
        injection_severity. Any may be absent.
    plots
        Plots, in the order in which they are shown.
    claims
        Every sentence about metrics and systems, with its evidence.
    run
        What run.json holds (command, versions, signatures, data hashes, seeds, seconds, counts,
        warnings); shown key by key.
    config_yaml
        The resolved config.
    options
        Limits on what the HTML holds.
    span_views
        For each view, the category of every row of ``test_set.error_spans``: with it the segment
        browser can also filter by the categories of that view ('' where the view ignores a span).
    focus
        Metrics that are shown where only the best of many are.
    """

    test_set: TestSet
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    plots: Sequence[PlotImage] = ()
    claims: Sequence[Claim] = ()
    run: Mapping[str, Any] = field(default_factory=dict)
    config_yaml: str = ""
    options: ReportOptions = field(default_factory=ReportOptions)
    span_views: Mapping[str, Sequence[str]] = field(default_factory=dict)
    focus: Sequence[str] = ()
    _conformed: dict[str, pd.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def table(self, name: str) -> pd.DataFrame | None:
        """The table of this name, in the types of its schema; None where it is absent or empty.

        Raises
        ------
        TableError
            It lacks a column, or holds rows of another test set.
        """
        if name not in self._conformed:
            frame = self.tables.get(name)
            if frame is None or frame.empty:
                return None
            self._conformed[name] = self._checked(name, frame)
        return self._conformed[name].copy(deep=False)

    def _checked(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        frame = conform(frame, SCHEMA_OF[name])
        if "test_set" in frame.columns:
            others = sorted(set(frame["test_set"]) - {self.test_set.name})
            if others:
                raise TableError(f"{name}: rows of other test sets {others}")
        return frame

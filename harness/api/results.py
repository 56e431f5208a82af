"""Results of the public functions: a table and its test set, shown in one line or as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from harness.errors import InputError, visible
from harness.support.formatting import listed
from harness.tables import TestSet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from harness.error_categories.analysis import CategoryResult
    from harness.metrics import Metric
    from harness.minimal_pairs.injected_systems import InjectedSystems
    from harness.ratings.rating import Penalties, Weights
    from harness.scoring.stage import ScoreResult

__all__ = [
    "Agreement",
    "Categories",
    "InjectedErrors",
    "Ratings",
    "Result",
    "Scores",
    "SystemTests",
    "same_test_set",
]

MOST_ROWS, MOST_NAMES = 20, 5


def names_of(names: list[str]) -> str:
    """A few names, and how many more there are."""
    more = [f"{len(names) - MOST_NAMES} more"] if len(names) > MOST_NAMES else []
    return listed([*names[:MOST_NAMES], *more])


@dataclass(frozen=True, repr=False, eq=False)
class Result:
    """The tables that one step makes from a test set.

    ``tables`` maps a table's name to a DataFrame of its schema (:mod:`harness.tables`); it includes
    the tables of earlier steps that plots need.
    """

    test_set: TestSet
    tables: Mapping[str, pd.DataFrame]
    #: The name of the step's own table, and of the plot that shows it.
    main: ClassVar[str] = ""
    picture: ClassVar[str] = ""

    @property
    def table(self) -> pd.DataFrame:
        """The step's own table."""
        return self.tables[self.main]

    def plot(self, name: str = "", **parameters: Any) -> Figure:
        """A matplotlib figure of the result.

        Parameters
        ----------
        name
            The name of a plot (harness list plots); default: the one for this result.
        parameters
            Of the plot, such as ``view="severity"``.

        Raises
        ------
        InputError
            There is no such plot, parameter or view, or the tables hold nothing to draw.
        """
        from harness.api.drawing import drawn

        return drawn(self.tables, name or self.picture, parameters)

    def __repr__(self) -> str:
        return visible(f"<{type(self).__name__} of {self.test_set.name}: {self._summary()}>")

    def _summary(self) -> str:
        return f"{len(self.table)} rows"

    def _shown(self) -> pd.DataFrame:
        """The rows that a notebook shows."""
        return self.table

    def _repr_html_(self) -> str:
        shown = self._shown()
        text = shown.head(MOST_ROWS).to_html(
            index=False, float_format="{:.3f}".format, na_rep="–", border=0
        )
        cut = f"<p>{MOST_ROWS} of {len(shown):,} rows.</p>" if len(shown) > MOST_ROWS else ""
        return f"<p>{escape(repr(self)[1:-1])}</p>{text}{cut}"


@dataclass(frozen=True, repr=False, eq=False)
class Scores(Result):
    """The scores of every system by every metric (table SCORES)."""

    metrics: Mapping[str, Metric] = field(default_factory=dict)
    sentinels: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    scored: ScoreResult | None = None
    main: ClassVar[str] = "scores"
    picture: ClassVar[str] = "system_scores"

    @property
    def systems(self) -> pd.DataFrame:
        """The score of each system by each metric: systems in rows, metrics in columns."""
        wide = self.tables["systems"].pivot(index="system", columns="metric", values="score")
        return wide.reindex(columns=list(self.metrics))

    def _summary(self) -> str:
        systems, segments = self.table["system"].nunique(), self.table["segment_id"].nunique()
        return f"{systems} systems, {segments:,} segments, by {names_of(list(self.metrics))}"

    def _shown(self) -> pd.DataFrame:
        shown = self.systems.reset_index()
        shown.columns.name = None
        return shown


@dataclass(frozen=True, repr=False, eq=False)
class Ratings(Result):
    """The human ratings that metrics are compared with (table RATINGS).

    ``penalties`` holds, for each view, the penalty of each translation by each rater; empty if the
    ratings came as numbers. ``of_raters`` holds the ratings by each rater; None in that case.
    """

    name: str = "annotations"
    weights: Weights | None = None
    penalties: tuple[Penalties, ...] = ()
    of_raters: pd.DataFrame | None = None
    main: ClassVar[str] = "ratings"
    picture: ClassVar[str] = "penalty_profile"

    def _summary(self) -> str:
        total = self.table[self.table["category"] == "all"]
        return (
            f"{self.name}, {len(total):,} rated translations of {total['system'].nunique()} systems"
        )

    def _shown(self) -> pd.DataFrame:
        total = self.table[self.table["category"] == "all"]
        by_system = total.groupby("system")["rating"].agg(["mean", "size"])
        by_system.columns = pd.Index(["mean rating", "rated segments"])
        return by_system.sort_values("mean rating", ascending=False).reset_index()


@dataclass(frozen=True, repr=False, eq=False)
class Agreement(Result):
    """How well each metric agrees with the ratings (table META_EVALUATION)."""

    main: ClassVar[str] = "meta_evaluation"
    picture: ClassVar[str] = "meta_evaluation_forest"

    @property
    def tests(self) -> pd.DataFrame:
        """Every two metrics tested (table METRIC_TESTS)."""
        return self.tables["metric_tests"]

    @property
    def sentinel_tests(self) -> pd.DataFrame:
        """Each metric against a constant and the best sentinel (table SENTINEL_TESTS)."""
        return self.tables["sentinel_tests"]

    def _summary(self) -> str:
        metrics = list(self.table["metric"].unique())
        return f"{names_of(metrics)} by {self.table['statistic'].nunique()} statistics"

    def _shown(self) -> pd.DataFrame:
        columns = ["level", "statistic", "grouping", "system_score"]
        columns += ["metric", "value", "low", "high"]
        return self.table[self.table["subset"] == "all"][columns]


@dataclass(frozen=True, repr=False, eq=False)
class Categories(Result):
    """How well each metric sees each category of error (table CATEGORIES)."""

    result: CategoryResult | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    main: ClassVar[str] = "categories"
    picture: ClassVar[str] = "category_report_card"

    @property
    def tests(self) -> pd.DataFrame:
        """Every two metrics tested in each category (table CATEGORY_TESTS)."""
        return self.tables["category_tests"]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the table says of each category of the first view, in sentences."""
        from harness.claims.category_accuracy import CategoryAccuracies
        from harness.claims.claim import Facts

        first = None if self.result is None else self.result.first
        facts = Facts(self.tables, self.labels, first_view=first)
        return tuple(claim.text for claim in CategoryAccuracies().claims(facts))

    def _summary(self) -> str:
        views = list(self.table["view"].unique())
        number = self.table["category"].nunique()
        return f"{number} categories of {names_of(views)}"

    def _shown(self) -> pd.DataFrame:
        columns = ["category", "metric", "value", "low", "high", "n_eff", "tier"]
        return self.table[columns]


@dataclass(frozen=True, repr=False, eq=False)
class InjectedErrors(Result):
    """Injected errors and, if metrics were given, how each metric scores them (table INJECTIONS;
    otherwise INJECTED_PAIRS)."""

    injected: InjectedSystems | None = None
    main: ClassVar[str] = "injections"
    picture: ClassVar[str] = "relative_drops"

    @property
    def pairs(self) -> pd.DataFrame:
        """Each translation without and with the error (table INJECTED_PAIRS)."""
        return self.tables["injected_pairs"]

    @property
    def table(self) -> pd.DataFrame:
        """Table INJECTIONS, or INJECTED_PAIRS where no metric was given."""
        return self.tables.get("injections", self.pairs)

    def _summary(self) -> str:
        kinds = self.pairs["injector"].nunique()
        return f"{len(self.pairs):,} pairs of {kinds} kinds of error"

    def _shown(self) -> pd.DataFrame:
        if "injections" not in self.tables:
            return self.pairs[["injector", "segment_id", "original", "corrupted"]]
        return self.table[["metric", "injector", "severity", "n", "accuracy", "relative_drop"]]


@dataclass(frozen=True, repr=False, eq=False)
class SystemTests(Result):
    """Every two systems tested by every metric (table SYSTEM_TESTS)."""

    main: ClassVar[str] = "system_tests"
    picture: ClassVar[str] = "system_scores"

    @property
    def intervals(self) -> pd.DataFrame:
        """Intervals and ranks of the systems' scores (table SYSTEM_INTERVALS)."""
        return self.tables["system_intervals"]

    def _summary(self) -> str:
        pairs = self.table[["system_1", "system_2"]].drop_duplicates()
        return f"{len(pairs)} pairs of systems by {names_of(list(self.table['metric'].unique()))}"

    def _shown(self) -> pd.DataFrame:
        columns = ["metric", "test", "unit", "system_1", "system_2", "difference", "p", "p_holm"]
        return self.table[columns]


def same_test_set(test_set: str | TestSet, *results: Scores | Ratings) -> TestSet:
    """The test set that ``results`` are of; the scores' own, which has user's scores read in."""
    name = test_set if isinstance(test_set, str) else test_set.name
    first = results[0].test_set if isinstance(test_set, str) else test_set
    for result in results:
        other = result.test_set
        if other.name != name or not other.segments.equals(first.segments):
            raise InputError(
                f"the {type(result).__name__.lower()} are of another test set",
                found=result.test_set.name,
                expected=name,
                remedy="scores leave out segments without a reference: give scores.test_set"
                if len(other.segments) != len(first.segments)
                else None,
            )
    return results[0].test_set

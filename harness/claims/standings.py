"""Where the metrics stand by one statistic of agreement: who leads, who is shown to agree less, and
whether the leader beats what no metric should lose to. Sentences about metrics rest on this."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from harness.claims.claim import Evidence, Facts, evidence_of
from harness.support.formatting import is_percentage, listed, statistic

__all__ = [
    "ACCURACY",
    "ASKED",
    "PAIRS",
    "PDP",
    "PEARSON",
    "SOFT",
    "Asked",
    "Standing",
    "Status",
    "answered",
    "rows_of",
    "standing",
]

TESTED = (
    *("difference", "p", "p_adjusted", "alpha", "n_systems", "n_documents", "n_segments"),
    *("n_raters", "p_raters_adjusted"),
)
AGAINST = ("value", "opponent", "opponent_value", "p_adjusted", "alpha")

#: 'untested': no test that holds its level. 'impossible': no p can be small enough. 'one metric'.
#: 'unbeaten': the leader is not shown to beat a constant and every sentinel. 'few systems': the
#: tests speak of the systems at hand only. 'winner': every other metric is shown to agree less.
#: 'some worse': some are. 'open': none is.
Status = Literal[
    "untested",
    "impossible",
    "one metric",
    "unbeaten",
    "few systems",
    "winner",
    "some worse",
    "open",
]
#: Sentinels that a metric has to beat before anything is said in its favour.
REQUIRED = ("random", "length")
#: Values this close are the same.
SAME = 1e-12


@dataclass(frozen=True)
class Asked:
    """A statistic that sentences speak of: how tables find it, and what it is called."""

    level: str
    statistic: str
    grouping: str
    system_score: str
    name: str

    def shown(self, value: float) -> str:
        """A value as tables show it: ``62.6 %`` of an accuracy, else ``0.533``."""
        return statistic(self.statistic, value) + self._unit(" %")

    def apart(self, difference: float) -> str:
        """A difference of two values: ``10.7 percentage points`` of an accuracy, else ``0.107``."""
        return statistic(self.statistic, difference) + self._unit(" percentage points")

    def _unit(self, unit: str) -> str:
        return unit if is_percentage(self.statistic) else ""


ACCURACY = Asked("segment", "acc_eq", "item", "", "accuracy with ties")
PEARSON = Asked("segment", "pearson", "item", "", "Pearson's correlation")
PDP = Asked("segment", "pdp_pearson", "item", "", "PDP Pearson")
SOFT = Asked("system", "soft_pairwise_accuracy", "none", "mean", "soft pairwise accuracy")
PAIRS = Asked("system", "pairwise_accuracy", "none", "mean", "pairwise accuracy")
#: The statistics of the verdict.
ASKED = (ACCURACY, PEARSON, SOFT, PAIRS)


@dataclass(frozen=True)
class Standing:
    """The metrics by one statistic, on the whole test set and the total of all errors.

    ``values`` of the metrics, the largest first; ``best`` the observed best, '' where no metric has
    a value. ``worse`` maps those shown to agree less with the raters than ``best`` to the row of
    METRIC_TESTS, ``open`` those not told apart from it, each by value; ``missing`` are those that
    were not tested against it. ``against`` is the row of SENTINEL_TESTS of the best metric, None if
    it was not tested. ``scope`` is what the tests speak of; ``reason``: why there is no test.
    ``beating`` are the metrics shown to beat a constant and the best sentinel; ``chance`` is what a
    metric without information gets; ``smallest_p`` the smallest adjusted p that is possible.
    ``punished`` maps metrics that accuracy with ties shows to be worse, that tie more often than
    people do before any calibration, and that Pearson's correlation does not show to be worse, to
    rows of METRIC_TESTS; they are in neither ``worse`` nor ``open``.
    """

    asked: Asked
    values: Mapping[str, float]
    worse: Mapping[str, Mapping[str, Any]]
    open: Mapping[str, Mapping[str, Any]]
    missing: Sequence[str]
    against: Mapping[str, Any] | None
    n_systems: int
    n_documents: int
    n_segments: int
    scope: str
    reason: str
    possible: bool
    beating: Sequence[str]
    chance: float
    smallest_p: float
    punished: Mapping[str, Mapping[str, Any]]

    @property
    def best(self) -> str:
        """The metric with the largest value, of equals the first by name."""
        return next(iter(self.values), "")

    @property
    def leaders(self) -> list[str]:
        """The metrics with the largest value: several where it is the same."""
        return [m for m, v in self.values.items() if self.values[self.best] - v <= SAME]

    @property
    def status(self) -> Status:
        """What may be said."""
        tested = bool(self.worse or self.open or self.punished) or len(self.values) == 1
        if self.against is None or math.isnan(self.against["p_adjusted"]) or not tested:
            return "untested"
        if not self.possible:
            return "impossible"
        if not self.against["beats"]:
            return "unbeaten"
        if not self.other_systems:
            return "few systems"
        if len(self.values) == 1:
            return "one metric"
        if not self.open and not self.missing and not self.punished:
            return "winner"
        return "some worse" if self.worse else "open"

    @property
    def other_systems(self) -> bool:
        """Whether the tests speak of more than the systems at hand."""
        return "systems" in self.scope and "these" not in self.scope

    @property
    def by_segments(self) -> bool:
        """Whether documents are not known, so that segments stand for them."""
        return "segments" in self.scope

    @property
    def raters(self) -> str:
        """What sentences speak of: 'the ratings'; 'these 8 raters' where each document has one
        rater and the tests that leave out raters do not show all that the others show, else 'the
        raters'."""
        rows = [*self.worse.values(), *self.open.values()]
        n = rows[0]["n_raters"] if rows else None
        if pd.isna(n):
            return "the ratings"
        sure = self.worse and all(
            row["p_raters_adjusted"] <= row["alpha"] for row in self.worse.values()
        )
        return "the raters" if sure else f"these {int(n)} raters"

    @property
    def opponent(self) -> str:
        """What the best metric was tested against, '' if nothing."""
        return "" if self.against is None else str(self.against["opponent"])

    @property
    def detectable(self) -> float:
        """How far below the best metric another would most likely have been found (power .8): the
        median over the metrics not told apart from it. NaN if unknown: an exchange has less power
        than a t test, max-T more."""
        adjustments = {str(row["adjustment"]) for row in self.open.values()}
        if self.asked == PAIRS or adjustments != {"holm"}:
            return math.nan
        values = pd.Series([row["detectable"] for row in self.open.values()], dtype="float64")
        return float(values.median()) if len(values) else math.nan

    def evidence(self) -> list[Evidence]:
        """The rows that the standing rests on."""
        rows = [evidence_of("metric_tests", row, TESTED) for row in self.worse.values()]
        others = (*self.open.values(), *self.punished.values())
        rows += [evidence_of("metric_tests", row, TESTED) for row in others]
        if self.against is not None:
            rows.append(evidence_of("sentinel_tests", self.against, AGAINST))
        return rows


def standing(facts: Facts, asked: Asked) -> Standing | None:
    """The standing by one statistic; None where the run has no value of it for any metric."""
    meta = rows_of(facts.table("meta_evaluation"), asked)
    if meta is None:
        return None
    meta = meta[meta["metric"].isin(facts.metrics) & meta["value"].notna()]
    if "subset" in meta:
        meta = meta[meta["subset"] == "all"]
    if meta.empty:
        return None
    ordered = meta.sort_values(["value", "metric"], ascending=[False, True], kind="stable")
    values = {str(m): float(v) for m, v in zip(ordered["metric"], ordered["value"], strict=True)}
    best = next(iter(values))
    tests = _tests_of(rows_of(facts.table("metric_tests"), asked), best)
    licensed = {m: row for m, row in tests.items() if row["holds_level"] and row["p"] == row["p"]}
    by_value = [m for m in values if m in licensed]
    shown = {
        m
        for m in by_value
        if licensed[m]["metric_1"] == best
        and licensed[m]["difference"] > 0.0
        and licensed[m]["p_adjusted"] <= licensed[m]["alpha"]
    }
    against = _against(rows_of(facts.table("sentinel_tests"), asked), best)
    lacking = [name for name in REQUIRED if name not in facts.sentinels]
    first = next(iter(licensed.values()), against)
    row = ordered.iloc[0]
    smallest = min((float(r["smallest_p"]) for r in licensed.values()), default=0.0)
    punished = set(_punished(facts, ordered, shown) if asked == ACCURACY else [])
    return Standing(
        asked=asked,
        values=values,
        worse={m: licensed[m] for m in by_value if m in shown and m not in punished},
        open={m: licensed[m] for m in by_value if m not in shown},
        missing=[m for m in values if m != best and m not in licensed],
        against=None if lacking else against,
        n_systems=int(row["n_systems"]),
        n_documents=int(row["n_documents"]),
        n_segments=int(row["n_segments"]),
        scope="" if first is None else str(first["scope"]),
        reason=_reason(tests, against, lacking, tested=bool(by_value) or len(values) == 1),
        possible=not licensed or smallest <= float(next(iter(licensed.values()))["alpha"]),
        beating=[] if lacking else _beating(rows_of(facts.table("sentinel_tests"), asked)),
        chance=float(row["chance"]) if "chance" in row and pd.notna(row["chance"]) else 0.0,
        smallest_p=smallest,
        punished={m: licensed[m] for m in by_value if m in punished},
    )


def answered(facts: Facts) -> bool:
    """Whether the run has a value of any statistic of the verdict, for any metric."""
    return any(standing(facts, asked) is not None for asked in ASKED)


def rows_of(frame: pd.DataFrame | None, asked: Asked) -> pd.DataFrame | None:
    """The rows of a statistic on the total of all errors; None where there are none."""
    if frame is None:
        return None
    rows = frame[
        (frame["level"] == asked.level)
        & (frame["statistic"] == asked.statistic)
        & (frame["grouping"] == asked.grouping)
        & (frame["system_score"] == asked.system_score)
        & (frame["category"] == "all")
    ]
    return None if rows.empty else rows


def _tests_of(tests: pd.DataFrame | None, best: str) -> dict[str, Mapping[str, Any]]:
    """The tests of ``best`` against other metrics, by the other metric."""
    if tests is None:
        return {}
    own = tests[tests["family"] == "metrics"]
    own = own[(own["metric_1"] == best) | (own["metric_2"] == best)]
    rows = [{str(k): v for k, v in row.items()} for row in own.to_dict("records")]
    return {str(r["metric_2"] if r["metric_1"] == best else r["metric_1"]): r for r in rows}


def _against(sentinels: pd.DataFrame | None, best: str) -> Mapping[str, Any] | None:
    """The test of ``best`` against a constant and the best sentinel, if it holds its level and
    there were sentinels."""
    if sentinels is None:
        return None
    own = sentinels[(sentinels["metric"] == best) & sentinels["holds_level"]]
    if own.empty:
        return None
    return {str(k): v for k, v in own.iloc[0].to_dict().items()}


def _beating(sentinels: pd.DataFrame | None) -> list[str]:
    """The metrics shown to beat a constant and the best sentinel by tests that hold their level."""
    if sentinels is None:
        return []
    rows = sentinels[sentinels["holds_level"].astype(bool) & sentinels["beats"].astype(bool)]
    return [str(m) for m in rows["metric"]]


def _punished(facts: Facts, accuracy: pd.DataFrame, shown: Collection[str]) -> list[str]:
    """The metrics that accuracy with ties alone shows to be worse, for ties of their own."""
    pearson = standing(facts, PEARSON)
    if pearson is None or not {"epsilon", "tie_rate", "human_tie_rate"} <= set(accuracy.columns):
        return []
    own = accuracy[
        (accuracy["epsilon"] <= SAME) & (accuracy["tie_rate"] > accuracy["human_tie_rate"])
    ]
    return [str(m) for m in own["metric"] if m in shown and m not in pearson.worse]


def _reason(
    tests: Mapping[str, Mapping[str, Any]],
    against: Mapping[str, Any] | None,
    lacking: Sequence[str],
    *,
    tested: bool,
) -> str:
    """Why no test licenses a sentence; '' where one does."""
    if lacking:
        some = "sentinel" if len(lacking) == 1 else "sentinels"
        return f"the run lacks the {some} {listed(lacking)}, which a metric has to beat"
    if against is not None and not math.isnan(against["p_adjusted"]) and tested:
        return ""
    if any(not row["holds_level"] for row in tests.values()):
        return "the published tests were asked for, and they call equal metrics different too often"
    notes = [str(row["note"]) for row in tests.values() if row["note"]]
    return notes[0] if notes else "the metrics were not tested"

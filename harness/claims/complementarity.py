"""Whether two metrics together see more kinds of error than one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from harness.claims.category_rows import ACCURACY, FEW_RATERS, Category, Row, categories_of
from harness.claims.claim import Claim, Evidence, Facts, Rule, evidence_of
from harness.claims.wording import some
from harness.error_categories.notes import CHANCE
from harness.support.formatting import humanise, listed, plural

__all__ = ["Complementarity"]

#: Pairs, or metrics, that a sentence names of those that are equally good.
MOST_NAMED = 2
NUMBERS = (
    *("value", "low", "high", "p", "p_holm", "gain", "gain_low", "gain_high", "gain_p"),
    *("gain_p_holm", "n_eff", "n_documents", "alpha"),
)
Couple = tuple[str, str]


@dataclass(frozen=True)
class Complementarity(Rule):
    """Which two metrics together are shown to see most kinds of error, whether these are more than
    one metric alone is shown to see, and which pairs are shown to see a kind of error better than
    either of their metrics."""

    name = "complementarity"
    licence = (
        "The mean of two metrics' ranks within segments, judged like a metric: system-balanced "
        "accuracy, t test by a jackknife over documents. Against chance, and against either of the "
        "two metrics: Holm over all pairs of metrics and judged categories. One metric alone: Holm "
        "over all judged categories and metrics. Kinds of error are counted, and counts are not "
        "tested: only the test against either metric says that a pair is better than one."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where at least two categories and two metrics can be judged."""
        found, frame = categories_of(facts), facts.table("metric_pairs")
        judged = [] if found is None else [c for c in found[1] if c.judged]
        if found is None or frame is None or len(judged) < 2:
            return
        rows = [r for r in frame.to_dict("records") if r["view"] == found[0].name]
        if not rows:
            return
        counted = Counted(judged, [{str(k): v for k, v in row.items()} for row in rows])
        text = f"{_kinds(counted, facts)}. {_gains(counted, facts)}"
        if any(c.whole["tier"] == "one rater" for c in judged):
            text += f"; {FEW_RATERS}"
        anything = counted.most_together > counted.most_alone or counted.gains
        yield self.claim("shown" if anything else "open", f"{text}.", counted.evidence())


@dataclass(frozen=True)
class Counted:
    """The ``judged`` categories and the ``rows`` of METRIC_PAIRS, and what they count up to."""

    judged: Sequence[Category]
    rows: Sequence[Row]

    @cached_property
    def together(self) -> dict[Couple, list[str]]:
        """The categories that every two metrics together are shown to see."""
        seen: dict[Couple, list[str]] = {couple_of(row): [] for row in self.rows}
        for row in self.rows:
            if row["value"] > CHANCE and row["p_holm"] <= row["alpha"]:
                seen[couple_of(row)].append(str(row["category"]))
        return seen

    @cached_property
    def alone(self) -> dict[str, list[str]]:
        """The categories that each metric alone is shown to see."""
        names = dict.fromkeys(name for c in self.judged for name in c.metrics)
        return {name: [c.name for c in self.judged if name in c.seeing] for name in names}

    @property
    def most_together(self) -> int:
        return max(map(len, self.together.values()))

    @property
    def most_alone(self) -> int:
        return max(map(len, self.alone.values()))

    @property
    def best_pairs(self) -> list[Couple]:
        """The pairs that are shown to see most categories, at least one; by mean accuracy."""
        values: dict[Couple, list[float]] = {couple: [] for couple in self.together}
        for row in self.rows:
            values[couple_of(row)].append(row["value"])
        return _most(self.together, values)

    @property
    def best_metrics(self) -> list[str]:
        """The metrics that are shown to see most categories, at least one; by mean accuracy."""
        values = {
            name: [c.metrics[name]["value"] for c in self.judged if name in c.metrics]
            for name in self.alone
        }
        return _most(self.alone, values)

    @cached_property
    def gains(self) -> dict[Couple, Row]:
        """The pairs shown to be more accurate than either of their metrics in some category, each
        by its clearest row, the clearest pair first."""
        shown = [r for r in self.rows if r["gain"] > 0.0 and r["gain_p_holm"] <= r["alpha"]]
        shown.sort(key=lambda row: float(row["gain_p"]))
        clearest: dict[Couple, Row] = {}
        for row in shown:
            clearest.setdefault(couple_of(row), row)
        return clearest

    @property
    def only_pair(self) -> bool:
        """Whether there are just two metrics."""
        return len(self.together) == 1

    @property
    def n_tests(self) -> tuple[int, int]:
        """Over how many tests p is adjusted: of pairs, and of metrics alone."""
        alone = [row for c in self.judged for row in c.metrics.values()]
        pairs, metrics = (
            sum(row["p_holm"] == row["p_holm"] for row in rows) for rows in (self.rows, alone)
        )
        return pairs, metrics

    def evidence(self) -> list[Evidence]:
        """The rows of the pairs and metrics that are named."""
        named = {*self.best_pairs[:MOST_NAMED], *list(self.gains)[:MOST_NAMED]}
        pairs = [row for row in self.rows if couple_of(row) in named]
        metrics = [
            c.metrics[name]
            for name in self.best_metrics[:MOST_NAMED]
            for c in self.judged
            if name in c.metrics
        ]
        return [
            *(evidence_of("metric_pairs", row, NUMBERS) for row in pairs),
            *(evidence_of("categories", row, ACCURACY) for row in metrics),
        ]


def couple_of(row: Row) -> Couple:
    """The two metrics of a row."""
    return str(row["metric_1"]), str(row["metric_2"])


def _most(seen: Mapping[Any, Sequence[str]], values: Mapping[Any, Sequence[float]]) -> list[Any]:
    """Those that see most, at least one; the largest mean of ``values`` first."""
    most = max(map(len, seen.values()))
    best = [name for name, kinds in seen.items() if kinds and len(kinds) == most]
    return sorted(best, key=lambda name: (-_mean(values[name]), name))


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if not math.isnan(value)]
    return math.fsum(known) / len(known) if known else 0.0


def _kinds(counted: Counted, facts: Facts) -> str:
    """How many kinds of error two metrics together are shown to see, and how many one alone."""
    together, alone = counted.most_together, counted.most_alone
    judged = f"{len(counted.judged)} kinds of error that can be judged"
    if not together and not alone:
        return f"No metric alone and no two metrics together are shown to see any of the {judged}"
    if together > alone:
        text = f"Two metrics together are shown to see at most {together} of the {judged}: "
        text += _pairs(counted, facts)
        text += f"; one metric alone at most {alone}: {_metrics(counted, facts)}" if alone else ""
        return text if alone else f"{text}; no metric alone is shown to see any"
    return (
        f"No two metrics together are shown to see more of the {judged} than one metric alone"
        f"{_adjusted(counted)}"
    )


def _adjusted(counted: Counted) -> str:
    """Why two metrics together may be shown less than one alone."""
    pairs, metrics = counted.n_tests
    return f"; p is adjusted over {pairs:,} tests of pairs, {metrics:,} of metrics alone"


def _pairs(counted: Counted, facts: Facts) -> str:
    """The best pairs; of a single one, the kinds of error too."""
    names = [_couple(couple, facts) for couple in counted.best_pairs]
    kinds = _listed_kinds(counted.together[counted.best_pairs[0]])
    return f"{names[0]} ({kinds})" if len(names) == 1 else some(names, most=MOST_NAMED)


def _metrics(counted: Counted, facts: Facts) -> str:
    """The best metrics; of a single one, the kinds of error too."""
    names = [facts.label(name) for name in counted.best_metrics]
    kinds = _listed_kinds(counted.alone[counted.best_metrics[0]])
    return f"{names[0]} ({kinds})" if len(names) == 1 else some(names, most=MOST_NAMED)


def _gains(counted: Counted, facts: Facts) -> str:
    """Which pairs are shown to be more accurate than either of their metrics."""
    n, whole = len(counted.gains), len(counted.together)
    if not n:
        return "No pair is shown to be more accurate on a kind of error than the better of its two"
    verb = "is" if n == 1 else "are"
    named = [
        f"{_couple(couple, facts)} on {humanise(row['category'])}"
        for couple, row in counted.gains.items()
    ]
    return (
        f"{n:,} of {plural(whole, 'pair')} {verb} shown to be more accurate on some kind of error "
        f"than either metric of the pair: {some(named, most=MOST_NAMED)}"
    )


def _couple(couple: Couple, facts: Facts) -> str:
    return " with ".join(facts.label(metric) for metric in couple)


def _listed_kinds(names: Sequence[str]) -> str:
    return listed([humanise(name) for name in names])

"""What rated test sets of WMT say about texts that nobody has rated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.claim import Claim, Evidence, Facts, Rule, evidence_of
from harness.claims.systems import by_preference
from harness.claims.wording import per_cent, some
from harness.error_categories.held_out_raters import JUDGED
from harness.error_categories.notes import CHANCE
from harness.support.formatting import MINUS, count, humanise, listed, number, plural

__all__ = ["AgreedDifferences", "SeenOnRatedSets", "sets_in_words"]

_NEWS = re.compile(r"wmt(\d\d)_zhen_news")
SHARES = ("difference", "agreed", "agreed_low", "agreed_high", "needed_segments", "n_pairs")
ACCURACY = ("value", "low", "high", "n_eff", "n_documents", "p_holm", "alpha")
#: With fewer segments, a difference is mostly chance; the rated test sets have several hundred.
FEWEST_SEGMENTS = 100
#: Metrics that a sentence speaks of one by one.
MOST_METRICS = 4


@dataclass(frozen=True)
class AgreedDifferences(Rule):
    """How often a difference as large as that between the two systems that the metrics put first
    agreed with raters, by each metric, and on how many segments a test would find it."""

    name = "agreed_differences"
    licence = (
        "Share of pairs of systems of the rated test sets, by the size of their difference: Phi of "
        "a multiple of it, fitted by maximum likelihood. Intervals (jackknife over systems) speak "
        "of other systems on these test sets, not of other years: fitted without one test set, the "
        "share there was missed by what the table says. It is no test of the difference at hand."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where two systems without ratings are compared."""
        table = facts.table("agreed_differences")
        if table is None:
            return
        first, second = by_preference(facts)[:2]
        own = table["system_1"].isin([first, second]) & table["system_2"].isin([first, second])
        pair = table[own & table["metric"].isin(facts.metrics)].drop_duplicates("metric")
        rows = pair.head(MOST_METRICS).to_dict("records")
        if not rows:
            return
        evidence = [evidence_of("agreed_differences", row, SHARES) for row in rows]
        sets = sets_in_words(rows[0]["test_sets"])
        n = int(rows[0]["n_segments"])
        if n < FEWEST_SEGMENTS:
            text = (
                f"What the differences between {first} and {second} mean cannot be told on "
                f"{plural(n, 'segment')}: those on {sets} rest on far more."
            )
            yield self.claim("open", text, evidence)
            return
        parts = listed(_part(row, first, facts) for row in rows)
        yield self.claim(
            "described",
            f"Between {first} and {second}: {parts}. In brackets: the share of pairs of systems of "
            f"{sets} with as large a difference in which raters agreed with the metric, where 50 % "
            f"is chance. {_reach(rows)}",
            evidence,
            in_verdict=True,
        )


def _reach(rows: Sequence[Any]) -> str:
    """What the intervals speak of, and how far off the mean share was on a test set left out."""
    known = rows[0]["confidence"]
    missed = [row["missed_by"] for row in rows if pd.notna(row["missed_by"])]
    intervals = (
        ""
        if pd.isna(known)
        else f"The {100 * known:g} % intervals speak of other systems of "
        f"{'these test sets' if missed else 'this test set'}. "
    )
    if not missed:
        return f"{intervals}One test set does not tell how far this holds for others."
    points = f"{100 * max(missed):.0f} points"
    return (
        f"{intervals}The mean share of a test set that was left out was missed by up to {points}."
    )


def _part(row: Any, first: str, facts: Facts) -> str:
    """One metric's difference, and what it meant."""
    sign = "+" if row["system_1"] == first else MINUS
    size = number(row["difference"], 2 if row["difference"] < 1.0 else 1)
    share = f"{100 * row['agreed']:.0f} %"
    if pd.notna(row["agreed_low"]):
        share += f" [{100 * row['agreed_low']:.0f}, {100 * row['agreed_high']:.0f}]"
    if row["difference"] > row["largest"]:
        share = f"larger than any there; of the largest {share}"
    needed, more = row["needed_segments"], ""
    if pd.notna(needed) and needed > row["n_segments"]:
        more = f"; about {count(_rounded(needed))} segments would tell them apart"
    return f"{facts.label(row['metric'])} {sign}{size} ({share}{more})"


def _rounded(value: float) -> int:
    """Two digits are enough of a number that rests on one difference."""
    unit: int = 10 ** max(0, len(str(int(value))) - 2)
    return unit * int(value / unit + 0.5)


@dataclass(frozen=True)
class SeenOnRatedSets(Rule):
    """Which kinds of error each metric of the run is shown to see on rated test sets."""

    name = "seen_on_rated_sets"
    licence = (
        "System-balanced accuracy on the rated test set, t test against chance by a jackknife over "
        "documents, Holm over all metrics of the evidence and all judged categories. It speaks of "
        "the systems of that test set. 'Not shown' is not 'does not see'."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each rated test set of which there is evidence on a metric of the run."""
        table = facts.table("metric_evidence")
        if table is None:
            return
        for rated_set, own in table.groupby("rated_set", sort=False):
            judged = own[own["tier"].isin(JUDGED) & own["p_holm"].notna()]
            if judged.empty:
                continue
            metrics = [m for m in facts.metrics if m in set(judged["metric"])]
            seeing = {
                m: judged[
                    (judged["metric"] == m)
                    & (judged["value"] > CHANCE)
                    & (judged["p_holm"] <= judged["alpha"])
                ]
                for m in metrics
            }
            kinds = listed(humanise(c) for c in dict.fromkeys(judged["category"]))
            parts = [
                f"{facts.label(m)} is shown to see {listed(map(_seen, rows.to_dict('records')))}"
                for m, rows in seeing.items()
                if len(rows)
            ]
            none = [facts.label(m) for m, rows in seeing.items() if rows.empty]
            if none:
                verb = "is" if len(none) == 1 else "are"
                parts.append(f"{some(none)} {verb} not shown to see any of them")
            yield self.claim(
                "shown" if len(none) < len(seeing) else "open",
                f"Of errors of {kinds}, on {sets_in_words(str(rated_set))} (category accuracy; "
                f"50 % is chance): {'; '.join(parts)}. Not shown does not mean not seen.",
                _evidence(judged),
                in_verdict=True,
            )


def _seen(row: Any) -> str:
    share = f"{per_cent(row['value'], 0)} [{100 * row['low']:.0f}, {100 * row['high']:.0f}]"
    return f"{humanise(row['category'])} {share}"


def _evidence(judged: pd.DataFrame) -> list[Evidence]:
    return [evidence_of("metric_evidence", row, ACCURACY) for row in judged.to_dict("records")]


def sets_in_words(names: str) -> str:
    """Test sets, joined by `` + `` in tables, as they are spoken of."""
    found = names.split(" + ")
    years = [match[1] for name in found if (match := _NEWS.fullmatch(name))]
    if len(years) < len(found):
        return listed(found)
    return f"{listed(f'WMT{year}' for year in years)} Chinese→English news"

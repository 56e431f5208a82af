"""What can be said of translation systems: what errors cost them, which of them metrics tell apart,
and which of them metrics put above a reference translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.claim import Claim, Evidence, Facts, Kind, Rule, evidence_of
from harness.claims.wording import MOST_NAMED, per_cent, some
from harness.support.formatting import humanise, listed, number, plural
from harness.system_comparison.settings import FEW_DOCUMENTS
from harness.system_comparison.shown import best_first, shown
from harness.tables.settings import alpha_text

__all__ = ["LostPoints", "ReferencePlacement", "SystemsToldApart", "by_preference"]


@dataclass(frozen=True)
class LostPoints(Rule):
    """What annotated errors cost the rated systems, and which categories of the first view most of
    it goes to."""

    name = "lost_points"
    licence = "Mean penalties of these annotations; no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where errors are annotated."""
        profile = facts.table("penalty_profile")
        if profile is None:
            return
        first = profile[profile["view"] == profile["view"].iloc[0]]
        totals = first.groupby("system")["penalty"].sum().sort_values(kind="stable")
        by_category = first.groupby("category")["penalty"].sum()
        by_category = by_category.sort_values(ascending=False, kind="stable")
        whole = float(by_category.sum())
        low, high = (f"{totals.iloc[i]:.2f} ({totals.index[i]})" for i in (0, -1))
        text = (
            f"The annotations take {totals.iloc[0]:.2f} points a segment off {totals.index[0]}"
            if len(totals) == 1
            else f"The annotations take between {low} and {high} points a segment off the "
            f"{len(totals)} rated systems"
        )
        if whole > 0.0 and set(by_category.index) != {"other"}:
            most = [
                f"{humanise(n)} {per_cent(v / whole, 0)}" for n, v in by_category.head(3).items()
            ]
            head = "all of it" if len(by_category) <= len(most) else "most"
            text += f"; {head} for errors of {listed(most)}"
        rows = first[first["system"].isin([totals.index[0], totals.index[-1]])].to_dict("records")
        evidence = [evidence_of("penalty_profile", row, ("penalty",)) for row in rows]
        yield self.claim("described", f"{text}.", evidence)


@dataclass(frozen=True)
class ReferencePlacement(Rule):
    """Which metrics put machine translations above a reference translation, and whether the raters
    do."""

    name = "reference_placement"
    licence = "Order of the scores and mean ratings of this test set; no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each human translation that a metric puts below a machine translation."""
        systems = facts.table("systems")
        if systems is None:
            return
        systems = systems[systems["metric"].isin(facts.metrics)]
        rated = systems[systems["rating"].notna() | (systems["role"] == "human")]
        if (rated["role"] == "system").any():
            systems = rated
        for human in systems[systems["role"] == "human"]["system"].unique():
            rows = [
                row
                for metric, own in systems.groupby("metric", sort=False)
                if (row := _above(str(metric), own, human)) is not None
            ]
            if not rows:
                continue
            lower = sorted((r for r in rows if r["above"]), key=lambda r: -int(r["above"]))
            if lower:
                text = _placement(facts, str(human), lower, len(rows))
                evidence = [
                    evidence_of("systems", row, ("score", "rating"))
                    for found in lower
                    for row in (found["human"], found["machine"])
                ]
                yield self.claim("described", f"{text}; {_raters(systems, human)}.", evidence)


@dataclass(frozen=True)
class SystemsToldApart(Rule):
    """How many pairs of systems each metric tells apart."""

    name = "systems_told_apart"
    licence = (
        "Approximate randomisation of documents (4 to 6 % false positives measured at .05), Holm "
        f"over the pairs of systems of each metric, on {FEW_DOCUMENTS} documents or more. Where "
        "documents are not known or are one, of segments, and then the sentence is conditional."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where systems were tested against each other."""
        tests = facts.table("system_tests")
        if tests is None:
            return
        tests = tests[tests["metric"].isin(facts.metrics) & (tests["test"] == "randomisation")]
        tests = tests[tests["p"].notna()]
        if tests.empty:
            return
        known = int(tests["n_documents"].max())
        if 1 < known < FEW_DOCUMENTS:
            text = (
                f"Whether systems differ by these metrics cannot be told on {known} documents; "
                f"tests need {FEW_DOCUMENTS} or more."
            )
            yield self.claim("open", text)
            return
        if _decided(facts, tests):
            return
        rows = shown(tests)
        unit = str(rows["unit"].iloc[0])
        told = (rows["p_holm"] <= rows["alpha"]).groupby(rows["metric"], sort=False)
        counts = told.agg(["sum", "size"])
        text = _counts(counts, facts)
        how = f"randomisation of {unit}s, adjusted p ≤ {alpha_text(rows)}"
        kind: Kind = "shown" if counts["sum"].any() else "open"
        if unit == "segment":
            kind = "open"
            text = (
                "If segments are independent of each other, which cannot be told (their documents "
                f"are not known, or they come from one): {text[:1].lower()}{text[1:]}"
            )
        yield self.claim(kind, f"{text} ({how}).", _told(rows))


def _decided(facts: Facts, tests: pd.DataFrame) -> bool:
    """Whether there is one pair of machine systems, unrated: then the decision says it."""
    systems = facts.table("systems")
    one = len(tests[["system_1", "system_2"]].drop_duplicates()) == 1
    return one and len(by_preference(facts)) == 2 and not _rated(systems)


def _rated(systems: pd.DataFrame | None) -> bool:
    return systems is not None and bool(systems["rating"].notna().any())


def by_preference(facts: Facts) -> list[str]:
    """The machine systems, those first that the metrics put first."""
    systems = facts.table("systems")
    if systems is None:
        return []
    machine = systems["role"] == "system"
    return best_first(systems[machine & systems["metric"].isin(facts.metrics)])


def _counts(counts: pd.DataFrame, facts: Facts) -> str:
    """How many pairs are told apart by whom."""
    n_pairs = int(counts["size"].max())
    pairs = plural(n_pairs, "pair") + " of systems"
    if n_pairs == 1:
        names = [facts.label(m) for m in counts.index[counts["sum"] > 0]]
        who = some(names) if names else "no metric"
        return f"The two systems are told apart by {who}"
    named = [
        f"{facts.label(m)} {int(n)}" + ("" if size == n_pairs else f" (of {int(size)})")
        for m, n, size in counts.itertuples()
    ]
    if len(named) == 1:
        metric, n, _ = next(counts.itertuples())
        return f"Of {pairs}, {facts.label(metric)} tells {int(n) or 'none'} apart"
    if len(named) <= MOST_NAMED:
        return f"Of {pairs}, the metrics tell apart: {', '.join(named)}"
    low, high = int(counts["sum"].min()), int(counts["sum"].max())
    span = f"{low}" if low == high else f"{low} to {high}"
    return f"Of {pairs}, the {len(named)} metrics tell apart {span}"


def _told(rows: pd.DataFrame) -> list[Evidence]:
    """The least certain of the differences that each metric shows; the others are surer."""
    sure = rows[rows["p_holm"] <= rows["alpha"]]
    last = sure.sort_values("p_holm", kind="stable").drop_duplicates("metric", keep="last")
    columns = ("difference", "p", "p_holm", "alpha", "n_documents")
    return [evidence_of("system_tests", row, columns) for row in last.to_dict("records")]


def _above(metric: str, own: pd.DataFrame, human: str) -> dict[str, Any] | None:
    """How many machine translations a metric puts above the human one, and the best of them."""
    scored = own[own["score"].notna()]
    humans = scored[scored["system"] == human].to_dict("records")
    machine = scored[scored["role"] == "system"].sort_values("score", kind="stable")
    if not humans or machine.empty:
        return None
    value = float(humans[0]["score"])
    return {
        "metric": metric,
        "above": int((machine["score"] > value).sum()),
        "n": len(machine),
        "value": value,
        "best": float(machine["score"].iloc[-1]),
        "human": humans[0],
        "machine": machine.iloc[-1].to_dict(),
    }


def _placement(facts: Facts, human: str, lower: list[dict[str, Any]], n_metrics: int) -> str:
    n_machine = max(row["n"] for row in lower)
    most = max(row["above"] for row in lower)
    which = (
        "the machine translation"
        if n_machine == 1
        else f"up to {most} of the {n_machine} machine translations"
    )
    named = some(
        [
            f"{facts.label(row['metric'])} {'' if n_machine == 1 else str(row['above']) + ': '}"
            f"{_apart(row['value'], row['best'])} < {_apart(row['best'], row['value'])}"
            for row in lower
        ],
        most=3,
    )
    who = (
        f"{len(lower)} of {n_metrics} metrics {'puts' if len(lower) == 1 else 'put'}"
        if n_metrics > 1
        else f"{facts.label(lower[0]['metric'])} puts"
    )
    return f"{who} {which} above the reference translation {human} ({named})"


def _raters(systems: pd.DataFrame, human: str) -> str:
    """The same count by the raters' mean ratings."""
    rated = systems.drop_duplicates("system").set_index("system")
    value = rated["rating"].get(human)
    machine = rated[rated["role"] == "system"]["rating"].dropna()
    if value is None or pd.isna(value):
        return "the raters did not rate it"
    if machine.empty:
        return "the raters rated no machine translation"
    above = int((machine > value).sum())
    return f"the raters put {above} of {len(machine)} above it"


def _apart(value: float, beside: float) -> str:
    """``value`` with as many decimals as tell it from the one ``beside`` it, but at most four."""
    decimals = next((n for n in range(1, 4) if f"{value:.{n}f}" != f"{beside:.{n}f}"), 4)
    return number(value, decimals)

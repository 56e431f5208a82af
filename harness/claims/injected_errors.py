"""What the tables of injected errors say, in sentences that can be quoted.

Kinds of error with enough pairs are ranked; where there are fewer than three of those, all kinds
with at least five pairs, or else all, and then the sentence says that it is a hint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from harness.claims.claim import Claim, Facts, Rule, evidence_of
from harness.claims.standings import answered
from harness.claims.wording import some
from harness.minimal_pairs.injected_errors import severity_order
from harness.minimal_pairs.injections import FEWEST_PAIRS, MEASURED
from harness.support.formatting import listed

__all__ = [
    "InjectedErrors",
    "brief",
    "by_notice",
    "headline",
    "kind",
    "noticed",
    "ranked",
]

FEWEST_KINDS, MOST_NAMED = 3, 3


@dataclass(frozen=True)
class InjectedErrors(Rule):
    """What injected errors cost the first metric and which it missed, how often the metrics noticed
    them, and whether they took off by severity. How often they noticed them is in the verdict
    where the run cannot say which metric agrees more with raters."""

    name = "injected_errors"
    licence = (
        "Counts and means of the pairs made in this run, of kinds with at least five pairs; no "
        "test. The first sentence is on the first metric."
    )

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """Up to three claims where errors were injected."""
        rows = facts.table("injections")
        if rows is None:
            return
        own = [m for m in facts.metrics if (rows["metric"] == m).any()]
        if not own:
            return
        first = rows[rows["metric"] == own[0]]
        pool, _ = ranked(first)
        yield from self._said(headline(first, facts.label(own[0])), pool)
        shared, _ = ranked(rows[rows["metric"].isin(own)])
        alone = not answered(facts)
        yield from self._said(noticed(rows, own, facts), shared, in_verdict=alone)
        yield from self._said(_by_severity(rows, own, facts), shared)

    def _said(self, text: str, rows: pd.DataFrame, *, in_verdict: bool = False) -> Iterator[Claim]:
        if text:
            numbers = ("n", "accuracy", "relative_drop", "low", "high")
            evidence = [evidence_of("injections", row, numbers) for row in rows.to_dict("records")]
            yield self.claim("described", text, evidence, in_verdict=in_verdict)


def headline(rows: pd.DataFrame, label: str) -> str:
    """One sentence on one metric (``rows`` of INJECTIONS): the major error that it takes least off
    for, the kinds that it misses most often, and how far to trust it. Empty without any pair."""
    pool, _ = ranked(rows)
    if pool.empty:
        return ""
    parts = []
    least = _cheapest(pool)
    if least is not None:
        n_major = int(((pool["severity"] == "major") & pool["relative_drop"].notna()).sum())
        kinds = f"of {n_major} kinds of major error" if n_major > 1 else "of major errors"
        parts.append(
            f"{kinds} put into {listed(str(least['bases']).split(', '))}, {label} took least off "
            f"for “{kind(least['injector'])}”, {per_cent(least['relative_drop'])}"
            f"{_interval(least)} of what an unrelated sentence cost (n = {least['n']})"
        )
    names, sizes = _missed(pool)
    who = "it" if parts else label
    kinds_in_all = ("kind" if len(pool) == 1 else "kinds") + ("" if parts else " of error")
    parts.append(
        f"of {len(pool)} {kinds_in_all} {who} missed {names} most often (it preferred the text "
        f"without the error in {per_cent(pool['accuracy'].min())} of the pairs, ties counting "
        f"half; n = {sizes})"
    )
    text = "; ".join([*parts, _caution(rows, pool)]).rstrip("; ")
    return text[0].upper() + text[1:] + "."


def brief(rows: pd.DataFrame, label: str) -> str:
    """The same as :func:`headline` in few words, without caution. Empty without any pair."""
    pool, _ = ranked(rows)
    if pool.empty:
        return ""
    parts = []
    least = _cheapest(pool)
    if least is not None:
        parts.append(
            f"took least off, of major errors, for “{kind(least['injector'])}” "
            f"({per_cent(least['relative_drop'])}{_interval(least)}; n = {least['n']})"
        )
    names, sizes = _missed(pool)
    parts.append(
        f"missed {names} most often (accuracy {per_cent(pool['accuracy'].min())}; n = {sizes})"
    )
    return f"{label} {' and '.join(parts)}."


def _cheapest(pool: pd.DataFrame) -> pd.Series[Any] | None:
    """The major error with the smallest relative drop."""
    major = pool[(pool["severity"] == "major") & pool["relative_drop"].notna()]
    if major.empty:
        return None
    return major.sort_values("relative_drop", kind="stable").iloc[0]


def _interval(row: pd.Series[Any]) -> str:
    if pd.isna(row["low"]):
        return ""
    return f" [{_number(100 * row['low'])}, {_number(100 * row['high'])}]"


def _missed(pool: pd.DataFrame) -> tuple[str, str]:
    """The kinds of the lowest accuracy, and their numbers of pairs."""
    missed = pool[pool["accuracy"] == pool["accuracy"].min()]
    missed = missed.sort_values("n", ascending=False, kind="stable")
    names = [f"“{kind(name)}”" for name in missed["injector"]]
    if len(names) > MOST_NAMED:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"]
    n = missed["n"]
    return listed(names), str(n.max()) if n.min() == n.max() else f"{n.min()} to {n.max()}"


def ranked(rows: pd.DataFrame) -> tuple[pd.DataFrame, bool]:
    """The rows of INJECTIONS to rank, and whether all of them have enough pairs."""
    some = rows[rows["n"] > 0]
    measured = some[some["tier"] == MEASURED]
    if len(measured) and measured["injector"].nunique() >= FEWEST_KINDS:
        return measured, True
    few = some[some["n"] >= FEWEST_PAIRS]
    return (few, False) if few["injector"].nunique() >= FEWEST_KINDS else (some, False)


def by_notice(rows: pd.DataFrame) -> list[str]:
    """The ranked kinds of error of several metrics, the least noticed (mean accuracy) first."""
    pool, _ = ranked(rows)
    means = pool.groupby("injector", sort=False)["accuracy"].mean()
    return [str(name) for name in means.sort_values(kind="stable").index]


def _means(wide: pd.DataFrame) -> pd.Series[float]:
    return wide.mean().dropna().sort_values(ascending=False, kind="stable")


def _accuracies(rows: pd.DataFrame, metrics: Sequence[str]) -> tuple[pd.DataFrame, bool]:
    """Ranked kinds of error by metrics, without kinds that one of them lacks; and whether all of
    these have enough pairs."""
    pool, sure = ranked(rows[rows["metric"].isin(metrics)])
    wide = pool.pivot(index="injector", columns="metric", values="accuracy")
    return wide.reindex(columns=list(metrics)).dropna(), sure


def _caution(rows: pd.DataFrame, pool: pd.DataFrame) -> str:
    """How many kinds have too few pairs."""
    few = rows[(rows["tier"] != MEASURED) & (rows["n"] > 0)]
    if few.empty:
        return ""
    limit = str(few["tier"].iloc[0]).removeprefix("n < ")
    if (pool["tier"] == MEASURED).all():
        left = few["injector"].nunique()
        more = "1 more kind has" if left == 1 else f"{left} more kinds have"
        return f"{more} fewer than {limit} pairs and {'is' if left == 1 else 'are'} not ranked"
    if (pool["tier"] != MEASURED).all():
        return f"no kind reaches {limit} pairs, so this is a hint, not a measurement"
    return f"hardly any kind reaches {limit} pairs, so this is a hint, not a measurement"


def noticed(rows: pd.DataFrame, metrics: Sequence[str], facts: Facts) -> str:
    """The mean accuracy of each metric over the kinds that all of them have; '' for one metric."""
    if len(metrics) < 2:
        return ""
    wide, sure = _accuracies(rows, metrics)
    if wide.empty:
        return ""
    means = _means(wide)
    parts = [f"{facts.label(m)} {per_cent(v)}" for m, v in means.items()]
    kinds = "kind" if len(wide) == 1 else "kinds"
    hint = "" if sure else ", few pairs each"
    return (
        f"Of injected errors, on average over {len(wide)} {kinds}{hint}, the metrics preferred the "
        f"text without the error in this share of pairs (ties counting half; 50 % is chance; "
        f"differences are not tested): {some(parts)}."
    )


def _by_severity(rows: pd.DataFrame, metrics: Sequence[str], facts: Facts) -> str:
    """Whether a major kind costs more than a minor one: every metric on the same kinds, those that
    are ranked, have at least ``FEWEST_PAIRS`` pairs and a relative drop from every metric that has
    any."""
    pool, sure = ranked(rows[rows["metric"].isin(metrics)])
    pool = pool[pool["n"] >= FEWEST_PAIRS]
    wide = pool.pivot(index="injector", columns="metric", values="relative_drop")
    wide = wide.dropna(axis="columns", how="all").dropna()
    severity = pool.drop_duplicates("injector").set_index("injector")["severity"]
    major = (severity.reindex(wide.index) == "major").to_numpy(dtype=bool)
    n_major, n_minor = int(major.sum()), int((~major).sum())
    if not n_major or not n_minor:
        return ""
    shares = pd.Series(
        {
            str(m): severity_order(wide[m].to_numpy(dtype=float), major).probability
            for m in metrics
            if m in wide.columns
        }
    ).sort_values(ascending=False, kind="stable")
    parts = [f"{facts.label(m)} {per_cent(p)}" for m, p in shares.items()]
    hint = "" if sure else "; few pairs each, so this is a hint, not a measurement"
    return (
        f"A major kind of error cost more than a minor one in {some(parts)} of the comparisons "
        f"({n_major} major and {n_minor} minor {'kind' if n_minor == 1 else 'kinds'}; 50 %: no "
        f"regard to severity{hint})."
    )


def kind(name: object) -> str:
    """A kind of error in words: ``missing_space`` is ``missing space``."""
    return str(name).replace("_", " ")


def per_cent(value: float) -> str:
    """A share of 1 in per cent: whole from 10 on, with one decimal below."""
    return f"{_number(100 * value)} %"


def _number(value: float) -> str:
    text = f"{value:.0f}" if abs(value) >= 9.95 else f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text in {"-0", "0"} else text.replace("-", "\N{MINUS SIGN}")

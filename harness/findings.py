"""Findings: what the tables say about systems and metrics, in sentences that can be quoted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

__all__ = ["findings"]


def findings(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Sentences on what the annotations say, how the metrics treat reference translations, and
    which metric agrees best with the ratings. Tables that are absent give no sentence."""
    systems = tables["systems"]
    metrics = tables["metrics"]
    labels = dict(zip(metrics["metric"], metrics["label"], strict=True))
    own = list(metrics[metrics["role"] == "metric"]["metric"])
    sentences = []
    if "penalty_profile" in tables and len(tables["penalty_profile"]):
        sentences.append(_penalties(tables["penalty_profile"]))
    sentences += _references(systems[systems["metric"].isin(own)], labels)
    if "meta_evaluation" in tables:
        meta = tables["meta_evaluation"]
        sentences += _agreement(meta[meta["metric"].isin(own)], labels)
    return sentences


def _penalties(profile: pd.DataFrame) -> str:
    """What the rated systems lose, and to which categories of the first view most of it goes."""
    first = profile[profile["view"] == profile["view"].iloc[0]]
    totals = first.groupby("system")["penalty"].sum().sort_values()
    categories = first.groupby("category")["penalty"].sum().sort_values(ascending=False)
    whole = categories.sum()
    if len(totals) == 1:
        lost = f"The annotations take {totals.iloc[0]:.2f} points a segment off {totals.index[0]}"
    else:
        lost = (
            f"The annotations take between {totals.iloc[0]:.2f} ({totals.index[0]}) and "
            f"{totals.iloc[-1]:.2f} points ({totals.index[-1]}) a segment off the "
            f"{len(totals)} rated systems"
        )
    if whole == 0:
        return f"{lost}."
    parts = [f"{name} {value / whole:.0%}" for name, value in categories.head(3).items()]
    return f"{lost}; most of it for errors of {_listed(parts)}.".replace("%", " %")


def _references(systems: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """Whether metrics put machine translations above a reference translation."""
    sentences = []
    for human in systems[systems["role"] == "human"]["system"].unique():
        worse = []
        for metric, own in systems.groupby("metric", sort=False):
            scores = own.set_index("system")
            machine = scores[scores["role"] == "system"]["score"].dropna()
            value = scores["score"].get(human)
            if value is None or pd.isna(value) or machine.empty:
                continue
            above = int((machine > value).sum())
            if above:
                best = machine.max()
                worse.append(
                    (
                        above,
                        len(machine),
                        f"{labels[str(metric)]} {_number(value)} < {_number(best)}",
                    )
                )
        if worse:
            n_machine = worse[0][1]
            which = (
                "the machine translation"
                if n_machine == 1
                else f"up to {max(w[0] for w in worse)} of {n_machine} machine translations"
            )
            sentences.append(
                f"{len(worse)} of {systems['metric'].nunique()} metrics put {which} above the "
                f"reference translation {human} ({', '.join(w[2] for w in worse)})."
            )
    return sentences


def _agreement(meta: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """The metric that agrees best within segments and on systems, and who is not told apart."""
    sentences = []
    for level, statistic, grouping, name in (
        ("segment", "kendall_b", "item", "Within segments, by Kendall's tau-b"),
        ("system", "pairwise_accuracy", "mean", "On pairs of systems, by pairwise accuracy"),
    ):
        rows = meta[
            (meta["level"] == level)
            & (meta["statistic"] == statistic)
            & (meta["grouping"] == grouping)
            & meta["value"].notna()
        ].sort_values("value", ascending=False, kind="stable")
        rows = rows[rows["low"].notna()]  # no claim without an interval
        if len(rows) < 2:
            continue
        best = rows.iloc[0]
        reached = f"{best['value']:.3f} [{best['low']:.3f}, {best['high']:.3f}]"
        near = rows[(rows["high"] >= best["low"]) & (rows.index != best.name)]
        others = [
            f"{labels[m]} {v:.3f}" for m, v in zip(near["metric"], near["value"], strict=True)
        ]
        sentence = f"{name}, {labels[best['metric']]} agrees best with the ratings ({reached})"
        if (near["value"] == best["value"]).any():
            sentence = f"{name}, no metric agrees best with the ratings: {labels[best['metric']]} "
            sentence += f"{reached} and {_listed(others)}"
        elif others:
            sentence += f"; the intervals of {_listed(others)} overlap with its own"
        sentences.append(sentence + ".")
    return sentences


def _number(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"

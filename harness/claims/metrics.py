"""Which metric agrees more with the raters than which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from harness.support.formatting import listed

__all__ = [
    "TESTED",
    "agreement_by_intervals",
    "best_against_others",
    "best_known",
    "comparisons",
    "unbeaten",
    "whole",
]

#: The statistics that sentences on tests speak of: level, statistic, and what they are called.
TESTED = (
    ("segment", "acc_eq", "accuracy with ties within segments"),
    ("system", "soft_pairwise_accuracy", "soft pairwise accuracy of systems"),
)


#: More metrics than this are counted, not named.
NAMED = 5


def comparisons(
    tests: pd.DataFrame | None,
    labels: Mapping[str, str],
    sentinels: pd.DataFrame | None = None,
) -> list[str]:
    """For each of ``TESTED``: which metric is the best, which known one it beats, and which it is
    not told apart from. Empty without tests."""
    if tests is None or tests.empty:
        return []
    return [
        _best_of(rows, labels, name, unbeaten(sentinels, rows, labels))
        for rows, name in best_against_others(tests)
    ]


def best_against_others(tests: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, str]]:
    """For each of ``TESTED`` the tests of the best metric against all others, by their value, and
    what the statistic is called; nothing where no metric is ahead of all others."""
    tests = tests[(tests["family"] == "metrics") & (tests["category"] == "all")]
    for level, statistic, name in TESTED:
        rows = tests[
            (tests["level"] == level) & (tests["statistic"] == statistic) & tests["p"].notna()
        ]
        wins = rows["metric_1"].value_counts()
        n_metrics = len({*rows["metric_1"], *rows["metric_2"]})
        best = [m for m in wins.index if wins[m] == n_metrics - 1]
        if not best:  # no tests, or metrics with unlike gaps that no order fits
            continue
        rows = rows[rows["metric_1"] == best[0]]
        by_value = rows.sort_values(["value_2", "metric_2"], ascending=[False, True], kind="stable")
        yield by_value, name


def best_known(sure: pd.DataFrame, labels: Mapping[str, str]) -> pd.Series:
    """The test against the metric that everybody knows, BLEU, or else against the next one."""
    for _, row in sure.iterrows():
        label = labels[str(row["metric_2"])]
        if label.upper().startswith("BLEU") and not label.startswith("BLEURT"):
            return row
    return sure.iloc[0]


def _best_of(rows: pd.DataFrame, labels: Mapping[str, str], name: str, opponent: str) -> str:
    """What the tests of the best metric against the others say."""
    best = labels[str(rows["metric_1"].iloc[0])]
    sure = rows[rows["p_adjusted"] <= rows["alpha"]]
    open_ = rows[rows["p_adjusted"] > rows["alpha"]]
    if opponent:
        return (
            f"On this test set no metric can be recommended by {name}: {best} has the highest "
            f"value and is not shown to beat {opponent}."
        )
    if sure.empty:
        first = rows.iloc[0]
        return (
            f"On this test set {best} is not told apart from {labels[str(first['metric_2'])]} by "
            f"{name} ({_difference(first)})"
            + (f", nor from {_others(len(rows) - 1)}." if len(rows) > 1 else ".")
        )
    other = best_known(sure, labels)
    sentence = (
        f"On this test set {best} agrees with the raters more than {labels[str(other['metric_2'])]}"
        f" does ({name} {_difference(other)})"
    )
    if len(open_):
        names = [labels[str(m)] for m in open_["metric_2"]]
        shown = listed(names) if len(names) <= NAMED else f"{len(names)} other metrics"
        sentence += f"; it is not told apart from {shown}"
    elif len(sure) > 1:
        sentence += f", and more than {_others(len(sure) - 1)}"
    return sentence + "."


def _difference(row: pd.Series) -> str:
    """'.540 against .497, p = .001, Holm-adjusted .012'."""
    values = f"{_share(row['value_1'])} against {_share(row['value_2'])}"
    return f"{values}, {_p(row['p'])}, adjusted {_p(row['p_adjusted'])}"


def _share(value: float) -> str:
    return f"{value:.3f}".lstrip("0").replace("-0.", "-.").replace("-", "−")


def _p(p: float) -> str:
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")


def agreement_by_intervals(meta: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
    """The metric that agrees best within segments and on systems, and who is not told apart."""
    sentences = []
    kendall = "segment", "kendall_b", "item", ""
    accuracy = "system", "pairwise_accuracy", "none", "mean"
    for (level, statistic, grouping, system_score), name in (
        (kendall, "Within segments, by Kendall's tau-b"),
        (accuracy, "On pairs of systems, by pairwise accuracy"),
    ):
        rows = meta[
            (meta["level"] == level)
            & (meta["statistic"] == statistic)
            & (meta["grouping"] == grouping)
            & (meta["system_score"] == system_score)
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
            sentence += f"{reached} and {listed(others)}"
        elif others:
            sentence += f"; the intervals of {listed(others)} overlap with its own"
        sentences.append(sentence + ".")
    return sentences


def _others(n: int) -> str:
    return "the other one" if n == 1 else f"the other {n}"


def whole(meta: pd.DataFrame) -> pd.DataFrame:
    """The rows on the whole test set."""
    return meta[meta["subset"] == "all"] if "subset" in meta.columns else meta


def unbeaten(sentinels: pd.DataFrame | None, rows: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """What the best metric of ``rows`` (see :func:`best_against_others`) is not shown to beat: a
    sentinel, or a constant score; '' where it beats them all, or was not tested against them.

    A metric that leads all others and does not beat these is not praised.
    """
    if sentinels is None or sentinels.empty:
        return ""
    first = rows.iloc[0]
    own = sentinels[
        (sentinels["level"] == first["level"])
        & (sentinels["statistic"] == first["statistic"])
        & (sentinels["category"] == first["category"])
        & (sentinels["metric"] == first["metric_1"])
    ]
    if own.empty or bool(own["beats"].iloc[0]):
        return ""
    opponent = str(own["opponent"].iloc[0])
    return "a constant score" if opponent == "(constant)" else f"the sentinel {labels[opponent]}"

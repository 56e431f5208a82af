"""Findings: what the tables say about systems and metrics, in sentences that can be quoted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from harness.claims.injection_statements import mean_notice, per_cent
from harness.error_categories.held_out_raters import JUDGED
from harness.support.formatting import listed
from harness.system_comparison.shown import shown
from harness.tables.settings import alpha_text

__all__ = ["findings", "verdict"]


def findings(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Sentences on what the annotations say, how the metrics treat reference translations, which
    systems they tell apart, which metric agrees best with the ratings, and which
    categories metrics weigh otherwise than raters do. Tables that are absent give no sentence."""
    systems = tables["systems"]
    metrics = tables["metrics"]
    labels = dict(zip(metrics["metric"], metrics["label"], strict=True))
    own = list(metrics[metrics["role"] == "metric"]["metric"])
    sentences = []
    if "penalty_profile" in tables and len(tables["penalty_profile"]):
        sentences.append(_penalties(tables["penalty_profile"]))
    sentences += _references(systems[systems["metric"].isin(own)], labels)
    sentences += _told_apart(tables.get("system_tests"), labels)
    if "meta_evaluation" in tables:
        meta = tables["meta_evaluation"]
        tested = comparisons(tables.get("metric_tests"), labels)
        sentences += tested or _agreement(_whole(meta[meta["metric"].isin(own)]), labels)
    sentences += _weighted(tables.get("category_weights"), labels)
    return sentences


def verdict(tables: Mapping[str, pd.DataFrame]) -> str:
    """One plain sentence: which metric agrees more with the raters than which, and what neither is
    shown to see; or why this cannot be said, and which metric notices injected errors most. ''
    without metrics."""
    metrics = tables["metrics"]
    labels = dict(zip(metrics["metric"], metrics["label"], strict=True))
    tests = tables.get("metric_tests")
    for rows, _ in _bests(tests) if tests is not None else ():
        sure = rows[rows["p"] <= rows["alpha"]]
        other = rows.iloc[0] if sure.empty else _known(sure, labels)
        best, second = str(other["metric_1"]), str(other["metric_2"])
        what = (
            f"{labels[best]} agrees with the raters more than {labels[second]} does"
            if len(sure)
            else f"{labels[best]} and {labels[second]} are not told apart"
        )
        return f"On this test set {what}{_unseen(tables.get('categories'), (best, second))}."
    own = list(metrics[metrics["role"] == "metric"]["metric"])
    if not own:
        return ""
    return (
        f"This run cannot say which metric agrees most with the ratings: {_why_open(tables, own)}"
        f"{_most_noticing(tables.get('injections'), own, labels)}."
    )


def _why_open(tables: Mapping[str, pd.DataFrame], metrics: Sequence[str]) -> str:
    """Why no metric is ahead of all others."""
    meta, tests = tables.get("meta_evaluation"), tables.get("metric_tests")
    if meta is None or meta.empty:
        return "no metric was held against ratings"
    if meta["n_systems"].max() < 2:
        return "a single system is rated, so no two translations of a sentence can be compared"
    if len(metrics) < 2:
        return "it has one metric"
    if tests is None or not (tests["family"] == "metrics").any() or tests["p"].isna().all():
        return "the metrics were not tested against each other"
    asked = {(level, statistic) for level, statistic, _ in TESTED}
    tested = tests[tests["p"].notna()]
    if asked.isdisjoint(zip(tested["level"], tested["statistic"], strict=True)):
        names = listed([f"{name} ({level} level)" for level, _, name in TESTED], "nor")
        return f"its statistics have neither {names}"
    return "none is ahead of all others"


def _most_noticing(
    injections: pd.DataFrame | None, metrics: Sequence[str], labels: Mapping[str, str]
) -> str:
    """'; but errors put in on purpose are noticed most by …': the metrics that notice most and
    fewest."""
    if injections is None or injections.empty or len(metrics) < 2:
        return ""
    means, sure = mean_notice(injections, metrics)
    if len(means) < 2 or means.iloc[0] == means.iloc[-1]:
        return ""
    (best, most), (worst, least) = ((labels[str(means.index[i])], means.iloc[i]) for i in (0, -1))
    few = "" if sure else ", from few pairs each"
    return (
        f"; but errors put in on purpose are noticed most by {best} ({per_cent(most)} of the "
        f"pairs) and least by {worst} ({per_cent(least)}; 50 % is chance{few})"
    )


def _unseen(categories: pd.DataFrame | None, pair: tuple[str, str]) -> str:
    """'; neither is shown to see … better than chance', of the kinds that raters agree on."""
    if categories is None:
        return ""
    first = categories[categories["view"] == categories["view"].iloc[0]]
    judged = first[first["tier"].isin(JUDGED) & first["metric"].isin(pair)]
    if set(first["category"]) == {"other"}:
        return ""  # the annotations name no categories
    above = (judged["value"] > 0.5) & (judged["p_holm"] <= judged["alpha"])
    seen = above.groupby(judged["category"], sort=False).any()
    names = [str(name).replace("_", " ") for name in seen.index[~seen]]
    if not len(seen):
        return ""
    if not names:
        return "; each kind of error that could be judged one of them sees better than chance"
    return f"; neither is shown to see errors of {listed(names, 'or')} better than chance"


def _told_apart(tests: pd.DataFrame | None, labels: Mapping[str, str]) -> list[str]:
    """How many pairs of systems each metric tells apart, by randomisation where it was done."""
    if tests is None or tests["p"].notna().sum() == 0:
        return []
    tests = shown(tests[tests["p"].notna()])
    unit, test = str(tests["unit"].iloc[0]), str(tests["test"].iloc[0])
    told = (tests["p"] <= tests["alpha"]).groupby(tests["metric"], sort=False).agg(["sum", "size"])
    if len(told) > NAMED or told["size"].nunique() > 1 or int(told["size"].iloc[0]) < 2:
        return []
    how = "approximate randomisation" if test == "randomisation" else "the paired bootstrap"
    (first, n), *rest = ((labels[str(metric)], int(n)) for metric, n in told["sum"].items())
    named = [f"{first} tells apart {n}", *(f"{label} {n}" for label, n in rest)]
    return [
        f"Of {int(told['size'].iloc[0])} pairs of systems {listed(named)} "
        f"({how} of {unit}s, p ≤ {alpha_text(tests)})."
    ]


def _weighted(weights: pd.DataFrame | None, labels: Mapping[str, str]) -> list[str]:
    """The judged category of the first view for which most metrics take off significantly
    less than a held-out rater does, and that for which most take off more."""
    if weights is None or weights.empty:
        return []
    view = str(weights["view"].iloc[0])
    first = weights[(weights["view"] == view) & weights["judged"].astype(bool)]
    raters = first[first["kind"] == "human"]
    human = dict(zip(raters["category"], raters["relative_weight"], strict=True))
    sure = first[(first["kind"] == "metric") & (first["p_holm"] <= first["alpha"])]
    parts: list[str] = []
    for word, rows in (
        ("less", sure[sure["against_human"] < 0.0]),
        ("more", sure[sure["against_human"] > 0.0]),
    ):
        if rows.empty:
            continue
        category = str(rows["category"].value_counts(sort=False).idxmax())
        own = rows[rows["category"] == category]
        named = [
            f"{labels[m]} ({_times(v)})"
            for m, v in zip(own["metric"], own["relative_weight"], strict=True)
        ]
        shown = listed(named) if len(named) <= NAMED else f"{len(named)} metrics ({_range(own)})"
        parts.append(
            f"a point for {category.replace('_', ' ')} costs significantly {word} with {shown} "
            f"than with a held-out rater ({_times(human[category])})"
        )
    if not parts:
        return []
    return [
        f"By implied weight, all else equal (view {view}; 1× is what a point of penalty costs on "
        f"average): {'; '.join(parts)}."
    ]


def _times(value: float) -> str:
    return f"{round(value, 2) + 0.0:.2f}×".replace("-", "−")


def _range(rows: pd.DataFrame) -> str:
    return f"{_times(rows['relative_weight'].min())} to {_times(rows['relative_weight'].max())}"


def _whole(meta: pd.DataFrame) -> pd.DataFrame:
    """The rows on the whole test set."""
    return meta[meta["subset"] == "all"] if "subset" in meta.columns else meta


#: The statistics that sentences on tests speak of: level, statistic, and what they are called.
TESTED = (
    ("segment", "acc_eq", "accuracy with ties within segments"),
    ("system", "soft_pairwise_accuracy", "soft pairwise accuracy of systems"),
)
#: More metrics than this are counted, not named.
NAMED = 5


def comparisons(tests: pd.DataFrame | None, labels: Mapping[str, str]) -> list[str]:
    """For each of ``TESTED``: which metric is the best, which known one it beats, and which it is
    not told apart from. Empty without tests."""
    if tests is None or tests.empty:
        return []
    return [_best_of(rows, labels, name) for rows, name in _bests(tests)]


def _bests(tests: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, str]]:
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


def _known(sure: pd.DataFrame, labels: Mapping[str, str]) -> pd.Series:
    """The test against the metric that everybody knows, BLEU, or else against the next one."""
    for _, row in sure.iterrows():
        label = labels[str(row["metric_2"])]
        if label.upper().startswith("BLEU") and not label.startswith("BLEURT"):
            return row
    return sure.iloc[0]


def _best_of(rows: pd.DataFrame, labels: Mapping[str, str], name: str) -> str:
    """What the tests of the best metric against the others say."""
    best = labels[str(rows["metric_1"].iloc[0])]
    sure = rows[rows["p"] <= rows["alpha"]]
    open_ = rows[rows["p"] > rows["alpha"]]
    if sure.empty:
        first = rows.iloc[0]
        return (
            f"On this test set {best} is not told apart from {labels[str(first['metric_2'])]} by "
            f"{name} ({_difference(first)})"
            + (f", nor from {_others(len(rows) - 1)}." if len(rows) > 1 else ".")
        )
    other = _known(sure, labels)
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
    return f"{values}, {_p(row['p'])}, Holm-adjusted {_p(row['p_holm'])}"


def _share(value: float) -> str:
    return f"{value:.3f}".lstrip("0").replace("-0.", "-.").replace("-", "−")


def _p(p: float) -> str:
    return "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")


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
    return f"{lost}; most of it for errors of {listed(parts)}.".replace("%", " %")


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
                        f"{labels[str(metric)]} {_number(value, best)} < {_number(best, value)}",
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
                f"reference translation {human} ({_first([w[2] for w in worse])})."
            )
    return sentences


def _agreement(meta: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
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


def _number(value: float, beside: float) -> str:
    """``value`` with as many decimals as tell it from the one ``beside`` it, but at most four."""
    decimals = next((n for n in range(1, 4) if f"{value:.{n}f}" != f"{beside:.{n}f}"), 4)
    return f"{value:.{decimals}f}".replace("-", "−")


def _first(parts: Sequence[str], most: int = 4) -> str:
    """The first few of many, and how many more there are."""
    if len(parts) <= most + 1:
        return ", ".join(parts)
    return f"{', '.join(parts[:most])} and {len(parts) - most} more"

"""What the category analysis says in sentences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from harness.error_categories.analysis import CategoryResult
from harness.error_categories.held_out_raters import HUMAN_ROWS
from harness.error_categories.notes import (
    CHANCE,
    CONSTANT,
    INJECT,
    SYSTEM_IDENTITY,
    Limits,
    lack,
    of_share,
    share_text,
)
from harness.support.formatting import listed, plural

__all__ = ["category_sentences", "statements"]

Row = Mapping[str, Any]


def category_sentences(result: CategoryResult, labels: Mapping[str, str]) -> tuple[str, ...]:
    """What the first view of a category analysis says; metrics are written by their ``labels``."""
    categories, tests, view = result.categories, result.tests, result.first
    if view is None:
        return ()
    own = categories[categories["view"] == view.name]
    built_in = own["metric"].isin([SYSTEM_IDENTITY, CONSTANT]) | (own["kind"] == "human")
    shown = _shown(labels, own.loc[~built_in, "metric"].unique())
    rows: list[Row] = [
        {str(k): v for k, v in row.items()} | {"metric": shown(row["metric"])}
        for row in own.to_dict("records")
    ]
    compared: list[Row] = [
        {str(k): v for k, v in row.items()}
        | {"metric_1": shown(row["metric_1"]), "metric_2": shown(row["metric_2"])}
        for row in tests[tests["view"] == view.name].to_dict("records")
    ]
    held_out = {
        category: {shown(name): value for name, value in values.items()}
        for category, values in view.on_held_out.items()
    }
    return statements(
        rows,
        compared,
        held_out,
        n_documents=view.n_documents,
        n_untied=view.n_untied,
        limits=view.limits,
    )


def _shown(labels: Mapping[str, str], names: Iterable[str]) -> Callable[[str], str]:
    """How a metric is written: by its label, unless two metrics share one."""
    written = [labels.get(name, name) for name in names]
    if len({*written, *HUMAN_ROWS, SYSTEM_IDENTITY, CONSTANT}) < len(written) + 5:
        return str
    return lambda name: labels.get(name, name)


def statements(
    rows: Sequence[Row],
    tests: Sequence[Row],
    on_held_out: Mapping[str, Mapping[str, float]],
    *,
    n_documents: int,
    n_untied: int,
    limits: Limits,
) -> tuple[str, ...]:
    """One view in sentences: what was compared, and of each category what can be said.

    ``rows`` and ``tests`` are the rows of that view in the tables CATEGORIES and CATEGORY_TESTS;
    ``on_held_out`` maps a category to the accuracy of each metric on the labels that the row
    'human' is judged by.
    """
    if rows and {row["category"] for row in rows} == {"other"}:
        return ("The annotations name no categories of error, so no category can be judged.",)
    if n_documents and not rows:
        return ("No error is marked in the rated translations, so no category can be judged.",)
    if n_documents == 0:
        return (f"No machine translation is rated; {INJECT}.",)
    if n_documents < limits.documents:
        return (
            f"{plural(n_documents, 'document')}: fewer than {limits.documents}, so no category can "
            f"be judged from these ratings: injection only ({INJECT}).",
        )
    n_pairs = sum(row["n_pairs"] for row in rows if row["metric"] == CONSTANT)
    sentences = [
        f"{n_pairs:,} of the {n_untied:,} pairs of translations that differ in text and in rating "
        "are decided by one category, which outweighs all others together; the category "
        "accuracies rest on these."
    ]
    sentences += _identity(rows)
    unjudged = []
    for category in dict.fromkeys(row["category"] for row in rows):
        own_rows = {row["metric"]: row for row in rows if row["category"] == category}
        own_tests = [row for row in tests if row["category"] == category]
        why = _unjudged(own_rows, limits)
        if why:
            unjudged.append(f"{category.replace('_', ' ')} ({why})")
        else:
            held_out = on_held_out.get(category, {})
            sentences.append(_sentence(category, own_rows, own_tests, held_out))
    if unjudged:
        sentences.append(f"Not judged: {listed(unjudged)}; {INJECT}.")
    return tuple(sentences)


def _unjudged(rows: Mapping[str, Row], limits: Limits) -> str:
    """Why a category cannot be judged; empty where it can."""
    whole, label = rows[CONSTANT], rows.get("label")
    if whole["tier"] == "too few":
        return lack(whole["n_eff"], whole["n_documents"], limits)
    if whole["tier"] == "unreliable" and label is not None:
        return f"raters agree at chance, label {_of(label)}"
    return ""


def _identity(rows: Sequence[Row]) -> list[str]:
    """Says so where knowing the system alone beats every metric on plain accuracy."""
    pooled = {}
    for name in dict.fromkeys(row["metric"] for row in rows if row["kind"] != "human"):
        used = [row for row in rows if row["metric"] == name and row["n_pairs"]]
        number = sum(row["n_pairs"] for row in used)
        if number:
            pooled[name] = (
                math.fsum(row["plain_accuracy"] * row["n_pairs"] for row in used) / number
            )
    metrics = [row["metric"] for row in rows if row["kind"] == "metric" and row["metric"] in pooled]
    best = max(metrics, key=lambda name: pooled[name], default=CONSTANT)
    if best == CONSTANT or pooled[SYSTEM_IDENTITY] <= pooled[best]:
        return []
    return [
        "A score that knows only which system it looks at would get "
        f"{share_text(pooled[SYSTEM_IDENTITY])} plain accuracy, more than any metric "
        f"({best}: {share_text(pooled[best])}); so the accuracies below are balanced over pairs of "
        "systems, where it gets 50 %."
    ]


def _sentence(
    category: str,
    rows: Mapping[str, Row],
    tests: Sequence[Row],
    on_held_out: Mapping[str, float],
) -> str:
    """What can be said of a category that can be judged."""
    name = category[:1].upper() + category[1:].replace("_", " ")
    whole = rows[CONSTANT]
    metrics = {
        key: row
        for key, row in rows.items()
        if row["kind"] == "metric" and row["tier"] != "too few"
    }
    if not metrics:
        return f"{name}: no metric has scores on enough of its pairs."
    best = max(metrics, key=lambda key: metrics[key]["value"])
    parts = [_ranking(name, best, metrics, tests), *_rival(metrics[best], rows)]
    if "human" in rows and not math.isnan(rows["human"]["value"] + on_held_out[best]):
        parts.append(
            f"a held-out rater reaches {share_text(rows['human']['value'])}, "
            f"{best} {share_text(on_held_out[best])} on the same labels"
        )
    if whole["tier"] in ("weak", "one rater"):
        parts.append(whole["note"])
    return "; ".join(parts) + "."


def _ranking(name: str, best: str, metrics: Mapping[str, Row], tests: Sequence[Row]) -> str:
    """The best metric, and those that cannot be told from it."""
    reached = f"{best} {_of(metrics[best])}"
    above = [key for key, row in metrics.items() if _beats_chance(row)]
    if not above:
        nearest = ", the best is " if len(metrics) > 1 else ": "
        return f"{name}: no metric is shown to beat chance{nearest}{reached}{_power(metrics[best])}"
    if best not in above:
        shown = f"only these are shown to beat chance: {listed(above)}"
        return f"{name}: {reached} is the highest, yet {shown}"
    if len(metrics) == 1:
        return f"{name}: {reached}"
    unclear = [
        row["metric_2"] if row["metric_1"] == best else row["metric_1"]
        for row in tests
        if best in (row["metric_1"], row["metric_2"]) and not row["p_holm"] <= row["alpha"]
    ]
    tail = f", not told apart from {listed(unclear)}" if unclear else ", with significance"
    return f"{name}: {reached} is the best of the {len(metrics)} metrics{tail}"


def _rival(best: Row, rows: Mapping[str, Row]) -> list[str]:
    """The best sentinel, where it beats chance and the best metric."""
    sentinels = [r for r in rows.values() if r["kind"] == "sentinel" and _beats_chance(r)]
    first = max(sentinels, key=lambda row: float(row["value"]), default=best)
    if not first["value"] > best["value"]:
        return []
    return [f"the sentinel {first['metric']} reaches more, {_of(first)}"]


def _beats_chance(row: Row) -> bool:
    """Whether the row is shown to be above 1/2: a metric by its p adjusted over all metrics and
    categories that can be judged, a sentinel by its own p."""
    p = row["p_holm"] if row["kind"] == "metric" else row["p"]
    return bool(row["value"] > CHANCE and p <= row["alpha"])


def _power(row: Row) -> str:
    """What would have been found, because 'not shown' does not mean 'not seen'."""
    if math.isnan(row["detectable"]):
        return ""
    return f" (one of {share_text(row['detectable'])} would most likely have been found)"


def _of(row: Row) -> str:
    return of_share(row["value"], row["low"], row["high"])

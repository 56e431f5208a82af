"""What the category analysis says in words: the note of a row, and sentences for the report."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.statistics.category_accuracy import CategoryAccuracy
from harness.statistics.held_out_raters import Tier, agreement

__all__ = ["CONSTANT", "SYSTEM_IDENTITY", "Limits", "note", "statements"]

SYSTEM_IDENTITY = "system identity"
CONSTANT = "constant"
Row = Mapping[str, Any]

CHANCE = 0.5
SIGNIFICANT = 0.05
INJECT = "more annotations or injected errors are needed"


@dataclass(frozen=True)
class Limits:
    """Fewer effective pairs or documents than these are too few."""

    pairs: float = 50
    documents: int = 10


def note(
    own: CategoryAccuracy,
    size: CategoryAccuracy,
    level: Tier,
    human: Mapping[str, CategoryAccuracy],
    limits: Limits,
    *,
    n_systems: int,
    n_documents: int,
) -> str:
    """Why a row has no value or how far to trust it; empty where there is nothing to say.

    ``own`` is the row's accuracy, ``size`` the one whose pairs its tier ``level`` rests on,
    ``human`` the human rows (empty with one rater); the numbers are those of the whole test set.
    """
    label, parts = human.get("label"), []
    if n_documents < limits.documents:
        parts.append(f"{_count(n_documents, 'document')}: fewer than {limits.documents}; {INJECT}")
    elif level == "too few":
        parts.append(f"{_lack(size.effective_n, size.n_documents, limits)}; {INJECT}")
    elif level == "unreliable" and label is not None:
        parts.append(f"raters agree at chance (label {_estimate(label)}); {INJECT}")
    else:
        if level == "weak":
            parts.append(_weakness(label, limits))
        parts += _impurity(human.get("blind"))
    if math.isnan(own.balanced.value):
        parts.append(f"no value: {_absence(own, n_systems)}")
    elif math.isnan(own.balanced.low):
        at_end = own.balanced.value in (0.0, 1.0)
        parts.append("no interval: " + ("all credits alike" if at_end else "too few documents"))
    if own.n_missing:
        pairs = _count(own.n_pairs + own.n_missing, "pair")
        parts.append(f"{own.n_missing} of {pairs} left out: no score")
    return "; ".join(parts)


def _lack(effective_n: float, n_documents: int, limits: Limits) -> str:
    if n_documents == 0:
        return "no pair"
    if n_documents < limits.documents:
        return f"pairs in {_count(n_documents, 'document')}: fewer than {limits.documents}"
    return f"{effective_n:.1f} effective pairs: fewer than {limits.pairs:g}"


def _weakness(label: CategoryAccuracy | None, limits: Limits) -> str:
    known = agreement(label, minimum_pairs=limits.pairs, minimum_documents=limits.documents)
    if label is not None and not math.isnan(known):
        return f"raters agree weakly (label {_estimate(label)})"
    few = "one rater" if label is None else "too few pairs with two raters"
    return f"{few}: not known whether raters agree"


def _impurity(blind: CategoryAccuracy | None) -> list[str]:
    if blind is None or math.isnan(blind.balanced.low):
        return []
    if blind.balanced.low <= CHANCE <= blind.balanced.high:
        return []
    return [f"not measured purely: other categories alone give {_estimate(blind)}"]


def _estimate(accuracy: CategoryAccuracy) -> str:
    estimate = accuracy.balanced
    return _share(estimate.value, estimate.low, estimate.high)


def _absence(own: CategoryAccuracy, n_systems: int) -> str:
    if n_systems < 2:
        return "one rated system"
    if own.n_missing and not own.n_pairs:
        return "no score on any pair"
    if not own.n_pairs:
        return "the category decides no pair"
    return "no two systems win pairs from each other"


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
    if n_documents and not rows:
        return ("No error is marked in the rated translations, so no category can be judged.",)
    if n_documents == 0:
        return (f"No machine translation is rated; {INJECT}.",)
    if n_documents < limits.documents:
        return (
            f"{_count(n_documents, 'document')}: fewer than {limits.documents}, so no category can "
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
        sentences.append(f"Not judged: {_listed(unjudged)}; {INJECT}.")
    return tuple(sentences)


def _unjudged(rows: Mapping[str, Row], limits: Limits) -> str:
    """Why a category cannot be judged; empty where it can."""
    whole, label = rows[CONSTANT], rows.get("label")
    if whole["tier"] == "too few":
        return _lack(whole["n_eff"], whole["n_documents"], limits)
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
            pooled[name] = math.fsum(row["plain"] * row["n_pairs"] for row in used) / number
    metrics = [row["metric"] for row in rows if row["kind"] == "metric" and row["metric"] in pooled]
    best = max(metrics, key=lambda name: pooled[name], default=CONSTANT)
    if best == CONSTANT or pooled[SYSTEM_IDENTITY] <= pooled[best]:
        return []
    return [
        "A score that knows only which system it looks at would get "
        f"{_percent(pooled[SYSTEM_IDENTITY])} plain accuracy, more than any metric "
        f"({best}: {_percent(pooled[best])}); so the accuracies below are balanced over pairs of "
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
            f"a held-out rater reaches {_percent(rows['human']['value'])}, "
            f"{best} {_percent(on_held_out[best])} on the same labels"
        )
    if whole["tier"] == "weak":
        parts.append(whole["note"])
    return "; ".join(parts) + "."


def _ranking(name: str, best: str, metrics: Mapping[str, Row], tests: Sequence[Row]) -> str:
    """The best metric, and those that cannot be told from it."""
    reached = f"{best} {_of(metrics[best])}"
    above = [key for key, row in metrics.items() if _beats_chance(row)]
    if not above:
        nearest = ", the best is " if len(metrics) > 1 else ": "
        return f"{name}: no metric is shown to beat chance{nearest}{reached}"
    if best not in above:
        shown = f"only these are shown to beat chance: {_listed(above)}"
        return f"{name}: {reached} is the highest, yet {shown}"
    if len(metrics) == 1:
        return f"{name}: {reached}"
    unclear = [
        row["metric_2"] if row["metric_1"] == best else row["metric_1"]
        for row in tests
        if best in (row["metric_1"], row["metric_2"]) and not row["p_holm"] <= SIGNIFICANT
    ]
    tail = f", not told apart from {_listed(unclear)}" if unclear else ", with significance"
    return f"{name}: {reached} is the best of the {len(metrics)} metrics{tail}"


def _rival(best: Row, rows: Mapping[str, Row]) -> list[str]:
    """The best sentinel, where it beats chance and the best metric."""
    sentinels = [r for r in rows.values() if r["kind"] == "sentinel" and _beats_chance(r)]
    first = max(sentinels, key=lambda row: float(row["value"]), default=best)
    if not first["value"] > best["value"]:
        return []
    return [f"the sentinel {first['metric']} reaches more, {_of(first)}"]


def _beats_chance(row: Row) -> bool:
    """Whether the interval lies above 1/2; all credits right leave no interval, yet beat it."""
    return bool(row["low"] > CHANCE or row["value"] == 1.0)


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _of(row: Row) -> str:
    return _share(row["value"], row["low"], row["high"])


def _share(value: float, low: float, high: float) -> str:
    if math.isnan(low):
        return _percent(value)
    return f"{_percent(value)} [{100 * low:.0f}, {100 * high:.0f}]"


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

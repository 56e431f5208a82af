"""Which kinds of error metrics are shown to see."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.claims.category_rows import (
    ACCURACY,
    AGREEMENT_UNKNOWN,
    FEW_RATERS,
    Category,
    Row,
    categories_of,
)
from harness.claims.claim import Claim, Facts, Kind, Rule, evidence_of
from harness.claims.wording import capital, per_cent, some
from harness.error_categories.analysis import FirstView
from harness.error_categories.notes import (
    CONSTANT,
    INJECT,
    SYSTEM_IDENTITY,
    Limits,
    lack,
    of_share,
)
from harness.support.formatting import humanise, listed, plural

__all__ = ["CategoryAccuracies", "CategoryVerdict", "SystemIdentity"]

LICENCE = (
    "System-balanced accuracy, t test by a jackknife over documents. Against chance: Holm over all "
    "judged categories and metrics of the view. Metric against metric: Holm over all pairs and "
    "judged categories. It speaks of other documents and these systems. Judged: enough effective "
    "pairs and documents, and raters who are shown to agree, or too few translations with two "
    "raters to tell. Of other raters it speaks where each document has one rater: the same tests "
    "by a jackknife over raters, adjusted alike. Intervals are those of one metric alone, not "
    "adjusted. 'Not shown' is not 'does not see': the accuracy that would most likely have been "
    "found stands beside it."
)
#: In the verdict, as many metrics are named for a category; more are counted.
MOST_BY_NAME = 2


@dataclass(frozen=True)
class CategoryAccuracies(Rule):
    """Of each category that can be judged: which metrics are shown to see it, which are shown to
    see it less than the most accurate one, and where a sentinel and a held-out rater stand."""

    name = "category_accuracies"
    licence = LICENCE

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """A claim for each judged category, and one on those that are not."""
        found = categories_of(facts)
        if found is None:
            return
        view, categories = found
        why = _why_none(view, categories)
        if why:
            rows = [evidence_of("categories", c.whole, ACCURACY) for c in categories]
            yield self.claim("open", why, rows)
            return
        for category in categories:
            if category.judged:
                kind: Kind = "shown" if category.seeing or category.worse else "open"
                text = f"{_sentence(category, facts)}."
                yield self.claim(kind, text, category.evidence())
        unjudged = [c for c in categories if not c.judged]
        if unjudged:
            names = listed(f"{humanise(c.name)} ({_unjudged(c, view.limits)})" for c in unjudged)
            rows = [evidence_of("categories", c.whole, ACCURACY) for c in unjudged]
            yield self.claim("open", f"Not judged: {names}; {INJECT}.", rows)


@dataclass(frozen=True)
class CategoryVerdict(Rule):
    """Which kinds of error some metric is shown to see, and which none is."""

    name = "category_verdict"
    licence = LICENCE

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One claim where a category can be judged."""
        found = categories_of(facts)
        judged = [] if found is None else [c for c in found[1] if c.judged]
        if found is None or not judged or _why_none(*found):
            return
        seen = [c for c in judged if c.seeing]
        unseen = [c for c in judged if not c.seeing]
        parts = [_seen_ones(seen, judged, facts)] if seen else []
        if unseen:
            parts.append(_unseen_ones(unseen, judged, facts, first=not seen))
        few = any(c.whole["tier"] == "one rater" for c in judged)
        these = "these systems and by these raters" if few else "these systems"
        if few:
            parts += _beyond_these_raters(seen)
        text = f"By category, on {these}, {'; '.join(parts)}"
        evidence = [e for c in judged for e in c.evidence()]
        yield self.claim("shown" if seen else "open", f"{text}.", evidence, in_verdict=True)


@dataclass(frozen=True)
class SystemIdentity(Rule):
    """On how many pairs the accuracies rest, and what plain accuracy would reward instead."""

    name = "system_identity"
    licence = "Counts and plain accuracies of these data; no test."

    def claims(self, facts: Facts) -> Iterator[Claim]:
        """One or two claims where a category can be judged."""
        found = categories_of(facts)
        if found is None or _why_none(*found):
            return
        view, categories = found
        n_pairs = sum(int(c.whole["n_pairs"]) for c in categories)
        yield self.claim(
            "described",
            f"{n_pairs:,} of the {view.n_untied:,} pairs of translations that differ in text and "
            "in rating are decided by one category, which outweighs all others together; the "
            "category accuracies rest on these.",
            [evidence_of("categories", c.whole, ("n_pairs",)) for c in categories],
        )
        pooled = _pooled(categories)
        metrics = [m for m in facts.metrics if m in pooled]
        best = max(metrics, key=lambda name: pooled[name], default=CONSTANT)
        if best != CONSTANT and pooled[SYSTEM_IDENTITY] > pooled[best]:
            rows = [
                c.rows[name]
                for c in categories
                for name in (SYSTEM_IDENTITY, best)
                if name in c.rows and c.rows[name]["n_pairs"]
            ]
            yield self.claim(
                "described",
                "A score that knows only which system it looks at gets "
                f"{per_cent(pooled[SYSTEM_IDENTITY])} plain accuracy on these pairs, more than "
                f"any metric ({facts.label(best)}: {per_cent(pooled[best])}); so the accuracies "
                "are balanced over pairs of systems, where it gets 50 %.",
                [evidence_of("categories", row, ("plain_accuracy", "n_pairs")) for row in rows],
            )


def _pooled(categories: Sequence[Category]) -> dict[str, float]:
    """The plain accuracy of each row but the raters', over all pairs of all categories."""
    pooled = {}
    for name in dict.fromkeys(n for c in categories for n in c.rows):
        used = [c.rows[name] for c in categories if name in c.rows and c.rows[name]["n_pairs"]]
        number = sum(int(row["n_pairs"]) for row in used)
        if number and used[0]["kind"] != "human":
            total = math.fsum(row["plain_accuracy"] * row["n_pairs"] for row in used)
            pooled[name] = total / number
    return pooled


def _why_none(view: FirstView, categories: Sequence[Category]) -> str:
    """Why no category can be judged, whatever the metrics; '' otherwise."""
    if categories and {c.name for c in categories} == {"other"}:
        return "The annotations name no categories of error, so no category can be judged."
    if view.n_documents and not categories:
        return "No error is marked in the rated translations, so no category can be judged."
    if view.n_documents == 0:
        return f"No machine translation is rated; {INJECT}."
    if view.n_documents < view.limits.documents:
        return (
            f"{plural(view.n_documents, 'document')}: fewer than {view.limits.documents}, so no "
            f"category can be judged from these ratings: injection only ({INJECT})."
        )
    return ""


def _unjudged(category: Category, limits: Limits) -> str:
    """Why a category cannot be judged."""
    whole, label = category.whole, category.rows.get("label")
    if whole["tier"] == "too few":
        return lack(whole["n_eff"], whole["n_documents"], limits)
    if whole["tier"] == "unreliable" and label is not None:
        return (
            "raters are not shown to agree beyond chance, label "
            f"{of_share(label['value'], label['low'], label['high'])}"
        )
    return "no metric has scores on enough of its pairs"


def _sentence(category: Category, facts: Facts) -> str:
    """What can be said of a category that can be judged."""
    best = next(iter(category.metrics))
    parts = [f"{capital(humanise(category.name))}: {_seen(category, facts)}"]
    parts += _compared(category, facts)
    sentinel = category.best_sentinel
    if sentinel is not None:
        parts.append(f"the sentinel {facts.label(sentinel['metric'])} gets {_share(sentinel)}")
    human, own = category.rows.get("human"), category.on_held_out.get(best, math.nan)
    if human is not None and not math.isnan(human["value"] + own):
        parts.append(
            f"a held-out rater gets {per_cent(human['value'])}, {facts.label(best)} "
            f"{per_cent(own)} on the same labels"
        )
    parts += _for_others(category)
    if category.whole["note"]:
        parts.append(str(category.whole["note"]))
    return "; ".join(parts)


def _seen(category: Category, facts: Facts) -> str:
    """Which metrics are shown to see the category."""
    metrics = category.metrics
    best = next(iter(metrics))
    if not category.seeing:
        reached = f"{facts.label(best)} {_share(metrics[best])}"
        found = _found(category.detectable(list(metrics)))
        if len(metrics) == 1:
            return f"{reached} is not shown to see it{found}"
        return f"no metric is shown to see it, the most accurate is {reached}{found}"
    first = category.seeing[0]
    names = [
        f"{facts.label(name)} {_share(metrics[name])}" if name == first else facts.label(name)
        for name in category.seeing
    ]
    verb = "is" if len(names) == 1 else "are"
    text = f"{some(names)} {verb} shown to see it"
    missed = [name for name in metrics if name not in category.seeing]
    if missed:
        verb = "is" if len(missed) == 1 else "are"
        labels = [
            f"{facts.label(m)} {_share(metrics[m])}" if m == best else facts.label(m)
            for m in missed
        ]
        text += f", {some(labels)} {verb} not"
        text += _found(category.detectable(missed))
    return text


def _compared(category: Category, facts: Facts) -> list[str]:
    """Which metrics are shown to be less accurate than the most accurate one."""
    best = next(iter(category.metrics))
    others = [m for m in category.metrics if m != best]
    if not category.worse:
        if not others:
            return []
        if len(others) == 1:
            return [f"{facts.label(others[0])} is not shown to be less accurate"]
        return [f"no metric is shown to be less accurate than {facts.label(best)}"]
    if len(category.worse) == len(others):
        worse = "the other metric" if len(others) == 1 else "every other metric"
        return [f"{facts.label(best)} is shown to be more accurate than {worse}"]
    worse = some([facts.label(m) for m in category.worse])
    return [f"{facts.label(best)} is shown to be more accurate than {worse}"]


def _for_others(category: Category) -> list[str]:
    """How much of it is shown for other raters too, where that can be tested."""
    if not category.n_raters or not category.seeing:
        return []
    seeing, worse = len(category.seeing_for_others), len(category.worse_for_others)
    if not seeing and not worse:
        return [_not_for_others([category])]
    text = f"for other raters too{_left_out([category])}, {_are(seeing)} shown to see it"
    return [f"{text}, {_are(worse)} to be less accurate" if category.worse else text]


def _beyond_these_raters(seen: Sequence[Category]) -> list[str]:
    """What is shown for other raters too, and what one rater a translation leaves open."""
    if not any(c.n_raters for c in seen):
        return [FEW_RATERS]
    held = [f"{humanise(c.name)} ({n})" for c in seen if (n := len(c.seeing_for_others))]
    others = f"shown for other raters too{_left_out(seen)}: {listed(held)}"
    return [others if held else _not_for_others(seen), AGREEMENT_UNKNOWN]


def _not_for_others(categories: Sequence[Category]) -> str:
    return f"none of this is shown for other raters{_left_out(categories)}"


def _left_out(categories: Sequence[Category]) -> str:
    return f" (one of {max(c.n_raters for c in categories)} left out at a time)"


def _are(number: int) -> str:
    return {0: "none is", 1: "1 is"}.get(number, f"{number} are")


def _metrics(categories: Sequence[Category]) -> list[str]:
    return list(dict.fromkeys(m for c in categories for m in c.metrics))


def _seen_ones(seen: Sequence[Category], judged: Sequence[Category], facts: Facts) -> str:
    """The categories that some metric is shown to see, and who sees them."""
    metrics = _metrics(judged)
    if len(metrics) == 1:
        names = listed(humanise(c.name) for c in seen)
        return f"{facts.label(metrics[0])} is shown to see errors of {names}"
    first = next((c for c in seen if len(c.seeing) > MOST_BY_NAME), None)
    counted = [
        f"{humanise(c.name)} ({_counted(c, len(metrics) if c is first else 0, facts)})"
        for c in seen
    ]
    return f"metrics are shown to see errors of {listed(counted)}"


def _unseen_ones(
    unseen: Sequence[Category], judged: Sequence[Category], facts: Facts, *, first: bool
) -> str:
    """The categories that no metric is shown to see; ``first``: nothing is said before."""
    metrics = _metrics(judged)
    if len(metrics) == 1:
        who = f"{facts.label(metrics[0])} is not" if first else "it is not"
    else:
        who = "no metric is" if first else "none is"
    names = listed([humanise(c.name) for c in unseen], "or")
    return f"{who} shown to see errors of {names}{_would_be_found(unseen)}"


def _counted(category: Category, n_metrics: int, facts: Facts) -> str:
    """Who is shown to see the category: one or two by name, more by their number, with
    ``n_metrics`` beside it unless that is 0."""
    n = len(category.seeing)
    if n <= MOST_BY_NAME:
        who = listed([facts.label(m) for m in category.seeing])
    else:
        who = f"{n} of {n_metrics}" if n_metrics else str(n)
    sentinel = category.best_sentinel
    best = category.metrics[next(iter(category.metrics))]
    if sentinel is None or sentinel["value"] < best["value"]:
        return who
    return (
        f"{who}, none above {facts.sentinel(sentinel['metric'])}: {per_cent(sentinel['value'], 0)}"
    )


def _would_be_found(categories: Sequence[Category]) -> str:
    found = [c.detectable(list(c.metrics)) for c in categories]
    known = [v for v in found if not math.isnan(v)]
    if not known:
        return ""
    low, high = per_cent(min(known), 0), per_cent(max(known), 0)
    span = low if low == high else f"{low.removesuffix(' %')} to {high}"
    return f", where an accuracy of {span} would most likely have been found"


def _found(accuracy: float) -> str:
    """What would have been found, because 'not shown' does not mean 'not seen'."""
    if math.isnan(accuracy):
        return ""
    return f" (an accuracy of {per_cent(accuracy)} would most likely have been found)"


def _share(row: Row) -> str:
    return of_share(row["value"], row["low"], row["high"])

"""Notes in the table of categories: why a row has no value, or how reliable it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from harness.error_categories.accuracy import CategoryAccuracy
from harness.error_categories.held_out_raters import RELIABLE_ABOVE, Tier, agreement, is_pure
from harness.support.formatting import plural

__all__ = [
    "CHANCE",
    "CONSTANT",
    "INJECT",
    "SYSTEM_IDENTITY",
    "Limits",
    "lack",
    "note",
    "of_share",
    "share_text",
]

SYSTEM_IDENTITY = "system identity"
CONSTANT = "constant"
CHANCE = 0.5
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
    """Why a row has no value, or how reliable it is; empty otherwise.

    ``own`` is the row's accuracy, ``size`` the one whose pairs its tier ``level`` rests on,
    ``human`` the human rows (empty with one rater); the numbers are those of the whole test set.
    """
    label, parts = human.get("label"), []
    if n_documents < limits.documents:
        parts.append(f"{plural(n_documents, 'document')}: fewer than {limits.documents}; {INJECT}")
    elif level == "too few":
        parts.append(f"{lack(size.effective_n, size.n_documents, limits)}; {INJECT}")
    elif level == "unreliable" and label is not None:
        parts.append(
            f"raters are not shown to agree beyond chance (label {_estimate(label)}); {INJECT}"
        )
    else:
        if level in ("weak", "one rater"):
            parts += [text for text in [_weakness(label, limits)] if text]
        parts += _impurity(human.get("blind"))
    if math.isnan(own.balanced.value):
        parts.append(f"no value: {_absence(own, n_systems)}")
    elif math.isnan(own.balanced.low):
        at_end = own.balanced.value in (0.0, 1.0)
        parts.append("no interval: " + ("all credits alike" if at_end else "too few documents"))
    if own.n_missing:
        pairs = plural(own.n_pairs + own.n_missing, "pair")
        parts.append(f"{own.n_missing} of {pairs} left out: no score")
    return "; ".join(parts)


def lack(effective_n: float, n_documents: int, limits: Limits) -> str:
    """Why there are too few pairs to judge a category."""
    if n_documents == 0:
        return "no pair"
    if n_documents < limits.documents:
        return f"pairs in {plural(n_documents, 'document')}: fewer than {limits.documents}"
    return f"{effective_n:.1f} effective pairs: fewer than {limits.pairs:g}"


def _weakness(label: CategoryAccuracy | None, limits: Limits) -> str:
    known = agreement(label, minimum_pairs=limits.pairs, minimum_documents=limits.documents)
    if known > RELIABLE_ABOVE:
        return ""  # the category is weak for another reason
    if label is not None and not math.isnan(known):
        return f"raters agree weakly (label {_estimate(label)})"
    few = "most translations have one rater" if label is None else "too few pairs with two raters"
    return f"{few}: not known whether raters agree"


def _impurity(blind: CategoryAccuracy | None) -> list[str]:
    if blind is None or is_pure(blind):
        return []
    return [f"not measured purely: other categories alone give {_estimate(blind)}"]


def _estimate(accuracy: CategoryAccuracy) -> str:
    estimate = accuracy.balanced
    return of_share(estimate.value, estimate.low, estimate.high)


def _absence(own: CategoryAccuracy, n_systems: int) -> str:
    if n_systems < 2:
        return "one rated system"
    if own.n_missing and not own.n_pairs:
        return "no score on any pair"
    if not own.n_pairs:
        return "the category decides no pair"
    return "no two systems win pairs from each other"


def of_share(value: float, low: float, high: float) -> str:
    """A share in per cent with its interval, where it has one."""
    if math.isnan(low):
        return share_text(value)
    return f"{share_text(value)} [{100 * low:.0f}, {100 * high:.0f}]"


def share_text(value: float) -> str:
    """A share in [0, 1] as per cent, with one decimal."""
    return f"{100 * value:.1f} %"

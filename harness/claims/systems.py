"""What can be said of translation systems: what errors cost them, which of them metrics tell apart,
and which of them metrics put above a reference translation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from harness.support.formatting import listed
from harness.system_comparison.shown import shown
from harness.tables.settings import alpha_text

__all__ = ["penalty_sentence", "reference_sentences", "told_apart"]

#: More metrics than this are counted, not named.
NAMED = 5


def told_apart(tests: pd.DataFrame | None, labels: Mapping[str, str]) -> list[str]:
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


def penalty_sentence(profile: pd.DataFrame) -> str:
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


def reference_sentences(systems: pd.DataFrame, labels: Mapping[str, str]) -> list[str]:
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


def _number(value: float, beside: float) -> str:
    """``value`` with as many decimals as tell it from the one ``beside`` it, but at most four."""
    decimals = next((n for n in range(1, 4) if f"{value:.{n}f}" != f"{beside:.{n}f}"), 4)
    return f"{value:.{decimals}f}".replace("-", "−")


def _first(parts: Sequence[str], most: int = 4) -> str:
    """The first few of many, and how many more there are."""
    if len(parts) <= most + 1:
        return ", ".join(parts)
    return f"{', '.join(parts[:most])} and {len(parts) - most} more"

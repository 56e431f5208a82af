"""What the raters' agreement says in sentences."""

from __future__ import annotations

import pandas as pd

from harness.ratings.rating import TOTAL

__all__ = ["rater_sentences"]


def rater_sentences(agreement: pd.DataFrame, profile: pd.DataFrame) -> tuple[str, ...]:
    """Whether raters agree, on what, and how strict they are: what the tables RATER_AGREEMENT and
    RATER_PROFILE say of the first view."""
    if agreement.empty:
        return ()
    agreement = agreement[agreement["view"] == agreement["view"].iloc[0]]
    table = agreement.pivot(index="category", columns="statistic", values="value")
    if "second_rater" not in table.columns:
        n = len(profile)
        who = "One rater annotated" if n == 1 else f"{n} raters annotated, each alone,"
        return (f"{who} each translation, so nothing tells whether raters agree.",)
    sentences = []
    whole = table.loc[TOTAL]
    marked = agreement["statistic"].isin(["character_f1", "character_f1_any"])
    sure = agreement[marked & (agreement["category"] == TOTAL)]["low"].notna()
    if len(sure) == 2 and sure.all():  # no claim without an interval
        sentences.append(
            "Raters agree more on where an error is than on what it is: of the characters that one "
            f"rater marked, another marked {100 * whole['character_f1_any']:.0f} %, and "
            f"{100 * whole['character_f1']:.0f} % under the same category."
        )
    rows = agreement[
        (agreement["statistic"] == "segment_correlation") & (agreement["category"] != TOTAL)
    ]
    unrelated = rows[rows["low"].notna() & (rows["low"] <= 0)]
    if len(unrelated):
        named = [
            f"{str(c).replace('_', ' ')} ({v:.2f})".replace("-", "\N{MINUS SIGN}")
            for c, v in zip(unrelated["category"], unrelated["value"], strict=True)
        ]
        sentences.append(
            "Within a segment, what one rater takes off for these says nothing certain of what "
            f"another does (correlation; 0 is chance): {', '.join(named)}."
        )
    strict = profile[profile["severity_bias_low"].notna()].sort_values(
        "severity_bias", kind="stable"
    )
    if len(strict) > 1 and strict.iloc[-1]["severity_bias_low"] > 0:
        first, last = strict.iloc[-1], strict.iloc[0]
        sentences.append(
            f"On the same translations the strictest of the {len(profile)} raters takes "
            f"{first['severity_bias']:.1f} points more off than the others, the most lenient "
            f"{-last['severity_bias']:.1f} fewer."
        )
    return tuple(sentences)

"""The sections of the page: each behind a heading, with a line that says what is there.

A claim stands in the section of the table that it rests on. The line is the section's first
claim if that is short, else a count of what the section holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from harness.claims.claim import Claim
from harness.claims.collection import findings
from harness.error_categories.held_out_raters import JUDGED
from harness.report.content import ReportContent
from harness.report.evidence import ShownClaim, shown_claims
from harness.report.metric_info import metric_infos
from harness.support.formatting import count, plural

__all__ = ["LONGEST_LINE", "OTHER", "SECTIONS", "Section", "sections_of"]

#: Where claims stand that rest on no table of :data:`SECTION_OF_TABLE`.
OTHER = "agreement"
#: The longest claim that serves as a section's line; longer ones stand within the section.
LONGEST_LINE = 190

#: Sections by their anchor: the heading, and the short form in the navigation.
SECTIONS: Mapping[str, tuple[str, str]] = {
    "baseline": ("Against the baseline", "Baseline"),
    "elsewhere": ("What ratings of other texts say of these metrics", "Other texts"),
    "agreement": ("Agreement with human ratings", "Agreement"),
    "systems": ("Systems", "Systems"),
    "categories": ("Error categories", "Categories"),
    "injection": ("Injected errors", "Injected"),
    "attacks": ("Texts that are no translations", "Attacks"),
    "challenges": ("Challenge set", "Challenge set"),
    "segments": ("Segments", "Segments"),
    "against": ("Metric against human", "Humans"),
    "pairs": ("Metric against metric", "Metric pairs"),
    "confusion": ("Which translation is better?", "Confusion"),
    "raters": ("Do the raters agree?", "Raters"),
    "plots": ("More plots", "Plots"),
    "cost": ("Cost", "Cost"),
    "definitions": ("How to read this report", "How to read"),
    "provenance": ("Provenance", "Provenance"),
}
SECTION_OF_TABLE: Mapping[str, str] = {
    "systems": "systems",
    "system_tests": "systems",
    "system_intervals": "systems",
    "agreed_differences": "elsewhere",
    "attacks": "attacks",
    "baseline_differences": "baseline",
    "penalty_profile": "categories",
    "categories": "categories",
    "category_tests": "categories",
    "category_weights": "categories",
    "metric_pairs": "categories",
    "metric_evidence": "elsewhere",
    "injections": "injection",
    "injection_severity": "injection",
    "injected_pairs": "injection",
    "challenges": "challenges",
    "rater_agreement": "raters",
    "rater_profile": "raters",
}


@dataclass(frozen=True)
class Section:
    """A section: its anchor ``name``, ``title``, ``short`` form for the navigation, the ``line``
    beside the folded heading, and the ``claims`` that stand in it."""

    name: str
    title: str
    short: str
    line: str
    claims: Sequence[ShownClaim]


def sections_of(content: ReportContent) -> dict[str, Section]:
    """Every section by its anchor, whether or not this run has something to show in it."""
    placed: dict[str, list[Claim]] = {name: [] for name in SECTIONS}
    for claim in findings(content.claims):
        tables = [e.table for e in claim.evidence]
        known = [SECTION_OF_TABLE[t] for t in tables if t in SECTION_OF_TABLE]
        placed[known[0] if known else OTHER].append(claim)
    lines = _lines(content)
    return {
        name: Section(
            name, title, short, _line(placed[name], lines.get(name, "")), shown_claims(placed[name])
        )
        for name, (title, short) in SECTIONS.items()
    }


def _line(claims: Sequence[Claim], held: str) -> str:
    return claims[0].text if claims and len(claims[0].text) <= LONGEST_LINE else held


def _lines(content: ReportContent) -> dict[str, str]:
    """What each section holds, in numbers where they are known."""
    meta, systems = content.table("meta_evaluation"), content.table("systems")
    texts = content.test_set
    lines = {
        "against": "The score of each translation beside its rating",
        "pairs": "Which differences between metrics are more than chance",
        "confusion": "Pairs of translations that a metric and the raters order differently",
        "segments": f"{plural(len(texts.segments), 'segment')}, "
        f"{plural(len(texts.systems), 'translation')} each, with errors and scores: search, "
        "filter, export",
        "attacks": "Where metrics put copies of the source, refusals and the like",
        "plots": "Figures of plots/",
        "cost": "Seconds of each metric",
        "definitions": "Every statistic and term in a sentence",
        "provenance": "Command, versions, data, settings",
        "categories": _of_categories(content.table("categories")),
        "injection": _of_injections(content.table("injections")),
        "raters": _of_raters(content.table("rater_profile")),
    }
    if meta is not None:
        lines["agreement"] = (
            f"{_metrics_and_sentinels(content, set(meta['metric']))} by "
            f"{plural(meta['statistic'].nunique(), 'statistic')}"
        )
    if systems is not None:
        lines["systems"] = (
            f"{plural(systems['system'].nunique(), 'system')} by "
            f"{_metrics_and_sentinels(content, set(systems['metric']))}"
        )
    return lines


def _metrics_and_sentinels(content: ReportContent, names: set[str]) -> str:
    infos = metric_infos(content)
    sentinels = sum(name in infos and infos[name].is_sentinel for name in names)
    metrics = plural(len(names) - sentinels, "metric")
    return f"{metrics} and {plural(sentinels, 'sentinel')}" if sentinels else metrics


def _of_categories(table: pd.DataFrame | None) -> str:
    if table is None:
        return ""
    own = table[table["view"] == table["view"].iloc[0]]
    judged = own[own["tier"].isin(JUDGED)]["category"].nunique()
    kinds = plural(own["category"].nunique(), "kind")
    return f"{kinds} of error; metrics can be judged by {count(judged)} of them"


def _of_injections(table: pd.DataFrame | None) -> str:
    if table is None:
        return ""
    return f"{plural(table['injector'].nunique(), 'kind')} of error put into the translations"


def _of_raters(table: pd.DataFrame | None) -> str:
    return "" if table is None else plural(table["rater"].nunique(), "rater")

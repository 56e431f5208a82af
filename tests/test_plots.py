"""The plots draw what the tables hold, whatever the names in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from harness import tables as t

NAMES = ["bleu", "chrf", "ter", "comet22", "metricx24", "bertscore"]
LABELS = {"bleu": "BLEU", "chrf": "chrF", "ter": "\u2212TER", "comet22": "COMET-22"}
SENTINELS = ["random", "length"]
BUILT_IN = ["system identity", "constant"]
CATEGORIES = [
    "meaning",
    "name",
    "omission",
    "style",
    "language",
    "number",
    "addition",
    "untranslated",
    "punctuation",
]
SYSTEMS = ["GPT4-5shot", "HW-TSC", "Lan-BridgeMT", "NLLB_MBR_BLEU", "ONLINE-A", "ONLINE-B"]
HOSTILE = [
    "$x^2$",
    "$\\frac{1}{",
    "a$b",
    "_hidden",
    "two\nlines\tand a tab",
    "<script>alert(1)</script>",
    "--><b>",
    "\u202eright to left",
    "null\x00byte\x1b[31m",
    "{0} %s {{7*7}}",
    "人民日报 机器翻译",
    "\ud800 surrogate",
    "\ue000\U0001f600 no glyph",
    "",
    "W" * 300,
]


def names(known: list[str], n: int, stem: str) -> list[str]:
    return [*known[:n], *[f"{stem}_{i}" for i in range(len(known), n)]]


def make(
    n_metrics: int = 4,
    n_categories: int = 8,
    n_systems: int = 10,
    *,
    rated: bool = True,
    n_segments: int = 40,
    n_documents: int = 12,
    seed: int = 0,
    metrics: list[str] | None = None,
    categories: list[str] | None = None,
    systems: list[str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Tables as a run makes them, with drawn numbers."""
    rng = np.random.default_rng(seed)
    metrics = metrics or names(NAMES, n_metrics, "metric")
    categories = categories or names(CATEGORIES, n_categories, "accuracy/category")
    systems = systems or [*names(SYSTEMS, n_systems - 1, "system"), "refB"][-n_systems:]
    roles = {s: "human" if s == "refB" else "system" for s in systems}
    sentinels = [s for s in SENTINELS if s not in metrics]
    quality = {s: float(q) for s, q in zip(systems, rng.normal(0, 1, len(systems)), strict=True)}
    rated_systems = systems if rated else []
    rows_systems, rows_scores, rows_ratings, rows_profile = [], [], [], []
    rating = {}
    weights = rng.dirichlet(np.linspace(4, 0.4, len(categories)))
    for s in rated_systems:
        values = -rng.gamma(1.0, 3.0 - 0.6 * quality[s], n_segments).round(2)
        rating[s] = values
        for k in range(n_segments):
            rows_ratings.append(("set", s, str(k), "all", values[k], 3))
        for c, w in zip(categories, weights, strict=True):
            n = int(rng.integers(0, 200))
            share = float(w * rng.uniform(0.5, 1.5))
            rows_profile.append(
                ("set", s, roles[s], "news", c, n, n // 2, n_segments, share * 4, share)
            )
    for m in [*metrics, *sentinels]:
        for s in systems:
            base = 35 + 4 * quality[s]
            values = rng.normal(base, 9, n_segments)
            score = float(values.mean())
            mean = float(np.mean(rating[s])) if s in rating else np.nan
            rows_systems.append(
                ("set", s, roles[s], m, f"{m}|v1", score, score, mean, n_segments, 3)
            )
            rows_scores.append(("set", s, None, m, f"{m}|v1", score, "ok"))
            rows_scores += [
                ("set", s, str(k), m, f"{m}|v1", values[k], "ok") for k in range(n_segments)
            ]
    meta = []
    for m in [*metrics, *sentinels] if rated else []:
        for level, statistic, grouping, chance in (
            ("system", "pearson", "none", 0.0),
            ("system", "pairwise_accuracy", "none", 0.5),
            ("segment", "pearson", "none", 0.0),
            ("segment", "kendall_b", "item", 0.0),
            ("segment", "acc_eq", "item", np.nan),
        ):
            v = float(rng.uniform(0.2, 0.8))
            half = float(rng.uniform(0.02, 0.2))
            n = len(systems)
            ceiling = 0.75 if level == "segment" else np.nan
            cluster = int(rng.integers(1, 4)) if level == "segment" else None
            meta.append(
                (
                    "set", level, "all", m, statistic, grouping, v, v - half, v + half, n,
                    n_segments, n * (n - 1) // 2, 0, ceiling, chance, cluster, "",
                )
            )  # fmt: skip
    kinds = dict.fromkeys(metrics, "metric") | dict.fromkeys([*sentinels, *BUILT_IN], "sentinel")
    kinds |= dict.fromkeys(("human", "blind", "label"), "human")
    cells = []
    losses = {m: rng.dirichlet(weights * 30 + 0.01) for m in kinds}
    for i, c in enumerate(categories) if rated else []:
        n_eff = float(4000 * weights[i] ** 1.5 * rng.uniform(0.5, 1.5))
        label = 0.5 + 0.15 * rng.uniform(0.1, 1)
        tier = "too few" if n_eff < 50 else ("solid" if label > 0.56 else "weak")
        tier = "unreliable" if label < 0.52 and tier != "too few" else tier
        for m, kind in kinds.items():
            v = 0.5 if m in BUILT_IN else float(np.clip(rng.normal(0.57, 0.04), 0.05, 0.95))
            v = float(label) if m == "label" else v
            half = 0.6 / np.sqrt(n_eff + 4) if m not in BUILT_IN else 0.0
            cells.append(
                (
                    m, "news", c, v, max(v - half, 0.0), min(v + half, 1.0), n_eff,
                    min(n_documents, 38), tier, min(v + 0.1, 1.0), losses[m][i], int(n_eff * 3),
                    int(n_eff), int(n_eff * 6), weights[i], kind, "set", "",
                )
            )  # fmt: skip
    lower = {"ter", "metricx24"}
    return {
        "systems": pd.DataFrame(
            rows_systems,
            columns=[
                "test_set", "system", "role", "metric", "signature", "score",
                "mean_segment_score", "rating", "n_segments", "n_raters",
            ],
        ),
        "scores": t.table(rows_scores, t.SCORES),
        "ratings": t.table(rows_ratings, t.RATINGS),
        "meta_evaluation": t.table(meta, t.META),
        "categories": t.table(cells, t.CATEGORIES),
        "category_tests": t.table([], t.CATEGORY_TESTS),
        "penalty_profile": t.table(rows_profile, t.PENALTY_PROFILE),
        "metrics": pd.DataFrame(
            {
                "metric": [*metrics, *sentinels],
                "label": [LABELS.get(m, m) for m in [*metrics, *sentinels]],
                "signature": [f"{m}|v1" for m in [*metrics, *sentinels]],
                "higher_is_better": [m not in lower for m in [*metrics, *sentinels]],
                "role": ["metric"] * len(metrics) + ["sentinel"] * len(sentinels),
            }
        ),
    }  # fmt: skip

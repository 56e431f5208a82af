"""The plots draw what the tables hold, whatever the names in them."""

from __future__ import annotations

import hashlib
import math
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from harness import tables as t
from harness.plots import frames, style
from harness.plots.baseline_forest import BaselineForest
from harness.plots.category_heatmap import CategoryHeatmap, colour_of, ink_on
from harness.plots.category_report_card import CategoryReportCard
from harness.plots.halo_dumbbell import HaloDumbbell
from harness.plots.implied_weights import ImpliedWeights
from harness.plots.labels import overlap, place
from harness.plots.loss_share import LossShare
from harness.plots.measurability_map import MeasurabilityMap
from harness.plots.meta_evaluation_forest import MetaEvaluationForest
from harness.plots.metric_against_human import MetricAgainstHuman
from harness.plots.penalty_profile import PenaltyProfile
from harness.plots.relative_drops import RelativeDrops
from harness.plots.scales import fitting_ticks, tick_text
from harness.plots.sheet import fit, text_width, wrap
from harness.plots.significance_matrix import SignificanceMatrix
from harness.plots.system_scores import SystemScores
from tests.conftest import ROOT
from tests.support.agreement_rows import meta_evaluation_of, metric_tests_of
from tests.support.examples import examples

NAMES = ["bleu", "chrf", "ter", "comet22", "metricx24", "bertscore"]
LABELS = {"bleu": "BLEU", "chrf": "chrF", "ter": "\u2212TER", "comet22": "COMET-22"}
FAMILY_OF = dict.fromkeys(("bleu", "chrf", "ter"), "string")
FAMILY_OF |= {"comet22": "trained", "metricx24": "trained", "bertscore": "embedding"}
SENTINELS = ["random", "length"]
BUILT_IN = ["system identity", "constant"]
CONFIDENCE, ALPHA, FEWEST = 0.95, 0.05, 30
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
                (
                    "set", s, roles[s], m, f"{m}|v1", score, score, mean, n_segments,
                    n_segments if s in rating else 0, 3.0, "ok",
                )
            )  # fmt: skip
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
            system_score = "mean" if level == "system" else ""
            meta.append(
                (
                    "set", level, "all", m, statistic, grouping, system_score, v, v - half,
                    v + half, n, n_segments, n * (n - 1) // 2, 0, ceiling, chance, cluster, "",
                    "all", "all", cluster, np.nan, n_documents, "document bootstrap", "",
                    CONFIDENCE,
                )
            )  # fmt: skip
    tests = [
        (
            "set", row[1], *row[4:7], row[3], other[3], row[7] - other[7],
            float(rng.uniform(0, 0.1)) ** 2, float(rng.uniform(0, 0.2)), n_documents, "all",
            row[7], other[7], "metrics", "scores exchanged", 1000, False, len(systems),
            n_segments, 0, "", ALPHA,
        )
        for row in meta
        for other in meta
        if row[1:3] + row[4:7] == other[1:3] + other[4:7]
        and (-row[7], row[3]) < (-other[7], other[3])
        and {row[3], other[3]} <= set(metrics)
    ]  # fmt: skip
    kinds = dict.fromkeys(metrics, "metric") | dict.fromkeys([*sentinels, *BUILT_IN], "sentinel")
    kinds |= dict.fromkeys(("human", "blind", "label"), "human")
    cells = []
    losses = {m: rng.dirichlet(weights * 30 + 0.01) for m in kinds}
    for i, c in enumerate(categories) if rated else []:
        n_eff = float(4000 * weights[i] ** 1.5 * rng.uniform(0.5, 1.5))
        label = 0.5 + 0.15 * rng.uniform(0.1, 1)
        tier = "too few" if n_eff < 50 else ("reliable" if label > 0.56 else "weak")
        tier = "unreliable" if label < 0.52 and tier != "too few" else tier
        for m, kind in kinds.items():
            v = 0.5 if m in BUILT_IN else float(np.clip(rng.normal(0.57, 0.04), 0.05, 0.95))
            v = float(label) if m == "label" else v
            half = 0.6 / np.sqrt(n_eff + 4) if m not in BUILT_IN else 0.0
            cells.append(
                (
                    m, "news", c, v, max(v - half, 0.0), min(v + half, 1.0), n_eff,
                    min(n_documents, 38), tier, min(v + 0.1, 1.0), losses[m][i], int(n_eff * 3),
                    int(n_eff), int(n_eff * 6), weights[i], kind, "set", "", np.nan, np.nan, np.nan,
                    0.01, 0.03, 0.02, 0.56, np.nan, np.nan, None, CONFIDENCE, ALPHA,
                )
            )  # fmt: skip
    implied = []
    for m, kind in [*((m, "metric") for m in metrics), *((m, "sentinel") for m in sentinels),
                    ("human", "human")] if rated else []:  # fmt: skip
        for c in ["all", *categories]:
            v = 1.0 if c == "all" else float(rng.normal(1.0, 2.0))
            v = np.nan if kind == "sentinel" or rng.uniform() < 0.05 < v else v
            half = np.nan if c == "all" else float(rng.uniform(0.1, 3.0))
            implied.append(
                (
                    "set", "news", c, m, kind, 0.4 * v, 0.1, 0.7, v, v - half, v + half, v - 1.0,
                    v - 1.0 - half, v - 1.0 + half, 0.01, float(rng.uniform(0, 0.2)),
                    bool(rng.uniform() < 0.8), n_segments * n_systems, n_segments,
                    min(n_documents, 38), "", CONFIDENCE, ALPHA,
                )
            )  # fmt: skip
    lower = {"ter", "metricx24"}
    drops = []
    for m in [*metrics, *sentinels]:
        for i, c in enumerate(categories):
            for severity in ("minor", "major"):
                n = int(rng.integers(1, 90))
                v = float(rng.normal(0.3 if severity == "major" else 0.1, 0.15))
                ties = float(rng.choice([0.0, 0.25, 1.0]))
                drops.append(
                    (
                        m, f"{c}_{severity}", "accuracy", severity, n, 0.8, ties, v, v - 0.1,
                        v + 0.1, 0.7, 0.9, 20 * v, 20.0, n, min(n, n_documents), 0, "segments",
                        "measured" if n >= FEWEST else f"n < {FEWEST}", "", categories[i // 2],
                        "refB", "set", "", CONFIDENCE, FEWEST,
                    )
                )  # fmt: skip
    against = _against_first(metrics, categories if rated else [], rng)
    return {
        "systems": t.table(rows_systems, t.SYSTEMS),
        "scores": t.table(rows_scores, t.SCORES),
        "ratings": t.table(rows_ratings, t.RATINGS),
        "meta_evaluation": meta_evaluation_of(meta),
        "metric_tests": metric_tests_of(tests),
        "categories": t.table(cells, t.CATEGORIES),
        "category_weights": t.table(implied, t.CATEGORY_WEIGHTS),
        "category_tests": t.table([], t.CATEGORY_TESTS),
        "baseline_differences": t.table(against, t.BASELINE_DIFFERENCES),
        "penalty_profile": t.table(rows_profile, t.PENALTY_PROFILE),
        "injections": t.table(drops, t.INJECTIONS),
        "metrics": t.table(
            {
                "metric": [*metrics, *sentinels],
                "label": [LABELS.get(m, m) for m in [*metrics, *sentinels]],
                "signature": [f"{m}|v1" for m in [*metrics, *sentinels]],
                "higher_is_better": [m not in lower for m in [*metrics, *sentinels]],
                "role": ["metric"] * len(metrics) + ["sentinel"] * len(sentinels),
                "sees": [""] * len(metrics) + [f"the {s}" for s in sentinels],
                "family": [FAMILY_OF.get(m, "other") for m in metrics] + [""] * len(sentinels),
            },
            t.METRICS,
        ),
    }


def _against_first(
    metrics: list[str], categories: list[str], rng: np.random.Generator
) -> list[tuple[object, ...]]:
    """Rows of two metrics minus the first; every third category cannot be judged."""
    rows: list[tuple[object, ...]] = []
    for i, c in enumerate(categories):
        for m in metrics[1:3]:
            value, half, p = float(rng.normal(0, 0.1)), 0.06, float(rng.uniform(0, 0.1))
            grey = i % 3 == 2
            rows.append(
                (
                    *("set", "news", c, m, metrics[0], value, value - half, value + half),
                    *(p, np.nan if grey else p, "too few" if grey else "weak", 12, 0.95, ALPHA),
                )
            )
    return rows


PLOTS = [
    CategoryReportCard(),
    CategoryHeatmap(),
    PenaltyProfile(),
    SystemScores(),
    ImpliedWeights(),
    HaloDumbbell(),
    MeasurabilityMap(),
    LossShare(),
    MetricAgainstHuman(),
    MetaEvaluationForest(),
    RelativeDrops(),
    SignificanceMatrix(),
    BaselineForest(),
]
every_plot = pytest.mark.parametrize("plot", PLOTS, ids=lambda p: p.name)
#: The table without which a plot has nothing to draw.
NEEDED = {
    "baseline_forest": "baseline_differences",
    "category_heatmap": "categories",
    "category_report_card": "categories",
    "implied_weights": "category_weights",
    "halo_dumbbell": "categories",
    "loss_share": "categories",
    "measurability_map": "categories",
    "penalty_profile": "penalty_profile",
    "system_scores": "systems",
    "metric_against_human": "systems",
    "meta_evaluation_forest": "meta_evaluation",
    "relative_drops": "injections",
    "significance_matrix": "metric_tests",
}


@pytest.fixture(scope="module")
def small() -> dict[str, pd.DataFrame]:
    return make()


def drawn(plot: Any, tables: Mapping[str, pd.DataFrame]) -> Figure:
    figure = plot.draw(tables)
    assert figure is not None
    return figure


def lines(figure: Figure, label: str) -> list[Line2D]:
    return [line for line in figure.findobj(Line2D) if line.get_label() == label]


def xs(artists: Iterable[Line2D]) -> list[float]:
    return [float(np.asarray(line.get_xdata())[0]) for line in artists]


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def altered(
    tables: Mapping[str, pd.DataFrame], name: str, **columns: object
) -> dict[str, pd.DataFrame]:
    return {**tables, name: tables[name].assign(**columns)}


# ---------------------------------------------------------------- what every plot keeps to


@every_plot
def test_nothing_to_draw(plot: Any, small: dict[str, pd.DataFrame]) -> None:
    needed = NEEDED[plot.name]
    assert plot.draw({}) is None
    assert plot.draw({name: frame for name, frame in small.items() if name != needed}) is None
    assert plot.draw({name: frame.iloc[:0] for name, frame in small.items()}) is None
    assert plot.draw({needed: small[needed]}) is not None  # the others may be absent


@every_plot
def test_title_and_explanation(plot: Any, small: dict[str, pd.DataFrame]) -> None:
    shown = " ".join(words(drawn(plot, small)))  # a long title takes two lines
    assert plot.question in shown
    assert 1 <= plot.explanation.count(". ") + 1 <= 4
    assert plot.explanation.endswith(".")


@every_plot
def test_tables_are_not_changed(plot: Any) -> None:
    tables = make()
    plot.draw(tables)
    for name, frame in make().items():
        pd.testing.assert_frame_equal(tables[name], frame)


SIZES = {
    "small": {"n_segments": 60},
    "one of each": {"n_metrics": 1, "n_categories": 1, "n_systems": 1},
    "many": {"n_metrics": 30, "n_categories": 26, "n_systems": 40, "n_segments": 12},
    "hostile": {
        "metrics": HOSTILE[:8],
        "categories": [HOSTILE[0], *HOSTILE[8:]],
        "systems": HOSTILE[::2],
    },
    "hostile everywhere": {"metrics": HOSTILE, "categories": HOSTILE, "systems": HOSTILE},
}
LONG = ("many", "hostile everywhere")


@cache
def of_size(plot: Any, size: str) -> Figure:
    return drawn(plot, make(**SIZES[size]))


@pytest.mark.parametrize(
    "size",
    [pytest.param(s, marks=pytest.mark.slow) if s in LONG else s for s in SIZES],
)
@every_plot
def test_no_text_is_cut_or_covered_by_another(plot: Any, size: str) -> None:
    if plot.name in {"significance_matrix", "baseline_forest"} and size == "one of each":
        assert plot.draw(make(**SIZES[size])) is None  # one metric has none to be compared with
        return
    figure = of_size(plot, size)
    with style.drawing():
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        texts = [*figure.texts]
        for axes in figure.axes:
            texts += axes.texts
            if axes.axison:
                texts += [label for label in axes.get_xticklabels() if _in_view(axes, label, 0)]
                texts += [label for label in axes.get_yticklabels() if _in_view(axes, label, 1)]
        texts = [text for text in texts if text.get_text() and text.get_visible()]
        boxes = np.array([text.get_window_extent(renderer).extents for text in texts])
    width, height = figure.get_size_inches() * figure.dpi
    assert boxes[:, :2].min() >= 0
    assert boxes[:, 2].max() <= width
    assert boxes[:, 3].max() <= height
    boxes += [1, 1, -1, -1]  # hinting
    left, lower, right, upper = boxes.T
    shared = (
        (left[:, None] < right)
        & (left < right[:, None])
        & (lower[:, None] < upper)
        & (lower < upper[:, None])
    )
    np.fill_diagonal(shared, False)
    pairs = [(texts[i].get_text(), texts[j].get_text()) for i, j in np.argwhere(shared)]
    assert pairs == []


def _in_view(axes: Any, label: Text, axis: int) -> bool:
    low, high = sorted(axes.get_xlim() if axis == 0 else axes.get_ylim())
    return bool(low <= label.get_position()[axis] <= high)


@every_plot
def test_hostile_names_are_drawn_as_they_are(plot: Any, tmp_path: Path) -> None:
    figure = of_size(plot, "hostile")
    assert not any(text.get_parse_math() for text in figure.findobj(Text))  # type: ignore[attr-defined]
    shown = words(figure)
    assert any("$x^2$" in word for word in shown)
    assert not any(set(word) & {"\n", "\t", "\r", "\x00", "\x1b", "\u202e"} for word in shown)
    png, svg = style.save(figure, tmp_path / plot.name)  # a warning would be an error
    tags = {element.tag.rsplit("}")[-1] for element in ElementTree.parse(svg).iter()}
    assert not tags & {"script", "b", "text", "image", "foreignObject", "a"}
    assert png.read_bytes()[:4] == b"\x89PNG"


@every_plot
def test_equal_tables_make_equal_files(plot: Any, tmp_path: Path) -> None:
    few = make(2, 4, 3)
    before = dict(matplotlib.rcParams)
    first = [f.read_bytes() for f in style.save(drawn(plot, few), tmp_path / "a")]
    with matplotlib.rc_context({"font.size": 30, "svg.hashsalt": "x", "axes.facecolor": "red"}):
        second = [f.read_bytes() for f in style.save(drawn(plot, few), tmp_path / "b")]
    assert first == second
    assert dict(matplotlib.rcParams) == before


@pytest.mark.slow
def test_files_do_not_depend_on_the_process(tmp_path: Path) -> None:
    """Neither the hash seed nor the day gets into a file; pyplot is never loaded."""
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]\n"
        "from pathlib import Path; import tests.plots.test_plots as p\n"
        "for plot in p.PLOTS:\n"
        "    p.style.save(plot.draw(p.make(2, 4, 3)), Path(sys.argv[1], plot.name))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    digests = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run(
            [sys.executable, "-c", code, str(folder), str(ROOT)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        digests.append(
            {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir()}
        )
    assert len(digests[0]) == 3 * len(PLOTS)
    assert digests[0] == digests[1]


@every_plot
def test_option_in_conf(plot: Any) -> None:
    root = ROOT
    text = (root / "conf" / "plots" / f"{plot.name}.yaml").read_text(encoding="utf-8")
    option = yaml.safe_load(text)
    assert list(option) == [plot.name]
    module, _, name = option[plot.name].pop("_target_").rpartition(".")
    focus = option[plot.name].pop("focus", None)
    assert (focus == "${focus}") == hasattr(plot, "focus")  # one value in the config for all
    assert getattr(import_module(module), name)(**option[plot.name]) == plot


@every_plot
def test_several_test_sets_are_refused(plot: Any, small: dict[str, pd.DataFrame]) -> None:
    needed = NEEDED[plot.name]
    twice = pd.concat([small[needed], small[needed].assign(test_set="other")], ignore_index=True)
    with pytest.raises(t.TableError, match="one test set, not 2"):
        plot.draw({**small, needed: twice})


# ---------------------------------------------------------------- category report card


def in_percent(
    tables: Mapping[str, pd.DataFrame], metric: str, column: str = "value"
) -> dict[str, float]:
    rows = tables["categories"]
    rows = rows[rows["metric"] == metric]
    return {c: 100 * v for c, v in zip(rows["category"], rows[column], strict=True)}


@pytest.mark.parametrize("most", [14, 1], ids=["together", "apart"])
def test_report_card_marks_are_the_values(small: dict[str, pd.DataFrame], most: int) -> None:
    figure = drawn(CategoryReportCard(most_in_a_row=most, least=0), small)
    for metric in ["bleu", "chrf", "ter", "comet22", "random", "length"]:
        expected = sorted(in_percent(small, metric).values())
        assert sorted(xs(lines(figure, f"value {metric}"))) == pytest.approx(expected, abs=1e-12)
    panels = 1 if most == 14 else 6
    expected = sorted([*in_percent(small, "human").values()] * panels)
    assert sorted(xs(lines(figure, "value human"))) == pytest.approx(expected, abs=1e-12)
    ends = {tuple(np.asarray(line.get_xdata()).round(9)) for line in lines(figure, "interval")}
    for metric in ["bleu", "chrf", "ter", "comet22"]:
        low, high = in_percent(small, metric, "low"), in_percent(small, metric, "high")
        assert {(round(low[c], 9), round(high[c], 9)) for c in low} <= ends
    assert len(lines(figure, "interval")) == 4 * 8  # sentinels have none


def test_report_card_rows_go_by_penalty(small: dict[str, pd.DataFrame]) -> None:
    shuffled = {**small, "categories": small["categories"].sample(frac=1, random_state=1)}
    figure = drawn(CategoryReportCard(least=0), shuffled)
    shares = small["categories"].drop_duplicates("category").set_index("category")["penalty_share"]
    order = list(shares.sort_values(ascending=False).index)
    values = in_percent(small, "bleu")
    marks = sorted(lines(figure, "value bleu"), key=lambda line: float(line.get_ydata()[0]))
    assert xs(marks) == pytest.approx([values[c] for c in order], abs=1e-12)
    heights = {w.get_text(): w.get_position()[1] for w in figure.texts if w.get_text() in order}
    assert sorted(heights, key=heights.__getitem__, reverse=True) == order


def test_report_card_greys_what_cannot_be_judged(small: dict[str, pd.DataFrame]) -> None:
    tiers = dict.fromkeys(CATEGORIES, "reliable") | {"style": "unreliable", "name": "too few"}
    column = small["categories"]["category"].map(tiers)
    figure = drawn(CategoryReportCard(least=0), altered(small, "categories", tier=column))
    values = in_percent(small, "bleu")
    pale = {values["style"], values["name"]}
    for line in lines(figure, "value bleu"):
        x = float(np.asarray(line.get_xdata())[0])
        grey = any(math.isclose(x, v) for v in pale)
        assert line.get_color() == (style.PALE if grey else style.BLUE)
    colours = {w.get_text(): w.get_color() for w in figure.texts}
    assert colours["style"] == colours["name"] == style.FAINT
    assert colours["omission"] == style.INK
    assert colours["too few"] == style.FAINT


def test_report_card_facts_of_a_row(small: dict[str, pd.DataFrame]) -> None:
    rows = small["categories"]
    rows = rows[rows["category"] == "omission"].copy()
    rows["n_eff"] = 443.4
    rows.loc[rows["metric"] == "bleu", "n_eff"] = 440.2  # it lacks some scores
    rows["tier"] = "weak"
    shown = words(drawn(CategoryReportCard(), {**small, "categories": rows}))
    label = in_percent(small, "label")["omission"]
    for fact in ("440\u2013443", "12", f"{label:.1f}", "weak"):
        assert fact in shown


def test_report_card_of_few_pairs_has_words_for_marks(small: dict[str, pd.DataFrame]) -> None:
    n_eff = small["categories"]["n_eff"].mask(small["categories"]["category"] == "name", 4.0)
    figure = drawn(CategoryReportCard(), altered(small, "categories", n_eff=n_eff.clip(lower=4)))
    assert "too few to judge: n_eff 4, 12 documents" in words(figure)
    values = in_percent(small, "bleu")
    assert not any(math.isclose(x, values["name"]) for x in xs(lines(figure, "value bleu")))


def test_report_card_of_one_article(small: dict[str, pd.DataFrame]) -> None:
    rows = small["categories"]
    rows = rows[rows["kind"] != "human"].assign(
        tier="too few", n_eff=0.0, n_documents=1, value=np.nan, low=np.nan, high=np.nan,
        note="1 document: fewer than 10",
    )  # fmt: skip
    figure = drawn(CategoryReportCard(), {**small, "categories": rows})
    shown = words(figure)
    assert shown.count("too few to judge: n_eff 0, 1 document") == 8
    assert "1 document: fewer than 10." in shown
    assert not any(str(line.get_label()).startswith("value") for line in figure.findobj(Line2D))
    with_values = rows.assign(value=0.6)
    figure = drawn(CategoryReportCard(), {**small, "categories": with_values})
    assert not any(str(line.get_label()).startswith("value") for line in figure.findobj(Line2D))


def test_report_card_leaves_out_what_is_half_by_construction(
    small: dict[str, pd.DataFrame],
) -> None:
    figure = drawn(CategoryReportCard(), small)
    assert not lines(figure, "value constant")
    assert "At 50 % by construction, so not drawn: system identity, constant." in words(figure)
    assert lines(drawn(CategoryReportCard(hidden=()), small), "value constant")


def test_a_missing_value_is_no_mark(small: dict[str, pd.DataFrame]) -> None:
    rows = small["categories"]
    lost = (rows["metric"] == "bleu") & (rows["category"] == "meaning")
    value = rows["value"].mask(lost)
    figure = drawn(CategoryReportCard(least=0), altered(small, "categories", value=value))
    assert len(lines(figure, "value bleu")) == 7
    assert len(lines(figure, "value chrf")) == 8


# ---------------------------------------------------------------- implied weights


def test_implied_weights_are_drawn_where_they_lie(small: dict[str, pd.DataFrame]) -> None:
    rows = small["category_weights"]
    own = rows[
        (rows["kind"] == "metric") & (rows["category"] != "all") & rows["relative_weight"].notna()
    ]
    figure = drawn(ImpliedWeights(), small)
    low, high = next(a.get_xlim() for a in figure.axes if a.get_xlim()[0] < 0)
    inside = own[own["relative_weight"].between(low, high)]
    assert sorted(xs(lines(figure, "weight"))) == pytest.approx(sorted(inside["relative_weight"]))
    beyond = xs(lines(figure, "beyond"))
    assert len(beyond) == len(own) - len(inside)
    assert all(v == pytest.approx(low) or v == pytest.approx(high) for v in beyond)


def test_implied_weights_by_how_sure_they_are(small: dict[str, pd.DataFrame]) -> None:
    weights = small["category_weights"].assign(judged=True)
    category = str(weights["category"].unique()[1])
    rows = weights[(weights["kind"] == "metric") & weights["category"].isin(["all", category])]
    cases = {"bleu": (2.0, 1.0, 0.05), "chrf": (0.3, -0.7, 0.01), "ter": (1.2, 0.2, 0.06)}
    for m, (value, apart, p) in cases.items():
        here = (rows["metric"] == m) & (rows["category"] == category)
        rows.loc[here, ["relative_weight", "relative_weight_low", "relative_weight_high"]] = (
            value,
            value - 3,
            value + 0.5,
        )
        rows.loc[here, ["against_human", "p_holm"]] = apart, p
    rows = rows[rows["metric"].isin(cases)]
    figure = drawn(ImpliedWeights(), {"category_weights": rows})
    shapes = {float(line.get_xdata()[0]): line.get_marker() for line in lines(figure, "weight")}
    assert shapes == {2.0: "^", 0.3: "v", 1.2: "o"}
    cut = [line.get_marker() for line in lines(figure, "cut")]
    assert cut == ["<", "<"]  # of 0.3 and 1.2, whose intervals go on beyond the edge


def test_implied_weights_grey_what_cannot_be_judged(small: dict[str, pd.DataFrame]) -> None:
    greyed = altered(small, "category_weights", judged=False)
    colours = {line.get_color() for line in lines(drawn(ImpliedWeights(), greyed), "weight")}
    assert colours == {style.PALE}
    assert any("cannot be judged" in word for word in words(drawn(ImpliedWeights(), greyed)))


def test_no_metric_with_a_relative_weight_gives_no_plot(small: dict[str, pd.DataFrame]) -> None:
    assert ImpliedWeights().draw(altered(small, "category_weights", relative_weight=np.nan)) is None


# ---------------------------------------------------------------- category heat map

GRID = "nothing", "hatched", "judged"


def boxes(figure: Figure) -> list[list[list[tuple[str, str, str, bool]]]]:
    """The grids from left to right and top to bottom; of each its rows; of each the cells: what
    they are, their fill, their number, whether that is bold."""
    grids = []
    for axes in figure.axes:
        found = {}
        for patch in axes.patches:
            if isinstance(patch, Rectangle) and patch.get_label() in GRID:
                place = (int(patch.get_y()), int(patch.get_x()))
                look = (str(patch.get_label()), to_hex(patch.get_facecolor(), keep_alpha=True))
                assert place not in found
                found[place] = look
        if not found:
            continue
        said = {
            (int(t.get_position()[1]), int(t.get_position()[0])): t.get_text() for t in axes.texts
        }
        bold = {
            (int(t.get_position()[1]), int(t.get_position()[0]))
            for t in axes.texts
            if t.get_fontweight() == "bold"
        }
        rows, columns = (1 + max(place[k] for place in found) for k in (0, 1))
        grids.append(
            [
                [(*found[i, j], said[i, j], (i, j) in bold) for j in range(columns)]
                for i in range(rows)
            ]
        )
    return grids


def one_cell(
    small: Mapping[str, pd.DataFrame], value: float, p_holm: float = 1.0, tier: str = "reliable"
) -> tuple[str, str, str, bool]:
    """The first cell (BLEU, the only metric of its family; the dearest category) where the table
    says so of it."""
    rows = small["categories"].assign(tier="reliable", value=0.6, p_holm=1.0)
    rows = rows[~rows["metric"].isin(["chrf", "ter"])]
    order = rows.sort_values("penalty_share", ascending=False, kind="stable").index
    first = rows.loc[order].query("metric == 'bleu'").index[0]
    rows.loc[first, ["value", "p_holm"]] = (value, p_holm)
    rows.loc[first, "tier"] = tier
    return boxes(drawn(CategoryHeatmap(), {**small, "categories": rows}))[0][0][0]


def agreeing(tables: Mapping[str, pd.DataFrame], metrics: Iterable[str]) -> list[str]:
    """From the highest accuracy with ties within segments on."""
    meta = tables["meta_evaluation"].query("statistic == 'acc_eq'").set_index("metric")["value"]
    return sorted(metrics, key=lambda m: -meta[m])


def test_heatmap_cells_are_the_values_in_order(small: dict[str, pd.DataFrame]) -> None:
    shuffled = {**small, "categories": small["categories"].sample(frac=1, random_state=1)}
    figure = drawn(CategoryHeatmap(), shuffled)
    grids = boxes(figure)
    shares = small["categories"].drop_duplicates("category").set_index("category")["penalty_share"]
    order = list(shares.sort_values(ascending=False).index)
    strings = agreeing(small, ["bleu", "chrf", "ter"])
    groups = [strings, ["comet22"], ["random", "length"], ["human", "blind", "label"]]
    assert len(grids) == len(groups)
    for grid, metrics in zip(grids, groups, strict=True):
        for row, metric in zip(grid, metrics, strict=True):
            values = in_percent(small, metric)
            assert [cell[2] for cell in row] == [f"{values[c]:.1f}" for c in order]
    heads = [w for w in words(figure) if w in {"string", "trained", "sentinels", "held-out rater"}]
    assert sorted(heads) == ["held-out rater", "sentinels", "string", "trained"]


def test_heatmap_without_ratings_orders_by_the_mean_of_the_categories(
    small: dict[str, pd.DataFrame],
) -> None:
    rows = small["categories"].assign(tier="reliable")
    for metric, value in (("bleu", 0.61), ("chrf", 0.59), ("ter", 0.63)):
        rows.loc[rows["metric"] == metric, "value"] = value
    tables = {name: frame for name, frame in small.items() if name != "meta_evaluation"}
    figure = drawn(CategoryHeatmap(), {**tables, "categories": rows})
    assert [row[0][2] for row in boxes(figure)[0]] == ["63.0", "61.0", "59.0"]
    assert "with ties, %" not in words(figure)


def test_heatmap_marks_the_best_and_those_shown_worse(small: dict[str, pd.DataFrame]) -> None:
    rows = small["categories"].query("category == 'meaning'").assign(tier="reliable")
    values = {"bleu": 0.55, "chrf": 0.6, "ter": 0.52, "comet22": 0.7}
    for metric, value in values.items():
        rows.loc[rows["metric"] == metric, "value"] = value
    tests = t.CATEGORY_TESTS
    pairs = [("bleu", "comet22", -0.15, 0.01), ("comet22", "ter", 0.18, 0.05)]
    pairs += [("chrf", "comet22", -0.1, 0.06), ("chrf", "ter", 0.08, 0.001)]
    compared = t.table(
        [
            (
                *("set", "news", "meaning", one, two, difference, -0.2, 0.2, p / 2, p, 12),
                *(np.nan, np.nan, None, 0.95, ALPHA),
            )
            for one, two, difference, p in pairs
        ],
        tests,
    )
    figure = drawn(CategoryHeatmap(), {**small, "categories": rows, "category_tests": compared})
    strings = agreeing(small, ["bleu", "chrf", "ter"])
    axes = [a for a in figure.axes if any(p.get_label() in GRID for p in a.patches)]
    best = [[p for p in a.patches if p.get_label() == "best"] for a in axes]
    assert [len(found) for found in best] == [0, 1, 0, 0]  # the trained one
    worse = {
        int(np.asarray(line.get_ydata())[0])
        for line in axes[0].lines
        if line.get_label() == "worse"
    }
    assert {strings[i] for i in worse} == {"bleu", "ter"}  # chrF: p = .06


def test_heatmap_colours_tell_the_side_and_the_distance(small: dict[str, pd.DataFrame]) -> None:
    assert one_cell(small, 0.6)[:2] == ("judged", style.BLUE.lower() + "ff")
    assert one_cell(small, 0.4)[1] == style.RED.lower() + "ff"
    assert one_cell(small, 0.5)[1] == "#ffffffff"
    # half of the way from white to #0072B2: 127.5, 184.5, 216.5
    assert one_cell(small, 0.55)[1] in {"#80b8d8ff", "#7fb8d8ff"}
    # one cell 22 points away: the scale ends at 25, and 10 points are 2/5 of the way
    assert one_cell(small, 0.28)[1] == f"{colour_of(28.0, 25.0)}ff"
    assert colour_of(60.0, 25.0) == "#99c7e0"
    assert colour_of(99.0, 10.0) == style.BLUE.lower()
    assert colour_of(math.nan, 10.0) == "#ffffff"


def test_heatmap_ends_its_scale_where_the_farthest_cell_that_counts_lies(
    small: dict[str, pd.DataFrame],
) -> None:
    rows = small["categories"].assign(value=0.55, tier="reliable")
    rows.loc[rows["category"] == "name", "value"] = 0.72
    ticks = words(drawn(CategoryHeatmap(), {**small, "categories": rows}))
    assert {"25", "37.5", "50", "62.5", "75"} <= set(ticks)
    rows.loc[rows["category"] == "name", "tier"] = "too few"
    ticks = words(drawn(CategoryHeatmap(), {**small, "categories": rows}))
    assert {"40", "45", "50", "55", "60"} <= set(ticks)
    assert "75" not in ticks


@pytest.mark.parametrize("span", [10.0, 25.0, 50.0])
def test_heatmap_numbers_are_readable_on_every_colour(span: float) -> None:
    def light(colour: str) -> float:
        weights = np.array([0.2126, 0.7152, 0.0722])
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(weights @ linear) + 0.05

    for value in np.linspace(0, 100, 401):
        colour = colour_of(float(value), span)
        low, high = sorted([light(colour), light(ink_on(colour))])
        assert high / low >= 4.5


def test_heatmap_is_bold_where_a_metric_is_shown_to_differ_from_chance(
    small: dict[str, pd.DataFrame],
) -> None:
    assert one_cell(small, 0.6, 0.05)[3]
    assert one_cell(small, 0.4, 0.01)[3]
    assert not one_cell(small, 0.6, 0.051)[3]
    assert not one_cell(small, 0.6, np.nan)[3]
    assert not one_cell(small, 0.6, 0.01, "too few")[3]
    assert not one_cell(small, 0.6, 0.01, "unreliable")[3]
    assert one_cell(small, 0.6, 0.01, "weak")[3]


def test_heatmap_hatches_what_cannot_be_judged(small: dict[str, pd.DataFrame]) -> None:
    for tier in ("too few", "unreliable"):
        what, fill, said, _ = one_cell(small, 0.9, 0.01, tier)
        assert (what, said) == ("hatched", "90.0")
        assert fill.endswith("00")  # the colour of the accuracy is not there
    assert one_cell(small, 0.9, 0.01, "weak")[0] == "judged"
    figure = drawn(CategoryHeatmap(), altered(small, "categories", tier="unreliable"))
    numbers = {
        text.get_color()
        for axes in figure.axes
        for text in axes.texts
        if text.get_label() == "value"
    }
    assert numbers == {style.FAINT}
    assert "No row can be judged: the raters disagree, or there are too few pairs." in words(figure)


def test_heatmap_of_missing_values(small: dict[str, pd.DataFrame]) -> None:
    assert one_cell(small, np.nan, np.nan) == ("nothing", "#ffffffff", "\u2013", False)
    assert one_cell(small, np.nan, np.nan, "too few")[0] == "nothing"
    rows = small["categories"]
    absent = (rows["metric"] == "chrf") & (rows["category"] == "meaning")
    grid = boxes(drawn(CategoryHeatmap(), {**small, "categories": rows[~absent]}))[0]
    assert sum(cell[0] == "nothing" for row in grid for cell in row) == 1
    assert CategoryHeatmap().draw(altered(small, "categories", value=np.nan)) is None
    assert CategoryHeatmap().draw(altered(small, "categories", tier="too few")) is None


@pytest.mark.parametrize(("n", "categories"), [(1, 3), (47, 3), (4, 26)])
def test_heatmap_has_every_metric_and_category_however_many(n: int, categories: int) -> None:
    tables = make(n, categories, 3, n_segments=4)
    figure = drawn(CategoryHeatmap(), tables)
    shown = [text.get_text() for text in figure.texts]
    bands = shown.count("documents")
    assert bands == 1 + (categories > 20)
    assert sum(len(grid) for grid in boxes(figure)) == bands * (n + 2 + 3)
    assert sum(len(grid[0]) for grid in boxes(figure)[:: len(boxes(figure)) // bands]) == categories
    for metric in tables["metrics"]["label"]:
        assert shown.count(metric) == bands  # rows are named again in each band


def test_of_many_metrics_the_best_and_those_in_focus_are_drawn() -> None:
    tables = make(30, 3, 3, n_segments=4)
    metrics = list(tables["metrics"].query("role == 'metric'")["metric"])
    order = agreeing(tables, metrics)
    focus = (order[-1], order[20], order[0], "absent")
    chosen = {*order[:10], order[-1], order[20]}
    forest = drawn(MetaEvaluationForest(focus=focus), tables)
    labels = dict(zip(tables["metrics"]["metric"], tables["metrics"]["label"], strict=True))
    assert {m for m in metrics if labels[m] in words(forest)} == chosen
    assert "random (sentinel)" in words(forest)
    assert any(w.startswith("Not drawn: 18 metrics") for w in words(forest))
    matrix = " ".join(words(drawn(SignificanceMatrix(focus=focus), tables)))
    assert {m for m in metrics if f"{labels[m]} " in matrix} == chosen
    card = drawn(CategoryReportCard(focus=focus), tables)
    assert {m for m in metrics if labels[m] in words(card)} == {order[0], order[20], order[-1]}
    alone = drawn(CategoryReportCard(), tables)
    assert {m for m in metrics if labels[m] in words(alone)} == set(order[:10])


def test_few_metrics_are_all_drawn(small: dict[str, pd.DataFrame]) -> None:
    shown = words(drawn(MetaEvaluationForest(focus=["bleu"]), small))
    assert {"BLEU", "chrF", "\u2212TER", "COMET-22"} <= set(shown)
    assert not any(w.startswith("Not drawn") for w in shown)


def test_the_field_is_the_range_of_the_other_metrics() -> None:
    tables = make(20, 3, 3, n_segments=4)
    first = agreeing(tables, tables["metrics"].query("role == 'metric'")["metric"])[0]
    figure = drawn(CategoryReportCard(focus=[first], least=0), tables)
    panel = next(a for a in figure.axes if any(p.get_label() == "field" for p in a.patches))
    found = [p for p in panel.patches if p.get_label() == "field"]
    rows = tables["categories"].query("kind == 'metric' and metric != @first")
    ranges = rows.groupby("category")["value"].agg(["min", "max"]) * 100
    drawn_ranges = sorted((p.get_x(), p.get_x() + p.get_width()) for p in found)
    expected = sorted(map(tuple, ranges.to_numpy()))
    np.testing.assert_allclose(drawn_ranges, expected, atol=1e-9)


def test_heatmap_says_what_a_row_rests_on(small: dict[str, pd.DataFrame]) -> None:
    rows = small["categories"]
    rows = rows[rows["category"] == "omission"].assign(n_eff=443.4, tier="weak", n_documents=17)
    shown = words(drawn(CategoryHeatmap(), {**small, "categories": rows}))
    for fact in ("443", "17", "weak"):
        assert shown.count(fact) == 1
    facts = "set: 4 metrics, 1 category of the view news, pairs in 17 documents each"
    assert facts in shown
    assert "At 50 % by construction, so not drawn: system identity, constant." in shown


# ---------------------------------------------------------------- halo, measurability, loss


def test_halo_goes_from_plain_to_balanced(small: dict[str, pd.DataFrame]) -> None:
    figure = drawn(HaloDumbbell(), altered(small, "categories", n_eff=100.0))
    names = ["bleu", "chrf", "ter", "comet22", "system identity", "human"]
    assert len(figure.axes) == 1 + len(names)  # the legend too
    for name, axes in zip(names, figure.axes[1:], strict=True):
        for label, column in (("plain", "plain_accuracy"), ("balanced", "value")):
            shown = xs(line for line in axes.lines if line.get_label() == label)
            expected = in_percent(small, name, column)
            assert sorted(shown) == pytest.approx(sorted(expected.values()), abs=1e-12)


def test_halo_needs_both_values(small: dict[str, pd.DataFrame]) -> None:
    assert HaloDumbbell().draw(altered(small, "categories", plain_accuracy=np.nan)) is None
    rows = small["categories"]
    human = rows["plain_accuracy"].mask(rows["kind"] == "human")
    assert len(drawn(HaloDumbbell(), altered(small, "categories", plain_accuracy=human)).axes) == 6


def test_map_places_each_category(small: dict[str, pd.DataFrame]) -> None:
    figure = drawn(MeasurabilityMap(), small)
    points = [p for p in figure.findobj(PathCollection) if p.get_label() == "category"]
    at = sorted(tuple(p.get_offsets()[0]) for p in points)
    label, share = in_percent(small, "label"), in_percent(small, "label", "penalty_share")
    expected = sorted((share[c], label[c]) for c in label)
    assert np.allclose(at, expected)
    areas = {float(p.get_offsets()[0][0]): float(p.get_sizes()[0]) for p in points}
    n_eff = in_percent(small, "bleu", "n_eff")
    by_n = sorted(n_eff, key=n_eff.__getitem__)
    assert [areas[share[c]] for c in by_n] == sorted(areas.values())


def test_map_names_what_it_lacks(small: dict[str, pd.DataFrame]) -> None:
    rows = small["categories"]
    value = rows["value"].mask((rows["metric"] == "label") & (rows["category"] == "name"))
    share = rows["penalty_share"].mask(rows["category"] == "style", 0.0)
    figure = drawn(
        MeasurabilityMap(), altered(small, "categories", value=value, penalty_share=share)
    )
    assert "Not on the map, because a value is missing: name, style." in words(figure)
    without = rows[rows["metric"] != "label"]  # one rater
    assert MeasurabilityMap().draw({**small, "categories": without}) is None


def pieces(figure: Figure) -> list[list[float]]:
    """Widths of the pieces of each bar, from top to bottom, left to right."""
    bars: dict[float, list[tuple[float, float]]] = {}
    for box in figure.findobj(Rectangle):
        if box.get_label() == "piece":
            bars.setdefault(round(box.get_y(), 6), []).append((box.get_x(), box.get_width()))
    return [[w for _, w in sorted(bars[y])] for y in sorted(bars)]


def test_loss_shares_fill_the_bar(small: dict[str, pd.DataFrame]) -> None:
    bars = pieces(drawn(LossShare(), small))
    assert len(bars) == 5  # four metrics and the human row; no sentinel
    rows = small["categories"]
    shares = rows.drop_duplicates("category").set_index("category")["penalty_share"]
    order = list(shares.sort_values(ascending=False).index)
    for bar, name in zip(bars, ["bleu", "chrf", "ter", "comet22", "human"], strict=True):
        expected = in_percent(small, name, "loss_share")
        assert bar == pytest.approx([expected[c] for c in order if expected[c] > 0])
        assert sum(bar) == pytest.approx(100)
    assert LossShare().draw(altered(small, "categories", loss_share=np.nan)) is None


def test_penalties_stack_up_best_first(small: dict[str, pd.DataFrame]) -> None:
    figure = drawn(PenaltyProfile(), small)
    table = small["penalty_profile"].pivot(index="system", columns="category", values="penalty")
    totals = table.sum(axis=1).sort_values()
    order = table.sum().sort_values(ascending=False).index
    assert len(totals) == 10
    for bar, system in zip(pieces(figure), totals.index, strict=True):
        assert bar == pytest.approx(list(table.loc[system, order]))
    shown = words(figure)
    assert "refB (human)" in shown
    for total in totals:
        assert f"{total:.2f}" in shown


def test_small_categories_are_still_pieces() -> None:
    tables = make(2, 20, 3)
    figure = drawn(PenaltyProfile(most=5), tables)
    assert [len(bar) for bar in pieces(figure)] == [20] * 3
    assert "15 smaller ones, each a piece" in words(figure)


# ---------------------------------------------------------------- systems and agreement


def test_system_scores_are_sorted(small: dict[str, pd.DataFrame]) -> None:
    figure = drawn(SystemScores(), small)
    panels = figure.axes[1:]
    assert len(panels) == 7  # the ratings, four metrics, two sentinels
    systems = small["systems"]
    ratings = systems.drop_duplicates("system")["rating"]
    lists = [ratings] + [
        systems.loc[systems["metric"] == m, "score"]
        for m in ["bleu", "chrf", "ter", "comet22", "random", "length"]
    ]
    for axes, values in zip(panels, lists, strict=True):
        shown = [line for line in axes.lines if line.get_label() == "score"]
        shown.sort(key=lambda line: float(np.asarray(line.get_ydata())[0]))
        assert xs(shown) == pytest.approx(sorted(values, reverse=True))
        assert [line.get_marker() for line in shown].count("D") == 1  # refB
    assert "reference translation" in words(figure)


def test_a_system_without_score_stays_in_the_list() -> None:
    tables = make(1, 2, 3, rated=False)
    score = tables["systems"]["score"].mask(tables["systems"]["system"] == "HW-TSC")
    figure = drawn(SystemScores(), altered(tables, "systems", score=score))
    assert words(figure).count("HW-TSC") == 3
    assert words(figure).count("\u2013") == 3
    assert any(w.startswith("\u2013 no score") for w in words(figure))
    assert len(lines(figure, "score")) == 6


def test_scatter_has_every_system_and_segment(small: dict[str, pd.DataFrame]) -> None:
    figure = drawn(MetricAgainstHuman(), small)
    systems = small["systems"]
    panels = figure.axes[1:]
    assert len(panels) == 2 * 6
    bleu = systems[systems["metric"] == "bleu"]
    points = [line for line in panels[0].lines if line.get_label() == "system"]
    at = [(line.get_xdata()[0], line.get_ydata()[0]) for line in points]
    expected = sorted(zip(bleu["score"], bleu["rating"], strict=True))
    assert np.allclose(sorted(at), expected, rtol=0, atol=1e-12)
    counts = panels[1].collections[0].get_array()
    assert counts is not None
    assert int(counts.sum()) == 10 * 40
    row = small["meta_evaluation"].query(
        "metric == 'bleu' and level == 'system' and statistic == 'pearson'"
    )
    value, low, high = row[["value", "low", "high"]].to_numpy()[0]
    assert f"pearson (mean) {value:.2f} [{low:.2f}, {high:.2f}]" in words(figure)


def test_scatter_needs_ratings(small: dict[str, pd.DataFrame]) -> None:
    assert MetricAgainstHuman().draw(altered(small, "systems", rating=np.nan)) is None
    assert MetricAgainstHuman().draw(make(1, 1, 1, rated=False)) is None
    without = {k: v for k, v in small.items() if k != "ratings"}
    assert len(drawn(MetricAgainstHuman(), without).axes) == 1 + 6  # systems only


def test_scatter_reads_the_statistic_of_corpus_scores(small: dict[str, pd.DataFrame]) -> None:
    rows = small["meta_evaluation"]
    rows = rows[(rows["level"] == "system") & (rows["statistic"] == "pearson")]
    mean = rows.assign(system_score="mean", value=0.11, low=np.nan, high=np.nan)
    corpus = rows.assign(system_score="corpus", value=0.22, low=np.nan, high=np.nan, n_systems=9)
    both = pd.concat([mean, corpus], ignore_index=True)
    shown = words(drawn(MetricAgainstHuman(), {**small, "meta_evaluation": both}))
    assert shown.count("pearson (corpus) 0.22") == 6
    assert shown.count("10 systems, 9 compared") == 6  # a human translation is not compared
    absent = pd.concat([mean, corpus.assign(value=np.nan)], ignore_index=True)
    shown = words(drawn(MetricAgainstHuman(), {**small, "meta_evaluation": absent}))
    assert shown.count("pearson (mean) 0.11") == 6


def test_forest_values_and_references(small: dict[str, pd.DataFrame]) -> None:
    figure = drawn(MetaEvaluationForest(), small)
    panels = figure.axes[1:]
    groups = small["meta_evaluation"].groupby(["level", "statistic", "grouping"], sort=False)
    assert len(panels) == groups.ngroups == 5
    for axes, (_, rows) in zip(panels, groups, strict=True):
        found = {label: [] for label in ("value", "interval", "chance", "ceiling", "number")}
        for artist in [*axes.lines, *axes.texts]:
            found[str(artist.get_label())].append(artist)
        assert xs(found["value"]) == pytest.approx(list(rows["value"]))
        assert len(found["interval"]) == 6
        for column in ("chance", "ceiling"):
            known = rows[column].dropna().unique()
            assert xs(found[column]) == pytest.approx(list(known))
        for text, value, cluster in zip(
            found["number"], rows["value"], rows["cluster"], strict=True
        ):
            tail = "" if pd.isna(cluster) else f" ({cluster})"
            assert text.get_text() == f"{value:.3f}{tail}"


def test_forest_leaves_out_undefined_statistics_and_says_why(
    small: dict[str, pd.DataFrame],
) -> None:
    rows = small["meta_evaluation"]
    lost = rows["statistic"] == "pairwise_accuracy"
    value, note = rows["value"].mask(lost), rows["note"].mask(lost, "fewer than 2 systems")
    figure = drawn(
        MetaEvaluationForest(), altered(small, "meta_evaluation", value=value, note=note)
    )
    assert len(figure.axes) == 1 + 4
    shown = " ".join(words(figure))
    assert "system-level pairwise accuracy" in shown and ": fewer than 2 systems." in shown
    assert MetaEvaluationForest().draw(altered(small, "meta_evaluation", value=np.nan)) is None
    assert MetaEvaluationForest("omission").draw(small) is None


def test_forest_draws_a_ceiling_that_differs_in_each_row(small: dict[str, pd.DataFrame]) -> None:
    ceiling = np.linspace(0.5, 0.9, len(small["meta_evaluation"]))
    figure = drawn(MetaEvaluationForest(), altered(small, "meta_evaluation", ceiling=ceiling))
    assert sorted(xs(lines(figure, "ceiling"))) == pytest.approx(list(ceiling))


# ---------------------------------------------------------------- views, labels, looks


def test_the_view_asked_for_or_the_first(small: dict[str, pd.DataFrame]) -> None:
    rows = pd.concat(
        [small["categories"].assign(view="category", value=0.51), small["categories"]],
        ignore_index=True,
    )
    tables = {**small, "categories": rows}
    expected = sorted(in_percent(small, "bleu").values())
    figure = drawn(CategoryReportCard(least=0), tables)
    assert sorted(xs(lines(figure, "value bleu"))) == pytest.approx(expected)
    figure = drawn(CategoryReportCard(view="absent", least=0), tables)
    assert xs(lines(figure, "value bleu")) == pytest.approx([51.0] * 8)


def test_labels_come_from_the_table_of_metrics(small: dict[str, pd.DataFrame]) -> None:
    assert "\u2212TER" in words(drawn(SystemScores(), small))
    alone = {"systems": small["systems"]}
    assert "ter" in words(drawn(SystemScores(), alone))
    assert frames.metric_order(small, ["other", "chrf", "bleu"]) == ["bleu", "chrf", "other"]
    assert frames.how_many(small, ["bleu", "random", "length"]) == "1 metric and 2 sentinels"


def test_no_two_metrics_look_alike() -> None:
    looks = style.marks([str(i) for i in range(42)])
    assert len(set(looks.values())) == 42
    fills = style.fills([str(i) for i in range(12)], 12)
    assert len({(f.colour, f.hatch) for f in fills.values()}) == 12


def test_spread_and_number() -> None:
    assert frames.spread([56.9, 57.2]) == "57"
    assert frames.spread([36, np.nan, 1460.7]) == "36\u20131,461"
    assert frames.spread([np.nan]) == "\u2013"
    assert frames.spread([-3, 2]) == "-3\u20132"
    assert style.number(-1234.5) == "\u22121,234.50"
    assert style.number(math.nan) == "\u2013"
    assert style.plain(" a\n\u2028b\u202e ") == "a b\\u202e"
    assert style.plain("\n") == "(no name)"


def test_save_keeps_dots_in_names(tmp_path: Path, small: dict[str, pd.DataFrame]) -> None:
    files = style.save(drawn(PenaltyProfile(), small), tmp_path / "v1.2", ["png", "svg", "pdf"])
    assert files == [tmp_path / f"v1.2.{kind}" for kind in ("png", "svg", "pdf")]
    text = files[1].read_text(encoding="utf-8")
    assert "<dc:date>" not in text
    root = ElementTree.parse(files[1]).getroot()
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))


def test_a_pdf_has_truetype_fonts_and_no_date(tmp_path: Path) -> None:
    figure = of_size(PenaltyProfile(), "hostile")
    pdf = style.save(figure, tmp_path / "plot", ["pdf"])[-1].read_bytes()
    assert b"/CIDFontType2" in pdf or b"/Subtype /TrueType" in pdf
    assert b"/FontFile2" in pdf  # embedded
    assert b"/Type3" not in pdf
    assert b"Date" not in pdf


# ---------------------------------------------------------------- relative drops


def test_drops_are_drawn_where_they_are(small: dict[str, pd.DataFrame]) -> None:
    figure = drawn(RelativeDrops(), small)
    rows = small["injections"]
    own = rows[~rows["metric"].isin(SENTINELS)]
    expected = sorted(100 * v for v in own["relative_drop"])
    assert sorted(xs(lines(figure, "drop"))) == pytest.approx(expected, abs=1e-12)
    assert len(lines(figure, "interval")) == len(own)
    hollow = [m for m in lines(figure, "drop") if m.get_markerfacecolor() == "white"]
    assert len(hollow) == int((own["tier"] != "measured").sum())
    shapes = {(m.get_marker(), m.get_color()) for m in lines(figure, "drop")}
    assert shapes == {("D", style.RED), ("o", style.BLUE)}
    with_sentinels = drawn(RelativeDrops(sentinels=True), small)
    assert len(lines(with_sentinels, "drop")) == len(rows)


def test_drops_far_off_and_undefined(small: dict[str, pd.DataFrame]) -> None:
    drops = small["injections"]["relative_drop"].copy()
    drops.iloc[0], drops.iloc[1] = 9.0, np.nan
    figure = drawn(RelativeDrops(), altered(small, "injections", relative_drop=drops))
    assert [m.get_marker() for m in lines(figure, "beyond")] == [">"]
    shown = " ".join(words(figure))
    assert "Arrows at an edge: the drop lies beyond it." in shown
    assert "1 relative drop is undefined" in shown
    few = altered(small, "injections", tier="n < 30")
    assert "No kind of error has 30 pairs" in " ".join(words(drawn(RelativeDrops(), few)))
    none = altered(small, "injections", n=0)
    assert RelativeDrops().draw(none) is None


printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Co", "Cn", "Mn", "Me")), max_size=60
)


@settings(max_examples=examples(60), deadline=None)
@given(printable, st.floats(0.5, 4))
def test_fit_and_wrap_keep_the_width(text: str, inches: float) -> None:
    assert text_width(fit(text, inches)) <= inches
    rows = wrap(text, inches)
    assert all(text_width(row) <= inches for row in rows)
    if all(text_width(word) <= inches for word in style.plain(text).split(" ")):
        assert " ".join(rows) == style.plain(text)


unit = st.floats(0, 1)


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(unit, unit, unit, unit), min_size=1, max_size=25))
def test_labels_never_overlap(places: list[tuple[float, float, float, float]]) -> None:
    points = [(8 * x, 5 * y, 0.05) for x, y, _, _ in places]
    sizes = [(0.2 + 1.5 * w, 0.1 + 0.1 * h) for _, _, w, h in places]
    boxes = [box for box in place(points, sizes, (0, 0, 8, 5)) if box is not None]
    for i, box in enumerate(boxes):
        assert box[0] >= 0 and box[1] >= 0 and box[2] <= 8 and box[3] <= 5
        assert not any(overlap(box, other) for other in boxes[:i])
        assert not any(overlap(box, (x - r, y - r, x + r, y + r)) for x, y, r in points)
    assert boxes


@pytest.mark.parametrize(
    ("low", "high", "inches"),
    [(182.2, 220.2, 0.62), (-69.4, -50.6, 0.71), (1.85, 2.96, 0.62), (0.475, 0.537, 0.55)],
)
def test_a_narrow_axis_has_two_ticks_or_more(low: float, high: float, inches: float) -> None:
    axes = Figure().add_subplot()
    axes.set_xlim(low, high)
    fitting_ticks(axes.xaxis, inches, most=4, size=7.0)
    assert len(axes.xaxis.get_majorticklocs()) >= 2


@settings(max_examples=examples(60), deadline=None)
@given(st.floats(-500, 500), st.floats(1e-3, 600), st.floats(0.3, 6))
@example(-69.0, 18.0, 0.6)  # -65, -60 and -55 would touch
@example(184.0, 35.0, 0.6)
def test_ticks_never_run_into_each_other(low: float, span: float, inches: float) -> None:
    axes = Figure().subplots()
    axes.set_xlim(low, low + span)
    fitting_ticks(axes.xaxis, inches)
    ticks = list(axes.xaxis.get_majorticklocs())
    assert ticks
    assert all(low <= tick <= low + span for tick in ticks)
    for a, b in pairwise(ticks):
        half = (text_width(tick_text(a), 8.0) + text_width(tick_text(b), 8.0)) / 2
        assert (b - a) / span * inches > half

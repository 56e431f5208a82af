"""What readers see names the settings of the run, not the defaults."""

from __future__ import annotations

import html
import re
from datetime import datetime
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

from harness.config.objects import build_all
from harness.plots.relative_drops import RelativeDrops
from harness.runs.pipeline import run
from harness.tables import (
    ANNOTATIONS,
    ERROR_SPANS,
    HYPOTHESES,
    REFERENCES,
    SEGMENTS,
    TestSet,
    table,
)
from harness.test_sets.writers import jsonl
from tests.support.configs import compose

SYSTEMS, RATERS, N_DOCUMENTS, N_SEGMENTS = ("a", "b", "c", "d"), ("r1", "r2"), 12, 36
#: Defaults that must not be seen where other values are set.
DEFAULTS = re.compile(
    r"95\s%|\b(?:fewer than|at least) (?:10|30|50)\b|\bn < 30\b|\b(?:30|50) pairs\b"
    r"|(?:≤|<=|level) 0?\.05\b|\.05 or less"
)
SETTINGS = (
    *("resampling.confidence=0.5", "resampling.minimum_documents=5"),
    *("system_tests.confidence=0.5", "system_tests.alpha=0.2", "metric_tests.alpha=0.2"),
    *("category_accuracy.confidence=0.5", "category_accuracy.alpha=0.2"),
    *("category_accuracy.minimum_pairs=7", "category_accuracy.minimum_documents=5"),
    *("injection.confidence=0.5", "injection.minimum_pairs=7", "injection.minimum_documents=5"),
)


def made() -> TestSet:
    """36 segments in 12 documents, 4 systems with more and more errors, 2 raters."""
    draw, name = np.random.default_rng(3), "made_up"
    ids = [str(i) for i in range(N_SEGMENTS)]
    document = {s: f"d{int(s) % N_DOCUMENTS}" for s in ids}
    source = {s: f"第{int(s) + 11}天，没有赢{int(s) + 40}场。" for s in ids}
    text = {s: f"On day {int(s) + 11} the team did not win {int(s) + 40} games." for s in ids}
    own = {
        (system, s): " ".join(w for w in text[s].split(" ") if draw.uniform() > 0.08 * (i + 1))
        for i, system in enumerate(SYSTEMS)
        for s in ids
    }
    kinds = (("accuracy", "omission", "major"), ("fluency", "grammar", "minor"))
    spans = []
    for i, system in enumerate(SYSTEMS):
        for s, r in product(ids, RATERS):
            marked = [k for k in kinds if draw.uniform() < 0.15 * (i + 1)]
            spans += [
                (name, system, s, r, n, *kind, "/".join(kind[:2]), "target", 0, 2)
                for n, kind in enumerate(marked)
            ]
    return TestSet(
        name=name,
        segments=table([(name, s, document[s], "news", source[s]) for s in ids], SEGMENTS),
        references=table([(name, s, r, text[s]) for s in ids for r in ("refA", "refB")],
                         REFERENCES),
        hypotheses=table([(name, y, "system", s, t) for (y, s), t in own.items()], HYPOTHESES),
        annotations=table([(name, y, s, r) for y, s in own for r in RATERS], ANNOTATIONS),
        error_spans=table(spans, ERROR_SPANS),
        card={"title": "Made up"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with settings that are none of the defaults."""
    place = tmp_path_factory.mktemp("settings")
    jsonl.write(made(), place / "data")
    config = compose(
        *("test_set=jsonl", f"test_set.path={place / 'data'}", "metrics=[bleu,chrf]"),
        *("sentinels=random", "views=category", "injectors=[digit,negation,final_stop,article]"),
        *("injection.base=[a,b]", "resampling.samples=20", "metric_tests.samples=20"),
        *("system_tests.bootstrap=20", "system_tests.randomisation=20", "workers=1", *SETTINGS),
    )
    run(config, place / "run", command=["harness"], started=datetime(2024, 1, 1))
    return place / "run"


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    found = {}
    for file in (folder / "tables").glob("*.csv"):
        text = pd.read_csv(file, dtype={"note": str, "segment_id": str}, keep_default_na=True)
        found[file.stem] = text.assign(note=text["note"].fillna("")) if "note" in text else text
    return found


def test_the_page_names_no_default(folder: Path) -> None:
    page = html.unescape((folder / "report.html").read_text("utf-8"))
    page = re.sub(r"(?s)<script.*?</script>|<style.*?</style>|data:image[^\"]*", "", page)
    assert [page[m.start() - 60 : m.end() + 20] for m in DEFAULTS.finditer(page)] == []
    for said in ("the 50 % interval", ", 50 % interval below", "of 0.2 or less", "than 7 pairs"):
        assert said in page, said


def test_no_plot_names_a_default(folder: Path) -> None:
    found, drawn = tables(folder), {}
    found["category_weights"] = found["category_weights"].assign(  # so few errors have no unit
        relative_weight=1.2, relative_weight_low=0.8, relative_weight_high=1.5
    )
    for name, plot in build_all(compose().plots).items():
        figure = plot.draw(found)
        if figure is not None:
            drawn[name] = [str(t.get_text()) for t in figure.findobj(Text)]
        assert not DEFAULTS.search(f"{plot.question} {plot.explanation}")
    said = {name: " ".join(texts) for name, texts in drawn.items()}
    assert {name for name, text in said.items() if DEFAULTS.search(text)} == set()
    assert {
        *("category_report_card", "meta_evaluation_forest", "significance_matrix"),
        *("implied_weights", "relative_drops"),
    } <= set(said)
    for name in ("category_report_card", "meta_evaluation_forest", "relative_drops"):
        assert "50 % interval" in said[name], name
    assert "p ≤ 0.2" in said["significance_matrix"]
    assert "p ≤ 0.2" in said["implied_weights"]


def test_a_plot_of_few_pairs_names_the_minimum(folder: Path) -> None:
    few = tables(folder)["injections"].assign(n=3, tier="n < 7")
    figure = RelativeDrops().draw({"injections": few})
    assert figure is not None
    assert any("No kind of error has 7 pairs" in str(t.get_text()) for t in figure.findobj(Text))


def test_numbers_carry_their_settings(folder: Path) -> None:
    found = tables(folder)
    for name, frame in found.items():
        if "confidence" in frame:
            ends = [c for c in frame.columns if c.rpartition("_")[2] in ("low", "high")]
            has = frame[ends].notna().any(axis=1)
            assert (frame.loc[has, "confidence"] == 0.5).all(), name
            assert frame.loc[~has, "confidence"].isna().all(), name
        if "alpha" in frame:
            assert (frame["alpha"] == 0.2).all(), name
    assert (found["injections"]["minimum_pairs"] == 7).all()

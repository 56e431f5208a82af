"""Whole runs on ratings and scores that came as numbers."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
import yaml

from harness.runs.pipeline import run
from tests.support.configs import compose

N = 12
SYSTEMS = {"a": -1.0, "b": -0.5, "c": 0.0}


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A test set in the layout of mt-metrics-eval: 12 documents of one segment, three machines and
    a human, all rated (mqm), the metric X stored; da of one machine."""
    folder = tmp_path / "own"
    folder.mkdir()
    texts = {"docs": [f"news\td{i}" for i in range(N)], "src": ["甲" * (i + 1) for i in range(N)]}
    texts |= {name: [f"text {i} of {name}" for i in range(N)] for name in (*SYSTEMS, "refA")}
    rated = {**SYSTEMS, "refA": 1.0}
    texts["mqm"] = [f"{s}\t{v - i % 4}" for s, v in rated.items() for i in range(N)]
    texts["da"] = [f"a\t{i * i}" for i in range(N)]
    texts["X-refA.seg.score"] = [f"{s}\t{v - i % 3}" for s, v in SYSTEMS.items() for i in range(N)]
    for name, lines in texts.items():
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    values = {
        "name": "own", "title": "Own", "language_pair": "zh-en", "domain": "news", "year": 2024,
        "licence": "none", "citation": "none",
        "reader": {
            "_target_": "harness.test_sets.readers.mtme.read", "documents": "docs", "source": "src",
            "references": {"refA": "refA"}, "human_systems": ["refA"],
            "systems": {name: name for name in (*SYSTEMS, "refA")},
            "ratings": {"mqm": "mqm", "da": "da"}, "scores": ["X-refA.seg.score"],
        },
        "counts": {"stored_metrics": 1, "stored_scores": 36, "given_ratings": 60},
    }  # fmt: skip
    path = folder / "card.yaml"
    path.write_text(yaml.safe_dump(values), "utf-8")
    return path


METRIC = "{_target_: harness.metrics.stored.Stored, name: X, metric: X, reference: refA}"


def result(folder: Path, *overrides: str) -> Path:
    run(
        compose("resampling.samples=20", "metric_tests.samples=20", "workers=1", *overrides),
        folder,
        command=["harness"],
        started=datetime(2024, 1, 1),
    )
    return folder


def test_given_ratings_reach_every_table_and_plot(card: Path, tmp_path: Path) -> None:
    folder = result(
        tmp_path / "run",
        "test_set=wmt22_zhen_news",
        f"test_set.name={card}",
        "metrics=chrf",
        f"+metrics.x={METRIC}",
    )
    record = json.loads((folder / "run.json").read_text("utf-8"))
    assert record["rating"] == "mqm"
    assert record["systems"] == ["a", "b", "c"]  # refA is the reference
    assert record["signatures"]["x"]["segment"] == "stored:X|ref:refA|file:X-refA.seg.score"
    assert "own/X-refA.seg.score" in [file["name"] for file in record["data"]]
    tables = {path.stem for path in (folder / "tables").glob("*.csv")}
    assert {"ratings", "meta_evaluation", "systems", "scores", "metrics"} <= tables
    assert not tables & {"penalty_profile", "ratings_by_rater", "categories", "category_tests"}
    systems = pd.read_csv(folder / "tables" / "systems.csv").query("metric == 'x'")
    assert systems.set_index("system")["rating"].to_dict() == {"a": -2.5, "b": -2.0, "c": -1.5}
    assert systems.set_index("system")["score"].to_dict() == {"a": -2.0, "b": -1.5, "c": -1.0}
    meta = pd.read_csv(folder / "tables" / "meta_evaluation.csv")
    own = meta[(meta["metric"] == "x") & (meta["level"] == "system")]
    assert set(own["n_systems"]) == {3}
    assert own["value"].tolist() == pytest.approx([1.0] * len(own))
    plots = {path.stem for path in (folder / "plots").glob("*.svg")}
    assert {"system_scores", "metric_against_human", "meta_evaluation_forest"} <= plots
    assert "Own" in (folder / "report.html").read_text("utf-8")


def test_another_rating_by_name(card: Path, tmp_path: Path) -> None:
    folder = result(
        tmp_path / "run",
        "test_set=wmt22_zhen_news",
        f"test_set.name={card}",
        "rating=da",
        "systems=rated",
        "metrics=chrf",
        "plots=none",
        "report=none",
    )
    ratings = pd.read_csv(folder / "tables" / "ratings.csv")
    assert ratings["rating"].tolist() == [i * i for i in range(N)]
    assert json.loads((folder / "run.json").read_text("utf-8"))["systems"] == ["a"]


@pytest.mark.slow
def test_the_metrics_of_wmt22_on_its_news(mirror: Path, tmp_path: Path) -> None:
    folder = result(
        tmp_path / "run",
        "test_set=wmt22_zhen_news",
        "metrics=submitted",
        "sentinels=none",
        f"mirror={mirror}",
        "plots=none",
        "resampling.samples=2",
    )
    assert (folder / "report.html").stat().st_size > 10**6
    record = json.loads((folder / "run.json").read_text("utf-8"))
    assert len(record["systems"]) == 19  # 18 machines and refB
    assert record["counts"]["scores"] == {
        "computed": 31 * 19 * 505, "reused": 0, "missing": 0, "failed": 0,
    }  # fmt: skip
    meta = pd.read_csv(folder / "tables" / "meta_evaluation.csv")
    assert meta["metric"].nunique() == 31
    assert set(meta["n_systems"]) == {14}
    assert meta["value"].notna().all()

"""Evidence made from runs, written, read, and looked up for the texts of a run."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from harness.errors import InputError
from harness.evidence import evidence_of_runs, load_evidence, metric_evidence, system_differences
from harness.evidence.evidence import plain_signature
from harness.evidence.probit import agreed_share
from harness.tables import CATEGORIES, METRICS, SYSTEM_TESTS, SYSTEMS
from harness.tables.run_folder import SCHEMA
from tests.support.agreement_rows import filled

SIGNATURE = "nrefs:1|tok:13a|version:2.6.0"


def written_run(folder: Path, name: str, scores: list[float], *, category: str = "name") -> None:
    """A run's folder with what evidence reads: systems whose ratings are 1, 2, 3, …, a reference
    and a system without rating."""
    (folder / "tables").mkdir(parents=True)
    record = {"test_set": name, "verdict": "", "sentences": [], "versions": {}, "schema": SCHEMA}
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    rows: list[dict[str, Any]] = [
        {"system": f"s{i}", "role": "system", "score": score, "rating": float(i)}
        for i, score in enumerate(scores)
    ]
    rows += [
        {"system": "refB", "role": "human", "score": 99.0, "rating": 99.0},
        {"system": "unrated", "role": "system", "score": 0.0, "rating": math.nan},
    ]
    systems = filled(SYSTEMS, rows, test_set=name, metric="bleu", signature=SIGNATURE)
    systems.to_csv(folder / SYSTEMS.csv, index=False)
    cells = [
        {"metric": m, "kind": kind, "view": view, "p_holm": p, "value": 0.6, "tier": "reliable"}
        for m, kind, view, p in (
            ("bleu", "metric", "news", 0.01), ("random", "sentinel", "news", math.nan),
            ("bleu", "metric", "other view", 0.5),
        )
    ]  # fmt: skip
    filled(CATEGORIES, cells, test_set=name, category=category).to_csv(
        folder / CATEGORIES.csv, index=False
    )


def test_of_two_runs(tmp_path: Path) -> None:
    written_run(tmp_path / "one", "a", [1.0, 2.0, 4.0, 3.0, 6.0, 5.0])
    written_run(tmp_path / "two", "b", [1.0, 3.0, 2.0, 5.0, 4.0])
    found = evidence_of_runs(tmp_path)
    rows = found.slopes.to_dict("records")
    assert [(r["test_sets"], r["held_out"]) for r in rows] == [
        ("a + b", ""),
        ("b", "a"),
        ("a", "b"),
    ]
    assert (rows[0]["n_systems"], rows[0]["n_pairs"], rows[0]["largest"]) == (11, 25, 5.0)
    assert rows[1]["observed"] == pytest.approx(13 / 15)
    sizes = [1, 3, 2, 5, 4, 2, 1, 4, 3, 1, 2, 1, 3, 2, 1]
    expected = sum(agreed_share(rows[1]["slope"], x) for x in sizes) / 15
    assert rows[1]["expected"] == pytest.approx(expected)
    cells = found.categories.to_dict("records")
    assert [(c["rated_set"], c["category"], c["n_metrics"]) for c in cells] == [
        ("a", "name", 1), ("b", "name", 1),
    ]  # fmt: skip
    assert {c["signature"] for c in cells} == {"nrefs:1|tok:13a"}
    found.write(tmp_path / "written")
    read = load_evidence(str(tmp_path / "written"))
    assert read is not None
    own = read.slopes[read.slopes["signature"] == "nrefs:1|tok:13a"]
    assert own["slope"].tolist() == pytest.approx(found.slopes["slope"].tolist(), rel=1e-5)
    shipped = load_evidence("shipped")
    assert shipped is not None and len(read.slopes) == len(shipped.slopes) + 3


def test_annotations_without_categories_say_nothing_of_kinds_of_error(tmp_path: Path) -> None:
    written_run(tmp_path, "a", [1.0, 2.0, 4.0, 3.0], category="other")
    found = evidence_of_runs(tmp_path)
    assert found.categories.empty and len(found.slopes) == 1


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the folder of evidence does not exist"):
        load_evidence(str(tmp_path / "absent"))
    with pytest.raises(InputError, match="holds no run with rated systems"):
        load_evidence(str(tmp_path))
    written_run(tmp_path / "one", "a", [1.0, 2.0, 4.0, 3.0])
    written_run(tmp_path / "two", "a", [1.0, 2.0, 4.0, 3.0])
    with pytest.raises(InputError, match="two runs are on the test set 'a'"):
        load_evidence(str(tmp_path))
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "slopes.csv").write_text("metric\nbleu\n", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        load_evidence(str(broken))
    assert load_evidence("none") is None


def test_own_evidence_comes_first_for_its_metrics(tmp_path: Path) -> None:
    shipped = load_evidence("shipped")
    assert shipped is not None
    bleu = shipped.slopes[shipped.slopes["metric"] == "bleu"].iloc[0]
    written_run(tmp_path, "a", [1.0, 2.0, 4.0, 3.0])
    file = tmp_path / SYSTEMS.csv
    text = file.read_text("utf-8").replace(SIGNATURE, f"{bleu['signature']}|version:9")
    file.write_text(text, encoding="utf-8")
    found = load_evidence(str(tmp_path))
    assert found is not None
    own = found.slopes[found.slopes["signature"] == bleu["signature"]]
    assert own["test_sets"].tolist() == ["a"]
    assert len(found.slopes) == len(shipped.slopes) - 4 + 1


def test_signatures_without_versions() -> None:
    assert plain_signature("nrefs:1|tok:13a|version:2.6.0") == "nrefs:1|tok:13a"
    assert plain_signature("stored:X|sha256:ab12|mean of segments") == "stored:X|mean of segments"
    assert plain_signature("version:1") == "version:1"


def metrics(name: str, signature: str) -> pd.DataFrame:
    rows = [{"metric": name, "signature": signature, "role": "metric"}]
    return filled(METRICS, rows)


def test_differences_of_a_run() -> None:
    """BLEU of the shipped evidence: of 18.08 points and more, as of the largest difference there;
    needed: 400 ((1.96 + 0.84) 0.51 / 2)^2 where the interval is 2 wide."""
    shipped = load_evidence("shipped")
    assert shipped is not None
    slope = shipped.slopes[shipped.slopes["metric"] == "bleu"].iloc[0]
    shared = {
        "test_set": "t", "metric": "mine", "test": "bootstrap", "unit": "segment",
        "n_segments": 400, "confidence": 0.95, "alpha": 0.05,
    }  # fmt: skip
    rows = [
        {**shared, "system_1": "a", "system_2": "b", "difference": -2.0, "low": -3.0, "high": -1.0},
        {**shared, "system_1": "a", "system_2": "c", "difference": 30.0, "low": 29.0, "high": 31.0},
        {**shared, "system_1": "b", "system_2": "c", "difference": 0.0, "low": -1.0, "high": 1.0},
        {**shared, "system_1": "b", "system_2": "d", "difference": math.nan},
        {**shared, "test": "randomisation", "system_1": "a", "system_2": "b", "difference": -2.0},
    ]
    tests = filled(SYSTEM_TESTS, rows)
    own = metrics("mine", f"{slope['signature']}|version:99")
    found = system_differences(shipped, own, tests).to_dict("records")
    assert [(r["system_1"], r["system_2"], r["difference"]) for r in found] == [
        ("b", "a", 2.0), ("a", "c", 30.0), ("b", "c", 0.0),
    ]  # fmt: skip
    assert found[0]["agreed"] == pytest.approx(agreed_share(slope["slope"], 2.0))
    assert found[1]["agreed"] == pytest.approx(agreed_share(slope["slope"], slope["largest"]))
    assert found[0]["needed_segments"] == math.ceil(400 * (2.801585 * 0.5102135 / 2.0) ** 2)
    assert found[2]["agreed"] == 0.5 and math.isnan(found[2]["needed_segments"])
    assert found[0]["missed_by"] == pytest.approx(0.056, abs=0.001)
    # texts of one document: drawn by documents there is no interval, and that by segments is used
    whole = [{**r, "unit": "document", "low": math.nan, "high": math.nan} for r in rows[:4]]
    again = system_differences(shipped, own, filled(SYSTEM_TESTS, [*rows, *whole]))
    assert again.equals(system_differences(shipped, own, tests))
    known = [{**r, "unit": "document", "low": -4.0, "high": 0.0} for r in rows[:1]]
    by_documents = system_differences(shipped, own, filled(SYSTEM_TESTS, [*rows, *known]))
    assert by_documents["needed_segments"].max() == math.ceil(400 * (2.801585 * 1.020427 / 2) ** 2)
    assert system_differences(shipped, metrics("other", "tok:zh"), tests).empty


def test_what_is_known_of_a_runs_metrics() -> None:
    shipped = load_evidence("shipped")
    assert shipped is not None
    signature = shipped.slopes[shipped.slopes["metric"] == "chrf"].iloc[0]["signature"]
    found = metric_evidence(shipped, metrics("my_chrf", signature))
    assert set(found["metric"]) == {"my_chrf"} and set(found["rated_set"]) == {"wmt23_zhen_news"}
    omission = found[found["category"] == "omission"].iloc[0]
    assert omission["value"] == pytest.approx(0.667, abs=0.001)
    assert metric_evidence(shipped, metrics("other", "tok:zh")).empty


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("run.json", '{"test_set"'),
        ("run.json", "[]"),
        ("run.json", "{}"),
        (SYSTEMS.csv, ""),
        (SYSTEMS.csv, 'test_set\n"a'),
        (SYSTEMS.csv, None),
        (CATEGORIES.csv, "test_set\n"),
    ],
)
def test_a_damaged_run_is_named(tmp_path: Path, file: str, text: str | None) -> None:
    written_run(tmp_path / "one", "a", [1.0, 2.0, 4.0, 3.0, 6.0, 5.0])
    path = tmp_path / "one" / file
    path.write_text(path.read_text().replace("99.0", "many") if text is None else text)
    with pytest.raises(InputError, match=r"this is no (complete record|table)") as caught:
        load_evidence(str(tmp_path))
    assert caught.value.file == str(path)

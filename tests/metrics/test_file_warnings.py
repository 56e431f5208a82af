"""What is said of scores from a file that can be read, but not trusted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.metrics.file_warnings import _other_scale, file_warnings
from harness.metrics.stored import Precomputed, with_score_files
from tests.support.small import small

TABLE = "segment_id,good,poor\n1,0.1,0.2\n2,0.3,0.4\n3,0.5,0.6\n4,0.7,0.8\n"


def warned(path: Path, text: str = TABLE, **settings: object) -> list[str]:
    path.write_text(text)
    metric = Precomputed(name=path.stem, file=str(path), **settings)  # type: ignore[arg-type]
    return file_warnings(with_score_files(small(), {"x": metric}), {"x": metric})


@pytest.mark.parametrize("name", ["MetricX-24", "metricx", "TER", "ter_lower"])
def test_the_direction_of_a_metric_in_which_lower_is_better(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.csv"
    (warning,) = warned(path)
    assert f"the scores of {name} in {name}.csv are read as higher is better" in warning
    assert f"metrics.precomputed.file={path} metrics.precomputed.higher_is_better=false" in warning
    assert not warned(path, higher_is_better=False)
    assert not warned(path, TABLE.replace(",0.1", ",-0.1"))  # negated already


@pytest.mark.parametrize("name", ["COMET", "terrific", "x"])
def test_other_metrics_have_no_doubtful_direction(tmp_path: Path, name: str) -> None:
    assert not warned(tmp_path / f"{name}.csv")


def test_a_system_with_scores_of_some_segments(tmp_path: Path) -> None:
    found = warned(tmp_path / "x.csv", TABLE.replace("0.3", "").replace("0.5", "None"))
    assert found == [
        "x.csv has no score of x for 2 of 4 segments of good; a system that lacks scores has none"
        " as a whole"
    ]
    (both,) = warned(tmp_path / "x.csv", TABLE.removesuffix("4,0.7,0.8\n"))
    assert "for 1 of 4 segments of good (and for some of 1 more)" in both
    assert not warned(tmp_path / "x.csv", "segment_id,good\n1,1\n2,1\n3,1\n4,1\n")


def scaled(n_systems: int, *levels: float) -> list[str]:
    """What is said of systems whose scores lie about these levels."""
    rng = np.random.default_rng(1)
    systems = [f"s{i}" for i in range(n_systems)]
    frame = pd.DataFrame(
        {
            "system": np.repeat(systems, 20),
            "score": np.concatenate([level + rng.normal(0, 0.01, 20) for level in levels]),
        }
    )
    return list(_other_scale("x", "x.csv", frame))


def test_a_system_on_another_scale() -> None:
    (warning,) = scaled(4, 0.80, 0.82, 79.5, 0.78)
    assert warning.startswith("the scores of s2 by x in x.csv seem to be on another scale: their")
    assert "median is 79.5, those of the other systems are 0.78 to 0.8" in warning
    (warning,) = scaled(3, 80.0, 0.8, 82.0)
    assert "s1" in warning
    assert not scaled(4, 0.80, 0.82, 0.2, 0.78)  # a bad system
    assert not scaled(2, 80.0, 0.8)  # which of the two?
    assert not scaled(4, -5.0, -5.2, -0.1, -4.8)  # nearly without an error
    assert not scaled(4, -5.0, -5.2, 0.0, -4.8)
    assert not scaled(4, 0.01, 0.5, 0.9, 0.3)  # spread out

"""A run that has sentinels only."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from harness.runs.pipeline import run
from harness.tables import SCORES
from tests.support.configs import compose

SMALL = ("plots=none", "report=none", "injection.enabled=false", "sentinels=[length]")


def test_sentinels_alone_are_scored_and_not_attacked(tmp_path: Path) -> None:
    config = compose("metrics=none", "attacks.enabled=true", *SMALL)
    run(config, tmp_path / "run", command=["harness"], started=datetime(2026, 7, 14, 12, 0, 0))
    scores = pd.read_csv(tmp_path / "run" / SCORES.csv)
    assert set(scores["metric"]) == {"length"}
    assert not (tmp_path / "run/tables/attacks.csv").exists()

"""Runs and sweeps whose processes are killed at random, again and again.

HARNESS_KILLS=200 pytest -m reliability -s tests/runs/test_reliability.py
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.support.kills import kill_again_and_again

KILLS = int(os.environ.get("HARNESS_KILLS", "6"))
SEED = int(os.environ.get("HARNESS_KILLS_SEED", "1"))


@pytest.mark.slow
@pytest.mark.reliability
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_kills_cost_nothing_that_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_NATIVE", "0")  # the C code is too quick to need other processes
    kill_again_and_again(tmp_path, KILLS, SEED, lambda text: print(text, flush=True))  # noqa: T201

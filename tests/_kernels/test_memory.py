"""How much memory reading and streamed scoring may take, measured by the scripts of benchmarks/ in
processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

#: Megabytes at the peak, the interpreter and its libraries among them.
LARGEST_SHIPPED, MILLION_SEGMENTS, STREAMED = 500, 1500, 500


def peak(*arguments: str, script: str = "loading") -> dict[str, float]:
    pytest.importorskip("resource", reason="needs getrusage, which this system lacks")
    if sys.platform != "linux":
        pytest.skip("the unit of ru_maxrss is known for Linux")
    command = [sys.executable, str(ROOT / "benchmarks" / f"{script}.py"), "--json", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return {name: found["peak_mb"] for name, found in json.loads(done.stdout).items()}


def test_every_shipped_test_set_fits_in_half_a_gigabyte(mirror: Path) -> None:
    from harness.test_sets.cards import card_names

    found = peak("--mirror", str(mirror), *card_names())
    assert len(found) == len(card_names())
    assert {name: mb for name, mb in found.items() if mb >= LARGEST_SHIPPED} == {}


def test_a_million_segments_fit_in_one_and_a_half_gigabytes() -> None:
    found = peak("import", "million")
    assert found["million"] < MILLION_SEGMENTS
    assert found["million"] > found["import"] + 60  # it did hold the texts


def test_a_million_segments_are_scored_in_less_than_half_a_gigabyte() -> None:
    found = peak("--made-up", script="streaming")
    assert found["many"] < STREAMED
    assert found["many"] < found["few"] + 100  # 90 times the text and scores, kept, need more

"""Small inputs that once went wrong without a word, in tests/support/data/cases."""

from __future__ import annotations

from pathlib import Path

from harness.runs import stages
from harness.runs.setup import set_up
from harness.runs.stages import Material
from harness.scoring.stage import ScoreResult
from tests.support.configs import compose

__all__ = ["CASES", "files", "read", "scored", "system_scores"]

CASES = Path(__file__).parent / "data" / "cases"


def files(
    folder: Path, source: str, references: dict[str, str], systems: dict[str, str]
) -> list[str]:
    """Overrides for a test set of plain text files in ``folder``."""
    return [
        "test_set=files",
        f"test_set.source={folder / source}",
        *(f"+test_set.references.{name}={folder / file}" for name, file in references.items()),
        *(f"+test_set.systems.{name}={folder / file}" for name, file in systems.items()),
        *(f"{group}=none" for group in ("sentinels", "injectors", "plots", "claims")),
        "store=false",
        "workers=1",
    ]


def read(*overrides: str) -> Material:
    """What the run of these overrides reads."""
    return stages.read(set_up(compose(*overrides)))


def scored(*overrides: str) -> tuple[Material, ScoreResult]:
    """What the run of these overrides reads, and its scores."""
    setup = set_up(compose(*overrides))
    material = stages.read(setup)
    return material, stages.score(setup, material)


def system_scores(result: ScoreResult) -> dict[tuple[str, str], float]:
    """(system, metric) -> score of the whole."""
    whole = result.scores[result.scores["segment_id"].isna()]
    keys = zip(whole["system"], whole["metric"], strict=True)
    return dict(zip(keys, whole["score"], strict=True))

"""The gate itself: two runs compared."""

from __future__ import annotations

from pathlib import Path

from harness.errors import InputError
from harness.gate.comparison import Found, Result, judged
from harness.gate.metrics import chosen_metrics, compare_metrics
from harness.gate.opened import Opened, opened
from harness.gate.settings import GateSettings
from harness.gate.shared import share
from harness.gate.systems import compare_systems

__all__ = ["compare_folders", "compare_runs"]


def compare_folders(run: Path, baseline: Path, settings: GateSettings) -> Result:
    """Compare the runs in two folders: :func:`compare_runs`."""
    return compare_runs(opened(run), opened(baseline), settings)


def compare_runs(run: Opened, baseline: Opened, settings: GateSettings) -> Result:
    """Is something worse in ``run`` than in ``baseline``?

    Metrics are compared by the ratings of translations that are the same in both runs, systems by
    the metrics that are the same. All comparisons are one family of one-sided tests, adjusted by
    Holm.

    Raises
    ------
    InputError
        What is asked for is not in the runs, or nothing can be compared; the message says why.
    """
    shared = share(run, baseline, settings)
    metrics = chosen_metrics(run, baseline, settings)
    of_metrics = Found() if settings.system else compare_metrics(shared, metrics, settings)
    of_systems = Found() if settings.metric else compare_systems(shared, metrics, settings)
    parts = (of_metrics, of_systems)
    comparisons = [c for part in parts for c in part.comparisons]
    uncompared = [u for part in parts for u in part.uncompared]
    if not comparisons and uncompared:
        raise InputError(
            "nothing can be compared",
            file=baseline.folder,
            found="; ".join(dict.fromkeys(f"{u.what}: {u.why}" for u in uncompared)),
            remedy="do both runs on the same texts and ratings, or with the same metrics",
        )
    return Result(
        comparisons=judged(comparisons, settings.alpha),
        uncompared=tuple(uncompared),
        compared=tuple(text for part in parts for text in part.compared),
        unchanged=tuple(name for part in parts for name in part.unchanged),
        warnings=shared.warnings,
        alpha=settings.alpha,
        confidence=settings.confidence,
    )

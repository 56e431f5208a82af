"""run.json: everything that determines a run's numbers, its timing and its counts."""

from __future__ import annotations

import json
import math
import platform
import shlex
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from harness import __version__
from harness.minimal_pairs.injections import scorable
from harness.report.terminal import closing
from harness.runs.folder import files_of
from harness.runs.results import Results
from harness.runs.setup import Setup
from harness.runs.stages import InjectedErrors, Material
from harness.support.memory import memory_for
from harness.support.progress import doing
from harness.tables.run_folder import SCHEMA

__all__ = ["Clock", "record_of", "versions", "write_record"]

PACKAGES = ("sacrebleu", "numpy", "scipy", "pandas", "matplotlib", "hydra-core")


@dataclass
class Clock:
    """Seconds spent in each stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time spent inside as the stage ``name``, which a terminal shows.

        Raises
        ------
        InputError
            The memory does not suffice for it.
        """
        started = time.perf_counter()
        with doing(name), memory_for(f"the stage {name!r}"):
            yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


def record_of(
    setup: Setup,
    material: Material,
    results: Results,
    *,
    command: Sequence[str],
    started: datetime,
    clock: Clock,
) -> dict[str, Any]:
    """The content of run.json. The seconds of stages are the clock's own: those that end after this
    call are in it too."""
    test_set, scored = results.test_set, results.scored
    metrics = material.scorers
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "command": shlex.join(command),
        "started": started.isoformat(timespec="seconds"),
        "test_set": test_set.name,
        "references": list(material.references),
        "systems": test_set.systems,
        "rated_systems": test_set.rated_systems,
        "rating": material.rating,
        "counts": {
            "segments": len(test_set.segments),
            "documents": int(test_set.segments["document"].nunique()),
            "annotations": len(test_set.annotations),
            "scores": dict(scored.counts),
            "statuses": scored.status_counts,
        },
        "signatures": _signatures(results),
        "implementations": {key: metric.path for key, metric in metrics.items() if metric.path},
        "devices": {key: list(own) for key, own in scored.devices.items()},
        "sources": material.sources,
        "data": [asdict(file) for file in test_set.files],
        "notes": list(test_set.notes),
        "seeds": {
            "resampling": setup.resampling.seed,
            "metric_tests": setup.testing.seed,
            "system_tests": setup.system_testing.seed,
            **{key: metric.seed for key, metric in metrics.items() if hasattr(metric, "seed")},
        },
        "seconds": clock.seconds,
        "cpu_seconds_scoring": {k: round(v, 3) for k, v in scored.seconds.items()},
        "cpu_seconds_of_scores": {
            k: None if math.isnan(v.cpu_seconds) else round(v.cpu_seconds, 4)
            for k, v in scored.costs.items()
        },
        "costs_now": {k: v.record() for k, v in scored.spent.items()},
        "costs_of_scores": {k: v.record() for k, v in scored.costs.items()},
        "versions": versions(),
        "config": OmegaConf.to_yaml(setup.config, resolve=True),
        "verdict": results.verdict,
        "sentences": results.sentences,
        "summary": "\n".join(_closing(setup, material, results)),
        "claims": [claim.record() for claim in results.claims],
        "warnings": [str(warning) for warning in results.warnings],
    }
    if results.injected is not None:
        record["injection"] = _injection(results.injected)
        record["seeds"]["injection"] = setup.injection.seed
    return record


def _closing(setup: Setup, material: Material, results: Results) -> list[str]:
    """What the terminal shows at the end."""
    return closing(
        str(results.test_set.card.get("title") or results.test_set.name),
        results.tables,
        results.claims,
        injected=setup.injection.enabled is True,
        computed=list(scorable(material.metrics)),
        focus=setup.focus,
    )


def write_record(record: dict[str, Any], folder: Path) -> None:
    """Write run.json, with the names of all files beside it: what a later run may replace."""
    record = {**record, "files": files_of(folder)}
    text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / "run.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def _signatures(results: Results) -> dict[str, dict[str, str]]:
    """What determines each metric's scores of systems and of segments."""
    corpus = results.metrics.set_index("metric")["signature"]
    signatures = results.scored.scores.drop_duplicates(["metric", "signature"])
    return {
        str(metric): {"corpus": str(corpus[metric]), "segment": str(own["signature"].iloc[0])}
        for metric, own in signatures.groupby("metric", sort=False)
    }


def _injection(injected: InjectedErrors) -> dict[str, Any]:
    """The part of run.json about injected errors."""
    systems, scores = injected.systems, injected.scores
    return {
        "bases": list(systems.bases),
        "kinds": len(systems.injectors),
        "kinds_that_fit": int(systems.pairs["injector"].nunique()),
        "pairs": len(systems.pairs),
        "scores": {k: scores.counts[k] for k in ("computed", "reused", "failed")},
        "cpu_seconds_scoring": {k: round(v, 3) for k, v in scores.seconds.items()},
        "notes": list(systems.notes),
    }


def versions() -> dict[str, str]:
    """The versions of harness, Python and the packages that compute."""
    found = {"harness": __version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "absent"
    return found

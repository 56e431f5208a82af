"""A run that only fills the store with its shard of the scores; a run without shard= then finds
them there and writes tables and report."""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from omegaconf import OmegaConf

from harness.errors import InputError
from harness.runs.folder import whole_folder
from harness.runs.record import Clock, versions, write_record
from harness.runs.setup import Setup
from harness.runs.stages import Material
from harness.scoring.shards import Shard, fill_store
from harness.scoring.stage import available_workers
from harness.tables.run_folder import SCHEMA

__all__ = ["run_shard"]


def run_shard(
    setup: Setup,
    material: Material,
    output: Path,
    *,
    command: Sequence[str],
    started: datetime,
    clock: Clock,
) -> Path:
    """Compute the shard, and write a folder that holds run.json alone.

    Raises
    ------
    InputError
        The shard is none, or there is no store.
    """
    shard = Shard.read(str(setup.config.shard))
    if setup.store is None:
        raise InputError("a shard fills the store, and store=false", remedy="leave store=false out")
    with clock.stage("score"):
        filled = fill_store(
            material.test_set,
            material.scorers,
            shard,
            setup.store,
            references=material.references,
            workers=setup.workers or available_workers(),
        )
    computed = sum(filled.segments.values())
    told = [f"{key}: {n:,} segments computed" for key, n in filled.segments.items()]
    if not told:
        told = ["no metric is kept by segment: nothing to compute in shards"]
    told.append("when all shards are done, run the same command without shard=")
    record = {
        "schema": SCHEMA,
        "command": shlex.join(command),
        "started": started.isoformat(timespec="seconds"),
        "shard": str(shard),
        "test_set": material.test_set.name,
        "references": list(material.references),
        "systems": material.test_set.systems,
        "rated_systems": [],
        "rating": material.rating,
        "counts": {
            "segments": len(material.test_set.segments),
            "scores": {"computed": computed, "reused": 0, "missing": 0, "failed": 0},
        },
        "costs_now": {
            key: {k: v for k, v in costs.record().items() if v is None or not math.isnan(v)}
            for key, costs in filled.costs.items()
        },
        "left_out": list(filled.left_out),
        "seconds": clock.seconds,
        "versions": versions(),
        "config": OmegaConf.to_yaml(setup.config, resolve=True),
        "verdict": "",
        "sentences": [],
        "summary": "\n".join([f"shard {shard}", *told]),
        "claims": [],
        "warnings": [],
    }
    with whole_folder(output) as folder:
        write_record(record, folder)
    return output

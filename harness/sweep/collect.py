"""Results across the jobs of a sweep, read from their folders."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from harness.errors import InputError
from harness.sweep.plan import Job, Plan, read_plan
from harness.sweep.stability import metric_ranks, rank_stability
from harness.sweep.status import Status, read_status
from harness.tables import SCHEMAS, Schema

__all__ = ["SweepResult", "collect"]

#: Tables of a run that are put together, one below the other.
JOINED = tuple(schema for schema in SCHEMAS if schema.joined)
#: Overrides of these groups choose rows, not settings: their jobs are compared side by side.
ROWS = ("metrics", "sentinels", "output")


@dataclass(frozen=True)
class SweepResult:
    """The plan, how each job ended, and the tables of all that are done.

    ``tables`` holds the joined tables of :data:`JOINED`, each with the columns ``job`` and
    ``setting`` before its own; ``jobs`` (one row per job: number, overrides, state, seconds, scores
    computed, reused, missing, failed, why); ``rank_stability`` and ``metric_ranks``.
    ``without_report`` are the jobs that are done but wrote no report.
    """

    plan: Plan
    statuses: Mapping[int, Status]
    tables: Mapping[str, pd.DataFrame]
    without_report: Collection[int] = field(default=())

    def link(self, job: int) -> str:
        """The file to open for a job's run: its report, or its record if it wrote none."""
        return f"{job}/run.json" if job in self.without_report else f"{job}/report.html"

    @property
    def failed(self) -> list[tuple[Job, Status]]:
        """The jobs that are not done."""
        pairs = [(job, self.statuses[job.number]) for job in self.plan.jobs]
        return [(job, status) for job, status in pairs if status.state != "done"]


def setting_of(job: Job, plan: Plan) -> str:
    """The settings of a job that differ, except metrics: 'test_set=… weights=…'; 'all' if none."""
    swept = [key for key in plan.swept if key not in ROWS]
    parts = [o for o in job.overrides if o.partition("=")[0] in swept]
    return " ".join(parts) or "all"


def collect(root: Path) -> SweepResult:
    """Read what the jobs of the sweep in ``root`` left.

    Raises
    ------
    InputError
        ``root`` holds no plan of a sweep.
    """
    plan = read_plan(root)
    statuses = {job.number: read_status(root / str(job.number), job.overrides) for job in plan.jobs}
    parts: dict[str, list[pd.DataFrame]] = {schema.name: [] for schema in JOINED}
    jobs = []
    for job in plan.jobs:
        status = statuses[job.number]
        counts: Mapping[str, Any] = {}
        if status.state == "done":
            folder = root / str(job.number)
            try:
                counts = json.loads((folder / "run.json").read_text("utf-8"))["counts"]["scores"]
                if status.kept:  # this sweep computed none of them
                    reused = counts["reused"] + counts["computed"]
                    counts = {**counts, "computed": 0, "reused": reused}
                for schema in JOINED:
                    frame = _table(folder / schema.csv, schema)
                    if frame is not None:
                        frame.insert(0, "job", job.number)
                        frame.insert(1, "setting", setting_of(job, plan))
                        parts[schema.name].append(frame)
            except (OSError, ValueError, KeyError) as error:
                status = Status("lost", f"its folder is incomplete: {error}")
                statuses[job.number] = status
        jobs.append(
            {
                "job": job.number,
                "overrides": job.name,
                "state": status.state,
                "seconds": status.seconds,
                **{k: counts.get(k, 0) for k in ("computed", "reused", "missing", "failed")},
                "why": status.why.split("\n")[0],
            }
        )
    tables = {name: pd.concat(p, ignore_index=True) for name, p in parts.items() if p}
    tables["jobs"] = pd.DataFrame(jobs)
    done = [number for number, status in statuses.items() if status.state == "done"]
    without = tuple(n for n in done if not (root / str(n) / "report.html").exists())
    return SweepResult(plan, statuses, {**tables, **_over_settings(tables)}, without)


def _over_settings(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """How far the order of the metrics depends on the setting."""
    if "meta_evaluation" not in tables or "metrics" not in tables:
        return {}
    meta = tables["meta_evaluation"]
    roles = tables["metrics"].drop_duplicates("metric").set_index("metric")["role"]
    competing = meta[meta["metric"].map(roles) == "metric"]
    if "subset" in competing:
        competing = competing[competing["subset"] == "all"]
    found = {"rank_stability": rank_stability(competing), "metric_ranks": metric_ranks(competing)}
    return {name: frame for name, frame in found.items() if len(frame)}


def _table(path: Path, schema: Schema) -> pd.DataFrame | None:
    """A table of a run; None if the run did not make it."""
    if not path.is_file():
        return None
    try:
        return pd.read_csv(path, keep_default_na=False, na_values={c: [""] for c in schema.numbers})
    except pd.errors.ParserError as error:
        raise InputError("a table of a run cannot be read", file=path, found=str(error)) from error

"""``harness report DIR``: a sweep's tables and report again, from whatever jobs finished."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import visible

if TYPE_CHECKING:
    from harness.sweep.collect import SweepResult

__all__ = ["arguments", "execute", "tell"]

KEPT = "what the folder held before is as it was, or made anew"
DONE, FAILED_JOBS = 0, 3


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the sweep")


def execute(options: argparse.Namespace) -> int:
    from harness.sweep.page import write_sweep

    return tell(write_sweep(options.folder), options.folder)


def tell(result: SweepResult, root: Path) -> int:
    """Print how the sweep ended; the exit code."""
    jobs = result.tables["jobs"]
    done = int((jobs["state"] == "done").sum())
    counts = ", ".join(f"{int(jobs[k].sum())} {k}" for k in ("computed", "reused", "failed"))
    print(f"sweep: {done} of {len(jobs)} jobs done; scores: {counts}")  # noqa: T201
    print(f"report: {root / 'report.html'}")  # noqa: T201
    for job, status in result.failed:
        print(  # noqa: T201
            f"\njob {job.number}: {visible(job.name)} {status.state}:\n{status.why}",
            file=sys.stderr,
        )
    if result.failed:
        print(f"\n{len(result.failed)} of {len(jobs)} jobs failed", file=sys.stderr)  # noqa: T201
        return FAILED_JOBS
    return DONE

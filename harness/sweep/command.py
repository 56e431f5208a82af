"""``python -m harness.sweep DIR`` (or ``harness-report DIR``): put a sweep together again.

The tables and the report are made from whatever jobs finished; nothing is computed. Exit codes:
0 every job is done; 2 bad input; 3 some are not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.errors import InputError, visible
from harness.sweep.collect import SweepResult
from harness.sweep.page import write_sweep

__all__ = ["main", "tell"]

DONE, BAD_INPUT, FAILED_JOBS = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Put together the sweep that ``arguments`` (default: those of the process) name."""
    parser = argparse.ArgumentParser(
        prog="harness-report",
        description="Put a sweep's tables and report together from the jobs that finished.",
        epilog="Exit codes: 0 every job is done; 2 bad input; 3 some are not.",
        allow_abbrev=False,
    )
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the sweep")
    options = parser.parse_args(arguments)
    try:
        return tell(write_sweep(options.folder), options.folder)
    except InputError as error:
        print(f"harness: {error.render()}", file=sys.stderr)  # noqa: T201
        return BAD_INPUT


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

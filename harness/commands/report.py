"""``harness report DIR``: a sweep's tables and report again, from whatever jobs finished."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from harness.commands.options import add_json
from harness.commands.output import print_json, print_lines

__all__ = ["arguments", "execute", "report_sweep"]

KEPT = "what the folder held before is as it was, or made anew"
DONE, FAILED_JOBS = 0, 3


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the folder of the sweep")
    add_json(parser)


def execute(options: argparse.Namespace) -> int:
    return report_sweep(options.folder, as_json=options.json)


def report_sweep(root: Path, *, as_json: bool = False) -> int:
    """Write the tables and the report of the sweep in ``root``, and say how it ended; the exit
    code."""
    from harness.sweep.page import write_sweep

    result = write_sweep(root)
    jobs = result.tables["jobs"]
    done = int((jobs["state"] == "done").sum())
    counts = ", ".join(f"{int(jobs[k].sum())} {k}" for k in ("computed", "reused", "failed"))
    report = root / "report.html"
    if as_json:
        rows = json.loads(jobs.to_json(orient="records"))
        print_json({"output": str(root), "report": str(report), "jobs": rows})
    else:
        print_lines(f"sweep: {done} of {len(jobs)} jobs done; scores: {counts}")
        print_lines(f"report: {report}")
    for job, status in result.failed:
        lines = status.why.split("\n")
        print_lines("", f"job {job.number}: {job.name} {status.state}:", *lines, file=sys.stderr)
    if result.failed:
        print_lines("", f"{len(result.failed)} of {len(jobs)} jobs failed", file=sys.stderr)
        return FAILED_JOBS
    return DONE

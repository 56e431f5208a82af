"""How much memory a job's own process and its workers hold at the most (Linux).

    python benchmarks/worker_memory.py [--mirror DIR] [--workers N] [TEST_SET ...]

Runs ``harness`` with TER in plain Python, so that workers are needed at all, without a store, and
watches the peak (VmHWM) of the process and of everything that it starts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROC = Path("/proc")
EVERY = 0.05  # seconds between two looks


def peak_mb(process: int) -> float:
    """VmHWM of a process in MB; 0 where it is gone."""
    try:
        return int((PROC / f"{process}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


def below(process: int) -> list[int]:
    """All processes that ``process`` and those that it started have started."""
    found = []
    for path in PROC.glob(f"{process}/task/*/children"):
        try:
            found += [int(child) for child in path.read_text().split()]
        except OSError:
            continue
    return [*found, *(lower for child in found for lower in below(child))]


def watch(command: list[str]) -> tuple[float, dict[int, float]]:
    """Peaks in MB of the command's process and of those below it."""
    environment = {**os.environ, "HARNESS_NATIVE": "0"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        own, others = 0.0, dict[int, float]()
        while process.poll() is None:
            own = max(own, peak_mb(process.pid))
            for child in below(process.pid):
                others[child] = max(others.get(child, 0.0), peak_mb(child))
            time.sleep(EVERY)
    if process.returncode:
        sys.exit(process.returncode)
    return own, others


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("test_sets", nargs="*", default=["wmt23_zhen_news", "wmt22_zhen"])
    parser.add_argument("--mirror", help="folder of public files laid out by URL")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    for name in given.test_sets:
        with tempfile.TemporaryDirectory() as folder:
            overrides = [f"test_set={name}", "metrics=ter", f"workers={given.workers}"]
            overrides += ["store=false", f"output={folder}/run"]
            overrides += [f"mirror={given.mirror}"] if given.mirror else []
            own, others = watch([sys.executable, "-m", "harness", *overrides])
        workers = sorted(others.values(), reverse=True)[: given.workers]
        print(f"{name}: the job's process {own:.0f} MB, workers "
              + ", ".join(f"{mb:.0f}" for mb in workers) + " MB")  # fmt: skip


if __name__ == "__main__":
    main()

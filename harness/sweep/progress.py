"""Progress of a sweep: a line for each job that ended, with the time that is left.

Jobs may run in other processes and on other machines, so the status files that they write into
their folders count; those of an earlier sweep in the same folders do not.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import visible
from harness.sweep.plan import Job, Plan
from harness.sweep.status import STATUS, read_status

__all__ = ["SweepProgress"]


class SweepProgress:
    """Reports the jobs of ``plan`` in ``root`` as they end; the clock starts when it is made."""

    def __init__(self, plan: Plan, root: Path) -> None:
        self.plan, self.root = plan, root
        self.began = time.monotonic()
        self.running = list(plan.jobs)
        self.before = {job.number: self._changed(job) for job in plan.jobs}
        self.lock = threading.Lock()

    def _changed(self, job: Job) -> tuple[int, int] | None:
        """What distinguishes one status of a job from a later one: the file's identity and time."""
        try:
            status = (self.root / str(job.number) / STATUS).stat()
        except OSError:
            return None
        return status.st_ino, status.st_mtime_ns

    def update(self) -> None:
        """Print a line for each job that ended since the last time, on standard error."""
        with self.lock:
            for job in list(self.running):
                changed = self._changed(job)
                if changed is not None and changed != self.before[job.number]:
                    self.running.remove(job)
                    self._tell(job)

    def _tell(self, job: Job) -> None:
        status = read_status(self.root / str(job.number), job.overrides)
        own = [o for o in job.overrides if o.partition("=")[0] in self.plan.swept]
        line = f"job {job.number} ({self.overall()}): {visible(' '.join(own) or job.name)}"
        if status.state == "done":
            folder = self.root / str(job.number)
            report = folder / "report.html"
            place = report if report.exists() else folder
            how = "kept, nothing changed" if status.kept else f"{status.seconds:.1f} s"
            print(f"{line}: {place} ({how})", file=sys.stderr, flush=True)  # noqa: T201
        else:
            print(f"{line}: {status.state}", file=sys.stderr, flush=True)  # noqa: T201

    def overall(self) -> str:
        """'3 of 12, about 2 min left', by the mean time between the ends of jobs so far."""
        n, left = len(self.plan.jobs), len(self.running)
        ended = n - left
        if not left or not ended:
            return f"{ended} of {n}"
        rest = (time.monotonic() - self.began) / ended * left
        from harness.support.formatting import seconds  # brings the whole report with it

        about = f"{rest:.0f} s" if rest < 60 else seconds(rest)
        return f"{ended} of {n}, about {about} left"

    @contextmanager
    def watching(self, every: float = 2.0) -> Iterator[None]:
        """Look every so many seconds while the block runs, and once more at its end."""
        stop = threading.Event()

        def look() -> None:
            while not stop.wait(every):
                self.update()

        thread = threading.Thread(target=look, name="sweep progress", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self.update()

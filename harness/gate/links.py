"""Where a run's report shows what lies behind a number."""

from __future__ import annotations

from collections.abc import Sequence

from harness.gate.opened import Opened
from harness.report.grids import browser_link

__all__ = ["link_to"]


def link_to(run: Opened, **filters: str | Sequence[str]) -> str:
    """The address of the segments with these filters in the report of ``run``; empty if it wrote
    none."""
    return f"{run.report}{browser_link(**filters)}" if run.report else ""

"""How many examples a randomised test draws: few by default, all with HARNESS_EXAMPLES=1."""

from __future__ import annotations

import os

#: The share of a test's examples that the default test command draws.
SHARE = float(os.environ.get("HARNESS_EXAMPLES", "0.25"))


def examples(n: int) -> int:
    """The number of examples of a test that draws ``n`` when there is time."""
    return max(5, round(n * SHARE))

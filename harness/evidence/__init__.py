"""What WMT's human ratings say of metrics and of differences in their scores.

Where a user's own texts have no ratings, this is what there is to say: how often differences of a
metric as large as those at hand agreed with raters, and which kinds of error the metric is shown to
see. The numbers come from runs on rated test sets, shipped in datasets/evidence or made by a user.
"""

from __future__ import annotations

from harness.evidence.evidence import SHIPPED, Evidence, evidence_of_runs, load_evidence
from harness.evidence.texts import metric_evidence, system_differences

__all__ = [
    "SHIPPED",
    "Evidence",
    "evidence_of_runs",
    "load_evidence",
    "metric_evidence",
    "system_differences",
]

"""The findings of a sweep as Markdown, on made-up runs."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from harness.claims.claim import Claim
from harness.sweep.collect import SweepResult
from harness.sweep.findings import findings_markdown
from harness.sweep.plan import Job, Plan
from harness.sweep.status import Status

CLAIM = {"rule": "segment_verdict", "kind": "open", "text": "A | *B*.", "in_verdict": True}
FURTHER = {"rule": "leading_metric", "kind": "open", "text": "More.", "in_verdict": False}


def result(root: Path, state: str = "done") -> SweepResult:
    (root / "0").mkdir()
    record = {
        "test_set": "mine",
        "rating": "annotations",
        "config": "weights: {name: mine}",
        "rated_systems": ["x", "y"],
        "counts": {"segments": 1200},
        "claims": [CLAIM, FURTHER, {**FURTHER, "rule": "category_accuracies", "text": "Gone."}],
    }
    (root / "0" / "run.json").write_text(json.dumps(record), encoding="utf-8")
    job = Job(0, ("test_set=mine",))
    plan = Plan((job,), "harness -m test_set=mine", "now")
    metrics = pd.DataFrame({"job": [0], "metric": ["m"], "label": ["<M>"], "role": ["metric"]})
    return SweepResult(plan, {0: Status(state, "")}, {"metrics": metrics})


def test_sentences_are_escaped_and_in_their_places(tmp_path: Path) -> None:
    claims = [Claim("changed_order", "open", "Over all.", "")]
    text = findings_markdown(tmp_path, result(tmp_path), claims)
    assert "- Over all." in text
    head = (
        "Run test\\_set=mine: 1,200 segments, 2 rated systems, ratings: annotated errors with the"
    )
    assert f"## mine\n\n{head} weights mine." in text
    assert "- A \\| \\*B\\*." in text
    assert text.index("Verdict") < text.index("A \\|") < text.index("- More.")
    assert "Gone" not in text


def test_a_job_that_failed_says_nothing(tmp_path: Path) -> None:
    assert "mine:" not in findings_markdown(tmp_path, result(tmp_path, "failed"), [])

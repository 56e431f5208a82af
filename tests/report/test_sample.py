"""A made-up run for the tests of the report: seeded, realistic in shape, hostile where asked."""

from __future__ import annotations

import pandas as pd

from tests.support.report_sample import made_up_test_set


def test_the_made_up_run_is_seeded_and_has_every_kind_of_span() -> None:
    first, second = made_up_test_set(40, 4, 3), made_up_test_set(40, 4, 3)
    pd.testing.assert_frame_equal(first.error_spans, second.error_spans)
    spans = first.error_spans
    assert set(spans["side"]) == {"source", "target"}
    assert spans["start"].isna().any()
    assert (spans["start"] == spans["end"]).any()
    assert spans.duplicated(["system", "segment_id", "rater", "error"]).any()
    assert "SYSTEM-D" not in first.rated_systems

"""The data of the segment browser: a round trip from tables to JSON and back."""

from __future__ import annotations

import dataclasses
import json
import math
import string
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report import ReportContent, ReportOptions
from harness.report.coded_numbers import coded
from harness.report.columnar import Names, inert_json
from harness.report.packing import packed, unpacked
from harness.report.segments import browser_data, encode
from harness.test_sets.taxonomy import SEVERITIES, code_of
from tests.support.report_sample import made_up_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return made_up_content(40, 4, 3)


@pytest.fixture(scope="module")
def data(content: ReportContent) -> Any:
    return json.loads(unpacked(browser_data(content).text))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None)),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))  # fmt: skip
def test_inert_json_round_trips_and_holds_nothing_active(value: Any) -> None:
    text = inert_json(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&\u2028\u2029\u202e\u2066\ufeff\x7f\x85")
    text.encode("utf-8")


def test_inert_json_refuses_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        inert_json([math.nan])


def test_names_keep_their_first_place() -> None:
    names = Names(["b", "a"])
    assert [names.place(v) for v in ("a", "c", "b")] == [1, 2, 0]
    assert names.listed() == ["b", "a", "c"]


def test_spans_and_annotations_come_back(content: ReportContent, data: Any) -> None:
    a, s = data["annotations"], data["spans"]
    back = [
        (
            data["systems"][a["system"][n]],
            data["ids"][a["segment"][n]],
            a["raters"][a["rater"][n]],
            error,
            s["codes"][category],
            data["severities"][severity],
            s["labels"][label],
            data["sides"][side],
            start,
            end,
        )
        for n, error, category, severity, label, side, start, end in zip(
            *(s[c] for c in ("annotation", "error", "category", "severity", "label", "side",
                             "start", "end")),
            strict=True,
        )
    ]  # fmt: skip
    expected = [
        (
            r.system, r.segment_id, r.rater, r.error, code_of(r.category, r.subcategory),
            r.severity, r.label, r.side, -1 if pd.isna(r.start) else r.start,
            -1 if pd.isna(r.end) else r.end,
        )
        for r in content.test_set.error_spans.itertuples(index=False)
    ]  # fmt: skip
    assert back == expected
    keys = {
        (data["systems"][i], data["ids"][j], a["raters"][k])
        for i, j, k in zip(a["system"], a["segment"], a["rater"], strict=True)
    }
    rows = content.test_set.annotations
    assert keys == set(zip(rows["system"], rows["segment_id"], rows["rater"], strict=True))
    assert data["severities"] == list(SEVERITIES)


def value_at(variable: Any, n_systems: int, segment: int, system: int) -> float | None:
    """A number as the script reads it."""
    rank = variable["ranks"][segment * n_systems + system]
    return None if rank < 0 else sum(variable["steps"][: rank + 1]) / variable["scale"]


def test_scores_and_ratings_come_back_or_are_missing_with_a_reason(
    content: ReportContent, data: Any
) -> None:
    scores = content.tables["scores"].dropna(subset="segment_id")
    n = len(data["systems"])
    assert [m["label"] for m in data["metrics"]] == ["BLEU", "chrF", "−TER", "COMET"]
    assert [m["name"] for m in data["metrics"]] == ["bleu", "chrf", "ter", "comet"]
    for place, name in enumerate(("bleu", "chrf", "ter", "comet")):
        variable = data["metrics"][place]
        for row in scores[scores["metric"] == name].itertuples(index=False):
            system, segment = data["systems"].index(row.system), data["ids"].index(row.segment_id)
            value = value_at(variable, n, segment, system)
            if math.isnan(row.score):
                reason = data["reasons"][-1 - variable["ranks"][segment * n + system]]
                assert value is None and reason == row.status
            else:
                assert value == pytest.approx(row.score, abs=0.01)
    assert data["reasons"] == ["this run has no score here", "missing: out of memory"]
    unrated = data["systems"].index("SYSTEM-D")
    assert {value_at(data["rating"], n, i, unrated) for i in range(40)} == {None}
    for row in content.tables["ratings"].itertuples(index=False):
        system, segment = data["systems"].index(row.system), data["ids"].index(row.segment_id)
        assert value_at(data["rating"], n, segment, system) == pytest.approx(row.rating, abs=1e-4)
        assert data["n_raters"][segment * n + system] == 3


@given(
    st.lists(
        st.sampled_from([0.1 + 0.2, 0.3, 1 / 3, -2.0, 7.25, math.inf, -math.inf, math.nan])
        | st.floats(-1e6, 1e6),
        max_size=30,
    )
)
def test_coded_numbers_keep_the_order_and_what_is_equal(values: list[float]) -> None:
    """By hand: 0.1 + 0.2 and 0.3 differ by rounding alone, so their rank is the same."""
    ranks = coded(np.array(values), None, 2)["ranks"]
    for x, i in zip(values, ranks, strict=True):
        assert (i == -1) == math.isnan(x)
        for y, j in zip(values, ranks, strict=True):
            if math.isnan(x) or math.isnan(y):
                continue
            if x == y or abs(x - y) <= 1e-9:
                assert i == j
            elif x - y > 1e-6:
                assert i > j


def test_coded_numbers_by_hand() -> None:
    values = np.array([[2.5, np.nan], [-1.0, 2.5]])
    reason = np.array([[0, 2], [0, 0]])
    assert coded(values, reason, 1) == {"scale": 10, "steps": [-10, 35], "ranks": [1, -3, 0, 1]}
    assert coded(np.full((1, 2), np.nan), None, 1) == {"scale": 10, "steps": [], "ranks": [-1, -1]}


def test_decided_pairs_come_back(content: ReportContent, data: Any) -> None:
    (view,) = data["decided"]
    back = {
        (view["categories"][c], data["ids"][i], data["systems"][b], data["systems"][w])
        for c, i, b, w in zip(
            *(view[k] for k in ("category", "segment", "better", "worse")), strict=True
        )
    }
    table = content.tables["category_segments"]
    expected = {
        (
            r.category,
            r.segment_id,
            *((r.system_1, r.system_2)[:: 1 if r.better_system == 1 else -1]),
        )
        for r in table.itertuples(index=False)
    }
    assert view["view"] == "category" and back == expected and len(view["better"]) == len(table)


@given(st.text(st.characters(codec=None)))
def test_packed_data_are_plain_letters_and_come_back(text: str) -> None:
    assert json.loads(unpacked(packed([text]))) == [text]
    assert not set(packed([text])) - set(string.ascii_letters + string.digits + "+/=")


def test_systems_stand_best_first(content: ReportContent, data: Any) -> None:
    means = content.tables["systems"].groupby("system")["rating"].first()
    rated = [means[s] for s in data["systems"][:-1]]
    assert rated == sorted(rated, reverse=True)
    assert data["systems"][-1] == "SYSTEM-D"


def test_views_of_spans_are_kept_and_ignored_spans_have_no_category(content: ReportContent) -> None:
    n = len(content.test_set.error_spans)
    view = ["" if i % 3 else "first" for i in range(n)]
    spans = encode(dataclasses.replace(content, span_views={"mine": view}), 40)["spans"]
    (mine,) = spans["views"]
    assert mine == {
        "name": "mine",
        "categories": ["first"],
        "of": [-1 if v == "" else 0 for v in view],
    }


def test_missing_texts_are_null(content: ReportContent) -> None:
    full = content.test_set
    holes = dataclasses.replace(
        full,
        references=full.references[full.references["segment_id"] != "2"],
        hypotheses=full.hypotheses[~full.hypotheses["segment_id"].eq("3")],
    )
    data = encode(dataclasses.replace(content, test_set=holes), 40)
    assert [r["texts"][1] for r in data["references"]] == [None, None]
    assert set(data["hypotheses"][2]) == {None}
    assert None not in data["hypotheses"][0]


def test_the_browser_is_cut_to_the_first_segments_and_says_so(content: ReportContent) -> None:
    short = dataclasses.replace(content, options=ReportOptions(max_segments=7))
    found = browser_data(short)
    assert (found.shown, found.total) == (7, 40)
    data = json.loads(unpacked(found.text))
    assert data["ids"] == [str(i + 1) for i in range(7)]
    assert max(data["annotations"]["segment"]) <= 6
    small = dataclasses.replace(content, options=ReportOptions(max_browser_megabytes=0.008))
    found = browser_data(small)
    assert 1 <= found.shown < 40 and len(found.text) <= 8_000


def test_odd_language_tags_do_not_reach_the_page(content: ReportContent) -> None:
    card = {"source_language": 'zh" onclick="', "target_language": "en-GB"}
    odd = dataclasses.replace(content.test_set, card=card)
    data = encode(dataclasses.replace(content, test_set=odd), 1)
    assert (data["source_language"], data["target_language"]) == ("und", "en-GB")

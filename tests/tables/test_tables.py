from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.tables import SCHEMAS, SCORES, SEGMENTS, TableError, conform, table
from harness.tables import schema as checks
from tests.support.small import small


def test_conform_orders_columns_and_sets_types() -> None:
    frame = pd.DataFrame(
        {"source": ["x"], "domain": ["news"], "document": ["d"], "segment_id": [1], "test_set": "t"}
    )
    result = conform(frame, SEGMENTS)
    assert list(result.columns) == SEGMENTS.names
    assert result.loc[0, "segment_id"] == "1"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: f.drop(columns="source"), "absent columns"),
        (lambda f: f.assign(extra=1), "unknown columns"),
        (lambda f: f.assign(document=None), "missing in row 0"),
        (lambda f: pd.concat([f, f]), "two rows have the key"),
    ],
)
def test_conform_refuses(change: object, message: str) -> None:
    frame = table([("t", "1", "d", "news", "x")], SEGMENTS)
    with pytest.raises(TableError, match=message):
        conform(change(frame), SEGMENTS)  # type: ignore[operator]


def test_a_missing_segment_id_is_allowed_where_it_means_the_whole_system() -> None:
    frame = table([("t", "s", None, "bleu", "sig", 1.0, "ok")], SCORES)
    assert frame["segment_id"].isna().all()


def test_empty_tables_have_all_columns() -> None:
    for schema in SCHEMAS:
        assert list(table([], schema).columns) == schema.names


def test_schemas_keys_are_columns() -> None:
    for schema in SCHEMAS:
        assert set(schema.key) <= set(schema.names)
        assert len(set(schema.names)) == len(schema.names)


def test_systems_and_roles() -> None:
    test_set = small()
    assert test_set.systems == ["good", "poor"]
    assert test_set.rated_systems == ["good", "poor"]
    assert test_set.reference_names == ["refA", "refB"]


def test_with_systems_keeps_annotations_of_the_chosen_only() -> None:
    chosen = small().with_systems(["good"])
    assert chosen.systems == ["good"]
    assert set(chosen.annotations["system"]) == {"good"}
    assert set(chosen.error_spans["system"]) == {"good"}
    assert len(chosen.segments) == 4


KEYS = st.lists(st.tuples(*[st.sampled_from("abc") | st.none()] * 3, st.integers(0, 2)), max_size=9)


@given(KEYS, st.sampled_from([2, 5, 2**62]))
def test_two_rows_with_one_key_are_found_as_pandas_finds_them(
    rows: list[tuple[str | None, str | None, str | None, int]], largest: int
) -> None:
    frame = pd.DataFrame(rows, columns=["a", "b", "c", "n"]).astype(
        {"a": "str", "b": "str", "c": "str", "n": "Int64"}
    )
    key = list(frame.columns)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "_LARGEST", largest)  # where the numbers of keys are made smaller
        assert checks._repeats(frame, key) == bool(frame.duplicated(key).any())
        assert checks._repeats(frame, key[:2]) == bool(frame.duplicated(key[:2]).any())

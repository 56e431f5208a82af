from __future__ import annotations

from dataclasses import replace

import pytest

from harness.errors import InputError
from harness.test_sets.selection import choose_references, choose_systems
from tests.support.small import small


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("first", ["refA"]),
        ("all", ["refA", "refB"]),
        ("refB", ["refB"]),
        (["refB", "refA", "refB"], ["refB", "refA"]),
    ],
)
def test_references(chosen: str | list[str], names: list[str]) -> None:
    assert choose_references(small(), chosen) == names


def test_unknown_reference() -> None:
    with pytest.raises(InputError, match="there is no reference 'refC'"):
        choose_references(small(), ["refC"])


def test_spare_references_join_as_human_systems_and_the_one_in_use_does_not() -> None:
    chosen = choose_systems(small(), "all", references=["refA"], include_references=True)
    assert chosen.systems == ["good", "poor", "refB"]
    assert chosen.roles["refB"] == "human"
    assert choose_systems(small(), "all").systems == ["good", "poor"]


def test_groups_of_systems() -> None:
    test_set = small()
    half = replace(
        test_set, annotations=test_set.annotations[test_set.annotations["system"] == "good"]
    )
    assert choose_systems(half, "rated").systems == ["good"]
    humans = choose_systems(half, "all", include_references=True)
    assert choose_systems(humans, "machine").systems == ["good", "poor"]
    assert choose_systems(half, ["poor"]).systems == ["poor"]


def test_unknown_system_names_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'good'"):
        choose_systems(small(), ["godo"])


def test_no_system_left() -> None:
    bare = replace(small(), annotations=small().annotations.iloc[:0])
    with pytest.raises(InputError, match="no system of the test set 'small' is selected"):
        choose_systems(bare, "rated")

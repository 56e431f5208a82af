"""The families of metrics that cards state."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import InputError
from harness.support.families import FAMILIES
from harness.test_sets.cards import card_names, find_card, load_card
from harness.test_sets.families import Families, families_of
from harness.test_sets.readers.score_folder import metric_and_reference
from harness.test_sets.score_cards import load_score_card, score_card_names


def metrics_of(files: Any) -> set[str]:
    kinds = (metric_and_reference(name, ()) for name in files)
    return {kind[0] for kind in kinds if kind is not None}


@pytest.mark.parametrize("name", score_card_names())
def test_every_published_metric_has_one_family(name: str) -> None:
    card = load_score_card(name)
    metrics = metrics_of(card.files)
    assert metrics
    unknown = {m for m in metrics - set(card.sentinels) if card.families[m] == "other"}
    assert not unknown
    assert set(card.families.names) <= metrics - set(card.sentinels)


@pytest.mark.parametrize("name", card_names())
def test_every_metric_within_a_test_set_has_one_family(name: str) -> None:
    card = load_card(find_card(name))
    metrics = metrics_of(card.reader.get("scores") or ())
    families = families_of(card.about)
    assert set(families.names) == metrics


def test_families_by_name_for_all_and_of_another_card() -> None:
    some = Families({"string": ["BLEU", "chrF"], "LLM": ["GEMBA"]})
    assert [some[m] for m in ("BLEU", "GEMBA", "new")] == ["string", "LLM", "other"]
    assert Families({"LLM": "all"})["anything"] == "LLM"
    assert Families()["BLEU"] == "other"
    both = [families_of({"families": "wmt22_zhen"})[m] for m in ("UniTE", "UniTE-src")]
    assert both == ["trained", "without reference"]
    assert set(both) <= set(FAMILIES)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"strings": ["BLEU"]}, "strings"),
        ({"string": "BLEU"}, "no lists"),
        ({"string": "all", "LLM": ["GEMBA"]}, "no lists"),
        (["BLEU"], "no lists"),
        ({"string": ["BLEU"], "LLM": ["BLEU"]}, "two families"),
    ],
)
def test_malformed_families_are_refused(given: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Families(given)


def test_a_card_that_refers_to_no_card_is_refused() -> None:
    with pytest.raises(InputError, match="wmt21"):
        families_of({"families": "wmt21_zhen"})

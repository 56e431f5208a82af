"""The injectors on real translations, and on the article that comes with harness."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from harness.injection import Passage
from harness.injection.quantities import target_quantities
from harness.tables import TestSet
from harness.test_sets.named import load_test_set
from tests.support.all_injectors import INJECTORS, check


def passages(test_set: TestSet, systems: list[str]) -> Iterator[Passage]:
    """The translations of ``systems``, and every reference."""
    sources = dict(zip(test_set.segments["segment_id"], test_set.segments["source"], strict=True))
    hypotheses = test_set.hypotheses[test_set.hypotheses["system"].isin(systems)]
    rows = [
        *hypotheses[["segment_id", "hypothesis"]].itertuples(index=False, name=None),
        *test_set.references[["segment_id", "reference"]].itertuples(index=False, name=None),
    ]
    for segment_id, text in rows:
        if isinstance(text, str):
            yield Passage(segment_id, sources[segment_id], text)


@pytest.fixture(scope="module")
def article() -> list[Passage]:
    test_set = load_test_set("article")
    return list(passages(test_set, test_set.systems))


@pytest.fixture(scope="module")
def wmt23(mirror: Path) -> TestSet:
    return load_test_set("wmt23_zhen_news", mirror=mirror)


def test_on_the_article(article: list[Passage]) -> None:
    fired = {name for name, i in INJECTORS.items() if sum(check(i, p) for p in article)}
    assert fired >= {
        *("digit", "year", "month", "day", "magnitude", "ordinal", "number_word", "unit"),
        *("clock_format", "clock", "name_order", "name_split", "transliteration", "name_swap"),
        *("place_segmentation", "place_literal", "slogan_pinyin", "slogan_literal", "title"),
        *("untranslated", "omitted_clause", "omitted_item", "added_clause", "hyphen_space"),
    }


#: Fewest segments of the 377 into which an injector must be able to put its error; 0: the set has
#: no time of day at all.
FEWEST = dict.fromkeys(INJECTORS, 30) | {
    **dict.fromkeys(("clock", "clock_format"), 0),
    **dict.fromkeys(("currency", "gender", "tense", "weekday", "percent", "magnitude", "unit"), 10),
    **dict.fromkeys(("place_literal", "title", "hallucinated_year", "omitted_item"), 20),
    "place_segmentation": 5,
}


def test_sites_on_wmt23(wmt23: TestSet) -> None:
    """An output and a reference: every injector keeps its promises, most fit often."""
    texts = list(passages(wmt23, ["GPT4-5shot"]))
    reference, output = texts[377:], texts[:377]
    started = time.process_time()
    for name, injector in INJECTORS.items():
        for half in (output, reference):
            assert sum([check(injector, p) for p in half]) >= FEWEST[name], name
    assert time.process_time() - started < 30  # three calls of each: well below 10 s for one


def test_numbers_that_are_changed_have_another_value(wmt23: TestSet) -> None:
    seen = 0
    for passage in passages(wmt23, ["GPT4-5shot", "ONLINE-A"]):
        for name in ("digit", "magnitude", "number_word", "ordinal", "year"):
            injected = INJECTORS[name].inject(passage)
            if injected is not None:
                before, after = _values(passage.hypothesis), _values(injected.hypothesis)
                assert before != after, (name, injected.edit)
                seen += 1
    assert seen > 400


def _values(text: str) -> list[Fraction]:
    return sorted(figure.value for figure in target_quantities(text))


@pytest.mark.slow
def test_every_system_of_wmt23(wmt23: TestSet) -> None:
    for passage in passages(wmt23, wmt23.systems):
        for injector in INJECTORS.values():
            check(injector, passage)

"""Parameters that follow from the target language: those that sacrebleu advises."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec

import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF
from sacrebleu.metrics.ter import TER as SacreTER

from harness.errors import InputError
from harness.metrics import Languages
from harness.metrics.sacrebleu import BLEU, TER, ChrF
from harness.metrics.sentinels import Length
from harness.scoring.stage import score_test_set
from harness.scoring.surroundings import languages_of
from harness.tables import TestSet
from harness.test_sets.readers.assembly import assemble
from tests.support.small import small

REFERENCE = [f"市长昨天说，第{i}区的物价又上涨了。" for i in range(12)]
TRANSLATION = [f"昨天市长表示，第{i}区物价再次上涨。" for i in range(12)]
ENGLISH = [f"The mayor said yesterday that prices in district {i} rose again." for i in range(12)]


def texts(source: list[str], reference: list[str], system: list[str]) -> TestSet:
    n = len(source)
    return assemble(
        "t",
        ids=[str(i) for i in range(n)],
        documents=["d"] * n,
        domains=["news"] * n,
        sources=source,
        references={"ref": reference},
        hypotheses={"A": system},
    )


def test_a_chinese_target_is_scored_as_sacrebleu_scores_it() -> None:
    metrics = {"bleu": BLEU(), "ter": TER(), "chrfpp": ChrF(word_order=2)}
    frame = score_test_set(texts(ENGLISH, REFERENCE, TRANSLATION), metrics, workers=1).scores
    whole = frame[frame["segment_id"].isna()].set_index("metric")
    oracles = {
        "bleu": (1, SacreBLEU(trg_lang="zh")),
        "ter": (-1, SacreTER(normalized=True, asian_support=True)),
        "chrfpp": (1, SacreCHRF(word_order=2)),
    }
    for key, (sign, oracle) in oracles.items():
        expected = oracle.corpus_score(TRANSLATION, [REFERENCE]).score
        assert whole.loc[key, "score"] == sign * expected
        assert whole.loc[key, "signature"] == str(oracle.get_signature())
    assert SacreBLEU().corpus_score(TRANSLATION, [REFERENCE]).score < 1 < whole.loc["bleu", "score"]


@pytest.mark.parametrize(
    ("target", "tokenizer", "asian"),
    [
        ("en", "13a", False),
        ("zh", "zh", True),
        ("zh-TW", "zh", True),
        ("zho_Hans", "zh", True),
        ("ja", "ja-mecab", True),
        ("ko", "ko-mecab", False),
        ("de", "13a", False),
    ],
)
def test_what_follows_from_the_language(target: str, tokenizer: str, asian: bool) -> None:
    languages = Languages("en", target)
    assert BLEU().suited_to(languages) == BLEU(tokenize=tokenizer)
    assert TER().suited_to(languages) == TER(normalized=asian, asian_support=asian)
    own = BLEU(tokenize="char"), TER(normalized=False), Length()
    assert own[0].suited_to(languages) == own[0]
    assert own[1].suited_to(languages) == TER(normalized=False, asian_support=False)
    assert own[2].suited_to(languages) is own[2]
    plain = TER(no_punct=True).suited_to(languages)
    assert plain == TER(normalized=asian, no_punct=True, asian_support=asian)


@pytest.mark.skipif(find_spec("MeCab") is not None, reason="the package of the tokenizer is here")
def test_a_tokenizer_whose_package_is_absent() -> None:
    japanese = ["市長は昨日、物価がまた上がったと言いました。"] * 3
    test_set = texts(ENGLISH[:3], japanese, japanese)
    with pytest.raises(InputError, match=r"pip install 'sacrebleu\[ja\]'"):
        score_test_set(test_set, {"bleu": BLEU()}, workers=1)
    score_test_set(test_set, {"ter": TER(), "chrf": ChrF()}, workers=1)


def test_the_languages_of_texts() -> None:
    assert languages_of(small()) == ("zh", "en")
    assert languages_of(texts(ENGLISH, REFERENCE, TRANSLATION)) == ("en", "zh")
    test_set = texts(REFERENCE, ENGLISH, ENGLISH)
    assert languages_of(test_set) == ("zh", "en")
    card = {"language_pair": "zh-de"}
    assert languages_of(replace(test_set, card=card)) == ("zh", "de")
    korean = ["시장은 어제 물가가 다시 올랐다고 아주 분명하게 말했다."] * 12
    assert languages_of(texts(REFERENCE, korean, korean)) == ("zh", "ko")


def test_other_values_are_refused() -> None:
    with pytest.raises(InputError, match="the parameter normalized of TER is out of range"):
        TER(normalized="yes")

"""Every BLEU and chrF of the public test sets is the one that sacrebleu gives for the raw files.

The raw files are read here without the tool's readers, by the names that their publishers gave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF

from harness import load_test_set
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.stored import Precomputed, Stored
from harness.scoring.stage import score

METRICS = {"bleu": BLEU(), "chrf": ChrF()}
#: Test set -> its folder in the mirror, the pattern of its references, and of its systems' outputs.
RAW = {
    "wmt21_zhen_news": (
        "raw.githubusercontent.com/wmt-conference/wmt21-news-systems/*/txt",
        {"refA": "references/newstest2021.zh-en.ref.A.en"},
        "system-outputs/newstest2021.zh-en.hyp.{}.en",
        23,
    ),
    "wmt22_zhen": (
        "raw.githubusercontent.com/florethsong/mtme-zh-mwe/*/raw_wmt22",
        {"refA": "references/zh-en.refA.txt", "refB": "references/zh-en.refB.txt"},
        "system-outputs/zh-en/{}.txt",
        20,
    ),
    "wmt23_zhen": (
        "raw.githubusercontent.com/wmt-conference/wmt23-news-systems/*/txt",
        {"refA": "references/generaltest2023.zh-en.ref.refA.en"},
        "system-outputs/generaltest2023.zh-en.hyp.{}.en",
        15,
    ),
}


def lines(path: Path) -> list[str]:
    """The lines of a text, which end at LF or CR LF alone."""
    text = path.read_bytes().decode("utf-8")
    assert text.endswith("\n")
    return [line.removesuffix("\r") for line in text[:-1].split("\n")]


def raw(mirror: Path, name: str) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """References and systems of a test set as they stand in the mirror."""
    pattern, references, systems, count = RAW[name]
    (folder,) = mirror.glob(pattern)
    inner, _, file = systems.rpartition("/")
    before, after = file.split("{}")
    found = {
        path.name.removeprefix(before).removesuffix(after): lines(path)
        for path in sorted((folder / inner).iterdir())
    }
    assert len(found) == count
    return {key: lines(folder / path) for key, path in references.items()}, found


def corpus(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    whole = table[table["segment_id"].isna()]
    return dict(
        zip(zip(whole["metric"], whole["system"], strict=True), whole["score"], strict=True)
    )


def direct(
    systems: dict[str, list[str]], references: list[list[str]]
) -> dict[tuple[str, str], float]:
    return {
        (key, system): metric.corpus_score(texts, references).score
        for key, metric in (("bleu", SacreBLEU()), ("chrf", SacreCHRF()))
        for system, texts in systems.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", RAW)
def test_corpus_scores_are_sacrebleus(mirror: Path, name: str) -> None:
    references, systems = raw(mirror, name)
    first = next(iter(references))
    test_set = load_test_set(name, mirror=mirror).with_systems(list(systems))
    table = score(test_set, METRICS, references=[first])
    assert corpus(table) == direct(systems, [references[first]])


@pytest.mark.slow
def test_two_references_are_sacrebleus(mirror: Path) -> None:
    references, systems = raw(mirror, "wmt22_zhen")
    chosen = {s: texts for s, texts in systems.items() if s not in references}
    test_set = load_test_set("wmt22_zhen", mirror=mirror).with_systems(list(chosen))
    table = score(test_set, METRICS, references=["refA", "refB"])
    assert corpus(table) == direct(chosen, [references["refA"], references["refB"]])
    bleu = table[table["segment_id"].notna() & (table["metric"] == "bleu")]
    assert set(bleu["signature"].str.contains("nrefs:2")) == {True}


@pytest.mark.slow
def test_two_references_of_one_system(mirror: Path) -> None:
    """As above for one system, with its segment scores; quick enough for every run."""
    references, systems = raw(mirror, "wmt22_zhen")
    both = [references["refA"], references["refB"]]
    test_set = load_test_set("wmt22_zhen", mirror=mirror).with_systems(["Online-W"])
    table = score(test_set, METRICS, references=["refA", "refB"], workers=1)
    assert corpus(table) == direct({"Online-W": systems["Online-W"]}, both)
    for key, metric in (("bleu", SacreBLEU(effective_order=True)), ("chrf", SacreCHRF())):
        own = table[table["segment_id"].notna() & (table["metric"] == key)]["score"]
        expected = [
            metric.sentence_score(text, [a, b]).score
            for text, a, b in zip(systems["Online-W"], *both, strict=True)
        ]
        assert own.tolist() == expected


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["refA", "refB"])
def test_computed_chrf_is_the_stored_one(mirror: Path, reference: str) -> None:
    """For every system but the reference itself, which has no stored scores."""
    test_set = load_test_set("wmt22_zhen", mirror=mirror)
    test_set = test_set.with_systems([s for s in test_set.systems if s != reference])
    both = {"own": ChrF(), "stored": Stored("chrF", "chrF", reference)}
    table = score(test_set, both, references=[reference])
    wide = table[table["segment_id"].notna()].pivot(
        index=["system", "segment_id"], columns="metric", values="score"
    )
    assert len(wide) == 19 * 1875
    assert not wide.isna().any(axis=None)
    assert np.array_equal(wide["own"], wide["stored"])


def test_a_users_score_file_gives_the_stored_scores(mirror: Path) -> None:
    """A published score file, given as a user's own."""
    (path,) = mirror.glob("raw.githubusercontent.com/florethsong/*/*/raw_wmt22/metric-scores/*/"
                          "COMET-22-refA.seg.score")  # fmt: skip
    test_set = load_test_set("wmt22_zhen", mirror=mirror)
    both = {
        "own": Precomputed(name="COMET-22", file=str(path)),
        "stored": Stored("COMET-22", "COMET-22", "refA"),
    }
    table = score(test_set, both, workers=1)
    frames = [table[table["metric"] == key].reset_index(drop=True) for key in both]
    assert frames[0]["score"].equals(frames[1]["score"])
    assert frames[0]["status"].equals(frames[1]["status"])
    assert int(frames[0]["score"].notna().sum()) == 19 * 1876

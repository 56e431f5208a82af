from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from harness.errors import InputError
from harness.metrics.groups import only_metrics, with_members
from harness.metrics.sacrebleu import BLEU
from harness.metrics.stored import Stored
from harness.metrics.stored_groups import PublishedScores, ScoreFolder
from harness.scoring.stage import score
from harness.tables import STORED_SCORES, FullTexts, TestSet, conform, table
from harness.test_sets.readers import mtme_folder
from tests.support.small import small

HOST = "https://example.org/scores/"


def lines(scores: Mapping[str, list[object]]) -> str:
    return "".join(f"{system}\t{x}\n" for system, own in scores.items() for x in own)


#: The systems of the small test set are good and poor; refA and synthetic are none of it.
FILES = {
    "COMET-refA.seg.score": {"poor": [1, 2, 3, 4], "good": [5, 6, "None", 8], "synthetic": [0] * 4},
    "COMET-refB.seg.score": {"poor": [-1, -2, -3, -4], "good": [-5, -6, -7, -8]},
    "BLEU-refA.seg.score": {"good": [10, 20, 30, 40], "poor": [4, 3, 2, 1]},
    "QE-X-src.seg.score": {"good": [0.5] * 4, "refA": [1] * 4},
    "JUDGE-refA.seg.score": {"good": [3] * 4, "poor": [2] * 4},
    "JUDGE-src.seg.score": {"good": [1] * 4, "poor": [0] * 4},
    "NOISE-src.seg.score": {"good": [1, 0, 1, 0], "poor": [0, 1, 1, 0]},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "example.org" / "scores"
    place.mkdir(parents=True)
    for name, scores in FILES.items():
        (place / name).write_text(lines(scores), "utf-8")
    (place / "COMET-refA.sys.score").write_text("good\t1\n")
    return place


@pytest.fixture
def published(folder: Path, tmp_path: Path) -> TestSet:
    """The small test set, whose card names the files' score card."""
    data = {name: (folder / name).read_bytes() for name in FILES}
    card = {
        "name": "theirs",
        "title": "Their scores",
        "licence": "none",
        "citation": "none",
        "sentinels": ["NOISE"],
        "without_segment_scores": ["slide"],
        "files": [
            {"url": HOST + name, "bytes": len(text), "sha256": hashlib.sha256(text).hexdigest()}
            for name, text in data.items()
        ],
    }
    path = tmp_path / "theirs.yaml"
    path.write_text(yaml.safe_dump(card), "utf-8")
    return replace(small(), card={"title": "Small", "scores": {"submitted": str(path)}})


def values(test_set: TestSet, metric: Stored) -> dict[str, list[float]]:
    found = score(test_set, {"x": metric}, workers=1)
    found = found[found["segment_id"].notna()]
    return {str(system): own["score"].tolist() for system, own in found.groupby("system")}


def test_published_metrics_by_name(published: TestSet, tmp_path: Path) -> None:
    group = PublishedScores(mirror=str(tmp_path), cache=str(tmp_path / "cache"))
    members = with_members(published, {"bleu": BLEU(), "submitted": group})
    assert {key: m.name for key, m in members.metrics.items()} == {
        "bleu": "BLEU",
        "COMET": "COMET",
        "BLEU": "BLEU (submitted)",  # the label of a computed metric
        "QE-X": "QE-X",
        "JUDGE": "JUDGE",
        "JUDGE-src": "JUDGE-src",  # published with and without a reference
    }
    assert list(members.sentinels) == ["NOISE"]
    assert members.metrics["COMET"].needs.stored == ("COMET", "refA")
    conform(members.test_set.stored_scores, STORED_SCORES)
    comet = members.metrics["COMET"]
    assert isinstance(comet, Stored)
    assert values(members.test_set, comet) == {
        "good": [5, 6, pytest.approx(math.nan, nan_ok=True), 8],
        "poor": [1, 2, 3, 4],
    }
    (sha,) = {f.sha256 for f in members.test_set.files if f.name == HOST + "COMET-refA.seg.score"}
    assert f"|sha256:{sha[:12]}" in comet.signature(1)
    assert members.test_set.notes == (
        "6 files of stored scores read: 43 scores",
        "6 files of stored scores: scores of systems that the test set lacks were not used: refA"
        " (in 1), synthetic (in 1)",
        "stored scores of COMET: 1 translation has none",
        "stored scores of QE-X: none of poor",
    )


def test_chosen_metrics_alone_are_read(published: TestSet, tmp_path: Path) -> None:
    (tmp_path / "example.org" / "scores" / "COMET-refA.seg.score").unlink()
    group = PublishedScores(names=["QE-X", "JUDGE-src", "BLEU-refA"], mirror=str(tmp_path))
    members = with_members(published, {"g": group})
    assert list(members.metrics) == ["QE-X", "JUDGE-src", "BLEU"]
    assert members.metrics["BLEU"].name == "BLEU"  # no computed one beside it
    assert set(members.test_set.stored_scores["metric"]) == {"QE-X", "JUDGE", "BLEU"}
    assert not with_members(published, {"bleu": BLEU()}).test_set.stored_scores.size


def test_other_references(published: TestSet, tmp_path: Path) -> None:
    every = PublishedScores(reference="all", mirror=str(tmp_path)).members(published)
    assert set(every.metrics) >= {"COMET-refA", "COMET-refB", "BLEU", "JUDGE", "JUDGE-src"}
    second = PublishedScores(reference="refB", mirror=str(tmp_path)).members(published)
    assert list(second.metrics) == ["COMET", "QE-X", "JUDGE-src"]
    assert second.metrics["COMET"].needs.stored == ("COMET", "refB")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": ["COMTE"]}, "there is no metric in 'submitted' 'COMTE'"),
        ({"names": ["slide"]}, "slide was published without segment scores"),
        ({"reference": "refC"}, "there is no reference of stored scores 'refC'"),
        ({"group": "gemba"}, "there are no scores 'gemba' of the test set 'small'"),
    ],
)
def test_what_is_not_there(
    published: TestSet, tmp_path: Path, changes: Mapping[str, object], message: str
) -> None:
    group = PublishedScores(mirror=str(tmp_path), **changes)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=message):
        with_members(published, {"g": group})


def test_a_test_set_without_published_scores() -> None:
    with pytest.raises(InputError, match="there are no scores 'submitted'") as caught:
        with_members(small(), {"submitted": PublishedScores()})
    assert "metrics=[bleu,chrf]" in str(caught.value.remedy)


def test_scores_in_the_test_set_are_submitted_ones() -> None:
    rows = [("small", "good", "1", "X", r, 1.0) for r in ("refB", "refA", "src", "file 0a")]
    test_set = replace(small(), stored_scores=table(rows, STORED_SCORES))
    members = with_members(test_set, {"submitted": PublishedScores()})
    assert {key: m.needs.stored for key, m in members.metrics.items()} == {
        "X": ("X", "refA"),  # the first of the test set
        "X-src": ("X", "src"),
    }
    assert members.test_set is test_set


def test_submitted_scores_are_not_those_of_other_groups(
    published: TestSet, folder: Path, tmp_path: Path
) -> None:
    rows = [("small", "good", "1", "X", "refA", 1.0)]
    card = {"scores": {"judges": published.card["scores"]["submitted"]}}
    test_set = replace(published, stored_scores=table(rows, STORED_SCORES), card=card)
    judges = PublishedScores(group="judges", names=["QE-X"], mirror=str(tmp_path))
    groups = {"f": ScoreFolder(folder=str(folder), names=["COMET"]), "judges": judges}
    members = with_members(test_set, {**groups, "submitted": PublishedScores()})
    assert list(members.metrics) == ["COMET", "QE-X", "X"]


def test_a_folder(folder: Path) -> None:
    group = ScoreFolder(folder=str(folder), names=["COMET", "NOISE"])
    members = with_members(small(), {"stored": group})
    assert list(members.metrics) == ["COMET", "NOISE"]
    assert not members.sentinels
    noise = members.metrics["NOISE"]
    assert isinstance(noise, Stored)
    assert values(members.test_set, noise) == {"good": [1, 0, 1, 0], "poor": [0, 1, 1, 0]}
    lower = ScoreFolder(folder=str(folder), names=["NOISE"], higher_is_better=False)
    both = with_members(small(), {"a": group, "b": lower})
    negated = both.metrics["NOISE (stored)"]
    assert isinstance(negated, Stored)
    assert negated.name == "NOISE (stored)"
    assert values(both.test_set, negated)["good"] == [-1, 0, -1, 0]


def test_a_folder_for_full_texts(tmp_path: Path) -> None:
    """A file has a line for each of six lines, of which the test set holds four."""
    (tmp_path / "M-src.seg.score").write_text(lines({"good": list(range(6))}), "utf-8")
    part = replace(small(), cut_from=FullTexts(6, (1, 2, 4, 5)))
    members = with_members(part, {"stored": ScoreFolder(folder=str(tmp_path))})
    own = members.metrics["M"]
    assert isinstance(own, Stored)
    assert values(members.test_set, own)["good"] == [1, 2, 4, 5]
    with pytest.raises(InputError, match="the system good has more scores than"):
        with_members(small(), {"stored": ScoreFolder(folder=str(tmp_path))})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (None, "have no folder of scores"),
        ("absent", "there is no such folder"),
        (".", "the folder holds no files of segment scores"),
    ],
)
def test_no_folder_of_scores(tmp_path: Path, name: str | None, message: str) -> None:
    (tmp_path / "mine.seg.score").write_text("good\t1\n")  # which reference?
    (tmp_path / "COMET-refA.sys.score").write_text("good\t1\n")
    group = ScoreFolder(folder=None if name is None else str(tmp_path / name))
    with pytest.raises(InputError, match=message):
        with_members(small(), {"stored": group})


def untranslated(test_set: TestSet) -> TestSet:
    """With five further segments of long Chinese sources, which the system poor copies."""
    sources = [f"这是一个很长的中文句子它没有被翻译{i}" for i in range(5)]
    ids = [f"c{i}" for i in range(5)]
    frames = {}
    for name, column in (("segments", "source"), ("references", "reference")):
        frame = getattr(test_set, name).iloc[:1]
        more = frame.loc[frame.index.repeat(5)].assign(segment_id=ids)
        more[column] = sources if column == "source" else [f"Sentence {i}." for i in range(5)]
        frames[name] = more.reset_index(drop=True)
    frame = test_set.hypotheses
    poor = frame[frame["system"] == "poor"].iloc[:1]
    more = poor.loc[poor.index.repeat(5)].assign(segment_id=ids, hypothesis=sources)
    return replace(test_set, **frames, hypotheses=more.reset_index(drop=True))


@pytest.mark.parametrize(("copy", "human", "warned"), [(9, 1, True), (1, 9, False), (5, 5, False)])
def test_scores_that_prefer_copies_of_the_source_are_warned_of(
    tmp_path: Path, copy: int, human: int, warned: bool
) -> None:
    scores = {"poor": [copy] * 5, "refA": [human] * 5}
    (tmp_path / "M-src.seg.score").write_text(lines(scores), "utf-8")
    group = ScoreFolder(folder=str(tmp_path))
    warnings = with_members(untranslated(small()), {"stored": group}).warnings
    assert len(warnings) == warned
    if warned:
        assert warnings[0].startswith(
            "the stored metric M scores 5 copies of the source above refA"
        )
        other = replace(group, higher_is_better=False)
        assert not with_members(untranslated(small()), {"stored": other}).warnings
    (tmp_path / "M-src.seg.score").write_text(lines({"poor": [copy] * 5}), "utf-8")
    assert not with_members(untranslated(small()), {"stored": group}).warnings


def test_all_stored_metrics_of_a_folder_of_mt_metrics_eval(tmp_path: Path) -> None:
    files = {
        "documents/zh-en.docs": "news\td1\nchat\td2\nnews\td1\n",
        "sources/zh-en.txt": "甲\n乙\n丙\n",
        "references/zh-en.refA.txt": "A\nB\nC\n",
        "system-outputs/zh-en/mt.txt": "a\nb\nc\n",
        "metric-scores/zh-en/COMET-refA.seg.score": lines({"mt": [1, 2, 3]}),
        "metric-scores/zh-en/COMET-refA.sys.score": lines({"mt": [2]}),
        "metric-scores/zh-en/QE-src.seg.score": lines({"mt": [4, "None", 6], "gone": [0, 0, 0]}),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    test_set = mtme_folder.read("own", tmp_path, domain=["news"])
    members = with_members(test_set, {"submitted": PublishedScores()})
    assert list(members.metrics) == ["COMET", "QE"]
    found = score(members.test_set, members.metrics, workers=1)
    by_segment = found[found["segment_id"].notna() & (found["system"] == "mt")]
    assert by_segment.groupby("metric")["score"].agg(list).to_dict() == {
        "COMET": [1.0, 3.0],
        "QE": [4.0, 6.0],
    }


def test_a_group_needs_a_test_set() -> None:
    assert list(only_metrics({"bleu": BLEU()})) == ["bleu"]
    with pytest.raises(InputError, match="'g' reads scores of a test set"):
        only_metrics({"g": PublishedScores()})

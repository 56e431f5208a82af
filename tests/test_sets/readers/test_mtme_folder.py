from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import load_test_set
from harness.commands.main import main
from harness.errors import InputError
from harness.test_sets.readers.mtme_folder import read

FILES = {
    "documents/zh-en.docs": "news\tn1\nnews\tn1\nchat\tc1\n",
    "sources/zh-en.txt": "甲\n乙\n丙\n",
    "sources/en-de.txt": "x\n",
    "references/zh-en.refA.txt": "A\nB\nC\n",
    "references/en-de.refA.txt": "x\n",
    "system-outputs/zh-en/mt.v1.txt": "a\nb\nc\n",
    "system-outputs/zh-en/refA.txt": "A\nB\nC\n",
    "system-outputs/zh-en/.hidden.txt": "",
    "system-outputs/zh-en/notes.md": "",
    "human-scores/zh-en.mqm.seg.score": "mt.v1\t-1\nmt.v1\tNone\nmt.v1\t0\n",
    "human-scores/zh-en.mqm.sys.score": "mt.v1\t-1\n",
    "metric-scores/zh-en/COMET-22-refA.seg.score": "mt.v1\t1\nmt.v1\t2\nmt.v1\t3\n",
    "metric-scores/zh-en/QE-src.seg.score": "mt.v1\t1\nmt.v1\t2\nmt.v1\t4\n",
    "metric-scores/zh-en/QE-src.sys.score": "mt.v1\t2\n",
    "metric-scores/other/Z-src.seg.score": "mt.v1\t1\nmt.v1\t2\nmt.v1\t4\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "wmt"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


def test_the_files_of_the_language_pair_are_found(folder: Path) -> None:
    test_set = read("own", folder)
    assert list(test_set.segments["source"]) == ["甲", "乙", "丙"]
    assert test_set.roles == {"mt.v1": "system", "refA": "human"}
    assert test_set.reference_names == ["refA"]
    assert test_set.given_ratings["rating"].tolist() == [-1, 0]
    assert set(test_set.given_ratings["rating_name"]) == {"mqm"}
    stored = test_set.stored_scores[["metric", "reference_name"]].drop_duplicates()
    assert stored.to_numpy().tolist() == [["COMET-22", "refA"], ["QE", "src"]]
    assert len(test_set.files) == 8


def test_parts_may_be_left_out(folder: Path) -> None:
    test_set = read("own", folder, domain="chat", ratings=False, scores=False)
    assert list(test_set.segments["segment_id"]) == ["3"]
    assert not len(test_set.given_ratings)
    assert not len(test_set.stored_scores)
    other = read("own", folder, score_folder="other").stored_scores
    assert set(other["metric"]) == {"Z"}
    for part in ("human-scores", "metric-scores", "references"):
        shutil.rmtree(folder / part)
    assert not len(read("own", folder).references)


def test_what_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(InputError, match="no language pair 'zh-de'") as caught:
        read("own", folder, "zh-de")
    assert caught.value.expected == "one of: en-de, zh-en"
    with pytest.raises(InputError, match="no such folder"):
        read("own", folder / "wmt22")
    with pytest.raises(InputError, match="no such folder"):
        read("own", folder, score_folder="all")
    with pytest.raises(InputError, match="has no systems"):
        read("own", folder, "en-de")
    (folder / "documents" / "zh-en.docs").unlink()
    with pytest.raises(InputError, match="no such file"):
        read("own", folder)


def test_scores_with_a_reference_that_is_not_there_are_refused(folder: Path) -> None:
    (folder / "references" / "zh-en.refA.txt").unlink()
    with pytest.raises(InputError, match="there is no reference 'refA'"):
        read("own", folder)


@given(st.sampled_from(sorted(FILES)), st.binary(max_size=30))
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, broken: str, content: bytes
) -> None:
    root = tmp_path_factory.mktemp("wmt")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content if name == broken else text.encode())
    try:
        test_set = read("own", root)
    except InputError:
        return
    assert len(test_set.segments)


def test_from_the_command_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    arguments = ["test_set=mtme", "test_set.folder=wmt", "metrics=chrf", "plots=none",
                 "report=none", "injectors=none", "output=run"]  # fmt: skip
    assert main(arguments) == 0
    systems = pd.read_csv(folder.parent / "run" / "tables" / "systems.csv")
    assert set(systems["system"]) == {"mt.v1"}
    assert main([*arguments, "test_set.language_pair=zh-de"]) == 2


def test_qe_spans_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("zh", "甲\n乙\n"), ("en", "A\nB\n"), ("mt", "a a\nb\n")):
        (tmp_path / name).write_text(text, "utf-8")
    row = ["hyp.mt", "d", "1", "r1", "甲", "a a", "0 2", "1 3", "minor major"]
    (tmp_path / "spans.tsv").write_text("\t".join(row) + "\n", "utf-8")
    arguments = ["test_set=qe_spans", "test_set.source=zh", "test_set.references.refA=en",
                 "test_set.systems.mt=mt", "test_set.spans=spans.tsv", "metrics=chrf",
                 "plots=none", "report=none",
                 "injectors=none", "output=run"]  # fmt: skip
    assert main(arguments) == 0
    ratings = pd.read_csv(tmp_path / "run" / "tables" / "ratings.csv")
    assert ratings[ratings["category"] == "all"]["rating"].tolist() == [-6]
    assert main([*arguments, "test_set.spans=zh"]) == 2


@pytest.mark.slow
def test_the_published_folder_is_the_named_test_set(mirror: Path) -> None:
    (root,) = mirror.glob("raw.githubusercontent.com/florethsong/mtme-zh-mwe/*/raw_wmt22")
    own = read("wmt22_zhen", root, scores=True, score_folder="zh-en_all")
    named = load_test_set("wmt22_zhen", mirror=mirror)
    for table in ("segments", "references", "hypotheses"):
        assert getattr(own, table).equals(getattr(named, table)), table
    for table in ("given_ratings", "stored_scores"):
        key = list(getattr(own, table).columns)
        frames = [getattr(t, table).sort_values(key[:-1], ignore_index=True) for t in (own, named)]
        assert frames[0].equals(frames[1]), table

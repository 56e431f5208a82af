"""Arbitrary bytes in any file of any reader give a test set or an InputError, nothing else.

The readers with fuzz tests of their own beside their other tests are those of expressions, WMT XML,
annotation files as test sets, a user's scores and folders of mt-metrics-eval."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import InputError
from harness.tables import TestSet
from harness.test_sets.readers import challenge, jsonl, mtme, plain_text, qe_spans, wmt
from harness.test_sets.readers.ratings_file import read_ratings
from harness.test_sets.readers.score_files import read_scores
from tests.support.examples import examples
from tests.support.small import small

HEAD = "system\tdoc\tdocSegId\tglobalSegId\trater\tsource\ttarget\tcategory\tseverity\n"
TEXTS = {"source": "甲\n乙\n", "ref": "A\nB\n", "mt": "a\nb\n"}


def texts(folder: Path) -> dict[str, object]:
    return {
        "source": folder / "source",
        "references": {"refA": folder / "ref"},
        "systems": {"mt": folder / "mt"},
    }


def read_plain(folder: Path) -> TestSet:
    return plain_text.read(
        "t",
        **texts(folder),
        documents=folder / "documents",
        mqm=folder / "mqm",  # type: ignore[arg-type]
    )


def read_wmt(folder: Path) -> TestSet:
    return wmt.read("t", **texts(folder), mqm=folder / "mqm", lines="all")  # type: ignore[arg-type]


def read_qe(folder: Path) -> TestSet:
    return qe_spans.read(
        "t",
        **texts(folder),
        spans=folder / "spans",
        ratings=folder / "ratings",  # type: ignore[arg-type]
    )


def read_mtme(folder: Path) -> TestSet:
    return mtme.read(
        "t",
        folder / "documents",
        **texts(folder),  # type: ignore[arg-type]
        ratings={"mqm": folder / "ratings"},
        scores={"M-src": folder / "scores"},
    )


def read_challenge(folder: Path) -> TestSet:
    return challenge.read("t", folder / "cases")


def read_jsonl(folder: Path) -> TestSet:
    return jsonl.read("t", folder / "segments", folder / "annotations")


def read_export(folder: Path) -> TestSet:
    return jsonl.read(path=folder)


#: Reader -> its files, with contents that it reads.
READERS: dict[Callable[[Path], TestSet], dict[str, str]] = {
    read_plain: {
        **TEXTS,
        "documents": "d1\nd1\n",
        "mqm": HEAD + "mt\t\t\t2\tr\t乙\t<v>b</v>\tother\tmajor\n",
    },
    read_wmt: {**TEXTS, "mqm": HEAD + "mt\tnews_1\t1\t1\tr\t甲\t<v>a</v>\tother\tmajor\n"},
    read_qe: {
        **TEXTS,
        "spans": "hyp.mt\td\t1\tr\t甲\ta\t0\t1\tmajor\n",
        "ratings": "system mqm_avg_score seg_id\nmt -1 1\n",
    },
    read_mtme: {
        **TEXTS,
        "documents": "news\td1\nnews\td1\n",
        "ratings": "mt\t-1\nmt\tNone\n",
        "scores": "mt\t1\nmt\t2\n",
    },
    read_challenge: {
        "cases": "source\tgood-translation\tincorrect-translation\treference\tphenomena\tsource\n"
        "甲\tA\tB\tA\tNumber\tWMT\n"
    },
    read_jsonl: {
        "segments": '{"segment_id": "1", "document": "d", "source": "甲",'
        ' "references": {"refA": "A"}, "hypotheses": {"mt": "a"}}\n',
        "annotations": '{"segment_id": "1", "system": "mt", "rater": "r", "errors": []}\n',
    },
    read_export: {
        "segments.jsonl": '{"references": ["refA"], "roles": {"mt": "human"}}\n'
        '{"segment_id": "1", "source": "甲乙", "references": {"refA": "A"},'
        ' "hypotheses": {"mt": "a b"}}\n{"segment_id": "2", "source": ""}\n',
        "annotations.jsonl": '{"segment_id": "1", "system": "mt", "rater": "r", "errors":'
        ' [{"category": "accuracy/omission", "severity": "major", "text": "乙"},'
        ' {"category": "other", "severity": "minor", "spans": [{"start": 0, "end": 1}]}]}\n',
        "ratings.jsonl": '{"rating_name": "mqm", "system": "mt", "ratings": {"1": -1}}\n',
        "scores.jsonl": '{"metric": "M", "reference_name": "src", "system": "mt",'
        ' "scores": {"1": 0.5}}\n',
        "phenomena.jsonl": '{"segment_id": "1", "expression": 0, "phenomenon": "k",'
        ' "text": "乙"}\n',
        "test_set.json": '{"format": "harness test set", "version": 1, "name": "t",\n'
        ' "card": {"title": "x"}, "notes": ["n"],\n'
        ' "read_from": [{"name": "f", "bytes": 1, "sha256": "0"}],\n'
        ' "files": {"segments.jsonl": {"bytes": 1, "sha256": "0"}}}\n',
    },
}
CASES = [(reader, file) for reader, files in READERS.items() for file in files]
NAMES = [f"{reader.__name__}-{file}" for reader, file in CASES]


@pytest.mark.parametrize("reader", READERS, ids=lambda r: r.__name__)
def test_the_contents_are_read(tmp_path: Path, reader: Callable[[Path], TestSet]) -> None:
    for name, content in READERS[reader].items():
        (tmp_path / name).write_text(content, "utf-8")
    assert len(reader(tmp_path).segments)


@st.composite
def broken(draw: st.DrawFn, content: str) -> bytes:
    """``content`` with a part of it replaced, or bytes that have nothing to do with it."""
    if draw(st.booleans()):
        return draw(st.binary(max_size=50))
    data = content.encode()
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, len(data)))
    middle = draw(
        st.binary(max_size=4)
        | st.sampled_from(["\n", "\t", "\r", "\u2028", "<v>", "None", "-1", "{", "9" * 5000,
                           "\ufeff", "\x00"]).map(str.encode)
    )  # fmt: skip
    return data[:start] + middle + data[end:]


@pytest.mark.parametrize(("reader", "file"), CASES, ids=NAMES)
def test_anything_is_read_or_refused(
    tmp_path: Path, reader: Callable[[Path], TestSet], file: str
) -> None:
    for name, content in READERS[reader].items():
        (tmp_path / name).write_text(content, "utf-8")

    @settings(max_examples=examples(40))
    @given(broken(READERS[reader][file]))
    def check(content: bytes) -> None:
        (tmp_path / file).write_bytes(content)
        try:
            test_set = reader(tmp_path)
        except InputError as error:
            assert error.line is None or error.line >= 1
            return
        assert len(test_set.segments)

    check()


def test_number_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    test_set = small()

    @given(broken("good\t1\ngood\tNone\n"))
    def scores(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read = read_scores(path, ["good"], 2)
        except InputError:
            return
        assert {len(own) for own in read.values()} == {2}

    @given(broken("system mqm_avg_score seg_id\ngood -1 1\n"))
    def ratings(content: bytes) -> None:
        path.write_bytes(content)
        try:
            read = read_ratings(path, test_set).ratings
        except InputError:
            return
        assert (read["rating"] <= 0).all()

    scores()
    ratings()

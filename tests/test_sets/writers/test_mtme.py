"""The layout of mt-metrics-eval: what it can hold comes back, what it cannot is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness import load_test_set
from harness.errors import InputError
from harness.tables import (
    GIVEN_RATINGS,
    HYPOTHESES,
    PHENOMENA,
    REFERENCES,
    STORED_SCORES,
    TestSet,
    table,
)
from harness.test_sets.readers import mtme_folder
from harness.test_sets.readers.lines import has_text
from harness.test_sets.writers import mtme
from harness.test_sets.writers.base import TABLES, differences
from tests.support.any_test_sets import ODD, any_test_sets
from tests.support.examples import examples
from tests.support.small import small


def plain(**changes: Any) -> TestSet:
    """The small test set without what the layout cannot hold."""
    bare = replace(small(), annotations=small(raters=()).annotations,
                   error_spans=small(raters=()).error_spans)  # fmt: skip
    return replace(bare, **changes)


def test_the_layout(tmp_path: Path) -> None:
    ratings = [("small", "poor", s, "mqm", r) for s, r in (("2", -5.0), ("4", -0.1), ("1", -1))]
    scores = [("small", "good", str(i), "M-1", "refB", i / 4) for i in (1, 2, 3, 4)]
    scores += [("small", "good", "3", "QE", "src", 1e-7), ("small", "poor", "3", "QE", "src", 2)]
    test_set = plain(
        given_ratings=table(ratings, GIVEN_RATINGS), stored_scores=table(scores, STORED_SCORES)
    )
    export = mtme.write(test_set, tmp_path / "out", language_pair="de-en")
    assert export.lost == ()
    found = {
        p.relative_to(tmp_path / "out").as_posix(): p.read_text("utf-8").split("\n")[:-1]
        for p in (tmp_path / "out").rglob("*")
        if p.is_file() and p.name != "export.json"
    }
    assert found.pop("references/de-en.refA.txt")[0] == "The cat sat down."
    assert found.pop("references/de-en.refB.txt")[3] == "It rained."
    assert found.pop("system-outputs/de-en/good.txt")[1] == "It has 5 dogs."
    assert found.pop("system-outputs/de-en/poor.txt")[1] == "It has 6 dogs."
    assert found == {
        "documents/de-en.docs": ["news\td1", "news\td1", "news\td2", "news\td2"],
        "sources/de-en.txt": ["甲乙丙", "丁戊 5", "己庚", "辛壬"],
        "human-scores/de-en.mqm.seg.score": [
            *["good\tNone"] * 4,
            *("poor\t-1.0", "poor\t-5.0", "poor\tNone", "poor\t-0.1"),
        ],
        "human-scores/de-en.mqm.sys.score": ["good\tNone", f"poor\t{-6.1 / 3!r}"],
        "metric-scores/de-en/M-1-refB.seg.score": [f"good\t{i / 4}" for i in (1, 2, 3, 4)],
        "metric-scores/de-en/M-1-refB.sys.score": ["good\t0.625"],
        "metric-scores/de-en/QE-src.seg.score": [
            *("good\tNone", "good\tNone", "good\t1e-07", "good\tNone"),
            *("poor\tNone", "poor\tNone", "poor\t2.0", "poor\tNone"),
        ],
        "metric-scores/de-en/QE-src.sys.score": ["good\t1e-07", "poor\t2.0"],
    }
    assert {file.name for file in export.files} == {"export.json", *found} | {
        *("references/de-en.refA.txt", "references/de-en.refB.txt"),
        *("system-outputs/de-en/good.txt", "system-outputs/de-en/poor.txt"),
    }


LINE = st.text(
    st.sampled_from(ODD.replace("\r", "").replace("\n", "")) | st.characters(categories=["L"]),
    max_size=12,
).filter(lambda text: not text.startswith("\ufeff"))
NAME = st.text("abcé中 .~'&", min_size=1, max_size=4).filter(
    lambda name: has_text(name) and not name.startswith(".")
)


def held(test_set: TestSet) -> dict[str, pd.DataFrame]:
    """The tables as the folder must give them back, worked out from what a line can say."""
    ids = list(test_set.segments["segment_id"])
    lines = {name: str(number) for number, name in enumerate(ids, start=1)}
    blank = [i for i, s in zip(ids, test_set.segments["source"], strict=True) if not has_text(s)]
    frames = {name: getattr(test_set, name).copy() for name in TABLES}
    translations = frames["hypotheses"].set_index(["system", "segment_id"])["hypothesis"].to_dict()
    references = frames["references"].set_index(["reference_name", "segment_id"])["reference"]
    names = sorted(test_set.reference_names)
    texts = {key: text for key, text in references.to_dict().items() if has_text(text)}
    texts |= {(n, i): references.to_dict().get((n, i), "") for n in names for i in blank}
    frames["references"] = table(
        [("t", i, n, texts[n, i]) for n in names for i in ids if (n, i) in texts],
        REFERENCES,
    )
    frames["hypotheses"] = table(
        [
            ("t", s, "human" if s in names else "system", i, translations.get((s, i), ""))
            for s in sorted(test_set.roles)
            for i in ids
        ],
        HYPOTHESES,
    )
    for name in ("annotations", "error_spans", "phenomena"):
        frames[name] = frames[name].iloc[:0]
    return {
        name: frame.assign(segment_id=frame["segment_id"].map(lines).astype("str"))
        for name, frame in frames.items()
    }


@settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(any_test_sets(texts=LINE, names=NAME, references=st.sampled_from(["refA", "refB", "r é"])))
def test_what_the_layout_can_hold_comes_back(tmp_path: Path, test_set: TestSet) -> None:
    domains = dict(zip(test_set.segments["document"], test_set.segments["domain"], strict=True))
    segments = test_set.segments.assign(domain=test_set.segments["document"].map(domains))
    test_set = replace(test_set, segments=segments)
    export = mtme.write(test_set, tmp_path / "out")
    back = mtme_folder.read("t", tmp_path / "out")
    for name, frame in held(test_set).items():
        keys = list(frame.columns)
        pd.testing.assert_frame_equal(
            getattr(back, name).sort_values(keys, ignore_index=True),
            frame.sort_values(keys, ignore_index=True),
            obj=name,
        )
    changed = [
        text
        for text in differences(test_set, back)
        if not text.endswith("order of the rows") and text not in ("card", "notes", "files")
    ]
    order = test_set.reference_names != back.reference_names
    assert bool(changed or order) == bool(export.lost), (changed, export.lost)


@settings(
    max_examples=examples(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(any_test_sets())
def test_any_test_set_is_written_or_refused(tmp_path: Path, test_set: TestSet) -> None:
    out = tmp_path / "out"
    try:
        mtme.write(test_set, out)
    except InputError:
        pass
    else:
        assert len(mtme_folder.read("t", out).segments) == len(test_set.segments)


LOSSES: list[tuple[dict[str, Any], str]] = [
    ({"annotations": small().annotations}, "16 annotations by 2 raters"),
    (
        {"annotations": small().annotations, "error_spans": small().error_spans},
        "9 error spans, with their categories and severities",
    ),
    (
        {"hypotheses": small().hypotheses.iloc[1:].reset_index(drop=True)},
        "1 missing translations, which become empty ones",
    ),
    (
        {"hypotheses": small().hypotheses.assign(role="human")},
        "the role 'human' of good, which is read as 'system'",
    ),
    (
        {"references": small().references.assign(reference=" ")},
        "8 empty references, which become missing ones",
    ),
    (
        {"references": small().references.iloc[::-1].reset_index(drop=True)},
        "the order of the references, refB, refA",
    ),
    (
        {"stored_scores": table([("small", "good", "1", "M", "refC", 1.0)], STORED_SCORES)},
        "1 stored scores with refC, which is no reference",
    ),
]


@pytest.mark.parametrize(("changes", "message"), LOSSES)
def test_what_is_lost_is_named_or_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    test_set = plain(**changes)
    with pytest.raises(InputError, match="cannot hold all of the test set") as caught:
        mtme.write(test_set, tmp_path / "none", refuse_loss=True)
    assert message in str(caught.value.found)
    assert not (tmp_path / "none").exists()
    assert message in mtme.write(test_set, tmp_path / "out").lost


def test_phenomena_and_identifiers_are_lost(tmp_path: Path) -> None:
    labels = ["idiom" if c.kind == "text" else 0 for c in PHENOMENA.columns[2:-2]]
    marked = table([("small", "1", *labels, None, None)], PHENOMENA)
    renamed = {
        name: getattr(small(), name).replace({"segment_id": {"1": "one"}})
        for name in ("segments", "references", "hypotheses")
    }
    assert mtme.write(plain(phenomena=marked), tmp_path / "a").lost == (
        "1 phenomena marked in the source",
    )
    assert mtme.write(plain(**renamed), tmp_path / "b").lost == (
        "the identifiers of 1 segments, which become the numbers of their lines",
    )


def texts(column: str, value: str, table_name: str) -> dict[str, Any]:
    return {table_name: getattr(small(), table_name).assign(**{column: value})}


REFUSED: list[tuple[dict[str, Any], str]] = [
    *((texts("source", bad, "segments"), "a text cannot be a line")
      for bad in ("a\nb", "a\r", "a\rb", "\ufeffa")),
    (texts("source", "\ud800", "segments"), "half a surrogate pair"),
    *((texts("document", bad, "segments"), "cannot stand between tabs") for bad in ("a\tb", " ")),
    (texts("domain", "a\tb", "segments"), "cannot stand between tabs"),
    ({"segments": small().segments.assign(domain=["a", "b", "a", "a"])}, "two domains"),
    *(({"references": small().references.iloc[:4].assign(reference_name=bad)},
       "cannot be part of a file's name")
      for bad in ("a/b", "../a", ".a", "a\tb", "a\x00", "ref-A", "src", "名" * 99, " ")),
    ({"hypotheses": small().hypotheses.iloc[:4].assign(system="a/b")}, "cannot be part of a file"),
    ({"given_ratings": table([("small", "good", "1", "a/b", 1.0)], GIVEN_RATINGS)}, "the rating"),
    ({"stored_scores": table([("small", "good", "1", "/", "src", 1.0)], STORED_SCORES)},
     "the metric"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_what_would_break_the_files_is_refused(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        mtme.write(plain(**changes), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_language_pair_is_one(tmp_path: Path) -> None:
    for pair in ("zh", "../a-b", "zh-en/x", "zh-en\n"):
        with pytest.raises(InputError, match="this is no language pair"):
            mtme.write(plain(), tmp_path / "out", language_pair=pair)
    mtme.write(plain(card={"language_pair": "de-fr"}), tmp_path / "out")
    assert (tmp_path / "out" / "sources" / "de-fr.txt").is_file()


def test_an_unchanged_export_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    mtme.write(plain(), tmp_path / "out")
    mtme.write(plain(), tmp_path / "out")
    (tmp_path / "out" / "system-outputs" / "zh-en" / "mine.txt").write_text("a\n" * 4)
    with pytest.raises(InputError, match="something other than an unchanged export") as caught:
        mtme.write(plain(), tmp_path / "out")
    assert caught.value.found == "system-outputs/zh-en/mine.txt"


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("article", ["annotations", "error_spans"]),
        ("hwtsc_challenge", ["phenomena", "role"]),
        ("wmt21_zhen_news", ["annotations", "error_spans"]),
        pytest.param("wmt23_zhen", ["annotations", "error_spans"], marks=pytest.mark.slow),
        ("wmt23_zhen_news", ["annotations", "error_spans"]),
        pytest.param("wmt22_zhen_news", ["segment_id"], marks=pytest.mark.slow),
        pytest.param("wmt22_zhen", [], marks=pytest.mark.slow),
    ],
)
def test_every_shipped_test_set_comes_back_but_for_what_is_named(
    name: str, parts: list[str], mirror: Path, tmp_path: Path
) -> None:
    test_set = load_test_set(name, mirror=mirror)
    if len(test_set.phenomena):
        parts = [*parts, "phenomena"]
    export = mtme.write(test_set, tmp_path / name)
    assert len(export.lost) == len({*parts})
    back = mtme_folder.read(name, tmp_path / name)
    ids = list(test_set.segments["segment_id"])
    lines = dict(zip((str(n) for n in range(1, len(ids) + 1)), ids, strict=True))
    for table_name in ("segments", "references", "hypotheses", "given_ratings", "stored_scores"):
        ours, theirs = getattr(test_set, table_name), getattr(back, table_name)
        theirs = theirs.assign(segment_id=theirs["segment_id"].map(lines).astype("str"))
        if "role" in parts and "role" in ours:
            ours, theirs = ours.drop(columns="role"), theirs.drop(columns="role")
        keys = [c for c in ours.columns if c not in ("rating", "score")]
        ours, theirs = (f.sort_values(keys, ignore_index=True) for f in (ours, theirs))
        pd.testing.assert_frame_equal(ours, theirs, obj=table_name)


@pytest.mark.slow
def test_mqm_scores_of_systems_are_the_published_ones(mirror: Path, tmp_path: Path) -> None:
    (real,) = mirror.rglob("human-score_sd/zh-en.mqm.sys.score")
    mtme.write(load_test_set("wmt22_zhen", mirror=mirror), tmp_path / "whole")

    def scores(path: Path) -> dict[str, float | None]:
        rows = [line.split("\t") for line in path.read_text("utf-8").split("\n") if line]
        return {system: None if score == "None" else float(score) for system, score in rows}

    ours = scores(tmp_path / "whole" / "human-scores" / "zh-en.mqm.sys.score")
    assert len(ours) == 20
    assert ours == pytest.approx(scores(real), abs=1e-9)

"""Every check of the data doctor finds a fault that is put in, and nothing where there is none."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from harness.tables import GIVEN_RATINGS, TestSet, table
from harness.test_sets.doctor import CHECKS, check, unexplained, warnings
from harness.test_sets.doctor.alignment import SHIFTS, alignment, likenesses
from harness.test_sets.doctor.counts import COUNTS
from harness.test_sets.named import load_test_set
from harness.test_sets.readers.assembly import assemble
from tests.support.small import small

WORDS = [
    *("rain", "garden", "minister", "harvest", "eleven", "quiet"),
    *("bridge", "lantern", "orchard", "vote", "steel", "amber"),
]


def sentence(seed: int) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, size=9).tolist()).capitalize() + "."


N = 130


def clean(**changes: list[str | None]) -> TestSet:
    """A test set of 130 segments without a fault; ``changes`` replaces its columns of texts."""
    reference = [sentence(i) for i in range(N)]
    columns: dict[str, list[str | None]] = {
        "source": [f"第{i}句话。" for i in range(N)],
        "refA": list(reference),
        "one": [f"So they told us all: {text}" for text in reference],
        "two": [text.replace("rain", "the rain") + " Yes, that was it" for text in reference],
        "three": [text[:-1] + " and much more than that !" for text in reference],
    }
    columns.update(changes)
    return assemble(
        "clean",
        ids=[str(i + 1) for i in range(N)],
        documents=["d"] * N,
        domains=["news"] * N,
        sources=[str(text) for text in columns.pop("source")],
        references={"refA": columns.pop("refA")},
        hypotheses=columns,
    )


def column(test_set: TestSet, name: str) -> list[str | None]:
    if name == "source":
        return list(test_set.segments["source"])
    if name == "refA":
        return list(test_set.references["reference"])
    frame = test_set.hypotheses
    return list(frame.loc[frame["system"] == name, "hypothesis"])


def edited(name: str, at: int, change: Callable[[str], str]) -> TestSet:
    texts = column(clean(), name)
    texts[at] = change(str(texts[at]))
    return clean(**{name: texts})


def found(test_set: TestSet) -> pd.DataFrame:
    """The findings that are not ok."""
    result = check(test_set)
    assert list(dict.fromkeys(result["check"])) == list(CHECKS)
    return result[result["severity"] != "ok"].reset_index(drop=True)


def only(test_set: TestSet) -> Any:
    """The only finding, as a tuple with names."""
    result = found(test_set)
    assert len(result) == 1, result.to_string()
    return next(result.itertuples(index=False))


def test_a_sound_test_set_has_no_finding() -> None:
    assert len(found(clean())) == 0
    assert warnings(clean()) == []
    assert len(check(clean())) == len(CHECKS)


@pytest.mark.parametrize("name", ["ONE", "one ", "o-ne", "o_ne", "\uff4fne"])
def test_names_that_are_almost_the_same(name: str) -> None:
    texts: dict[str, Any] = {
        name: [f"{text} And that was all there was to say." for text in column(clean(), "one")]
    }
    row = only(clean(**texts))
    assert (row.check, row.severity, row.count, row.where) == ("names", "problem", 2, "systems")
    one, two = sorted(["one", name])
    assert row.finding == (
        f"{one!r} and {two!r} are taken for 2 systems, though their names are almost the same"
    )
    assert any("almost the same" in str(w) for w in warnings(clean(**texts)))


# -- alignment -----------------------------------------------------------------------------------


def test_likeness_by_hand() -> None:
    # "abab": ab, ba, ab; "abc": ab, bc; one pair in common, so 2 * 1 / (3 + 2)
    got = likenesses(["abab", "abab", None, "a", "xy"], ["abc", "abab", "ab", "ab", None])
    assert got[:2] == pytest.approx([0.4, 1.0])
    assert np.isnan(got[2:]).all()


@pytest.mark.parametrize("shift", SHIFTS)
def test_shifted_hypotheses(shift: int) -> None:
    texts = column(clean(), "two")
    moved = clean(two=texts[shift:] + texts[:shift])
    row = only(moved)
    assert (row.check, row.severity, row.count) == ("alignment", "problem", N)
    assert row.where == "system two, segments 1 … 130"
    lines = "1 line" if abs(shift) == 1 else f"{abs(shift)} lines"
    assert f"{lines} {'before' if shift > 0 else 'after'} their segments" in row.finding
    (warning,) = warnings(moved)
    assert "system two is shifted against reference refA" in warning.text
    assert not warning.text.endswith(".")
    assert warning.voids  # nothing can be said of its scores


def test_a_line_lost_in_the_middle_and_made_up_for_at_the_end() -> None:
    texts = column(clean(), "one")
    row = only(clean(one=[*texts[:90], *texts[91:], "The end of it."]))
    assert (row.check, row.severity) == ("alignment", "problem")
    assert row.where == "system one, segments 88 … 130"  # blocks of 43 or 44 segments


def test_a_shifted_reference_is_named_itself() -> None:
    texts = column(clean(), "refA")
    row = only(clean(refA=[*texts[1:], texts[0]]))
    assert row.where == "reference refA"
    assert "it is this that is" in row.finding


def test_shifts_without_a_reference_and_with_gaps() -> None:
    texts = column(clean(), "three")
    test_set = clean(three=[*texts[2:], None, None], refA=[None] * N)
    assert test_set.reference_names == []
    rows = found(test_set)
    assert rows["check"].tolist() == ["alignment", "missing"]
    assert rows["where"].tolist()[0].startswith("system three")


def test_texts_that_repeat_are_not_called_shifted() -> None:
    same: list[str | None] = ["The same again."] * N
    rows = found(clean(refA=list(same), one=list(same)))
    assert "alignment" not in set(rows["check"])


def test_few_segments_are_not_judged() -> None:
    test_set = small()
    rows = check(test_set)
    row = next(rows[rows["check"] == "alignment"].itertuples(index=False))
    assert (row.severity, row.finding) == ("ok", "too few texts to judge their alignment")


# -- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", " ", "\u3000\u00a0"])
@pytest.mark.parametrize(("name", "kind"), [("source", "source"), ("two", "hypotheses: two (1)")])
def test_blank_texts(name: str, kind: str, text: str) -> None:
    rows = found(edited(name, 4, lambda _: text))
    row = next(rows[rows["check"] == "blank"].itertuples(index=False))
    assert (row.severity, row.count, row.where) == ("problem", 1, kind)
    assert row.example == ("segment 5" if name == "source" else "two segment 5")


def test_missing_texts() -> None:
    texts = column(clean(), "two")
    row = only(clean(two=[None, None, *texts[2:]]))
    assert (row.check, row.severity, row.count) == ("missing", "note", 2)
    assert row.where == "hypotheses: two (2)"


CHARACTERS = [
    ("chinese_left", "note", "猫"),
    ("chinese_left", "note", "\U00020000"),
    ("full_width", "note", "，"),
    ("full_width", "note", "１"),
    ("full_width", "note", "。"),
    ("no_break_spaces", "note", "\u00a0"),
    ("invisible", "note", "\u200b"),
    ("invisible", "note", "\ufeff"),
    ("line_separators", "problem", "\u2028"),
    ("line_separators", "problem", "\r"),
    ("line_separators", "problem", "\x85"),
    ("control", "problem", "\t"),
    ("control", "problem", "\x1b"),
    ("control", "problem", "\x80"),
    ("bidirectional", "problem", "\u202e"),
    ("bidirectional", "problem", "\u200f"),
    ("broken", "problem", "\ufffd"),
    ("broken", "problem", "\ue000"),
]


@pytest.mark.parametrize(("name", "severity", "character"), CHARACTERS)
def test_characters(name: str, severity: str, character: str) -> None:
    test_set = edited("one", 9, lambda text: f"{text} {character}.")
    before = test_set.hypotheses.copy()
    row = only(test_set)
    assert (row.check, row.severity, row.count) == (name, severity, 1)
    assert row.where == "hypotheses: one (1)"
    assert row.example.startswith("one segment 10: ")
    assert row.example.isprintable()
    pd.testing.assert_frame_equal(test_set.hypotheses, before)  # texts are never changed
    assert len(warnings(test_set)) == (severity == "problem")


@pytest.mark.parametrize("name", ["source", "refA"])
def test_characters_of_other_texts(name: str) -> None:
    row = only(edited(name, 0, lambda text: f"{text}\u202e"))
    assert row.where == ("source" if name == "source" else "references: refA (1)")


def test_chinese_texts_may_hold_chinese() -> None:
    """Full-width punctuation belongs there; full-width letters and digits are worth knowing."""
    chinese: list[str | None] = [f"第{i}句，话。" for i in range(N)]
    test_set = clean(
        refA=list(chinese), one=[f"{t}好" for t in chinese], two=["Ａ" + str(t) for t in chinese]
    )
    rows = found(test_set)
    assert "chinese_left" not in set(rows["check"])
    row = next(rows[rows["check"] == "full_width"].itertuples(index=False))
    assert (row.count, row.where) == (N, "hypotheses: two (130)")


def test_much_chinese_left_in_one_system_is_a_problem() -> None:
    texts = column(clean(), "two")
    for many, severity in ((13, "note"), (14, "problem")):  # of 130: a tenth, and more
        changed = [f"{t} 猫" if i < many else t for i, t in enumerate(texts)]
        row = only(clean(two=changed))
        assert (row.check, row.severity, row.count) == ("chinese_left", severity, many)


def test_duplicate_sources() -> None:
    row = only(edited("source", 7, lambda _: "第3句话。"))
    assert (row.check, row.severity, row.count) == ("duplicate_sources", "note", 1)
    assert row.example == "segments 4 and 8: 第3句话。"


def test_translations_that_are_the_source() -> None:
    sources = column(clean(), "source")
    texts = column(clean(), "two")
    rows = found(clean(two=[f" {sources[0]}", *texts[1:]]))
    row = next(rows[rows["check"] == "source_copies"].itertuples(index=False))
    assert (row.severity, row.count, row.where) == ("note", 1, "hypotheses: two (1)")
    rows = found(clean(two=sources))
    row = next(rows[rows["check"] == "source_copies"].itertuples(index=False))
    assert (row.severity, row.count) == ("problem", N)
    assert "most of what two wrote" in row.finding


def test_translations_that_are_the_reference() -> None:
    reference = column(clean(), "refA")
    texts = column(clean(), "two")
    row = only(clean(two=[*reference[:3], *texts[3:]]))
    assert (row.check, row.severity, row.count) == ("reference_copies", "note", 3)
    copied = clean(two=reference)
    row = only(copied)
    assert (row.severity, row.count) == ("problem", N)
    (warning,) = warnings(copied)
    assert not warning.voids
    frame = copied.hypotheses
    human = frame.assign(role=frame["role"].mask(frame["system"] == "two", "human"))
    assert len(found(replace(copied, hypotheses=human))) == 0  # a reference among the systems


# -- counts and ratings --------------------------------------------------------------------------


def test_counts() -> None:
    test_set = replace(clean(), card={"counts": {"segments": 131, "systems": 3, "errors": 1}})
    rows = found(test_set)
    assert rows[["check", "severity", "count", "where"]].to_numpy().tolist() == [
        ["counts", "problem", 130, "segments"],
        ["counts", "problem", 0, "errors"],
    ]
    assert rows["finding"][0] == "130 segments; the card says 131"
    every = {key: int(count(clean())) for key, count in COUNTS.items()}
    assert len(found(replace(clean(), card={"counts": every}))) == 0
    assert warnings(test_set) == []  # a run may choose systems; loading has counted already


def test_raters_and_unrated() -> None:
    test_set = small()
    assert "raters" not in set(found(test_set)["check"])
    less = replace(
        test_set, annotations=test_set.annotations.drop(index=[0]).reset_index(drop=True)
    )
    row = next(found(less).query("check == 'raters'").itertuples(index=False))
    assert (row.severity, row.count, row.example) == ("note", 1, "good segment 1: 1 rater")
    assert row.finding == "rated translations by number of raters: 1 with 1, 7 with 2"

    frame = test_set.annotations
    some = frame[
        ~(
            (frame["segment_id"] == "4")
            | ((frame["segment_id"] == "2") & (frame["system"] == "poor"))
        )
    ]
    rows = found(replace(test_set, annotations=some.reset_index(drop=True))).query(
        "check == 'unrated'"
    )
    assert rows[["count", "where", "example"]].to_numpy().tolist() == [
        [1, "segments", "segment 4"],
        [1, "hypotheses", "poor segment 2"],
    ]


def test_given_ratings_count_as_ratings() -> None:
    rows = [("clean", "one", str(i + 1), "da", 0.0) for i in range(N - 2)]
    row = only(replace(clean(), given_ratings=table(rows, GIVEN_RATINGS)))
    assert (row.check, row.count, row.example) == ("unrated", 2, "segment 129")


def test_what_reading_found() -> None:
    notes = (
        "1,062 of 2,377 annotated sources differ from the source text in white space only",
        "461 attention-check rows dropped (460 Found, 1 Missed)",
        "12 rows of other domains than news left out",
        "377 of 377 annotated segments found in the full text",
    )
    rows = found(replace(clean(), notes=notes))
    assert rows[["check", "severity", "count", "finding"]].to_numpy().tolist() == [
        ["differing_texts", "note", 1062, notes[0]],
        ["dropped", "note", 461, notes[1]],
        ["dropped", "note", 12, notes[2]],
    ]


# -- explanations --------------------------------------------------------------------------------


def test_an_explained_problem_is_shown_and_does_not_warn() -> None:
    test_set = edited("one", 9, lambda text: text + "\u202e")
    assert len(unexplained(check(test_set))) == 1
    test_set = replace(test_set, card={"explained": {"bidirectional": "One mark, as published."}})
    row = only(test_set)
    assert (row.severity, row.explanation) == ("problem", "One mark, as published.")
    assert len(unexplained(check(test_set))) == 0
    assert warnings(test_set) == []
    other = replace(test_set, card={"explained": {"control": "Another."}})
    assert len(warnings(other)) == 1


def test_names_from_files_are_escaped() -> None:
    test_set = clean(**{"e\x1bvil\u202e": [""] * N})
    rows = check(test_set)
    for name in ("where", "finding", "example"):
        assert all(str(text).isprintable() for text in rows[name])


# -- the shipped test sets -----------------------------------------------------------------------


def test_the_article_is_clean(tmp_path: Path) -> None:
    assert len(found(load_test_set("article", mirror=tmp_path, cache=tmp_path))) == 0


@pytest.fixture(scope="module")
def wmt23(mirror: Path) -> TestSet:
    return load_test_set("wmt23_zhen_news", mirror=mirror)


def test_wmt23_is_clean_or_explained_and_quickly_checked(wmt23: TestSet) -> None:
    rows = found(wmt23)
    assert set(rows[rows["severity"] == "problem"]["check"]) == {"tags", "reference_copies"}
    assert (rows["explanation"] != "").all()
    assert set(rows["check"]) == set(wmt23.card["explained"])  # and nothing is explained in vain
    started = time.process_time()
    (warning,) = warnings(wmt23)  # which the card knows, and readers of a ranking should
    assert time.process_time() - started < 2  # measured: 0.8 s
    assert "HW-TSC, ONLINE-B, Yishu copied far more than the others" in warning.text
    assert warning.explanation == wmt23.card["explained"]["reference_copies"]
    assert not warning.voids


@pytest.mark.parametrize("shift", SHIFTS)
def test_every_system_of_wmt23_is_caught_when_shifted(wmt23: TestSet, shift: int) -> None:
    ids = list(wmt23.segments["segment_id"])
    moved = dict(zip(ids, ids[shift:] + ids[:shift], strict=True))
    for system in wmt23.systems:
        alone = wmt23.with_systems([system])
        frame = alone.hypotheses.assign(segment_id=alone.hypotheses["segment_id"].map(moved))
        found = list(alignment(replace(alone, hypotheses=frame), blocks=3))
        assert [finding.severity for finding in found] == ["problem"], system


@pytest.mark.parametrize(
    "name",
    [
        "article",
        "wmt21_zhen_news",
        pytest.param("wmt22_zhen", marks=pytest.mark.slow),
        "wmt22_zhen_news",
        pytest.param("wmt23_zhen", marks=pytest.mark.slow),
        "wmt23_zhen_news",
        "wmt23_zhen_news_official",
        "hwtsc_challenge",
    ],
)
def test_every_shipped_set_is_clean_or_explained_and_not_in_vain(mirror: Path, name: str) -> None:
    test_set = load_test_set(name, mirror=mirror)
    findings = check(test_set)
    found = set(findings[findings["severity"] != "ok"]["check"])
    assert found == set(test_set.card.get("explained", {}))

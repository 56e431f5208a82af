from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.test_sets.readers.lines import without_space
from harness.test_sets.readers.spans import align, fold_quotes, remap, side_without_span, unmark

TEXT = st.text("ab \u3000'’\"“中😀", max_size=30)


@pytest.mark.parametrize(
    ("marked", "plain", "spans"),
    [
        ("no mark", "no mark", []),
        ("a <v>b</v> c", "a b c", [(2, 3)]),
        ("<v>a</v><v>b</v>", "ab", [(0, 1), (1, 2)]),
        ("<v></v>a", "a", [(0, 0)]),
        ("<v>whole</v>", "whole", [(0, 5)]),
        ("😀<v>中</v>", "😀中", [(1, 2)]),
        ("a < v > b < V >", "a < v > b < V >", []),
    ],
)
def test_unmark(marked: str, plain: str, spans: list[tuple[int, int]]) -> None:
    assert unmark(marked) == (plain, spans, None, True)


@pytest.mark.parametrize(
    ("marked", "plain", "fault"),
    [
        ("<v>a", "a", "<v> is not closed"),
        ("a</v>", "a", "</v> closes nothing"),
        ("<v>a<v>b</v></v>", "ab", "<v> is opened twice"),
        ("</v>a<v>", "a", "</v> closes nothing"),
        ("<v>a</v></v>", "a", "</v> closes nothing"),
        ("<v>a</v><v>", "a", "<v> is not closed"),
    ],
)
def test_marks_that_do_not_pair_up_mark_nothing(marked: str, plain: str, fault: str) -> None:
    assert unmark(marked) == (plain, [], fault, True)


@pytest.mark.parametrize(
    "marked", ["a <V>b</V> c", "a &lt;v&gt;b&lt;/v&gt; c", "a <v>b&lt;/V&gt; c"]
)
def test_marks_in_other_forms(marked: str) -> None:
    assert unmark(marked) == ("a b c", [(2, 3)], None, False)


@given(st.text("ab<v>/ ", max_size=20), st.data())
def test_unmark_finds_the_spans_that_were_marked(text: str, data: st.DataObject) -> None:
    text = re.sub("</?v>", "", text)
    while "<v>" in text or "</v>" in text:
        text = re.sub("</?v>", "", text)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=6).map(sorted))
    spans = list(zip(cuts[0::2], cuts[1::2], strict=False))
    marked = text
    for start, end in reversed(spans):
        marked = marked[:start] + "<v>" + marked[start:end] + "</v>" + marked[end:]
    if re.findall("</?v>", marked) != ["<v>", "</v>"] * len(spans):
        return  # the text beside a mark made another one
    assert unmark(marked) == (text, spans, None, True)


# annotated, actual, span, the part of the actual text that it became
MOVED = [
    ("a b c", "a b c", (2, 3), "b"),
    ("one two ", "one two", (4, 7), "two"),
    ("one two", "one  two", (4, 7), "two"),
    ("one two three", "one  two  three", (0, 13), "one  two  three"),
    ("a “b” c", 'a "b" c', (2, 5), '"b"'),
    ("it’s so", "it's so", (0, 4), "it's"),
    ("the colour red", "the color red", (4, 10), "color"),
    ("the color red", "the colour red", (10, 13), "red"),
    ("foo bar", "foo NEW bar", (4, 7), "bar"),
    ("foo bar", "foo NEW bar", (0, 3), "foo"),
    ("foo NEW bar", "foo bar", (0, 7), "foo "),
    ("a cat sat", "a dog sat", (2, 5), "dog"),
    ("x cat y", "x cut y", (3, 4), "u"),
    ("one two ", "one two", (7, 8), "o"),  # nothing is left: a neighbour
    ("ab cd", "abcd", (2, 3), "c"),
    ("abc", "xyz", (0, 3), "xyz"),
    ("abc", "xyz", (1, 2), "xyz"),
]


@pytest.mark.parametrize(("annotated", "actual", "span", "part"), MOVED)
def test_moved_spans(annotated: str, actual: str, span: tuple[int, int], part: str) -> None:
    start, end = remap(annotated, actual, *span)
    assert actual[start:end] == part


@given(TEXT, TEXT, st.data())
def test_a_moved_span_stays_inside_and_is_not_empty(
    annotated: str, actual: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(annotated)))
    end = data.draw(st.integers(start, len(annotated)))
    low, high = remap(annotated, actual, start, end)
    assert 0 <= low <= high <= len(actual)
    if start < end and actual:
        assert low < high
    if start == end:
        assert low == high
    if annotated == actual:
        assert (low, high) == (start, end)


@given(TEXT, st.data())
def test_white_space_and_quotation_marks_do_not_change_what_is_marked(
    text: str, data: st.DataObject
) -> None:
    def noisy(c: str) -> str:
        c = data.draw(st.sampled_from({"'": "'’", "’": "'’", '"': '"“', "“": '"“'}.get(c, c)))
        return data.draw(st.sampled_from(["", " ", "\u3000 "])) + c

    actual = "".join(noisy(c) for c in text if not c.isspace() or data.draw(st.booleans()))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = remap(text, actual, start, end)
    letters = fold_quotes(without_space(text[start:end]))
    if letters:
        assert fold_quotes(without_space(actual[low:high])) == letters
    aligned = align(text, actual)
    assert aligned.likeness == 1.0
    assert aligned.difference != "other"


@given(TEXT, TEXT)
def test_matches_increase_and_match(annotated: str, actual: str) -> None:
    aligned = align(annotated, actual)
    matched = [(i, m) for i, m in enumerate(aligned.matches) if m >= 0]
    assert [m for _, m in matched] == sorted({m for _, m in matched})
    assert fold_quotes("".join(annotated[i] for i, _ in matched)) == fold_quotes(
        "".join(actual[m] for _, m in matched)
    )
    assert len(aligned.matches) == len(annotated)
    assert 0.0 <= aligned.likeness <= 1.0


def test_kinds_of_difference() -> None:
    assert align("a b", "a b").difference == "none"
    assert align("a b", "ab ").difference == "white space"
    assert align("’a b", "'ab").difference == "quotation marks"
    assert align("cat", "cut").difference == "other"
    assert align("cat", "cut").likeness == pytest.approx(2 / 3)  # c and t of 3 and 3
    assert align("abc", "xyz").likeness == 0.0
    assert align(" ", "").likeness == 1.0


def test_a_span_outside_its_text_is_a_defect() -> None:
    for span in ((0, 4), (2, 1), (-1, 1)):
        with pytest.raises(ValueError, match="no span"):
            remap("abc", "abd", *span)
        with pytest.raises(ValueError, match="no span"):
            remap("abc", "abc", *span)


def test_side_of_an_error_without_span() -> None:
    assert side_without_span("accuracy", "omission") == "source"
    assert side_without_span("source", "") == "source"
    assert side_without_span("accuracy", "addition") == "target"
    assert side_without_span("non_translation", "") == "target"


def test_folding_keeps_the_length() -> None:
    text = "“a” ‘b’ «c» 「d」 ＂e＇ `f´"
    assert len(fold_quotes(text)) == len(text)
    assert set(fold_quotes(text)) <= set("abcdef '\"")

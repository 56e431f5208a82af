"""What the injectors stand on: quantities of two languages, pinyin, words, the glossary."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import InputError
from harness.injection import Passage
from harness.injection.glossary import COLUMNS, KINDS, load_glossary, read_glossary
from harness.injection.numerals import chinese_integer, source_quantities
from harness.injection.pinyin import persons, readings, spelling, spelt_words
from harness.injection.quantities import aligned, target_quantities
from harness.injection.terms import SloganLiteral, numbered_like
from harness.injection.verbs import PARTICIPLES, PASTS, base_of, third_person
from harness.injection.words import (
    cased_like,
    free,
    joined,
    quotations,
    sentences,
    starts_sentence,
    with_article,
    words,
)

# -- Chinese numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三", 3),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("三千二百", 3200),
        ("二〇二二", 2022),
        ("两千", 2000),
        ("百", 100),
        ("三五", 35),
        ("十百", None),
        ("一二十", None),
    ],
)
def test_chinese_integers(text: str, value: int | None) -> None:
    assert chinese_integer(text) == value


def _written(number: int) -> str:
    """A numeral below 10,000 as it is written in full."""
    digits, text = "零一二三四五六七八九", ""
    for place, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, place)
        if digit:
            text += digits[digit] + name
        elif text and number and not text.endswith("零"):
            text += "零"
    return text


@given(st.integers(1, 9999))
def test_every_numeral_that_is_written_is_read(number: int) -> None:
    assert chinese_integer(_written(number)) == number


@pytest.mark.parametrize(
    ("source", "value", "kind"),
    [
        ("33万余名", 330_000, "number"),
        ("279.7万人次", 2_797_000, "number"),
        ("14亿", 1_400_000_000, "number"),
        ("3亿5000万", 350_000_000, "number"),
        ("十二万五千", 125_000, "number"),
        ("1.2万亿元", 1_200_000_000_000, "number"),
        ("1,300名", 1300, "number"),
        ("１２３人", 123, "number"),
        ("30%", 30, "percent"),
        ("5.3％", Fraction("5.3"), "percent"),
        ("百分之三十", 30, "percent"),
        ("2个百分点", 2, "points"),
        ("三分之一", Fraction(1, 3), "fraction"),
        ("2022年", 2022, "year"),
        ("7年", 7, "number"),
        ("6月", 6, "month"),
        ("3个月", 3, "number"),
        ("15日", 15, "day"),
        ("15时", 15, "hour"),
        ("三点半", 3, "hour"),
        ("3.5点", Fraction("3.5"), "number"),
        ("8:30", 8, "hour"),
        ("首次", 1, "ordinal"),
        ("首都3", 3, "number"),
    ],
)
def test_source_quantities(source: str, value: Fraction | int, kind: str) -> None:
    first = source_quantities(source)[0]
    assert (first.value, first.kind) == (value, kind)


def test_ordinals_have_their_sign_before_them() -> None:
    (quantity,) = source_quantities("第三期")
    assert (quantity.value, quantity.kind, quantity.start) == (3, "ordinal", 1)


@given(
    st.text(
        alphabet="零一二三四五六七八九十百千万亿0123456789.,年月日点半分之第首次%个x", max_size=30
    )
)
def test_source_quantities_are_in_order(text: str) -> None:
    found = source_quantities(text)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


# -- English numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("330,000 students", 330_000, "number"),
        ("2.797 million", 2_797_000, "number"),
        ("5.3%", Fraction("5.3"), "percent"),
        ("30 percent", 30, "percent"),
        ("30 per cent", 30, "percent"),
        ("2 percentage points", 2, "points"),
        ("the 16th", 16, "ordinal"),
        ("the third", 3, "ordinal"),
        ("twenty-one", 21, "number"),
        ("three million", 3_000_000, "number"),
        ("one-third", Fraction(1, 3), "fraction"),
        ("two thirds", Fraction(2, 3), "fraction"),
        ("$31.51 billion", 31_510_000_000, "number"),
        ("3.70%-4.20%", Fraction("3.7"), "percent"),
    ],
)
def test_target_quantities(text: str, value: Fraction | int, kind: str) -> None:
    first = target_quantities(text)[0]
    assert (first.value, first.kind) == (value, kind)


@pytest.mark.parametrize(
    "text", ["G20", "COVID-19", "1.2.3", "3:30", "v2", "12/5", "anyone", "tenth-rate"]
)
def test_parts_of_other_things_are_no_quantities(text: str) -> None:
    assert target_quantities(text) == ()


def test_each_quantity_of_the_source_is_rendered_once() -> None:
    pairs = aligned("3人和3人，5%", "3 and 3 and 3 and 5 and 5%")
    assert [(f.start, q.start) for f, q in pairs] == [(0, 0), (6, 3), (24, 6)]


# -- pinyin ----------------------------------------------------------------------------------------


def test_readings() -> None:
    assert set(readings("长")) == {"chang", "zhang"}
    assert set(readings("绿")) >= {"lv", "lu", "lyu"}
    assert readings("x") == readings("。") == ()


def test_spelling() -> None:
    assert spelling("双减") == "Shuangjian"
    assert spelling("A股") == "Gu"


def test_words_in_pinyin_are_found_in_the_source() -> None:
    source, text = "石家庄市长安区", "Shijiazhuang's Chang'an District, not Beijing or chang'an"
    found = spelt_words(source, text)
    assert [(s.word.text, source[s.start : s.end]) for s in found] == [
        ("Shijiazhuang", "石家庄"),
        ("Chang'an", "长安"),
    ]
    assert found[1].syllables == ("chang", "an")


@pytest.mark.parametrize(
    ("source", "text", "names"),
    [
        ("郭立森指出", "Guo Lisen said", ["郭立森"]),
        ("叶辉", "(Ye Hui)", ["叶辉"]),
        ("诸葛亮", "Zhuge Liang", ["诸葛亮"]),
        ("北京", "Bei Jing", []),
        ("郭立森", "Lisen Guo", []),
        ("郭立森", "GUO Lisen", []),
        ("郭 立森", "Guo Lisen", []),
    ],
)
def test_persons(source: str, text: str, names: list[str]) -> None:
    assert [source[p.start : p.end] for p in persons(source, text)] == names


# -- words -----------------------------------------------------------------------------------------


def test_words_and_sentences() -> None:
    text = 'Mr. Li went to the U.S. today. "It grew by 3.5%," he said. Then he left'
    assert [text[a:b] for a, b in sentences(text)] == [
        "Mr. Li went to the U.S. today.",
        '"It grew by 3.5%," he said.',
        "Then he left",
    ]
    assert [w.text for w in words("China's after-school, don’t")] == [
        "China's",
        "after",
        "school",
        "don’t",
    ]


@pytest.mark.parametrize(
    ("text", "part", "expected"),
    [
        ("after-school", "after", True),
        ("after school", "after", False),
        ("x.com", "x", True),
        ("end.", "end", False),
        ("it's", "it", True),
        ("after -school", "after", True),
        ("post- school", "school", True),
        ("China - the", "China", False),
        ("A&B", "A", True),
        ("a b", "b", False),
    ],
)
def test_joined(text: str, part: str, expected: bool) -> None:
    start = text.index(part)
    assert joined(text, start, start + len(part)) is expected


def test_free_words_are_no_names_and_not_quoted() -> None:
    text = 'More people in North Korea said "more" is more-or-less more'
    assert [w.start for w in words(text) if w.lower == "more" and free(text, w)] == [0, 55]
    assert not free(text, next(w for w in words(text) if w.text == "North"))
    assert [text[a:b] for a, b in quotations(text)] == ['"more"']


@pytest.mark.parametrize(
    ("text", "old", "new", "result"),
    [
        ("an increase", "increase", "decrease", "a decrease"),
        ("a new one", "new", "old", "an old one"),
        ("an important", "important", "unimportant", "an unimportant"),
        ("A team", "team", "unit", "A unit"),
        ("the new", "new", "old", "the old"),
        ("a plan", "plan", "hour", "an hour"),
        ("a highly apt idea", "highly ", "", "an apt idea"),
        ("gala new", "new", "old", "gala old"),
    ],
)
def test_articles_are_made_to_fit(text: str, old: str, new: str, result: str) -> None:
    start = text.index(old)
    edit = with_article(text, start, start + len(old), new)
    assert text[: edit.start] + edit.text + text[edit.end :] == result


def test_capitals_and_beginnings() -> None:
    assert cased_like("More", "less") == "Less"
    assert cased_like("more", "less") == "less"
    assert starts_sentence('He said: "Go', 9)
    assert not starts_sentence("He said Go", 8)


@pytest.mark.parametrize(
    ("old", "new", "result"),
    [
        ("exports", "import", "imports"),
        ("export", "imports", "import"),
        ("policies", "subsidy", "subsidies"),
        ("policy", "subsidies", "subsidy"),
        ("jobs", "unemployment", "unemployment"),
        ("process", "crisis", "crisis"),
    ],
)
def test_a_term_takes_the_number_of_the_one_before(old: str, new: str, result: str) -> None:
    assert numbered_like(old, new) == result


def test_verbs() -> None:
    assert (PASTS["rise"], PARTICIPLES["rise"], base_of("risen")) == ("rose", "risen", "rise")
    assert (PASTS["carry"], PASTS["ban"], PASTS["achieve"]) == ("carried", "banned", "achieved")
    assert (PASTS["visit"], PASTS["deliver"], PASTS["offer"]) == ("visited", "delivered", "offered")
    assert [third_person(b) for b in ("go", "carry", "say", "reach")] == [
        "goes",
        "carries",
        "says",
        "reaches",
    ]


# -- the glossary ----------------------------------------------------------------------------------


def test_the_glossary_that_comes_with_harness() -> None:
    entries = load_glossary().entries
    assert len(entries) >= 300
    assert {e.kind for e in entries} == set(KINDS)
    assert sum(1 for e in entries if e.literal) > 100
    assert all(e.note for e in entries)


HEADER = "\t".join(COLUMNS)


@pytest.mark.parametrize(
    ("lines", "message", "line"),
    [
        (["zh\ten", "双减\tdouble reduction"], "its columns are others", 1),
        ([HEADER, "双减\tslogan\tdouble reduction"], "3 columns instead of 8", 2),
        ([HEADER, "双减\tslogans\tdouble reduction\t\t\t\t\t"], "there is no kind of term", 2),
        ([HEADER, "# a remark", "", "x\tslogan\tdouble reduction\t\t\t\t\t"], "has no Chinese", 4),
        ([HEADER, "双减\tslogan\tdouble|\t\t\t\t\t"], "an empty rendering", 2),
        ([HEADER, "双减\tslogan\tdouble\tDouble\t\t\t\t"], "is an accepted one", 2),
        ([HEADER, *["双减\tslogan\tdouble\t\t\t\t\t"] * 2], "occurs twice", 3),
        ([""], "the glossary is empty", None),
    ],
)
def test_a_bad_glossary_is_refused(
    lines: list[str], message: str, line: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "mine.tsv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(InputError, match=message) as caught:
        read_glossary(path)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_a_glossary_of_ones_own_is_added(tmp_path: Path) -> None:
    path = tmp_path / "mine.tsv"
    rows = [
        "双减\tslogan\tdouble cut\tpair minus\t\t\t\tours",
        "新词\tslogan\tnew word\tfresh word\t\t\t\t",
    ]
    path.write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")
    injector = SloganLiteral(glossary=str(path))
    passage = Passage(
        "1", "双减和新词和初心", "The double cut, a new word and the original aspiration"
    )
    assert [e.text for e in injector.sites(passage)] == ["pair minus", "fresh word", "first heart"]
    assert len(load_glossary(str(path)).entries) == len(load_glossary().entries) + 1
    with pytest.raises(InputError, match="there is no such file"):
        SloganLiteral(glossary=str(tmp_path / "absent.tsv"))


def test_the_longest_term_counts() -> None:
    found = load_glossary().rendered("中国人民银行", "the People's Bank of China in China")
    assert [one.entry.zh for one in found] == ["中国人民银行"]
    found = load_glossary().rendered(
        "中国人民银行在中国", "the People’s Bank of China in China's north"
    )
    assert [(one.entry.zh, one.start, one.end) for one in found] == [
        ("中国人民银行", 4, 26),
        ("中国", 30, 35),
    ]

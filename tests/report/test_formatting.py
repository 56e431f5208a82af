"""Numbers and untrusted text as a reader sees them."""

from __future__ import annotations

import math
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.support import formatting as f

DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


@pytest.mark.parametrize("missing", [None, math.nan, math.inf, -math.inf, pd.NA])
def test_a_missing_number_is_a_dash_in_every_format(missing: float) -> None:
    shown = [f.number(missing, 1), f.rating(missing), f.count(missing), f.percent(missing)]
    shown += [f.p_value(missing), f.seconds(missing), f.statistic("pearson", missing)]
    assert set(shown) == {DASH}
    assert f.interval(missing, 1.0, 1) == f.interval(0.0, missing, 1) == ""


def test_numbers_have_the_decimals_of_their_kind() -> None:
    assert f.number(-0.04, 1) == "0.0"  # no minus zero
    assert f.number(-12.345, 2) == f"{MINUS}12.35" or f.number(-12.345, 2) == f"{MINUS}12.34"
    assert f.rating(-2.6666) == f"{MINUS}2.67"
    assert f.count(25060) == "25,060"
    assert f.count(35.68) == "35.7"
    assert f.percent(0.5376) == "53.8"
    assert f.interval(0.501, 0.579, 1, 100) == "[50.1, 57.9]"
    assert f.p_value(0.0004) == "<0.001"
    assert f.p_value(0.04567) == "0.046"
    assert f.plural(1, "system") == "1 system"
    assert f.plural(2, "system") == "2 systems"
    assert [f.seconds(s) for s in (0.0123, 3.44, 59.94, 125.4)] == [
        "0.012 s", "3.4 s", "59.9 s", "2 min 05 s",
    ]  # fmt: skip
    assert [f.file_size(n) for n in (812, 3_600, 3_600_000)] == ["812 bytes", "3.6 kB", "3.6 MB"]


def test_accuracies_are_in_per_cent_and_correlations_are_not() -> None:
    for name in ("pairwise_accuracy", "soft_pairwise_accuracy", "acc_eq", "SPA"):
        assert f.statistic(name, 0.5376) == "53.8"
        assert f.statistic_interval(name, 0.5, 0.6) == "[50.0, 60.0]"
    assert f.statistic("kendall_b", 0.2563) == "0.256"
    assert f.statistic_interval("pearson", -0.5, 0.6) == f"[{MINUS}0.500, 0.600]"


def test_scores_on_a_unit_scale_have_more_decimals() -> None:
    assert f.score_decimals([12.0, 45.6]) == 1
    assert f.score_decimals([0.81, math.nan, 0.9]) == 3
    assert f.score_decimals([-4.0]) == 2
    assert f.score_decimals([]) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain 中文 é", "plain 中文 é"),
        ("\x00\x1b", "␀␛"),
        ("a\tb\nc", "a␉b↵c"),
        ("a\u202eb", "a[U+202E]b"),
        ("\u2028\u2029", "[U+2028][U+2029]"),
        ("\ufeff\u200b\u00ad", "[U+FEFF][U+200B][U+00AD]"),
        ("\ud83d", "[U+D83D]"),
        ("\x7f\x85", "[U+007F][U+0085]"),
        ("👨\u200d👩", "👨\u200d👩"),  # it joins two symbols
        ("a\u200db", "a[U+200D]b"),  # it joins nothing
        ("\U000e0041", "[U+E0041]"),
    ],
)
def test_invisible_characters_are_written_out(text: str, shown: str) -> None:
    assert f.visible(text) == shown


@given(st.text(st.characters(codec=None)))
def test_visible_text_holds_no_control_but_a_joiner(text: str) -> None:
    shown = f.visible(text)
    left = {c for c in shown if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}
    assert left <= {"\u200d"}
    assert f.visible(shown.replace("\u200d", "")) == shown.replace("\u200d", "")


def test_lines_and_tabs_can_be_kept() -> None:
    assert f.visible("a:\n\tb\r", keep="\n\t") == "a:\n\tb␍"


@pytest.mark.parametrize(
    ("tag", "safe"),
    [
        ("zh", True),
        ("zh-Hans-CN", True),
        ("x y", False),
        ('"><svg', False),
        ("", False),
        ("zh\n", False),
    ],
)
def test_language_tags_are_checked(tag: str, safe: bool) -> None:
    assert f.is_safe_language(tag) is safe

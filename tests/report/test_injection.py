"""The report's section on injected errors: what it shows, and that no text in it can act."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import lxml.html
import pandas as pd
import pytest

from harness.metrics.base import Metric
from harness.metrics.sacrebleu import BLEU, ChrF
from harness.metrics.sentinels import Length
from harness.report import ReportContent, ReportOptions, write_report
from harness.report.html import render_report
from harness.report.injection_tables import injection_tables
from harness.report.minimal_pairs import Change, _whole_words, pair_groups
from harness.report.summary import metric_table
from harness.tables import INJECTED_PAIRS, SEGMENTS, conform
from tests.support.chromium import CHROMIUM, Browser
from tests.support.hostile_pages import PAYLOADS, Structure, each_payload
from tests.support.judged_injections import judged
from tests.support.later_parts import whole_page
from tests.support.small import small

METRICS: dict[str, Metric] = {"bleu": BLEU(), "chrf": ChrF()}
SENTINELS: dict[str, Metric] = {"length": Length()}


def content(**options: int) -> ReportContent:
    test_set = small()
    result = judged(test_set, {**METRICS, **SENTINELS}, base="refB", minimum_pairs=4)
    return ReportContent(
        test_set=test_set,
        tables={"metrics": metric_table(METRICS, SENTINELS, 1), **result.tables},
        options=ReportOptions(**options),
    )


def renamed(made: ReportContent, mark: str) -> ReportContent:
    """``made`` with ``mark`` in every name and text: before each, and within each change."""
    pairs = made.tables["injected_pairs"]
    rows = []
    for r in pairs.to_dict("records"):
        start, end = int(r["start"]), int(r["end"])
        new = r["corrupted"][start : int(r["corrupted_end"])]
        head, old, tail = (r["original"][:start], r["original"][start:end], r["original"][end:])
        first = len(mark) + start
        rows.append(
            {
                **r,
                "original": mark + head + mark + old + mark + tail,
                "corrupted": mark + head + mark + new + mark + tail,
                "start": first,
                "end": first + len(mark) + len(old),
                "corrupted_end": first + len(mark) + len(new),
            }
        )
    texts = {
        "injections": ("injector", "news_category", "subcategory", "bases", "note"),
        "injected_pairs": ("injector", "base"),
        "injected_scores": ("injector", "base"),
        "injection_severity": ("note",),
        "metrics": ("label", "signature"),
    }
    tables = {**made.tables, "injected_pairs": conform(pd.DataFrame(rows), INJECTED_PAIRS)}
    for name, columns in texts.items():
        frame = tables[name]
        tables[name] = frame.assign(**{c: [mark + t for t in frame[c]] for c in columns})
    sources = [mark + t for t in made.test_set.segments["source"]]
    segments = conform(made.test_set.segments.assign(source=sources), SEGMENTS)
    return replace(made, tables=tables, test_set=replace(made.test_set, segments=segments))


def section(page: str) -> lxml.html.HtmlElement:
    (found,) = lxml.html.document_fromstring(whole_page(page)).xpath("//section[@id='injection']")
    return found


def test_every_minimal_pair_is_listed_with_its_change_in_bold() -> None:
    made = content()
    own = section(render_report(made))
    pairs = made.tables["injected_pairs"]
    assert len(own.xpath(".//details[@class='pairs folded']")) == pairs["injector"].nunique()
    texts = own.xpath(".//details[@class='pairs folded']//li/p[2]")
    assert len(texts) == len(pairs)
    originals = set(pairs["original"])
    for paragraph in texts:
        place = paragraph.xpath("string(./span[@class='place'])")
        assert place == "refB"
        added = "".join(paragraph.xpath("./ins/text()"))
        whole = paragraph.text_content().removeprefix(place).strip()
        assert whole.replace(added, "", 1) in originals if added else whole in originals
    stops = own.xpath(".//details[contains(summary, 'final stop')]")[0]
    assert {d.text_content() for d in stops.xpath(".//del")} == {"."}
    assert not stops.xpath(".//ins")
    spaces = own.xpath(".//details[contains(summary, 'doubled space')]")[0]
    assert {i.text_content() for i in spaces.xpath(".//ins")} == {"␣"}
    assert {e.get("class") for e in spaces.xpath(".//ul[contains(@class,'outcomes')]/li")} == {
        "outcome-tied"
    }
    assert "not noticed: same score" in spaces.text_content()


def test_the_scores_shown_are_those_of_the_table() -> None:
    made = content()
    scores = made.tables["injected_scores"]
    groups = {g.title: g for g in pair_groups(made)}
    for pair in groups["final stop"].pairs:
        for label, before, after, outcome, _ in pair.scores:
            key = {"BLEU": "bleu", "chrF": "chrf"}[label]  # sentinels stay in the file
            (row,) = scores[
                (scores["metric"] == key)
                & (scores["injector"] == "final_stop")
                & (scores["segment_id"] == pair.segment)
            ].to_dict("records")
            assert (before, after) == (f"{row['score']:.2f}", f"{row['injected_score']:.2f}")
            assert outcome == row["outcome"]


def test_what_licenses_the_error_is_marked_in_the_source() -> None:
    (digits,) = [g for g in pair_groups(content()) if g.title == "digit"]
    assert digits.pairs[0].source == Change("丁戊 5", "", "", "")  # this injector names no end
    assert digits.pairs[0].change == Change("There are ", "5", "6", " dogs.")


@pytest.mark.parametrize(
    ("before", "after", "start", "ends", "marked"),
    [
        ("costs 9,230,000 yuan", "costs 930,000 yuan", 7, (9, 7), ("9,230,000", "930,000")),
        ("the cat", "thecat", 3, (4, 3), ("the cat", "thecat")),
        ("It is not so.", "It is so.", 6, (10, 6), ("not ", "")),
        ("a dog.", "a dog", 5, (6, 5), (".", "")),
        ("he doesn't go", "he does go", 7, (10, 7), ("doesn't", "does")),
        ("two dogs", "two dogs", 4, (4, 4), ("", "")),
        ("他去了北京", "他去了南京", 3, (4, 4), ("北", "南")),
    ],
)
def test_a_change_is_shown_in_whole_words(
    before: str, after: str, start: int, ends: tuple[int, int], marked: tuple[str, str]
) -> None:
    first, end, corrupted_end = _whole_words(before, after, start, *ends)
    assert (before[first:end], after[first:corrupted_end]) == marked
    assert before[:first] == after[:first] and before[end:] == after[corrupted_end:]


def test_pairs_that_most_metrics_miss_come_first() -> None:
    made = content()
    for group in pair_groups(made):
        missed = [sum(o in {"tied", "misled"} for *_, o, _ in p.scores) for p in group.pairs]
        assert missed == sorted(missed, reverse=True)
    titles = [(g.category, g.title) for g in pair_groups(made)]
    headings = section(render_report(made)).xpath(".//h4[@class='kinds']/text()")
    assert headings == list(dict.fromkeys(category for category, _ in titles))


def test_drops_are_grouped_and_grey_below_the_limit() -> None:
    severity, drops = injection_tables(content())
    categories = [row.cells[0].text for row in drops.rows]
    assert categories == ["omission", "number", "punctuation", "language"]
    greys = {row.cells[1].text: "grey" in row.classes for row in drops.rows}
    assert greys == {
        "last word": False, "digit": True, "final stop": False, "doubled space": False,
    }  # fmt: skip
    assert [row.cells[0].text for row in severity.rows] == ["BLEU", "chrF", "length"]
    page = section(render_report(content())).text_content()
    assert "BLEU took least off, of major errors, for" in page


def test_kinds_that_fit_nowhere_stand_in_a_footnote() -> None:
    made = content()
    frame = made.tables["injections"]
    digit = frame["injector"] == "digit"
    nowhere = frame.assign(n=frame["n"].mask(digit, 0), note=frame["note"].mask(digit, "none fits"))
    _, drops = injection_tables(replace(made, tables={**made.tables, "injections": nowhere}))
    assert "digit" not in {row.cells[1].text for row in drops.rows}
    assert drops.footnotes[-1] == ("", "Kinds that fit in no translation: digit.")


def test_only_the_first_pairs_are_shown() -> None:
    made = content(max_pairs=1)
    assert all(len(g.pairs) == 1 for g in pair_groups(made))
    text = section(render_report(made)).text_content()
    assert "1 of 4; those that most metrics miss come first." in text


def test_a_run_without_injection_has_no_such_section() -> None:
    page = render_report(ReportContent(small(), tables={"metrics": metric_table(METRICS, {}, 1)}))
    assert 'id="injection"' not in page
    assert 'href="#injection"' not in page


#: pandas cannot hold a lone surrogate in every installation.
SAFE = [p for p in PAYLOADS if not any("\ud800" <= c <= "\udfff" for c in p)]


@pytest.mark.parametrize("payload", each_payload((*SAFE[:2], "".join(SAFE)), SAFE))
def test_no_element_comes_from_a_minimal_pair(payload: str) -> None:
    made = content()
    expected = Structure(render_report(renamed(made, "harmless ")))
    found = Structure(render_report(renamed(made, payload)))
    assert found.tags == expected.tags
    assert found.others == expected.others
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to open the page")
@pytest.mark.parametrize("mark", each_payload(("x", "".join(SAFE)), PAYLOADS[:4]))
def test_pairs_are_made_when_their_kind_is_opened(mark: str, tmp_path: Path) -> None:
    made = renamed(content(), mark)
    write_report(tmp_path / "report.html", made)
    browser = Browser()
    try:
        browser.open_report((tmp_path / "report.html").as_uri())
        items = "document.querySelectorAll('#injection .pairs > ul > li').length"
        assert browser.value(items) == 0
        browser.value("document.querySelectorAll('.pairs').forEach((d) => { d.open = true; })")
        browser.value("new Promise((done) => setTimeout(done, 100))")
        assert browser.value(items) == len(made.tables["injected_pairs"])
        assert browser.value("typeof window.pwned") == "undefined"
        assert browser.complaints() == [] and browser.requests() == []
    finally:
        browser.close()

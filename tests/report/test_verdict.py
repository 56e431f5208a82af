"""The verdict, the cost of metrics and the matrices of systems: what the page shows of them."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise
from pathlib import Path

import lxml.html
import numpy as np
import pytest

from harness.report import ReportContent, grids, write_report
from harness.report.cost_chart import cost_chart
from harness.report.cost_table import cost_table
from harness.report.html import render_report
from harness.report.matrices import test_matrices as matrices
from harness.report.system_matrices import system_matrices
from harness.report.verdict import verdict_charts
from tests.support.chromium import Browser
from tests.support.later_parts import whole_page
from tests.support.report_sample import made_up_content


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return made_up_content(40, 4, 3)


def test_a_chart_for_each_statistic_the_best_metric_first(content: ReportContent) -> None:
    charts = verdict_charts(content)
    meta = content.tables["meta_evaluation"]
    assert len(charts) == len(
        meta.drop_duplicates(["level", "statistic", "grouping", "system_score"])
    )
    assert charts[0].title.startswith("Segment level: Accuracy with ties")
    own = meta[meta["statistic"] == "acc_eq"].sort_values("value", ascending=False)
    labels = dict(content.tables["metrics"][["metric", "label"]].to_numpy())
    assert [bar.label for bar in charts[0].bars] == [labels[m] for m in own["metric"]]
    assert charts[0].chance == "" and charts[0].ceiling_text == "one rater 83.0"


def test_positions_are_those_of_the_values(content: ReportContent) -> None:
    """All numbers of a chart lie on one line through its ends."""
    for chart in verdict_charts(content):
        at = np.array([float(bar.at) for bar in chart.bars])
        low = np.array([float(bar.low) for bar in chart.bars])
        width = np.array([float(bar.width) for bar in chart.bars])
        assert ((at > 0) & (at < 100)).all()
        np.testing.assert_allclose((at - low) / width, 0.06 / 0.11, atol=0.01)
        values = np.array([float(bar.value.replace("\N{MINUS SIGN}", "-")) for bar in chart.bars])
        slope, start = np.polyfit(values, at, 1)
        np.testing.assert_allclose(slope * values + start, at, atol=0.3)
        if chart.chance:
            chance = float(chart.chance_text.split()[-1])
            assert slope * chance + start == pytest.approx(float(chart.chance), abs=0.3)


def test_a_chart_says_why_there_are_no_ranks_and_no_ceiling(content: ReportContent) -> None:
    meta = content.tables["meta_evaluation"]
    assert all(not chart.notes for chart in verdict_charts(content))
    bare = meta.assign(
        cluster=None, ceiling=np.nan, ceiling_note="ratings are not known by rater",
        note="no interval: x; not tested: it takes long",
    )  # fmt: skip
    tables = {**content.tables, "meta_evaluation": bare}
    changed = dataclasses.replace(content, tables=tables)
    for chart in verdict_charts(changed):
        assert chart.notes == [
            "no ranks: not tested: it takes long", "ratings are not known by rater",
        ]  # fmt: skip
    assert "ratings are not known by rater" in render_report(changed)


def test_without_ratings_there_is_no_verdict() -> None:
    plain = made_up_content()
    tables = {k: v for k, v in plain.tables.items() if k not in {"meta_evaluation", "metric_tests"}}
    bare = dataclasses.replace(plain, tables=tables, claims=[], run={})
    assert verdict_charts(bare) == []
    page = lxml.html.document_fromstring(render_report(bare)).get_element_by_id("verdict")
    assert "supports no sentence" in page.text_content()
    assert not page.xpath(".//p[@class='verdict-sentence']")
    warned = dataclasses.replace(bare, run={"warnings": ["copies of the reference"]})
    assert "copies of the reference" in render_report(warned).split('id="verdict"')[1]


def test_the_verdict_and_the_findings_stand_with_their_evidence(content: ReportContent) -> None:
    tree = lxml.html.document_fromstring(render_report(content))
    in_verdict = [c for c in content.claims if c.in_verdict]
    others = [c for c in content.claims if not c.in_verdict]
    shown = tree.xpath("//*[@id='verdict']//p[@class='verdict-sentence']/text()")
    assert shown == [c.text for c in in_verdict]
    items = tree.xpath("//ul[@class='findings']/li")
    said = [item.text.strip() for item in items]
    assert sorted(said) == sorted(c.text for c in others)
    others.sort(key=lambda c: said.index(c.text))  # each in its section
    boxes = [*tree.xpath("//*[@id='verdict']//details[@class='evidence']")]
    boxes += [item.xpath("./details[@class='evidence']")[0] for item in items]
    assert len(boxes) == 1 + len(others)
    texts = [" ".join(box.text_content().split()) for box in boxes]
    for text, claim in zip(texts, [*in_verdict, *others], strict=True):
        assert claim.licence in text
        assert all(e.file in text for e in claim.evidence)
    assert "chrf, bleu: p 0.0004" in texts[0]
    assert [text.count("Not told by these data") for text in texts] == [0, 1, 0]


def test_a_long_sentence_of_the_verdict_stands_in_lines(content: ReportContent) -> None:
    """Cut after semicolons outside brackets; the text is what it was."""
    text = "Within segments: a is best (by p; by q); 3 others are not told apart; b; and <c>."
    claim = dataclasses.replace(content.claims[0], text=text, in_verdict=True)
    page = render_report(dataclasses.replace(content, claims=[claim]))
    (shown,) = lxml.html.document_fromstring(page).xpath("//p[@class='verdict-sentence']")
    assert shown.text_content() == text
    assert shown.xpath("./span/text()") == [
        "Within segments: a is best (by p; by q);", "3 others are not told apart;", "b;",
        "and <c>.",
    ]  # fmt: skip


def test_long_evidence_is_cut_and_counted(content: ReportContent) -> None:
    (first, *_) = content.claims
    row = first.evidence[0]
    rows = tuple(
        dataclasses.replace(row, key={"metric_2": f"m{i}"}, numbers={"p": None}) for i in range(30)
    )
    long = dataclasses.replace(first, evidence=rows)
    tree = lxml.html.document_fromstring(render_report(dataclasses.replace(content, claims=[long])))
    (box,) = tree.xpath("//*[@id='verdict']//details[@class='evidence']")
    assert len(box.xpath(".//li")) == 12
    assert "m11: p missing" in box.text_content()
    assert "18 more rows: see claims in run.json" in box.text_content()


def test_without_claims_the_page_has_none(content: ReportContent) -> None:
    tree = lxml.html.document_fromstring(render_report(dataclasses.replace(content, claims=[])))
    assert not tree.xpath("//p[@class='verdict-sentence']")
    assert not tree.xpath("//details[@class='evidence']")
    assert tree.xpath("//*[@id='verdict']")  # its charts


def test_cost_stands_beside_agreement(content: ReportContent) -> None:
    grid = cost_table(content)
    assert grid is not None
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in grid.rows}
    assert list(rows)[:2] == ["chrF", "BLEU"]
    assert "sentinel" not in " ".join(rows)
    scores = content.tables["scores"]
    n = int((scores["segment_id"].notna() & (scores["metric"] == "bleu")).sum())
    assert rows["BLEU"][:3] == ["native", "0.50", f"{0.5 / n * 1e6:,.0f}"]
    assert rows["COMET"][1] == "\N{EN DASH}" and grid.footnotes
    assert cost_table(dataclasses.replace(content, run={})) is None


def test_cost_is_drawn_against_agreement(content: ReportContent) -> None:
    meta = content.tables["meta_evaluation"]
    values = meta[(meta["statistic"] == "acc_eq") & (meta["category"] == "all")]
    value = values.set_index("metric")["value"]
    chart = cost_chart(content)
    assert chart is not None
    assert {p.label for p in chart.points} == {"BLEU", "chrF", "−TER"}  # not COMET: cost unknown
    at = {p.label: (float(p.x), float(p.y)) for p in chart.points}
    assert at["chrF"][0] < at["BLEU"][0]  # cheaper
    assert (at["chrF"][1] < at["BLEU"][1]) == (value["chrf"] > value["bleu"])
    for x, y in at.values():
        assert chart.left < x < chart.right and chart.top < y < chart.bottom
    decades = [float(t.text.replace(",", "")) for t in chart.x_ticks]
    assert len(decades) >= 2 and all(b == 10 * a for a, b in pairwise(decades))
    (svg,) = lxml.html.document_fromstring(render_report(content)).xpath("//*[@id='cost']//svg")
    assert len(svg.xpath(".//circle")) == 3
    one = dataclasses.replace(content, run={"cpu_seconds_of_scores": {"bleu": 1.0}})
    assert cost_chart(one) is None


def test_where_no_cost_is_known_a_sentence_says_so(content: ReportContent) -> None:
    costs = dict.fromkeys(content.tables["metrics"]["metric"])
    unknown = dataclasses.replace(content, run={"cpu_seconds_of_scores": costs})
    assert cost_table(unknown) is None
    tree = lxml.html.document_fromstring(render_report(unknown))
    (section,) = tree.xpath("//section[@id='cost']")
    assert "cost of the metrics is unknown" in section.text_content() and not section.xpath(
        ".//table"
    )
    without = dataclasses.replace(content, run={})
    assert not lxml.html.document_fromstring(render_report(without)).xpath("//*[@id='cost']")


def test_a_matrix_of_systems_for_each_metric(content: ReportContent) -> None:
    listed = system_matrices(content)
    assert [grid.caption for grid in listed] == ["Systems by BLEU", "Systems by chrF"]
    tests = content.tables["system_tests"]
    for grid, (_, own) in zip(listed, tests.groupby("metric", sort=False), strict=True):
        shown = [c for row in grid.rows for c in row.cells[1:] if c.detail]
        assert len(shown) == len(own)
        assert [c.strong for c in shown] == [p <= 0.05 for p in own["p_holm"]]
        assert [c.text.endswith("°") for c in shown] == [
            p <= 0.05 < h for p, h in zip(own["p"], own["p_holm"], strict=True)
        ]
        assert all("systems=" in c.href for c in shown)


def test_one_table_of_several_stands_in_the_page(content: ReportContent) -> None:
    """The others wait for their template."""
    tree = lxml.html.document_fromstring(whole_page(render_report(content)))
    boxes = tree.xpath("//div[@class='choice']")
    assert [b.get("data-label") for b in boxes] == [
        "Agreement by", "Differences by", "Differences by",
    ]  # fmt: skip
    numbers = [len(verdict_charts(content)), len(system_matrices(content)), len(matrices(content))]
    for box, n in zip(boxes, numbers, strict=True):
        assert len(box.xpath("./div[@class='chosen']//table")) == 1
        assert len(box.xpath("./template//table")) == n - 1


def large_tables(path: Path) -> None:
    """Write a report whose tables of more than five cells count as large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grids, "LARGE", 5)
        write_report(path, made_up_content(40, 4, 3))


def test_a_large_table_is_made_when_it_is_chosen(
    content: ReportContent, browser: Browser, tmp_path: Path
) -> None:
    large_tables(tmp_path / "report.html")
    page = (tmp_path / "report.html").as_uri()
    tree = lxml.html.document_fromstring((tmp_path / "report.html").read_text(encoding="utf-8"))
    box = tree.xpath("//section[@id='pairs']//div[@class='choice']")[0]
    assert not box.xpath("./div[@class='chosen']//table")
    assert "tables/metric_tests.csv" in box.xpath("./div[@class='chosen']")[0].text_content()
    assert "tables/metric_tests.csv" in box.xpath("./noscript")[0].text_content()
    browser.open_report(page)
    count = "document.querySelectorAll('#pairs .choice table').length"
    assert browser.value(count) == 0
    for i, grid in enumerate(matrices(content), start=1):
        browser.value(
            f"""(() => {{ const s = document.querySelector('#pairs .choice select');
            s.selectedIndex = {i}; s.dispatchEvent(new Event('change')); }})()"""
        )
        shown = "document.querySelector('#pairs .choice .caption').textContent"
        browser.wait(f"{count} && {shown} === {json.dumps(grid.caption)}")
        assert browser.value(count) == 1
        assert browser.value(shown) == grid.caption
        assert browser.value("document.querySelectorAll('#pairs .choice figure button').length") > 3
    browser.value("document.querySelector('#pairs .choice td a').click()")
    browser.value("new Promise((r) => setTimeout(r, 300))")
    assert "sort=apart" in browser.value("location.hash")
    assert browser.complaints() == [] and browser.requests() == []


def test_the_reader_chooses_the_statistic(browser: Browser, tmp_path: Path) -> None:
    content = made_up_content(40, 4, 3)
    path = tmp_path / "report.html"
    write_report(path, content)
    browser.open_report(path.as_uri())
    caption = "document.querySelector('#agreement .caption').textContent"
    titles = [chart.title for chart in verdict_charts(content)]
    assert browser.value(caption) == titles[0]
    parts = ["level", "statistic", "grouping"]

    def choose(part: str, value: str) -> None:
        browser.value(
            f"""(() => {{
            const s = document.querySelectorAll('#agreement select')[{parts.index(part)}];
            s.value = {json.dumps(value)}; s.dispatchEvent(new Event('change')); }})()"""
        )

    charts = verdict_charts(content)
    for chart in (charts[3], charts[0], charts[-1], charts[3]):
        for part in parts:
            choose(part, getattr(chart, part))
        browser.wait(f"{caption} === {json.dumps(chart.title)}")
        assert browser.value(caption) == chart.title
        assert browser.value("document.querySelectorAll('#agreement .choice figure').length") == 1
        assert browser.value("document.querySelectorAll('#agreement .choice .tools').length") == 2
        offered = browser.value(
            "[...document.querySelectorAll('#agreement select')].map((s) =>"
            " [...s.options].map((o) => o.value))"
        )
        for depth, part in enumerate(parts):
            fixed = [getattr(chart, p) for p in parts[:depth]]
            same = [c for c in charts if [getattr(c, p) for p in parts[:depth]] == fixed]
            assert offered[depth] == list(dict.fromkeys(getattr(c, part) for c in same))
    first = "document.querySelector('#agreement .choice tbody th').textContent.trim()"
    head = "document.querySelector('#agreement .choice thead th button')"
    best = browser.value(first)
    browser.value(head + ".click()")
    browser.value(head + ".click()")
    heads = "document.querySelectorAll('#agreement .choice tbody th')"
    order = f"[...{heads}].map((t) => t.textContent.trim())"
    assert browser.value(f"{order}.every((t, i, all) => !i || all[i - 1].localeCompare(t) <= 0)")
    browser.value(head + ".click()")
    assert browser.value(first) == best
    browser.value("() => { navigator.clipboard.writeText = async (t) => { window.copied = t; }; }")
    browser.value("document.querySelector('#agreement .choice [aria-label$=\"as CSV\"]').click()")
    lines = browser.value("window.copied").strip().split("\n")
    names = lines[0].replace('"', "").split(",")
    assert names[:3] == ["Metric", "Rank", "Value"]
    assert names[3:] == ["Value", " low", "Value", " high"]  # "Value, low": a comma in a name
    assert len(lines) == 1 + len(verdict_charts(content)[3].bars)


def test_an_opened_table_is_made_and_works(browser: Browser, tmp_path: Path) -> None:
    large_tables(tmp_path / "report.html")
    browser.open_report((tmp_path / "report.html").as_uri())
    boxes = "[...document.querySelectorAll('details.folded')]"
    assert browser.value(f"{boxes}.length") > 3
    assert browser.value(f"{boxes}.every((b) => !b.querySelector('table'))")
    index = browser.value(f"{boxes}.findIndex((b) => b.closest('#pairs'))")
    browser.value(f"{boxes}[{index}].open = true")
    browser.value("new Promise((r) => setTimeout(r, 100))")
    assert browser.value(f"{boxes}[{index}].querySelectorAll('table').length") == 1
    assert browser.value(f"{boxes}[{index}].querySelectorAll('.tools button').length") == 3


def test_a_difference_of_systems_leads_to_the_two(browser: Browser, tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", made_up_content(40, 4, 3))
    browser.open_report((tmp_path / "report.html").as_uri())
    browser.value("document.querySelector('#systems .matrix td a').click()")
    browser.value("new Promise((r) => setTimeout(r, 300))")
    chosen = "[...document.querySelectorAll('input[name=systems]')].filter((i) => i.checked).length"
    assert browser.value(chosen) == 2

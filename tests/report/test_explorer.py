"""The segment explorer and the tables of the page, in a browser.

Skipped where Chromium is absent; it is not needed to write a report.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from harness.commands.main import main
from harness.report import write_report
from harness.tables import TestSet
from tests.support.chromium import CHROMIUM, Browser
from tests.support.explorer import (
    CATCH,
    FLUENCY_CELL,
    STATUS,
    choose,
    draw,
    exported,
    found,
    pick,
    quiet,
    segments,
    settle,
)
from tests.support.hostile_pages import PAYLOADS, marked
from tests.support.report_sample import made_up_content

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to open the page")


@pytest.fixture(scope="module")
def test_set() -> TestSet:
    return made_up_content(40, 4, 3).test_set


def test_the_page_opens_without_a_complaint_at_both_widths(browser: Browser, page: str) -> None:
    for width in (390, 1280):
        browser.size(width)
        browser.open_report(page)
        assert browser.value(STATUS) == "40 of 40 segments, 200 of 200 translations"
        browser.value("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
        browser.value("document.querySelector('.head-button').click()")
        settle(browser)
        assert browser.value("document.documentElement.scrollWidth") <= width
        quiet(browser)


SHAPE = """[...document.querySelectorAll('body *')].map((e) => e.tagName +
  [...e.attributes].filter((a) => a.name + a.value !== 'style').map((a) => a.name))
  .filter((t) => !/^(MARK|SPAN)/.test(t)).join(';')"""
OPEN_ALL = """async () => {
  const settled = (ms) => new Promise((done) => setTimeout(done, ms));
  document.querySelectorAll('details').forEach((d) => { d.open = true; });
  document.querySelectorAll('.chips input[type=checkbox]').forEach((i) => {
    if (i.name !== 'systems') i.click(); });
  const choose = (node, j) => { node.selectedIndex = j; node.dispatchEvent(new Event('change')); };
  dispatchEvent(new Event('beforeprint')); // draws the charts
  choose(document.querySelectorAll('#against .tools select')[1], 1);
  dispatchEvent(new Event('beforeprint'));
  dispatchEvent(new Event('afterprint'));
  await settled(200); // parts of the page are unpacked, once
  for (const node of document.querySelectorAll('.choice select')) {
    for (let j = 0; j < node.options.length; j++) { choose(node, j); await settled(0); }
  }
  document.querySelector('.head-button').click();
  document.querySelector('.list').style.height = '40000px'; // room for every segment
}"""
FRAMES = (
    "new Promise((d) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(d))))"
)


@pytest.mark.slow
def test_no_hostile_text_acts_in_a_browser(browser: Browser, tmp_path: Path) -> None:
    """Every text and name of the data starts with the payload: the page has the elements and
    attributes that it has with harmless texts, and nothing runs."""
    shapes = {}
    for place, payload in enumerate(("x", *PAYLOADS)):
        path = tmp_path / f"{place}.html"
        write_report(path, made_up_content(rename=marked(payload)))
        browser.open_report(path.as_uri())
        browser.value(OPEN_ALL)
        browser.value(FRAMES)
        shapes[payload] = browser.value(SHAPE)
        assert shapes[payload] == shapes["x"], payload
        assert browser.value("typeof window.pwned") == "undefined"
        quiet(browser)
    assert len(shapes) == 41


def test_marks_cover_the_code_points_of_their_spans(
    browser: Browser, page: str, test_set: TestSet
) -> None:
    """Every error of a system's first ten translations, quoted from the table, is what the marks of
    that error cover; texts with characters outside the BMP are among them."""
    data_spans = test_set.error_spans.reset_index(drop=True)
    hypotheses = test_set.hypotheses.set_index(["system", "segment_id"])["hypothesis"]
    checked = astral = 0
    for segment in map(str, range(1, 11)):
        browser.open_report(page + f"#segments?systems=SYSTEM-C&segment={segment}&diff=on")
        shown = browser.value(
            """(() => { const s = document.querySelector('.segment.open'); return {
              text: s.querySelector('.right .text').textContent.replaceAll('\\u2038', ''),
              marks: [...s.querySelectorAll('.right mark:not(.by-metric)')].map((m) =>
                [m.textContent, m.spans]),
            }; })()"""
        )
        rows = data_spans[
            (data_spans["system"] == "SYSTEM-C")
            & (data_spans["segment_id"] == segment)
            & (data_spans["side"] == "target")
            & data_spans["start"].notna()
        ]
        text = hypotheses["SYSTEM-C", segment]
        assert shown["text"] == text
        for place, row in rows.iterrows():
            covered = "".join(m for m, ids in shown["marks"] if place in ids)
            assert covered.replace("\u2038", "") == text[row["start"] : row["end"]]
            checked += 1
            astral += any(ord(c) > 0xFFFF for c in text[: row["end"]])
    assert checked > 5
    assert astral > 0


def test_filters_are_read_from_the_address_and_written_to_it(
    browser: Browser, page: str, test_set: TestSet
) -> None:
    spans = test_set.error_spans
    chosen = spans[
        (spans["system"] == "SYSTEM-C")
        & (spans["category"] == "fluency")
        & (spans["severity"] == "major")
        & (spans["rater"] == "rater2")
    ]
    expected = sorted(set(chosen["segment_id"]), key=int)
    browser.open_report(
        page + "#segments?systems=SYSTEM-C&category=fluency&severity=major&rater=rater2"
    )
    assert segments(browser) == expected
    browser.open_report(page)
    for name, value in (("Error category", "fluency"), ("Severity", "major"), ("Rater", "rater2")):
        choose(browser, name, value)
    choose(browser, "Order", "low")
    browser.value(
        """for (const i of document.querySelectorAll('.chip input[name=systems]')) {
          if (!i.parentNode.textContent.startsWith('SYSTEM-C')) i.click();
        }"""
    )
    address = browser.value("location.hash")
    assert set(address.removeprefix("#segments?").split("&")) == {
        "category=fluency", "severity=major", "sort=low", "rater=rater2", "systems=SYSTEM-C",
    }  # fmt: skip
    before = found(browser)
    assert sorted({segment for segment, _ in before}, key=int) == expected
    browser.open_report(page + address)
    assert found(browser) == before
    active = browser.value("[...document.querySelectorAll('.active')].map((b) => b.textContent)")
    assert active == [
        "category: fluency ×", "severity: major ×", "rater: rater2 ×", "1 of 5 systems ×",
    ]  # fmt: skip
    browser.value("document.querySelector('.active').click()")
    assert "category" not in browser.value("location.hash")


def test_counts_say_what_each_value_would_leave(
    browser: Browser, page: str, test_set: TestSet
) -> None:
    """Against the tables, with two filters in force: each facet's own filter does not count."""
    spans = test_set.error_spans.merge(test_set.segments[["segment_id", "document"]])
    browser.open_report(page + "#segments?severity=major&document=news_02.zh-en")
    for name, column, value in (
        ("Severity", "severity", spans["document"] == "news_02.zh-en"),
        ("Document", "document", spans["severity"] == "major"),
        ("Rater", "rater",
         (spans["document"] == "news_02.zh-en") & (spans["severity"] == "major")),
    ):  # fmt: skip
        texts = browser.value(
            "[...[...document.querySelectorAll('.filters label')].find((e) => "
            f"e.textContent.startsWith('{name}')).querySelectorAll('option')]"
            ".slice(1).map((o) => [o.value, o.textContent])"
        )
        expected = spans[value].groupby(column)["segment_id"].nunique()
        assert {v: int(t.rsplit("(", 1)[1][:-1]) for v, t in texts} == {
            v: int(expected.get(v, 0)) for v, _ in texts
        }


def test_orders_sort_by_the_mean_over_the_systems_chosen(browser: Browser, page: str) -> None:
    scores = made_up_content(40, 4, 3).tables["scores"].dropna(subset=["segment_id", "score"])
    own = scores[scores["system"].isin(["SYSTEM-A", "SYSTEM-C"])]
    address = "#segments?systems=SYSTEM-A&systems=SYSTEM-C"
    for metric in ("bleu", "comet"):
        means = own[own["metric"] == metric].groupby("segment_id")["score"].mean()
        for sort, ascending in (("low", True), ("high", False)):
            order = list(means.sort_values(ascending=ascending, kind="stable").index)
            browser.open_report(page + f"{address}&sort={sort}&metric={metric}")
            assert segments(browser)[: len(order)] == order
    assert segments(browser)[-1] == "3"  # without a score: last in either direction


def test_ranges_and_residuals_choose_translations(browser: Browser, page: str) -> None:
    tables = made_up_content(40, 4, 3).tables
    scores = tables["scores"].dropna(subset=["segment_id", "score"])
    bleu = scores[scores["metric"] == "bleu"].set_index(["segment_id", "system"])["score"]
    rating = tables["ratings"].set_index(["segment_id", "system"])["rating"]
    browser.open_report(page + "#segments?low=30&high=40&rlow=-5")
    kept = bleu[(bleu >= 30) & (bleu <= 40)].index.intersection(rating[rating >= -5].index)
    assert set(found(browser)) == set(kept) != set()
    browser.open_report(page + "#segments?residual=likes&gap=40&sort=likes")

    def percentile(values: pd.Series) -> pd.Series:
        return 100 * (values.rank(method="average") - 0.5) / len(values)

    residual = (percentile(bleu) - percentile(rating)).dropna()
    shown = found(browser)
    assert set(shown) == set(residual[residual >= 40].index) != set()
    assert shown[0][0] == residual.idxmax()[0]


def test_search_looks_into_the_texts_asked_for(
    browser: Browser, page: str, test_set: TestSet
) -> None:
    sources = test_set.segments.set_index("segment_id")["source"]
    browser.open_report(page + "#segments?where=source&q=%E9%87%8E%E5%AE%B6")
    assert segments(browser) == list(sources[sources.str.contains("野家")].index)
    hypotheses = test_set.hypotheses
    shall = hypotheses[hypotheses["hypothesis"].str.contains("shall")]
    browser.open_report(page + "#segments?where=translation&q=SHALL")
    assert set(found(browser)) == set(zip(shall["segment_id"], shall["system"], strict=True))


def test_the_keyboard_alone_goes_through_the_segments(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value("document.querySelector('.list').scrollIntoView()")
    settle(browser)  # the list is drawn when it comes near
    focused = "document.activeElement.closest('.segment')?.querySelector('b').textContent"
    for key, shown in (("j", 1), ("j", 2), ("ArrowDown", 3), ("k", 2)):
        browser.key(key)
        assert browser.value(focused) == f"Segment {shown}"
    browser.key("Enter")
    assert browser.value("document.querySelector('.segment.open b').textContent") == "Segment 2"
    browser.key("j")  # an open one hands over to the next
    opened = "[...document.querySelectorAll('.segment.open b:first-child')].map((e)=>e.textContent)"
    assert "Segment 3" in browser.value(opened) and "Segment 2" not in browser.value(opened)
    assert browser.value("location.hash") == "#segments?segment=3"
    browser.key("Escape")
    assert browser.value("document.querySelector('.segment.open')") is None
    for _ in range(36):
        browser.key("j")
    assert browser.value(focused) == "Segment 39"  # far outside what was drawn first
    browser.key("/")
    assert browser.value("document.activeElement.type") == "search"
    for letter in "jkjk":
        browser.key(letter)
    settle(browser)
    assert browser.value("document.activeElement.value") == "jkjk"  # j in the text is a j
    assert browser.value(STATUS).startswith("0 of 40")
    browser.key("Escape")
    assert browser.value("document.activeElement === document.body")


def test_from_a_cell_to_its_segments_by_keys_alone(browser: Browser, page: str) -> None:
    """Tab to a number of the category table, Enter, then a filter and the export; no click."""
    table = made_up_content(40, 4, 3).tables["category_segments"]
    browser.open_report(page)
    browser.value("document.querySelector('#categories h2').scrollIntoView()")
    browser.value("document.querySelector('#categories .accuracy .scroll').focus()")
    reached = "document.activeElement.hash ?? ''"
    for _ in range(60):
        browser.key("Tab")
        if "decided=fluency" in browser.value(reached):
            break
    link = browser.value(reached)
    assert "decided=fluency" in link
    browser.key("Enter")
    settle(browser)
    # The first segment is open; its name joins the address once the reader opens it.
    assert browser.value("location.hash").startswith(link)
    own = table[table["category"] == "fluency"]
    assert set(segments(browser)) == set(own["segment_id"])
    browser.value("document.querySelector('.filters select').focus()")
    severity = "document.activeElement.parentNode.firstChild.textContent"
    for _ in range(12):
        if browser.value(severity) == "Severity":
            break
        browser.key("Tab")
    assert browser.value(severity) == "Severity"
    browser.key("m")  # the first value with this letter
    settle(browser)
    assert "severity=major" in browser.value("location.hash")
    assert set(segments(browser)) < set(own["segment_id"])
    browser.value(CATCH)
    for _ in range(40):
        if browser.value("document.activeElement.textContent") == "CSV":
            break
        browser.key("Tab")
    browser.key("Enter")
    settle(browser)
    rows = list(csv.reader(io.StringIO(browser.value("window.saved[0].text()"))))
    assert {row[0] for row in rows[1:]} == set(segments(browser))
    quiet(browser)


def test_a_link_to_a_segment_opens_it(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?segment=27")
    settle(browser)
    top, box = browser.value(
        "['.segment.open', '.list'].map("
        "(s) => document.querySelector(s).getBoundingClientRect().top)"
    )
    assert browser.value("document.querySelector('.segment.open b').textContent") == "Segment 27"
    assert abs(top - box) < 5 and 0 <= box < 200
    assert browser.value("document.querySelectorAll('.segment').length") < 30


def test_source_marks_are_those_of_the_system_asked_for(
    browser: Browser, page: str, test_set: TestSet
) -> None:
    spans = test_set.error_spans.reset_index(drop=True)
    in_source = spans[(spans["side"] == "source") & spans["start"].notna()]
    both = set(in_source[in_source["system"] == "SYSTEM-B"]["segment_id"]) & set(
        in_source[in_source["system"] == "SYSTEM-C"]["segment_id"]
    )
    segment = sorted(both, key=int)[0]
    browser.open_report(page + f"#segments?systems=SYSTEM-B&systems=SYSTEM-C&segment={segment}")
    names = "[...document.querySelectorAll('.open .head h4')].map((h) => h.textContent)"
    for place, system in enumerate(browser.value(names)):
        browser.value(f"document.querySelectorAll('.open .source-marks')[{place}].click()")
        ids = "[...document.querySelectorAll('.open .left mark')].flatMap((m) => m.spans)"
        own = in_source[(in_source["system"] == system) & (in_source["segment_id"] == segment)]
        assert set(browser.value(ids)) == set(own.index)
        assert browser.value("document.querySelector('.open .left h4').textContent").endswith(
            system
        )


def test_a_line_for_each_rater_and_the_words_that_differ(browser: Browser, page: str) -> None:
    shown = "systems=SYSTEM-C&segment=4&marks=raters&diff=on&layer=raters"
    browser.open_report(f"{page}#segments?{shown}")
    lines = browser.value(
        "[...document.querySelectorAll('.open .right .text')].map((p) => p.firstChild.textContent)"
    )
    assert lines == ["rater1 ", "rater2 ", "rater3 "]


def test_the_export_is_what_the_filters_leave(browser: Browser, page: str) -> None:
    content = made_up_content(40, 4, 3)
    browser.open_report(page + "#segments?systems=SYSTEM-B&severity=critical")
    rows = list(csv.DictReader(io.StringIO(exported(browser, "CSV"))))
    assert {r["system"] for r in rows} == {"SYSTEM-B"} and rows
    texts = content.test_set.hypotheses.set_index(["system", "segment_id"])["hypothesis"]
    scores = content.tables["scores"].set_index(["metric", "system", "segment_id"])["score"]
    for row in rows:
        assert row["hypothesis"] == texts["SYSTEM-B", row["segment_id"]]
        assert float(row["bleu"]) == pytest.approx(
            scores["bleu", "SYSTEM-B", row["segment_id"]], abs=0.01
        )
        assert "critical" in row["errors"]
    lines = [json.loads(line) for line in exported(browser).splitlines()]
    assert [line["segment_id"] for line in lines] == [r["segment_id"] for r in rows]
    spans = content.test_set.error_spans
    for line in lines:
        own = spans[(spans["system"] == "SYSTEM-B") & (spans["segment_id"] == line["segment_id"])]
        assert len(line["errors"]) == len(own)
        assert list(line["references"]) == ["refA", "refC"]


def test_no_exported_text_is_a_formula(browser: Browser, tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", made_up_content(rename=marked("=1+")))
    browser.open_report((tmp_path / "report.html").as_uri())
    rows = list(csv.DictReader(io.StringIO(exported(browser, "CSV"))))
    for row in rows:
        assert row["system"].startswith("=1+") and row["segment_id"].startswith("=1+")
        for name in ("document", "source", "hypothesis"):
            assert row[name].startswith("'=1+")


def test_a_heatmap_cell_leads_to_exactly_its_segments(browser: Browser, page: str) -> None:
    table = made_up_content(40, 4, 3).tables["category_segments"]
    browser.open_report(page)
    browser.value(FLUENCY_CELL + ".click()")
    settle(browser)
    own = table[table["category"] == "fluency"]
    assert set(segments(browser)) == set(own["segment_id"])
    assert browser.value("document.querySelectorAll('.segment.open').length") == 1
    sentence = browser.value("document.querySelector('.sentence').textContent")
    assert sentence.startswith(f"{len(own)} pairs of translations in ")
    quiet(browser)


def test_pairs_are_counted_by_direction(browser: Browser, page: str) -> None:
    """The 3 × 3 table against the tables; a field leads to the segments of its pairs."""
    content = made_up_content(40, 4, 3)
    rating = content.tables["ratings"].pivot_table(
        index="segment_id", columns="system", values="rating"
    )
    scores = content.tables["scores"].dropna(subset="segment_id")
    bleu = scores[scores["metric"] == "bleu"].pivot_table(
        index="segment_id", columns="system", values="score"
    )
    means = content.tables["systems"].groupby("system")["rating"].first()
    systems = ["SYSTEM-A", "SYSTEM-B", "SYSTEM-C"]
    order = sorted(systems, key=lambda s: -means[s])
    counts: dict[tuple[str, str], set[str]] = {}
    total: dict[tuple[str, str], int] = {}
    word = {-1: "worse", 0: "equal", 1: "better"}

    def sign(x: float) -> str:
        return word[int(x > 1e-9) - int(x < -1e-9)]

    for segment in rating.index:
        for i, a in enumerate(order):
            for b in order[i + 1 :]:
                key = (
                    sign(bleu.loc[segment, a] - bleu.loc[segment, b]),
                    sign(rating.loc[segment, a] - rating.loc[segment, b]),
                )
                total[key] = total.get(key, 0) + 1
                counts.setdefault(key, set()).add(segment)
    browser.open_report(page)
    draw(browser)
    shown = browser.value(
        "[...document.querySelectorAll('.confusion td a')].map((a) => [a.hash, a.textContent])"
    )
    for address, text in shown:
        metric, human = re.search(r"quadrant=(\w+)-(\w+)", address).groups()  # type: ignore[union-attr]
        assert int(text) == total.get((metric, human), 0)
    browser.value("document.querySelector('.confusion a[href*=\"worse-better\"]').click()")
    settle(browser)
    assert set(segments(browser)) == counts["worse", "better"]
    # Scores up to the calibrated epsilon apart, made up as 0.25, count as equal.
    tied: dict[tuple[str, str], int] = {}
    for segment in rating.index:
        for i, a in enumerate(order):
            for b in order[i + 1 :]:
                apart = bleu.loc[segment, a] - bleu.loc[segment, b]
                close = "equal" if abs(apart) <= 0.25 else sign(apart)
                key = (close, sign(rating.loc[segment, a] - rating.loc[segment, b]))
                tied[key] = tied.get(key, 0) + 1
    assert tied != total
    browser.value("document.querySelector('.ties input').click()")
    draw(browser)
    assert "ties=on" in browser.value("location.hash")
    again = browser.value(
        "[...document.querySelectorAll('.confusion td a')].map((a) => [a.hash, a.textContent])"
    )
    for address, text in again:
        metric, human = re.search(r"quadrant=(\w+)-(\w+)", address).groups()  # type: ignore[union-attr]
        assert int(text) == tied.get((metric, human), 0)
        assert "ties=on" in address


def drag(browser: Browser, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a rectangle on the scatter plot; corners in [0, 1] of its width and height."""
    box = browser.value(
        """(() => { const c = document.querySelector('canvas');
        c.scrollIntoView({ block: 'center' });
        const b = c.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]; })()"""
    )
    mouse = browser.page.mouse
    for (x, y), act in ((start, mouse.down), (end, mouse.up)):
        mouse.move(box[0] + box[2] * x, box[1] + box[3] * y)
        act()
    settle(browser)


def test_a_rectangle_in_the_scatter_chooses_its_translations(browser: Browser, page: str) -> None:
    browser.open_report(page)
    draw(browser)
    drag(browser, (0.5, 0.2), (0.9, 0.5))
    address = browser.value("location.hash")
    limits = {k: float(v) for k, v in re.findall(r"(r?low|r?high)=(-?[\d.]+)", address)}
    assert set(limits) == {"low", "high", "rlow", "rhigh"}
    rows = [json.loads(line) for line in exported(browser).splitlines()]
    assert rows
    for row in rows:
        assert limits["low"] - 0.01 <= row["scores"]["bleu"] <= limits["high"] + 0.01
        assert limits["rlow"] <= row["rating"] <= limits["rhigh"]


def test_a_rectangle_around_systems_keeps_them_alone(browser: Browser, page: str) -> None:
    """The lower half of the drawing holds the systems with the lower means of scores, computed here
    from the tables over the translations with both numbers."""
    content = made_up_content(40, 4, 3)
    key = ["system", "segment_id"]
    ratings = content.tables["ratings"].query("category == 'all'").set_index(key)["rating"]
    scores = content.tables["scores"].query("metric == 'chrf'").dropna(subset="segment_id")
    both = scores.set_index(key)["score"].to_frame().join(ratings).dropna()
    means = both.groupby("system")["score"].mean()
    low, high = means.min(), means.max()
    lower = set(means.index[means < (low + high) / 2])
    assert 0 < len(lower) < len(means)
    browser.open_report(page)
    draw(browser)
    pick(browser, "#against select", "chrF")
    pick(browser, "#against .tools label:nth-child(2) select", "systems")
    draw(browser)
    top, bottom = 12 / 380, 1 - 44 / 380
    drag(browser, (0.11, (top + bottom) / 2), (0.97, bottom - 0.005))
    assert {system for _, system in found(browser)} == lower
    assert "systems=" in browser.value("location.hash")
    assert browser.value("document.querySelectorAll('#against select')[1].value") == "systems"
    said = browser.value("document.querySelector('#against [role=status]').textContent")
    assert said.startswith(f"The filters leave {len(lower)} of 5 systems")
    quiet(browser)


def test_charts_follow_the_metric_chosen_in_any_of_them(browser: Browser, page: str) -> None:
    browser.open_report(page)
    draw(browser)
    pick(browser, "#confusion select", "chrF")
    draw(browser)
    assert browser.value("document.querySelector('#against select').selectedOptions[0].text") == (
        "chrF"
    )
    assert browser.value("document.querySelector('.scatter h3').textContent").startswith("chrF ")
    assert "metric=chrf" in browser.value("location.hash")
    meta = made_up_content(40, 4, 3).tables["meta_evaluation"]
    (epsilon,) = meta[(meta["metric"] == "chrf") & meta["epsilon"].notna()]["epsilon"].unique()
    offered = browser.value("document.querySelector('.ties label').textContent")
    assert offered.startswith(f"scores up to {epsilon:.2f} apart count as equal")


def test_two_metrics_lead_to_where_they_are_farthest_apart(browser: Browser, page: str) -> None:
    scores = made_up_content(40, 4, 3).tables["scores"].dropna(subset=["segment_id", "score"])

    def percentile(metric: str) -> pd.Series:
        own = scores[scores["metric"] == metric].set_index(["segment_id", "system"])["score"]
        return 100 * (own.rank(method="average") - 0.5) / len(own)

    apart = (percentile("bleu") - percentile("chrf")).abs().groupby("segment_id").max()
    browser.open_report(page)
    draw(browser)
    link = 'a[href="#segments?sort=apart&metric=bleu&metric2=chrf"]'
    browser.value(f"document.querySelector('.matrix {link}').click()")
    settle(browser)
    order = list(apart.sort_values(ascending=False, kind="stable").index)
    assert segments(browser)[:5] == order[:5]


#: A table of agreement, behind its fold.
TABLE = "#agreement figure.grid:not(.verdict) table"


def test_tables_are_sorted_by_their_heads(browser: Browser, page: str) -> None:
    browser.open_report(page)
    column = """[...document.querySelector('#systems tbody').rows].map((r) =>
      [r.cells[0].textContent.split(' ')[0], r.cells[5].firstChild.textContent])"""
    head = "document.querySelectorAll('#systems thead th')[5]"
    before = browser.value(column)
    orders = []
    for expected in ("descending", "ascending", None):
        browser.value(f"{head}.querySelector('button').click()")
        assert browser.value(f"{head}.getAttribute('aria-sort')") == expected
        orders.append(browser.value(column))
    down, up, again = orders
    numbers = [float(v) for _, v in down[:-1]]
    assert numbers == sorted(numbers, reverse=True)
    assert down[-1][1].startswith("\N{EN DASH}") and up[-1] == down[-1]  # missing: last both ways
    assert up[:-1] == down[:-1][::-1] and again == before
    browser.value(f"document.querySelector('{TABLE}').closest('details').open = true")
    rows = f"""[...document.querySelector('{TABLE}').tBodies[0].rows].map((r) =>
      r.cells[0].textContent)"""
    browser.value(f"document.querySelector('{TABLE} thead th button').click()")
    assert browser.value(rows)[-2:] == ["One rater against the others", "Chance"]


def test_tables_are_copied_as_text(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value(CATCH)
    copies = {}
    for name in ("CSV", "Markdown", "LaTeX"):
        button = f'{TABLE.removesuffix(" table")} [aria-label$="as {name}"]'
        browser.value(f"document.querySelector('{button}').click()")
        copies[name] = browser.value("new Promise((d) => setTimeout(() => d(window.copied), 20))")
    rows = list(csv.reader(io.StringIO(copies["CSV"])))
    assert rows[0][:2] == ["Metric", "Metric, kind"] and {len(r) for r in rows} == {10}
    assert [name.rsplit(", ", 1)[-1] for name in rows[0][3:6]] == ["rank", "low", "high"]
    low, value, high = (float(rows[1][j]) for j in (4, 2, 5))  # numbers, with nothing around them
    assert low < value < high
    assert copies["Markdown"].splitlines()[1] == "| --- | ---: | ---: |"
    assert len(copies["Markdown"].splitlines()) == len(rows) + 1
    assert r"\%" in copies["LaTeX"] and copies["LaTeX"].count(r"\\") == len(rows)
    quiet(browser)


def test_charts_that_are_tables_are_copied_too(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value(CATCH)
    draw(browser)
    copied = []
    for place in ("#chart-confusion", "#chart-metrics"):
        browser.value(f"document.querySelector('{place} [aria-label$=\"as CSV\"]').click()")
        text = browser.value("new Promise((d) => setTimeout(() => d(window.copied), 20))")
        copied.append(list(csv.reader(io.StringIO(text))))
    confusion, correlations = copied
    assert confusion[0] == ["BLEU finds it", "humans: worse", "humans: worse, %", "humans: equal",
                            "humans: equal, %", "humans: better", "humans: better, %"]  # fmt: skip
    assert [row[0] for row in confusion[1:]] == ["worse", "equal", "better"]
    counts = [int(cell) for row in confusion[1:] for cell in row[1::2]]
    shares = [float(cell) for row in confusion[1:] for cell in row[2::2]]
    assert shares == pytest.approx([100 * n / sum(counts) for n in counts], abs=0.06)
    shown = "[...document.querySelectorAll('#chart-confusion td a')].map((a) => +a.textContent)"
    assert counts == browser.value(shown) and sum(counts) > 50
    assert correlations[0][1:] == [row[0] for row in correlations[1:]]
    for i, row in enumerate(correlations[1:]):
        assert row[i + 1] == ""
        for j, cell in enumerate(row[1:]):
            assert cell == correlations[j + 1][i + 1]
    quiet(browser)


def test_a_printed_report_has_no_controls_and_no_blank_pages(browser: Browser, page: str) -> None:
    browser.open_report(page)
    pdf = browser.page.pdf()
    assert 3 < len(re.findall(rb"/Type\s*/Page\b", pdf)) < 40
    loaded = "[...document.images].map((i) => i.complete && i.naturalWidth > 0)"
    assert set(browser.value(loaded)) == {True}  # pictures wait until they are near, or printed
    browser.page.emulate_media(media="print")
    hidden = ".filters, .chips, .tools, .scatter, nav"
    shown = f"[...document.querySelectorAll('{hidden}')].filter((e) => e.offsetHeight).length"
    assert browser.value(shown) == 0
    browser.page.emulate_media(media="null")


def test_a_printed_report_has_provenance_in_full(browser: Browser, page: str) -> None:
    browser.open_report(page, folded=True)
    folds = "[...document.querySelectorAll('#provenance details.in-print')]"
    texts = f"{folds}.map((d) => d.lastElementChild.checkVisibility())"
    assert browser.value(f"{folds}.length") > 3
    assert set(browser.value(texts)) == {False}
    browser.value(f"{folds}[1].open = true")
    browser.value("dispatchEvent(new Event('beforeprint'))")
    assert set(browser.value(texts)) == {True}
    browser.value("dispatchEvent(new Event('afterprint'))")
    opened = browser.value(f"{folds}.map((d) => d.open)")
    assert opened == [i == 1 for i in range(len(opened))]  # as the reader left them


def test_a_place_in_the_page_is_found_and_found_again(browser: Browser, page: str) -> None:
    """The section of the address is opened, and comes into view."""
    top = "Math.round(document.querySelector('#definitions').getBoundingClientRect().top)"
    browser.open_report(page + "#definitions", folded=True)
    by_address = browser.value(top)
    assert 0 <= by_address < 200
    browser.open_report(page, folded=True)
    browser.page.click("nav a[href='#definitions']")
    assert abs(browser.value(top) - by_address) <= 2
    settle(browser)
    assert abs(browser.value(top) - by_address) <= 2
    place = browser.value("scrollY")
    browser.page.reload()
    browser.wait(f"Math.abs(scrollY - {place}) <= 2")


@pytest.mark.slow
def test_a_run_as_large_as_wmt23_opens_within_a_second_or_so(
    browser: Browser, tmp_path: Path
) -> None:
    write_report(tmp_path / "report.html", made_up_content(377, 15, 3))
    browser.open_report((tmp_path / "report.html").as_uri())
    assert browser.value(STATUS).startswith("377 of 377")
    loaded = browser.value("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert loaded < 4000  # some 250 ms on a laptop; room for a busy machine
    assert browser.value("document.querySelectorAll('*').length") < 10_000


@pytest.fixture(scope="module")
def real_run(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on real annotations: one metric and one sentinel, no plots."""
    folder = tmp_path_factory.mktemp("real") / "run"
    code = main(
        [
            *("test_set=wmt23_zhen_news", "metrics=[bleu]", "sentinels=[length]"),
            *("plots=none", "resampling.samples=2", f"mirror={mirror}", f"output={folder}"),
        ]
    )
    assert code == 0
    return folder


def test_from_a_number_of_real_data_to_its_segments(browser: Browser, real_run: Path) -> None:
    """A click on omission x BLEU leads to exactly the segments that the table names, those first on
    which BLEU was wrong; categories and severities narrow them; the address shares the view."""
    table = pd.read_csv(real_run / "tables" / "category_segments.csv", dtype={"segment_id": str})
    own = table[(table["view"] == "news") & (table["category"] == "omission")]
    page = (real_run / "report.html").as_uri()
    browser.open_report(page)
    browser.value(
        "document.querySelector('td a[href=\"#segments?view=news&decided=omission&metric=bleu\"]')"
        ".click()"
    )
    settle(browser)
    shown = segments(browser)
    assert set(shown) == set(own["segment_id"])
    wrong = own[own["outcomes"] == "W"].groupby("segment_id").size()
    assert [wrong.get(s, 0) for s in shown] == sorted(
        (wrong.get(s, 0) for s in shown), reverse=True
    )
    sentence = browser.value("document.querySelector('.sentence').textContent")
    right, equal = ((own["outcomes"] == letter).sum() for letter in "RE")
    assert sentence.replace(",", "").startswith(
        f"{len(own)} pairs of translations in {own['segment_id'].nunique()} segments: BLEU is right"
        f" on {right} sees no difference on {equal} is wrong on {wrong.sum()};"
    )
    pairs = browser.value("document.querySelectorAll('.open .pairs-list li').length")
    assert pairs == (own["segment_id"] == shown[0]).sum()
    choose(browser, "Error category", "news:name")
    choose(browser, "Severity", "major")
    narrowed, address = found(browser), browser.value("location.hash")
    assert narrowed and {s for s, _ in narrowed} < set(shown)
    quiet(browser)
    browser.open_report(page + address)
    assert found(browser) == narrowed
    quiet(browser)


def test_metrics_marks_are_a_layer_of_their_own(browser: Browser, page: str) -> None:
    content = made_up_content(40, 4, 3)
    row = content.tables["metric_spans"].iloc[0]
    texts = content.test_set.hypotheses.set_index(["system", "segment_id"])["hypothesis"]
    text = texts[row["system"], row["segment_id"]]
    browser.open_report(f"{page}#segments?segment={row['segment_id']}")
    settle(browser)
    lines = """[...document.querySelectorAll('.metric-layer')].map((p) => [p.textContent,
      [...p.querySelectorAll('mark')].map((m) => m.textContent + '|' + m.title)])"""
    found = dict(browser.value(lines))
    assert found[f"COMET marks {text}"] == [f"{text[:2]}|major, accuracy"]
    assert found[f"chrF marks {text[:1]}\u2038{text[1:]}"] == ["\u2038|marked"]
    # A mark lights up with the raters' marks at the same place.
    browser.value(
        """document.querySelectorAll('.metric-layer mark').forEach((m) =>
          m.dispatchEvent(new Event('focusin', { bubbles: true })))"""
    )
    linked = """[...document.querySelectorAll('.metric-layer mark.by-metric')].map((m) =>
      m.spans.filter((s) => typeof s === 'number').every((k) =>
        [...document.querySelectorAll('mark:not(.by-metric)')].some((h) => h.spans.includes(k))))"""
    assert all(browser.value(linked))
    assert browser.value("document.querySelectorAll('.metric-layer mark.lit').length") >= 1
    choose(browser, "Marks of", "raters")
    settle(browser)
    assert browser.value("document.querySelectorAll('.metric-layer').length") == 0
    assert "layer=raters" in browser.value("location.hash")
    choose(browser, "Marks of", "metrics")
    settle(browser)
    assert (
        browser.value("document.querySelectorAll('.hypothesis mark:not(.by-metric)').length") == 0
    )
    assert browser.value("document.querySelectorAll('.metric-layer').length") > 0
    quiet(browser)

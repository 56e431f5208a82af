"""What the explorer counts and keeps where filters meet: pairs, ties, raters, addresses, focus."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup

from harness.report import write_report
from harness.report.coded_numbers import coded
from harness.report.grids import Cell, Grid, Row
from harness.report.html import TABLE_SCRIPTS, page_environment, page_script
from tests.support.chromium import CHROMIUM, Browser
from tests.support.explorer import (
    CATCH,
    FLUENCY_CELL,
    draw,
    exported,
    pick,
    quiet,
    segments,
    settle,
)
from tests.support.report_sample import made_up_content

needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to open the page")
SENTENCE = "document.querySelector('.sentence').textContent"
HASH = "location.hash"


def rows_exported(browser: Browser) -> list[dict[str, str]]:
    """The rows of the CSV that the page exports."""
    return list(csv.DictReader(io.StringIO(exported(browser, "CSV"))))


# ---------------------------------------------------------------- ties


@pytest.mark.parametrize("seed", range(5))
def test_reach_says_exactly_which_scores_are_within_epsilon(seed: int) -> None:
    """Against every pair of unrounded scores; epsilon is one of the differences, so that equality
    counts, and the rounded values alone would tell otherwise."""
    draw_ = np.random.default_rng(seed)
    values = np.round(draw_.normal(30, 2, (60, 3)), 3) + draw_.choice([0.0, 1e-5], (60, 3))
    flat = values.ravel()
    differences = np.abs(flat[:, None] - flat)
    epsilon = float(np.sort(differences[differences > 1e-9])[len(flat) * 20])
    data = coded(values, None, 2, epsilon)
    rank, reach = np.array(data["ranks"]), np.cumsum(data["reach"])
    low, high = np.minimum(rank[:, None], rank), np.maximum(rank[:, None], rank)
    tied = high - low <= reach[low]
    assert np.array_equal(tied, (differences <= epsilon) | (high == low))
    rounded = np.round(flat, 2)
    assert not np.array_equal(tied, np.abs(rounded[:, None] - rounded) <= epsilon)


def test_without_an_epsilon_nothing_more_is_written() -> None:
    assert "reach" not in coded(np.array([[1.0, 2.0]]), None, 2)
    assert coded(np.array([[np.nan]]), None, 2, 0.5)["reach"] == []


# ---------------------------------------------------------------- pairs and filters


@needs_chromium
def test_pairs_are_those_of_the_translations_that_the_filters_leave(
    browser: Browser, page: str
) -> None:
    content = made_up_content(40, 4, 3)
    table = content.tables["category_segments"]
    own = table[(table["category"] == "fluency") & (table["view"] == "category")]
    documents = content.test_set.segments.set_index("segment_id")["document"]
    chosen = own[own["segment_id"].map(documents) == "news_02.zh-en"]
    assert 0 < len(chosen) < len(own)
    link = "#segments?view=category&decided=fluency&metric=chrf"
    browser.open_report(page + link + "&document=news_02.zh-en")
    said = browser.value(SENTENCE)
    assert said.startswith(
        f"{len(chosen)} pairs of translations in {chosen['segment_id'].nunique()} segments"
    )
    assert set(segments(browser)) == set(chosen["segment_id"])
    # a pair counts where one of its translations is left
    rating = content.tables["ratings"].query("category == 'all'")
    low = set(rating[rating["rating"] <= -6][["segment_id", "system"]].itertuples(index=False))
    keys = [
        {(r.segment_id, r.system_1), (r.segment_id, r.system_2)}
        for r in own.itertuples(index=False)
    ]
    left = sum(any(tuple(k) in {tuple(p) for p in low} for k in pair) for pair in keys)
    assert 0 < left < len(own)
    browser.open_report(page + link + "&rhigh=-6")
    assert browser.value(SENTENCE).startswith(f"{left} pairs of translations in ")
    heads = browser.value("[...document.querySelectorAll('.facts-line')].map((e) => e.textContent)")
    counts = [int(m[1]) for h in heads if (m := re.match(r"\d+ wrong of (\d+) pair", h))]
    kept = pd.Series(
        [r.segment_id for r, k in zip(own.itertuples(index=False), keys, strict=True)
         if any(tuple(x) in {tuple(p) for p in low} for x in k)]
    ).value_counts()  # fmt: skip
    assert counts and counts == [kept[i] for i in segments(browser)[: len(counts)]]
    quiet(browser)


@needs_chromium
def test_the_table_of_directions_counts_what_the_filters_leave(browser: Browser, page: str) -> None:
    numbers = "[...document.querySelectorAll('.confusion td a')].map((a) => +a.textContent)"
    browser.open_report(page)
    draw(browser)
    whole = sum(browser.value(numbers))
    pick(browser, "#segments .filters select[class], #segments .filters label:nth-child(3) select",
         "news_02.zh-en")  # fmt: skip
    draw(browser)
    part = browser.value(numbers)
    documents = made_up_content(40, 4, 3).test_set.segments["document"]
    assert "document=news_02" in browser.value(HASH)
    assert 0 < sum(part) < whole
    assert sum(part) <= 3 * (documents == "news_02.zh-en").sum()
    browser.value("document.querySelector('.confusion a[href*=\"worse-better\"]').click()")
    settle(browser)
    assert "document=news_02" in browser.value(HASH)  # the filter stays
    assert browser.value(SENTENCE).startswith(f"{part[2]} pairs")
    quiet(browser)


@needs_chromium
def test_the_rating_of_a_rater_chosen_is_what_filters_and_orders_go_by(
    browser: Browser, page: str
) -> None:
    ratings = made_up_content(40, 4, 3).tables["rater_ratings"]
    own = ratings[(ratings["rater"] == "rater2") & (ratings["category"] == "all")]
    kept = own[own["rating"] >= -2]
    browser.open_report(page + "#segments?rater=rater2&rlow=-2")
    rows = rows_exported(browser)
    assert {(r["segment_id"], r["system"]) for r in rows} == set(
        kept[["segment_id", "system"]].itertuples(index=False, name=None)
    )
    browser.open_report(page + "#segments?rater=rater2&sort=worst")
    order = list(dict.fromkeys(r["segment_id"] for r in rows_exported(browser)))
    means = own.groupby("segment_id")["rating"].mean()
    assert [means[s] for s in order] == pytest.approx(sorted(means))


@needs_chromium
def test_limits_of_a_score_do_not_pass_to_another_metric(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?low=30&high=40")
    chips = "[...document.querySelectorAll('.active')].map((b) => b.textContent)"
    assert browser.value(chips) == ["BLEU from: 30 ×", "BLEU to: 40 ×"]
    draw(browser)
    pick(browser, "#confusion select", "chrF")
    assert browser.value(HASH) == "#confusion?metric=chrf"
    assert browser.value(chips) == []


@needs_chromium
def test_no_number_of_segments_stands_at_a_rater_who_would_bring_other_ratings(
    browser: Browser, page: str
) -> None:
    raters = (
        "[...[...document.querySelectorAll('.filters label')].find((e) =>"
        " e.textContent.startsWith('Rater')).querySelectorAll('option')].map((o) => o.textContent)"
    )
    browser.open_report(page)
    assert "(" in browser.value(raters)[1]
    browser.open_report(page + "#segments?rlow=-5")
    assert browser.value(raters)[1] == "rater1"


@needs_chromium
def test_given_ratings_do_not_change_with_the_rater(browser: Browser, tmp_path: Path) -> None:
    content = made_up_content(40, 4, 3)
    given = replace(content, run={**content.run, "rating": "mqm"})
    write_report(tmp_path / "report.html", given)
    browser.open_report((tmp_path / "report.html").as_uri() + "#segments?rater=rater2")
    total = content.tables["ratings"].query("category == 'all'")
    mean = total.set_index(["segment_id", "system"])["rating"]
    rows = rows_exported(browser)
    assert rows
    for row in rows:
        assert float(row["rating"]) == pytest.approx(
            mean[row["segment_id"], row["system"]], abs=1e-4
        )


@needs_chromium
def test_errors_of_the_deciding_category_stand_out(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?view=category&decided=fluency&metric=chrf")
    settle(browser)
    codes = browser.value(
        "[...document.querySelectorAll('.open .errors li')].map((e) =>"
        " [e.children[1].textContent, e.classList.contains('dim')])"
    )
    assert codes and any(dim for _, dim in codes) and not all(dim for _, dim in codes)
    assert all(dim == (not code.startswith("fluency")) for code, dim in codes)


@needs_chromium
def test_with_a_rater_chosen_humans_are_that_rater_everywhere(browser: Browser, page: str) -> None:
    """The table of directions, the list of pairs, the residual and the export."""
    content = made_up_content(40, 4, 3)
    ratings = content.tables["rater_ratings"]
    own = ratings[(ratings["rater"] == "rater2") & (ratings["category"] == "all")]
    rating = own.pivot_table(index="segment_id", columns="system", values="rating")
    scores = content.tables["scores"].dropna(subset=["segment_id", "score"])
    bleu = scores[scores["metric"] == "bleu"].pivot_table(
        index="segment_id", columns="system", values="score"
    )
    means = content.tables["systems"].groupby("system")["rating"].first()
    order = sorted(["SYSTEM-A", "SYSTEM-B", "SYSTEM-C"], key=lambda s: -means[s])
    counts = np.zeros((3, 3), dtype=int)
    for segment in rating.index:
        for i, a in enumerate(order):
            for b in order[i + 1 :]:
                h = rating.loc[segment, a] - rating.loc[segment, b]
                m = bleu.loc[segment, a] - bleu.loc[segment, b]
                if not np.isnan(h) and not np.isnan(m):
                    counts[int(np.sign(round(m, 9))) + 1, int(np.sign(round(h, 9))) + 1] += 1
    browser.open_report(page + "#segments?rater=rater2")
    draw(browser)
    numbers = "[...document.querySelectorAll('.confusion td a')].map((a) => +a.textContent)"
    assert browser.value(numbers) == counts.ravel().tolist()
    assert "rater2 alone" in browser.value(
        "document.querySelector('.confusion caption').textContent"
    )
    rows = rows_exported(browser)
    given = own.set_index(["segment_id", "system"])["rating"]
    assert {r["rated_by"] for r in rows} == {"rater2"}
    for r in rows:
        assert float(r["rating"]) == pytest.approx(given[r["segment_id"], r["system"]], abs=1e-4)
        assert "rater1" not in r["errors"] and "rater3" not in r["errors"]
    browser.open_report(page + "#segments?rater=rater2&quadrant=better-worse")
    settle(browser)
    said = browser.value("document.querySelector('.open .pairs-list li').textContent")
    first, second = re.search(r"humans find (\S+) worse than (\S+);", said).groups()  # type: ignore[union-attr]
    segment = segments(browser)[0]
    assert rating.loc[segment, first] < rating.loc[segment, second]


# ---------------------------------------------------------------- addresses


@needs_chromium
def test_a_jump_within_the_page_keeps_the_filters_in_the_address(
    browser: Browser, page: str
) -> None:
    browser.open_report(page + "#segments?severity=major")
    before = segments(browser)
    browser.value(
        "document.querySelector('nav a[href=\"#confusion\"]')"
        ".dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }))"
    )
    assert browser.value(HASH) == "#confusion?severity=major"
    assert browser.value("document.activeElement.id") == "confusion-title"
    browser.open_report(page + browser.value(HASH), folded=True)
    top = browser.value("document.querySelector('#confusion').getBoundingClientRect().top")
    assert 0 <= top < browser.value("innerHeight / 2")  # as far up as the rest of the page allows
    browser.value("document.querySelector('#segments details').open = true")
    settle(browser)
    assert segments(browser) == before
    browser.value("history.replaceState(null, '', '#segments?severity=major')")
    browser.value("location.hash = '#confusion'")
    settle(browser)
    assert segments(browser) == [str(i + 1) for i in range(40)]  # what the address says


@needs_chromium
@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("low=abc&severity=major", "severity=major"),
        ("rlow=&gap=x", ""),
        ("view=category&decided=fluency&quadrant=worse-better", "view=category&decided=fluency"),
        ("view=category&decided=nothing", ""),
        ("segment=999&sort=sideways", ""),
    ],
)
def test_what_an_address_cannot_mean_is_left_out(
    browser: Browser, page: str, asked: str, kept: str
) -> None:
    browser.open_report(page + "#segments?" + asked)
    pick(browser, "#segments .filters select", "source")
    now = set(browser.value(HASH).removeprefix("#segments?").split("&"))
    assert now == {"where=source", *filter(None, kept.split("&"))}


@needs_chromium
def test_the_address_names_the_part_of_the_page_that_was_asked(browser: Browser, page: str) -> None:
    browser.open_report(page)
    draw(browser)
    pick(browser, "#against .tools label:nth-child(2) select", "systems")
    assert browser.value(HASH) == "#against?level=systems"
    browser.open_report(page + "#against?level=systems")
    draw(browser)
    title = "document.querySelector('.scatter h3').textContent"
    assert browser.value(title).endswith("systems")
    pick(browser, "#segments .filters select", "source")
    assert browser.value(HASH) == "#segments?where=source&level=systems"


@needs_chromium
def test_back_brings_the_reader_to_where_the_number_was(browser: Browser, page: str) -> None:
    browser.open_report(page)
    link = FLUENCY_CELL
    browser.value(f"{link}.scrollIntoView({{ block: 'center' }})")
    settle(browser)
    before = browser.value("scrollY")
    browser.value(f"{link}.click()")
    settle(browser)
    assert abs(browser.value("scrollY") - before) > 500
    browser.page.go_back()
    settle(browser)
    assert browser.value(HASH) == ""
    assert abs(browser.value("scrollY") - before) < 50
    assert browser.value("document.querySelectorAll('.active').length") == 0


@needs_chromium
def test_a_segment_opened_after_a_jump_is_in_the_address(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value("document.querySelector('nav a[href=\"#systems\"]').click()")
    assert browser.value(HASH) == "#systems"
    browser.value("document.querySelector('.head-button').click()")
    assert browser.value(HASH) == "#segments?segment=1"


@needs_chromium
def test_a_segment_that_its_filters_leave_out_is_named(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?segment=1&document=news_02.zh-en")
    said = browser.value("document.querySelector('.status').textContent")
    assert said.endswith("; segment 1 is not among them")


@needs_chromium
def test_a_table_without_pairs_says_why(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?systems=SYSTEM-A")
    draw(browser)
    said = browser.value("document.querySelector('#chart-confusion .none').textContent")
    assert said.startswith("There is no pair") and "1 of 5 systems" in said


@needs_chromium
def test_clearing_the_filters_keeps_order_and_looks(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?severity=major&low=1&sort=low&metric=chrf&diff=on")
    browser.value("[...document.querySelectorAll('.active-filters button')].at(-1).click()")
    now = set(browser.value(HASH).removeprefix("#segments?").split("&"))
    assert now == {"sort=low", "metric=chrf", "diff=on"}


# ---------------------------------------------------------------- keys


@needs_chromium
def test_the_list_is_one_stop_of_the_tab_key(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value("document.querySelector('.list').focus()")
    browser.key("j")
    inside = "Boolean(document.activeElement.closest('.list'))"
    assert browser.value(inside)
    browser.key("Tab")
    assert not browser.value(inside)


@needs_chromium
def test_escape_empties_the_search_and_takes_its_filter_away(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?q=shall")
    browser.value("document.querySelector('.list').scrollIntoView()")
    browser.key("/")
    browser.key("Escape")
    settle(browser)
    assert browser.value("document.querySelector('.filters input').value") == ""
    assert "q=" not in browser.value(HASH)
    assert browser.value("document.querySelectorAll('.active').length") == 0


@needs_chromium
def test_keys_work_from_a_chip_of_the_systems(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value("document.querySelector('.chip input').focus()")
    browser.key("/")
    assert browser.value("document.activeElement.type") == "search"


@needs_chromium
def test_the_focus_goes_where_a_number_leads(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value(FLUENCY_CELL + ".focus()")
    browser.key("Enter")
    settle(browser)
    first = segments(browser)[0]
    focused = "document.activeElement.closest('.segment')?.querySelector('b').textContent"
    assert browser.value(focused) == f"Segment {first}"


@needs_chromium
def test_the_focus_stays_among_the_filters_when_one_is_removed(browser: Browser, page: str) -> None:
    browser.open_report(page + "#segments?severity=major&rater=rater2")
    for n in (1, 0):
        browser.value("document.querySelector('.active').focus()")
        browser.key("Enter")
        assert browser.value("document.querySelectorAll('.active').length") == n
        where = browser.value("document.activeElement.className")
        assert where == ("active" if n else "status")


@needs_chromium
def test_arrows_scroll_through_an_open_segment_and_go_through_its_errors(
    browser: Browser, page: str
) -> None:
    browser.open_report(page + "#segments?segment=5")
    settle(browser)
    browser.value("document.querySelector('.open .head-button').focus()")
    before = browser.value("document.querySelector('.list').scrollTop")
    browser.key("ArrowDown")
    browser.page.wait_for_function(
        f"() => document.querySelector('.list').scrollTop > {before}"
    )  # the browser's own scrolling
    opened = "[...document.querySelectorAll('.open b:first-child')].map((e) => e.textContent)"
    assert "Segment 5" in browser.value(opened)
    browser.value(
        "[...document.querySelectorAll('.open .errors')].find((e) => e.children.length > 1)"
        ".firstChild.focus()"
    )
    place = "[...document.activeElement.parentNode.children].indexOf(document.activeElement)"
    for key, where in (("ArrowRight", 1), ("ArrowLeft", 0), ("ArrowLeft", 0)):
        browser.key(key)
        assert browser.value(place) == where
        assert browser.value("document.activeElement.tagName") == "LI"


@needs_chromium
def test_j_goes_on_from_what_is_in_view(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value("document.querySelector('.list').scrollIntoView()")
    browser.value("document.querySelector('.list').scrollTop = 1200")
    settle(browser)
    browser.key("j")
    focused = "document.activeElement.closest('.segment')?.querySelector('b').textContent"
    assert int(browser.value(focused).removeprefix("Segment ")) > 10


# ---------------------------------------------------------------- two metrics, print


@needs_chromium
def test_two_metrics_show_where_they_are_farthest_apart(browser: Browser, page: str) -> None:
    scores = made_up_content(40, 4, 3).tables["scores"].dropna(subset=["segment_id", "score"])

    def percentiles(metric: str) -> pd.Series:
        own = scores[scores["metric"] == metric].set_index(["segment_id", "system"])["score"]
        return 100 * (own.rank(method="average") - 0.5) / len(own)

    gap = (percentiles("bleu") - percentiles("chrf")).abs().dropna()
    segment, system = gap.idxmax()
    browser.open_report(page + "#segments?sort=apart&metric=bleu&metric2=chrf")
    settle(browser)
    head = browser.value("document.querySelector('.open .line').textContent")
    assert head.startswith(f"Segment {segment}")
    assert f"{round(gap.max())} points of percentile apart on {system}" in head
    assert browser.value("document.querySelector('.open .hypothesis h4').textContent") == system


@needs_chromium
def test_a_print_has_the_first_segments_and_names_the_filters(
    browser: Browser, tmp_path: Path
) -> None:
    write_report(tmp_path / "report.html", made_up_content(120, 4, 3))
    browser.open_report((tmp_path / "report.html").as_uri())
    shown = "document.querySelectorAll('.segment').length"
    said = "document.querySelector('.printed').textContent"
    browser.value("dispatchEvent(new Event('beforeprint'))")
    assert browser.value(shown) == 100
    assert browser.value(said).startswith("The first 100 of these segments are printed")
    browser.value("dispatchEvent(new Event('afterprint'))")
    assert browser.value(shown) < 50
    pick(browser, "#segments .filters label:nth-child(3) select", "news_02.zh-en")
    few = len(segments(browser))
    browser.value("dispatchEvent(new Event('beforeprint'))")
    assert browser.value(shown) == few < 100
    assert browser.value(said) == ""
    browser.page.emulate_media(media="print")
    chip = browser.value("document.querySelector('.active').innerText")
    assert chip == "document: news_02.zh-en"  # without the cross that takes it away
    browser.page.emulate_media(media="screen")
    browser.value("dispatchEvent(new Event('afterprint'))")


@needs_chromium
def test_what_the_printer_sets_off_does_not_cut_the_list_again(browser: Browser, page: str) -> None:
    browser.open_report(page)
    browser.value("dispatchEvent(new Event('beforeprint'))")
    browser.page.emulate_media(media="print")
    browser.page.set_viewport_size({"width": 700, "height": 900})
    browser.value("new Promise((done) => setTimeout(() => requestAnimationFrame(done), 300))")
    assert browser.value("document.querySelectorAll('.segment').length") == 40
    browser.page.emulate_media(media="screen")
    browser.page.set_viewport_size({"width": 1280, "height": 900})
    browser.value("dispatchEvent(new Event('afterprint'))")
    settle(browser)
    assert browser.value("document.querySelectorAll('.segment').length") < 40


@needs_chromium
def test_a_right_button_and_escape_choose_nothing(browser: Browser, page: str) -> None:
    browser.open_report(page)
    draw(browser)
    browser.value("document.querySelector('.scatter canvas').scrollIntoView({ block: 'center' })")
    x, y, wide, high = browser.value(
        "(({ x, y, width, height }) => [x, y, width, height])"
        "(document.querySelector('.scatter canvas').getBoundingClientRect())"
    )
    mouse = browser.page.mouse
    for button, keys in (("right", ()), ("left", ("Escape",)), ("left", ("Shift", "Escape"))):
        mouse.move(x + wide / 3, y + high / 3)
        mouse.down(button=button)
        mouse.move(x + wide / 2, y + high / 2)
        for key in keys:
            browser.key(key)
        mouse.up(button=button)
        assert browser.value(HASH) == ""


@needs_chromium
def test_cells_of_several_rows_badges_and_names_are_copied(
    browser: Browser, tmp_path: Path
) -> None:
    """A made-up table: a category over two rows, a rank, a kind, what stands below a name."""
    rows = [
        Row([Cell("number", header=True, rows=2), Cell("digit", detail="accuracy"),
             Cell("1,234.5", badge="1/2", detail="[1.0, 2.0]", classes=("number",), strong=True)]),
        Row([Cell("year"), Cell("−2", classes=("number",))]),
        Row([Cell("style", badge="sentinel", detail="too few", header=True), Cell("tone"),
             Cell("3°", classes=("number",))], ("grey",)),
    ]  # fmt: skip
    heads = [Row([Cell("Category", header=True), Cell("Kind", header=True),
                  Cell("BLEU", detail="drop", header=True, classes=("number",))])]  # fmt: skip
    made = Grid("Made up", "For a test.", "", heads, rows)
    text = page_environment().from_string(
        "{% import 'macros.html.j2' as ui %}<!DOCTYPE html>{{ ui.grid(g) }}<script>{{ s }}</script>"
    ).render(g=made, s=Markup(page_script(TABLE_SCRIPTS)), scripted=True)  # fmt: skip
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    browser.open(path.as_uri())
    browser.value(CATCH)
    copies = {}
    for name in ("CSV", "Markdown", "LaTeX"):
        browser.value(f"document.querySelector('[aria-label$=\"as {name}\"]').click()")
        copies[name] = browser.value("new Promise((d) => setTimeout(() => d(window.copied), 20))")
    assert list(csv.reader(io.StringIO(copies["CSV"]))) == [
        ["Category", "Category, kind", "Category, note", "Kind", "Kind, note", "BLEU, drop",
         "BLEU, drop, rank", "BLEU, drop, low", "BLEU, drop, high"],
        ["number", "", "", "digit", "accuracy", "1234.5", "1/2", "1.0", "2.0"],
        ["number", "", "", "year", "", "-2", "", "", ""],
        ["style", "sentinel", "too few", "tone", "", "3", "", "", ""],
    ]  # fmt: skip
    lines = copies["Markdown"].splitlines()
    assert lines[2] == r"| number | digit accuracy | **1,234.5** (1/2) \[1.0, 2.0\] |"
    assert lines[3] == "| number | year | −2 |"
    assert lines[4] == "| style (sentinel) | tone | 3° |"  # the reason of a hatched row is left out
    assert copies["LaTeX"].count("&") == 2 * 4

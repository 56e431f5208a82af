"""The HTML report: safe with any text, complete, in order, nothing missing shown as a number."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import lxml.html
import pandas as pd
import pytest

import harness.report
from harness.errors import InputError
from harness.report import PlotImage, ReportContent, ReportOptions, write_report
from harness.report.accuracy_cells import heat_class
from harness.report.category_tables import accuracy_tables
from harness.report.grids import browser_link
from harness.report.html import page_environment, page_script, render_report
from harness.report.packing import unpacked
from harness.tables import SYSTEM_INTERVALS, TableError, TestSet, conform
from tests.support.hostile_pages import Structure, each_payload, marked
from tests.support.report_sample import NAME, SVG, made_up_content, made_up_test_set

ASSETS = Path(harness.report.__file__).parent / "assets"


def lxml_shape(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(str(e.tag), tuple(e.attrib)) for e in lxml.html.document_fromstring(text).iter()]


def data_of(page: Structure) -> Any:
    (text,) = [t for _, attrs, t in page.raw if attrs.get("id") == "data"]
    return json.loads(unpacked(text))


@cache
def hostile(payload: str) -> tuple[ReportContent, str]:
    """A report with the payload in front of every text and name, and its content."""
    content = made_up_content(rename=marked(payload))
    return content, render_report(content)


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return made_up_content(40, 4, 3)


@pytest.fixture(scope="module")
def page(content: ReportContent) -> str:
    return render_report(content)


@pytest.fixture(scope="module")
def harmless() -> str:
    return render_report(made_up_content(rename=marked("harmless ")))


@pytest.mark.parametrize("payload", each_payload())
def test_no_element_and_no_attribute_comes_from_the_data(payload: str, harmless: str) -> None:
    _, text = hostile(payload)
    expected, found = Structure(harmless), Structure(text)
    assert found.tags == expected.tags
    assert found.others == expected.others == []
    assert lxml_shape(text) == lxml_shape(harmless)
    text.encode("utf-8")  # no lone surrogate is left
    for tag, name, value in found.attributes:
        assert not name.startswith("on") and name != "style"
        if name == "href":
            assert re.fullmatch(r"#[a-z]+(\?[A-Za-z0-9%&=+._~*-]*)?", value)
        if name == "src":
            assert tag == "img" and value.startswith("data:image/svg+xml;base64,")
        if name == "class":
            assert re.fullmatch(r"[a-z0-9 -]+", value)
        if name == "lang":
            assert value == "en"


@pytest.mark.parametrize("payload", each_payload())
def test_hostile_text_reaches_the_browser_unchanged_in_packed_json(payload: str) -> None:
    content, text = hostile(payload)
    data = data_of(Structure(text))
    test_set = content.test_set
    assert data["sources"] == list(test_set.segments["source"])
    assert data["ids"] == list(test_set.segments["segment_id"])
    assert set(data["systems"]) == set(test_set.systems)
    assert set(data["annotations"]["raters"]) == set(test_set.annotations["rater"])
    columns = [list(column) for column in zip(*data["hypotheses"], strict=True)]
    by_system = dict(zip(data["systems"], columns, strict=True))
    for system, rows in test_set.hypotheses.groupby("system"):
        assert by_system[system] == list(rows["hypothesis"])


def test_control_characters_are_visible_in_the_page_text() -> None:
    text = render_report(made_up_content(rename=marked("\u202e\x00\u200b")))
    body = re.sub(r"(?s)<(script|style).*?</\1>", "", text)
    assert "[U+202E]␀[U+200B]SYSTEM-A" in body
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\u200b]", text)


def test_the_policy_allows_these_scripts_and_style_and_nothing_else(page: str) -> None:
    found = Structure(page)
    (policy,) = [v for t, n, v in found.attributes if t == "meta" and n == "content" and "src" in v]
    scripts = [text for tag, attrs, text in found.raw if tag == "script" and "type" not in attrs]
    styles = [text for tag, _, text in found.raw if tag == "style"]
    assert (len(scripts), len(styles)) == (1, 1)

    def sha(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src {sha(scripts[0])}",
        f"style-src {sha(styles[0])}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    tags = [t for t, _ in found.tags]
    policy_place = next(
        i for i, t in enumerate(found.tags) if t == ("meta", ("http-equiv", "content"))
    )
    assert policy_place < tags.index("style") < tags.index("script")  # it comes first


def test_nothing_is_fetched_from_a_network(page: str) -> None:
    found = Structure(page)
    fetching = {"src", "href", "srcset", "data", "action", "poster", "background", "formaction"}
    for _, name, value in found.attributes:
        if name in fetching:
            assert value.startswith(("#", "data:"))
    style = next(text for tag, _, text in found.raw if tag == "style")
    assert "url(" not in style and "@import" not in style


def test_sections_stand_in_order_and_the_head_says_what_was_run(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    assert tree.xpath("//section/@id") == [
        "verdict", "agreement", "systems", "categories", "segments", "against", "pairs",
        "confusion", "plots", "cost", "definitions", "provenance",
    ]  # fmt: skip
    assert tree.xpath("//nav//a/@href") == ["#" + i for i in tree.xpath("//section/@id")]
    facts = [" ".join(e.text_content().split()) for e in tree.xpath("//ul[@class='facts']/li")]
    assert facts[:5] == [
        "40 segments", "4 documents", "4 machine systems",
        "1 reference translation among the systems", "2 references",
    ]  # fmt: skip
    assert "not by professional translators" in tree.xpath("//*[@role='note']")[0].text_content()
    assert tree.xpath("//h1")[0].text_content() == "Made-up news, Chinese to English"
    assert len(tree.xpath("//ul[@class='findings']/li")) == 2


def test_every_table_has_a_caption_a_sentence_and_its_file(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    tables = tree.xpath("//table")
    names = {"systems", "meta_evaluation", "metric_tests", "penalty_profile", "categories",
             "category_tests", "category_weights", "system_tests",
             "run"}  # fmt: skip
    found = set()
    for table in tables:
        (caption,) = table.xpath("./caption")
        assert re.search(r"[.!?]( |$)", " ".join(caption.text_content().split()))
        found |= {re.search(r"(?:tables/)?(\w+)\.(?:csv|json)", f.text_content())[1]  # type: ignore[index]
                  for f in caption.xpath(".//*[@class='file']")}  # fmt: skip
    assert found == names
    listed = {e.text_content() for e in tree.xpath("//th[contains(@class, 'code')]")}
    assert {"tables/documents.csv", "tables/ratings_by_rater.csv", "tables/scores.csv"} <= listed


def test_every_plot_has_a_question_an_explanation_and_an_alternative_text(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    figures = tree.xpath("//figure[@class='plot']")
    assert [f.xpath("string(.//img/@alt)") for f in figures] == [
        f"Question of {n}? How to read it."
        for n in ("system_scores", "category_report_card", "penalty_profile", "halo_dumbbell")
    ]
    for figure in figures:
        data = figure.xpath("string(.//img/@src)").removeprefix("data:image/svg+xml;base64,")
        assert base64.b64decode(data).decode() == SVG
        assert (figure.xpath("string(.//img/@width)"), figure.xpath("string(.//img/@height)")) == (
            "533", "160",
        )  # fmt: skip


def cell_texts(tree: Any, caption: str) -> dict[str, list[str]]:
    """The rows of the table with this caption: first cell -> the others."""
    (table,) = [t for t in tree.xpath("//table")
                if t.xpath("string(.//*[@class='caption'])") == caption]  # fmt: skip
    rows = [[c.text_content().strip() for c in r.xpath("./*")] for r in table.xpath("./tbody/tr")]
    return {row[0]: row[1:] for row in rows}


def test_the_system_table_shows_scores_and_ratings(content: ReportContent, page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    rows = cell_texts(tree, "Systems by metric")
    systems = content.tables["systems"]
    for name, cells in rows.items():
        own = systems[systems["system"] == name.split()[0]].set_index("metric")
        rating = own["rating"].iloc[0]
        if pd.isna(rating):
            assert cells[0] == "\N{EN DASH}b"
        else:
            assert cells[0] == f"{rating:.2f}".replace("-", "\N{MINUS SIGN}")
        assert re.split("[±–]", cells[1])[0] == f"{own['score']['bleu']:.1f}"
    assert rows["SYSTEM-B"][4] == "\N{EN DASH}a"  # COMET failed
    assert "failed: model not found" in tree.xpath("string(//*[@id='systems']//ul)")
    assert next(iter(rows)) == "refB reference"  # the best rated
    assert list(rows)[-1] == "SYSTEM-D"  # not rated
    assert not tree.xpath("//*[@id='systems']//td/b")  # bold is for what a test shows
    assert "random" not in tree.xpath("string(//*[@id='systems']//thead)")  # a sentinel


def test_the_system_table_shows_how_sure_a_score_is(content: ReportContent) -> None:
    """Drawn by documents where there are ten, else by segments."""
    rows = [
        (NAME, name, "bleu", 30, 30, 29 - k, 31.5, k + 1, unit, 90, 12, 9, 1, "exact", "", 0.95)
        for name in content.test_set.systems
        for unit, k in (("segment", 0), ("document", 1))
    ]

    def first(frame: pd.DataFrame) -> str:
        tables = {**content.tables, "system_intervals": frame}
        tree = lxml.html.document_fromstring(
            render_report(dataclasses.replace(content, tables=tables))
        )
        assert "Below a score: half the width" in tree.text_content()
        return next(iter(cell_texts(tree, "Systems by metric").values()))[1]

    frame = pd.DataFrame(rows, columns=SYSTEM_INTERVALS.names)
    intervals = conform(frame, SYSTEM_INTERVALS)
    assert "±1.8 · rank 2" in first(intervals)
    assert "±1.2 · rank 1" in first(intervals.assign(n_documents=9))
    assert "±" not in first(intervals.assign(low=float("nan"), high=float("nan")))


def test_undefined_values_have_a_dash_and_their_reason(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    rows = cell_texts(tree, "Segment level")
    assert rows["random sentinel"][1] == "\N{EN DASH}a"
    assert "one side is constant in every segment" in page
    assert "COMET: 3" in page  # translations left out are counted
    assert rows["Chance"][0] == "\N{EN DASH}"
    body = re.sub(r"(?s)<(script|style).*?</\1>", "", page)
    assert not re.search(r">\s*(nan|NaN|None|inf|&lt;NA&gt;)\s*<", body)


def test_a_category_on_which_one_metric_can_be_judged_greys_the_others_alone(
    content: ReportContent,
) -> None:
    table = content.tables["categories"]
    first = table["category"].iloc[0]
    few = (table["category"] == first) & (table["metric"] == "bleu")
    mixed = table.assign(tier=table["tier"].mask(few, "too few"))
    tables = {**content.tables, "categories": mixed}
    grid = accuracy_tables(dataclasses.replace(content, tables=tables))[0]
    row = grid.rows[0]
    assert row.classes == () and row.cells[1].text == "too few / reliable"
    bleu, chrf = row.cells[2:4]
    assert "grey" in bleu.classes and not bleu.strong
    assert any(name.startswith("heat-") for name in chrf.classes)


def test_rows_that_cannot_be_judged_are_grey_and_say_why(content: ReportContent, page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    table = content.tables["categories"]
    for view in ("category", "severity"):
        (grid,) = [
            t
            for t in tree.xpath("//table")
            if t.xpath("string(.//*[@class='caption'])") == f"Category accuracy in % (view {view})"
        ]
        here = table[(table["view"] == view) & (table["kind"] == "metric")].drop_duplicates(
            "category"
        )
        rows = grid.xpath("./tbody/tr")
        assert len(rows) == len(here)
        for row, (_, expected) in zip(rows, here.iterrows(), strict=True):
            grey = expected["tier"] in ("unreliable", "too few")
            assert ("grey" in (row.get("class") or "")) == grey
            assert row[1].text_content() == expected["tier"]
            detail = row[0].xpath("string(./*[@class='detail'])")
            footnoted = math.isnan(expected["value"])
            assert detail == (expected["note"] if grey and not footnoted else "")
            if footnoted:
                assert expected["note"] in grid.getparent().getparent().text_content()
            assert bool(row.xpath(".//*[contains(@class, 'heat-')]")) == (not grey)
            assert bool(row.xpath("./td/b")) <= (not grey)


def test_heat_classes_are_symmetric_about_chance() -> None:
    assert heat_class(0.5) == "heat-0"
    assert heat_class(0.55) == "heat-up-1"
    assert heat_class(0.551) == "heat-up-2"
    assert heat_class(0.45) == "heat-down-1"
    assert heat_class(1.0) == "heat-up-5"
    assert heat_class(0.0) == "heat-down-5"


def test_categories_link_to_their_segments_only_where_the_browser_can_filter(page: str) -> None:
    links = lxml.html.document_fromstring(page).xpath("//*[@id='categories']//a/@href")
    assert "#segments?category=category%3Aaccuracy" in links
    assert not [link for link in links if "major" in link]  # no view 'severity' of spans was given


def test_metrics_accuracies_lead_to_the_pairs_they_rest_on(
    content: ReportContent, page: str
) -> None:
    links = lxml.html.document_fromstring(page).xpath("//td//a/@href")
    decided = {
        (str(v), str(c))
        for v, c in content.tables["category_segments"][["view", "category"]].itertuples(
            index=False
        )
    }
    rows = content.tables["categories"]
    rows = rows[(rows["kind"] == "metric") & rows["value"].notna()]
    expected = {
        browser_link(view=r.view, decided=r.category, metric=r.metric)
        for r in rows.itertuples(index=False)
        if (r.view, r.category) in decided
    }
    assert expected and {link for link in links if "decided" in link} == expected


def test_provenance_names_what_determines_the_numbers(page: str) -> None:
    text = lxml.html.document_fromstring(page).get_element_by_id("provenance").text_content()
    for part in (
        "harness test_set=made_up 'metrics=[bleu,chrf]'",
        "2.6.0",
        "eff:yes",
        "12345",
        "1 min 15 s",
        "0.412 s",
        "_target_: harness.test_sets.named.load",
        "0" * 63 + "1",
        "3.6 MB",
        "CC0-1.0",
        "A. Nobody (2026)",
        "3 targets differ",
    ):
        assert part in text


def test_warnings_stand_beside_the_verdict(page: str) -> None:
    text = lxml.html.document_fromstring(page).get_element_by_id("verdict").text_content()
    assert "Warning: comet: 4 scores are missing" in text


def test_definitions_cover_the_statistics_shown(page: str) -> None:
    tree = lxml.html.document_fromstring(page)
    terms = {e.text_content() for e in tree.xpath("//*[@id='definitions']//dt")}
    columns = "//*[@id='agreement']//figure[@class='grid']//thead/tr/th[position() > 1]"
    heads = {e.xpath("string(text())").removesuffix(", %").strip() for e in tree.xpath(columns)}
    assert heads and heads <= terms
    assert all(
        e.text_content().strip().endswith(".") for e in tree.xpath("//*[@id='definitions']//dd")
    )


def test_a_report_of_texts_alone_is_whole() -> None:
    full = made_up_test_set()
    bare = TestSet(NAME, full.segments, full.references, full.hypotheses)
    text = render_report(ReportContent(bare))
    tree = lxml.html.document_fromstring(text)
    assert tree.xpath("//section/@id") == [
        "systems", "segments", "definitions", "provenance",
    ]  # fmt: skip
    assert "No system was scored" in text and "not stated" in text
    data = data_of(Structure(text))
    assert data["rating"] is None and data["metrics"] == [] and data["spans"]["start"] == []


def test_the_same_content_makes_the_same_file(
    content: ReportContent, page: str, tmp_path: Path
) -> None:
    write_report(tmp_path / "report.html", content)
    assert (tmp_path / "report.html").read_bytes() == page.encode()


def test_a_large_plot_is_named_not_embedded(content: ReportContent) -> None:
    options = ReportOptions(max_plot_megabytes=0.0001)
    text = render_report(dataclasses.replace(content, options=options))
    assert "plots/system_scores.svg" in text and "data:image" not in text


def test_a_plot_without_a_view_box_has_no_size(content: ReportContent) -> None:
    plot = PlotImage("other", "Q?", "E.", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    tree = lxml.html.document_fromstring(render_report(dataclasses.replace(content, plots=[plot])))
    (image,) = tree.xpath("//img")
    assert "width" not in image.attrib and image.get("alt") == "Q? E."


def test_long_tables_of_tests_are_cut_and_say_so(content: ReportContent) -> None:
    text = render_report(dataclasses.replace(content, options=ReportOptions(max_rows=7)))
    assert "The first 7 of 50 rows" in text


def test_a_template_cannot_print_an_unformatted_number() -> None:
    template = page_environment().from_string("{{ x }}")
    assert template.render(x="\u202e<") == "[U+202E]&lt;"
    for value in (float("nan"), 1.5, None):
        with pytest.raises(TypeError, match="format it first"):
            template.render(x=value)


@pytest.mark.parametrize(
    "values",
    [{"max_segments": 0}, {"max_segments": 1.5}, {"max_segments": True},
     {"max_browser_megabytes": 0.0}, {"max_plot_megabytes": "x"}, {"max_rows": -1}],
)  # fmt: skip
def test_options_out_of_range_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=f"report.{next(iter(values))}"):
        ReportOptions(**values)


def test_tables_of_another_shape_or_test_set_are_refused(content: ReportContent) -> None:
    systems = content.tables["systems"]
    for broken in (systems.drop(columns="score"), systems.assign(test_set="another")):
        with pytest.raises(TableError, match="systems"):
            render_report(dataclasses.replace(content, tables={"systems": broken}))
    scores = content.tables["scores"].drop(columns="status")
    with pytest.raises(TableError, match="scores"):
        render_report(dataclasses.replace(content, tables={"scores": scores}))


@pytest.mark.slow
def test_a_run_as_large_as_wmt23_stays_small() -> None:
    text = render_report(made_up_content(377, 15, 3))
    data = data_of(Structure(text))
    assert len(data["ids"]) == 377 and len(data["systems"]) == 16
    assert len(text.encode()) < 8_000_000


def test_the_script_never_writes_markup() -> None:
    script = page_script()
    ways = "innerHTML outerHTML insertAdjacentHTML document.write eval( Function( DOMParser srcdoc"
    ways += " createContextualFragment fetch( XMLHttpRequest import("
    for way in ways.split():
        assert way not in script
    assert "</script" not in script.lower()


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance (WCAG 2) of a colour of three parts in [0, 1]."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_every_text_has_enough_contrast_in_light_and_dark() -> None:
    style = (ASSETS / "report.css").read_text(encoding="utf-8")
    schemes = style.split("prefers-color-scheme: dark")
    tints = ["critical", "major", "minor", "neutral", "notice", *(f"up-{i}" for i in range(1, 6)),
             *(f"down-{i}" for i in range(1, 6))]  # fmt: skip
    for text in schemes[:2]:
        colours = {}
        for name, code in re.findall(r"--([\w-]+): #([0-9a-f]{3,6})\b", text):
            long = code if len(code) == 6 else "".join(c * 2 for c in code)
            colours[name] = tuple(int(long[i : i + 2], 16) / 255 for i in (0, 2, 4))
        for ground in ("ground", "raised", "hover"):
            for ink in ("ink", "soft", "link"):
                assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
        for tint in tints:
            deeper = tuple(
                0.89 * t + 0.11 * i for t, i in zip(colours[tint], colours["ink"], strict=True)
            )
            assert contrast(colours["ink"], deeper) >= 4.5, tint
        for severity in ("critical", "major", "minor", "neutral"):
            assert contrast(colours[f"{severity}-line"], colours[severity]) >= 3, severity

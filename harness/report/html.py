"""One self-contained HTML file: no network, no server, safe with any text in the data.

Jinja2 escapes every value; a value that is a number must have been formatted before. The page has
one script and one style, both from this package's assets, and a Content-Security-Policy that lets
nothing else run: their sha256 hashes are the only ones allowed. Plots are images (``data:`` URIs),
in which no script can run; the segment explorer's data are letters (base64) that the script unpacks
and writes as text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from harness.report.agreement_table import agreement_tables
from harness.report.agreement_words import statistic_label
from harness.report.attack_table import attack_table
from harness.report.baseline_table import baseline_table
from harness.report.category_tables import accuracy_tables
from harness.report.challenge_tables import challenge_table
from harness.report.content import PlotImage, ReportContent
from harness.report.cost_chart import cost_chart
from harness.report.cost_table import cost_table
from harness.report.difference_tables import category_test_table, metric_test_table
from harness.report.evidence import shown_claims
from harness.report.evidence_tables import agreed_differences_table, evidence_table
from harness.report.first_table import first_tables
from harness.report.implied_weight_tables import implied_weight_tables
from harness.report.injection_tables import drop_sentences, injection_tables
from harness.report.later import LaterParts
from harness.report.matrices import test_matrices
from harness.report.minimal_pairs import pair_groups
from harness.report.profile_table import profile_tables
from harness.report.provenance import data_files_table, run_entries, tables_table, what_was_run
from harness.report.rater_tables import agreement_of_raters, rater_profile_table
from harness.report.sections import sections_of
from harness.report.segments import browser_data, language
from harness.report.system_matrices import system_matrices
from harness.report.verdict import verdict_charts
from harness.support.formatting import clean_surrogates, visible

__all__ = [
    "TABLE_SCRIPTS",
    "content_security_policy",
    "page_environment",
    "page_script",
    "page_style",
    "picture",
    "render_report",
    "write_report",
]

#: Warnings beside the verdict; the others are behind a fold.
MOST_WARNINGS = 8
#: The section of a plot, by its name; every other plot stands under "More plots".
SECTION_OF_PLOT = {
    "system_scores": "systems",
    "meta_evaluation_forest": "agreement",
    "significance_matrix": "pairs",
    "metric_against_human": "against",
    "penalty_profile": "profile",
    "baseline_forest": "baseline",
    "category_report_card": "categories",
    "category_heatmap": "categories",
    "implied_weights": "weights",
    "relative_drops": "injection",
    "measurability_map": "raters",
    "challenge_accuracy": "challenges",
}
#: The parts of the page's script, in their order within its one function (assets/explorer).
SCRIPTS = (
    "text",
    "packing",
    "later",
    "data",
    "pairs",
    "state",
    "ratings",
    "filters",
    "elements",
    "segment",
    "list",
    "export",
    "controls",
    "charts",
    "scatter",
    "tables",
    "choices",
    "links",
    "sections",
    "printing",
    "main",
)
#: The parts for a page of tables alone.
TABLE_SCRIPTS = ("text", "elements", "tables", "sections", "sweep")
_SIZE = re.compile(
    r"""<svg\b[^>]*?\bviewBox=["'][-\d.]+[ ,]+[-\d.]+[ ,]+([\d.]+)[ ,]+([\d.]+)["']"""
)


@dataclass(frozen=True)
class Picture:
    """A plot ready for the page: its texts, its data URI (empty: too large), its size in pixels."""

    name: str
    question: str
    explanation: str
    uri: str
    width: int
    height: int


def write_report(path: Path, content: ReportContent) -> None:
    """Write the report of a run as one HTML file (UTF-8).

    Parameters
    ----------
    path
        The file; its folder must exist.
    content
        What the report shows; sections without data say so or are left out.

    Raises
    ------
    harness.tables.TableError
        A table does not have the columns of its schema.
    """
    path.write_text(render_report(content), encoding="utf-8", newline="\n")


def render_report(content: ReportContent) -> str:
    """The HTML text that :func:`write_report` writes."""
    script, style = page_script(), page_style()
    pictures = [picture(p, content.options.max_plot_megabytes) for p in content.plots]
    placed: dict[str, list[Picture]] = {}
    for own in pictures:
        placed.setdefault(SECTION_OF_PLOT.get(own.name, "more"), []).append(own)
    meta = content.table("meta_evaluation")
    statistics = [] if meta is None else sorted({statistic_label(s) for s in meta["statistic"]})
    browser = browser_data(content)
    text = page_environment().get_template("report.html.j2").render(
        card=content.test_set.card,
        title=str(content.test_set.card.get("title", content.test_set.name)),
        name=content.test_set.name,
        notes=content.test_set.notes,
        facts=what_was_run(content),
        scripted=True,
        later=LaterParts(),
        cost=cost_table(content),
        cost_chart=cost_chart(content),
        verdict=shown_claims(claim for claim in content.claims if claim.in_verdict),
        verdict_charts=verdict_charts(content),
        sections=sections_of(content),
        MOST_WARNINGS=MOST_WARNINGS,
        first=first_tables(content),
        baseline=baseline_table(content),
        attacks=attack_table(content),
        evidence=[g for g in (evidence_table(content), agreed_differences_table(content)) if g],
        system_matrices=system_matrices(content),
        agreement=agreement_tables(content),
        metric_tests=metric_test_table(content),
        matrices=test_matrices(content),
        profiles=profile_tables(content),
        accuracy=accuracy_tables(content),
        implied_weights=implied_weight_tables(content),
        challenges=challenge_table(content),
        raters=agreement_of_raters(content),
        rater_profile=rater_profile_table(content),
        category_tests=category_test_table(content),
        injections=injection_tables(content),
        drop_sentences=drop_sentences(content),
        pair_groups=pair_groups(content),
        source_language=language(content.test_set.card, "source_language", "zh"),
        target_language=language(content.test_set.card, "target_language", "en"),
        placed=placed,
        browser=browser,
        statistics=statistics,
        run=content.run,
        run_entries=run_entries(content),
        files=data_files_table(content),
        tables=tables_table(content),
        config=content.config_yaml,
        data=browser.text,
        script=Markup(script),
        style=Markup(style),
        policy=content_security_policy([script], style),
    )  # fmt: skip
    return clean_surrogates(text)


def content_security_policy(scripts: Sequence[str], style: str) -> str:
    """A policy under which only these scripts, this style and ``data:`` images work."""
    allowed = " ".join(f"'{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


@cache
def _asset(name: str) -> str:
    folder = resources.files("harness.report") / "assets"
    return (folder / name).read_text(encoding="utf-8")


def picture(plot: PlotImage, megabytes: float) -> Picture:
    """A plot ready for a page; without its image where that is larger than ``megabytes``."""
    data = base64.b64encode(clean_surrogates(plot.svg).encode()).decode()
    uri = f"data:image/svg+xml;base64,{data}" if len(data) <= megabytes * 1e6 else ""
    size = _SIZE.search(plot.svg)
    # A view box counts points, 4/3 of a CSS pixel each.
    width, height = (
        (round(float(size[1]) * 4 / 3), round(float(size[2]) * 4 / 3)) if size else (0, 0)
    )
    return Picture(plot.name, plot.question, plot.explanation, uri, width, height)


@cache
def page_script(names: tuple[str, ...] = SCRIPTS) -> str:
    """The script of a page: its parts within one function, so that none leaves a name behind."""
    parts = "\n".join(_asset(f"explorer/{name}.js") for name in names)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def page_style() -> str:
    """The style of every page."""
    return _asset("report.css") + _asset("explorer.css")


@cache
def page_environment() -> Environment:
    """The templates of the pages; every value is escaped, and a number must have been formatted."""
    environment = Environment(
        loader=PackageLoader("harness.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters["block"] = _block
    environment.filters["letters"] = Markup  # base64
    return environment


def _finalize(value: object) -> object:
    """What a template prints: text made visible; a float has no place there, it has no format."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, float) or value is None:
        raise TypeError(f"a template prints {value!r}: format it first")
    return visible(str(value))


def _block(text: str) -> Markup:
    """Text whose lines and tabs matter (a config), for a ``pre`` element."""
    return escape(visible(text, keep="\n\t"))

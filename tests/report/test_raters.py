"""The report's sections on raters and challenge sets, and the plot of challenge sets."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from harness.minimal_pairs.challenges import challenges
from harness.plots.challenge_accuracy import ChallengeAccuracy
from harness.ratings.human_agreement import human_agreement
from harness.ratings.rating import Weights, penalties
from harness.ratings.views import Level1
from harness.report.challenge_tables import challenge_table
from harness.report.content import ReportContent
from harness.report.html import render_report
from harness.report.rater_tables import agreement_of_raters, rater_profile_table
from harness.tables import CHALLENGES, METRICS, TestSet, table
from tests.support.made_challenges import GIVEN, made_up, scores_of
from tests.support.small import small


def content_of(test_set: TestSet) -> ReportContent:
    view = Level1()
    found = human_agreement(test_set, [penalties(test_set, Weights(), view)], [view])
    tables = {"rater_agreement": found.agreement, "rater_profile": found.profile}
    return ReportContent(test_set=test_set, tables=tables)


def test_the_raters_tables_show_the_values() -> None:
    grid = agreement_of_raters(content_of(small()))[0]
    rows = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in grid.rows}
    assert next(iter(rows)) == "All errors"
    # errors, share of the penalty, correlation, second rater (chance), alpha, characters, spans
    assert rows["accuracy"] == [
        *("3", "29.4", "0.67", "66.7 (18.8)", "0.62", "50.0", "50.0", "66.7", "66.7"),
    ]
    profile = rater_profile_table(content_of(small()))
    assert profile is not None
    assert [row.cells[0].text for row in profile.rows] == ["r2", "r1"]
    assert [row.cells[-1].text for row in profile.rows] == ["1.36", "−1.36"]


def test_one_rater_has_dashes_with_the_reason() -> None:
    grid = agreement_of_raters(content_of(small(raters=("r1",))))[0]
    assert {cell.text for row in grid.rows for cell in row.cells[3:]} == {"–"}
    assert grid.footnotes[0][1].startswith("no translation has two raters")
    text = render_report(content_of(small(raters=("r1",))))
    assert "Do the raters agree?" in text
    assert "no translation has two raters" in text


def test_no_raters_no_section() -> None:
    text = render_report(ReportContent(test_set=small()))
    assert "Do the raters agree?" not in text
    assert 'id="challenges"' not in text


def challenge_content() -> ReportContent:
    test_set = made_up()
    tables = {
        "challenges": challenges(test_set, scores_of(test_set, GIVEN)),
        "metrics": table([("m", "M & M", "m|v1", True, "metric", "", "other")], METRICS),
    }
    return ReportContent(test_set=test_set, tables=tables)


def test_the_challenge_table_shows_the_values() -> None:
    grid = challenge_table(challenge_content())
    assert grid is not None
    rows = {row.cells[0].text: row.cells[1:] for row in grid.rows}
    assert (rows["number"][0].text, rows["number"][0].detail) == ("3", "1 left out")
    assert rows["number"][1].text == "50.0"
    assert re.fullmatch(r"\[\d+, \d+\] drop 0\.17", rows["number"][1].detail)
    assert rows["name"][1].text == "–"
    text = render_report(challenge_content())
    assert "M &amp; M" in text
    assert "no pair has both scores" in text
    assert "no mean over kinds of pair is given" in text.replace("\n    ", " ")


def test_the_challenge_plot_shows_each_accuracy() -> None:
    rows = [
        ("c", m, k, False, 40, v, v - 0.1, v + 0.1, 0.0, math.nan, 0, 40, 0, 0, kind, "", 0.95)
        for m, kind in (("a", "metric"), ("b", "metric"), ("s", "sentinel"))
        for k, v in (("one", 0.2), ("two", 0.55), ("three", 0.8))
    ]
    figure = ChallengeAccuracy().draw({"challenges": table(rows, CHALLENGES)})
    assert figure is not None
    panels = [a for a in figure.axes if any(x.get_label() == "value" for x in a.lines)]
    assert len(panels) == 2  # no sentinel
    for panel in panels:
        shown = [np.asarray(x.get_xdata())[0] for x in panel.lines if x.get_label() == "value"]
        assert shown == pytest.approx([20.0, 55.0, 80.0])
        markers = [x.get_marker() for x in panel.lines if x.get_label() == "value"]
        assert markers == ["v", "s", "o"]
    beside = ChallengeAccuracy(sentinels=True).draw({"challenges": table(rows, CHALLENGES)})
    assert beside is not None
    assert len(beside.axes) == len(figure.axes) + 1
    assert ChallengeAccuracy().draw({}) is None
    empty = table([row for row in rows if row[1] == "s"], CHALLENGES)
    assert ChallengeAccuracy().draw({"challenges": empty}) is None

"""Texts that are no translations, on the page."""

from __future__ import annotations

import dataclasses

import lxml.html

from harness.report.attack_table import attack_table
from harness.report.html import render_report
from harness.tables import ATTACKS
from tests.support.agreement_rows import filled
from tests.support.report_sample import NAME, made_up_content


def test_a_score_and_how_many_systems_it_is_above() -> None:
    plain = made_up_content()
    rows = [
        {"metric": "bleu", "attack": "a refusal", "score": 1.25, "rank": 4, "segments_won": 0.0},
        {"metric": "chrf", "attack": "a refusal", "score": 60.0, "rank": 2, "segments_won": 0.75},
        {"metric": "bleu", "attack": "said twice", "score": 3.0, "rank": 3},
    ]  # fmt: skip
    shared = {"test_set": NAME, "n_systems": 3, "middle_system": "SYSTEM-B", "middle_score": 30.0}
    table = filled(ATTACKS, [{**shared, **row} for row in rows])
    content = dataclasses.replace(plain, tables={**plain.tables, "attacks": table})
    assert attack_table(plain) is None
    grid = attack_table(content)
    assert grid is not None
    shown = [[(c.text, c.detail) for c in row.cells[1:]] for row in grid.rows]
    assert shown[0] == [
        ("1.2", "above 0, 0.0 % of segments"), ("60.0", "above 2, 75.0 % of segments"),
    ]  # fmt: skip
    assert shown[1][0] == ("3.0", "above 1") and shown[1][1][0] == "\N{EN DASH}"
    assert "SYSTEM-B, the median system" in grid.explanation
    tree = lxml.html.document_fromstring(render_report(content))
    (section,) = tree.xpath("//section[@id='attacks']")
    assert "said twice" in section.text_content()
    assert not tree.xpath("//section[@id='attacks']/details[@open]")

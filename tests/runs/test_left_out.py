"""Segments without a reference, and placeholders: left out for all systems alike, and said."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU as SacreBLEU
from sacrebleu.metrics.chrf import CHRF as SacreCHRF
from sacrebleu.metrics.ter import TER as SacreTER

from harness.errors import InputError
from harness.runs.pipeline import run
from tests.support.cases import CASES, files, read, scored, system_scores
from tests.support.configs import compose

pytestmark = pytest.mark.reliability

METRICS = "metrics=[bleu,chrf,ter]"
BLANK = files(
    CASES / "blank_reference", "src.txt", {"ref": "ref.txt"}, {"A": "A.txt", "B": "B.txt"}
)
PARTIAL = files(CASES / "second_reference_partial", "src", {"r1": "r1", "r2": "r2"}, {"mine": "h"})
PLACEHOLDER = files(CASES / "placeholder_reference", "src", {"r": "ref"}, {"A": "A", "B": "B"})


def lines(folder: str, name: str) -> list[str]:
    return (CASES / folder / name).read_text("utf-8").removesuffix("\n").split("\n")


def test_a_blank_reference_is_left_out_of_all_scores() -> None:
    material, result = scored(*BLANK, METRICS)
    found = system_scores(result)
    assert found["A", "bleu"] == pytest.approx(39.9750, abs=5e-5)
    assert found["A", "chrf"] == pytest.approx(51.8410, abs=5e-5)
    assert found["A", "ter"] == pytest.approx(-44.4444, abs=5e-5)
    kept = [i for i in range(30) if i != 7]
    for system in ("A", "B"):
        texts, reference = (
            lines("blank_reference", f"{system}.txt"),
            lines("blank_reference", "ref.txt"),
        )
        own = [texts[i] for i in kept], [[reference[i] for i in kept]]
        assert found[system, "bleu"] == SacreBLEU().corpus_score(*own).score
        assert found[system, "ter"] == -SacreTER().corpus_score(*own).score
    assert len(material.test_set.segments) == 29
    assert "8" not in set(result.scores["segment_id"])
    (warning,) = material.warnings()
    assert warning.text == (
        "1 of 30 segments has no reference (ref) and is left out for all systems alike: line 8; the"
        " other 29 are scored"
    )
    assert not warning.voids


def test_a_blank_reference_is_refused_where_that_is_wanted() -> None:
    with pytest.raises(InputError, match="this segment has no reference") as caught:
        read(*BLANK, METRICS, "missing_reference=refuse")
    assert (caught.value.file, caught.value.line) == (
        str(CASES / "blank_reference" / "ref.txt"),
        8,
    )
    with pytest.raises(InputError, match="expected: leave_out or refuse"):
        read(*BLANK, METRICS, "missing_reference=no")


def test_without_a_metric_that_reads_references_nothing_is_left_out() -> None:
    material, result = scored(*BLANK, "metrics=none", "sentinels=[length]")
    assert len(material.test_set.segments) == 30
    assert material.left_out == []
    assert len(result.scores) == 62


def test_a_second_reference_may_be_partial() -> None:
    material, result = scored(*PARTIAL, METRICS, "references=all")
    found = system_scores(result)
    assert found["mine", "bleu"] == pytest.approx(40.1714, abs=5e-5)
    assert found["mine", "chrf"] == pytest.approx(61.6921, abs=5e-5)
    assert found["mine", "ter"] == pytest.approx(-33.3333, abs=5e-5)
    folder = "second_reference_partial"
    references = [lines(folder, "r1"), [text or None for text in lines(folder, "r2")]]
    for key, oracle in (("bleu", SacreBLEU()), ("chrf", SacreCHRF())):
        assert found["mine", key] == oracle.corpus_score(lines(folder, "h"), references).score
    signatures = result.scores.set_index("metric")["signature"]
    assert set(signatures["bleu"].str.partition("|")[0]) == {"nrefs:var"}
    assert material.left_out == []
    assert material.test_set.notes == ("the reference r2 lacks 1 of 2 segments",)
    assert np.isfinite(result.scores["score"]).all()


def test_placeholders_are_warned_of_and_left_out_where_that_is_wanted() -> None:
    material, result = scored(*PLACEHOLDER, "metrics=chrf")
    first, *_ = material.warnings()
    assert first.text == (
        "r: 30 of 40 references are one text (segment 11: NO TRANSLATION AVAILABLE)"
    )
    assert first.voids
    assert system_scores(result)["A", "chrf"] == pytest.approx(31.89, abs=5e-3)
    material, result = scored(*PLACEHOLDER, "metrics=chrf", "test_set.drop_placeholders=true")
    found = system_scores(result)
    assert found["A", "chrf"] == pytest.approx(89.8581, abs=5e-5)
    assert found["B", "chrf"] == pytest.approx(42.6951, abs=5e-5)
    assert material.left_out == [
        "30 of 40 segments have placeholders in place of texts (r: 30 placeholders) and are left"
        " out for all systems alike: lines 11–40; the other 10 are scored"
    ]
    assert not any(warning.voids for warning in material.warnings())
    with pytest.raises(InputError, match=r"test_set\.drop_placeholders"):
        read(*PLACEHOLDER, "metrics=chrf", "test_set.drop_placeholders=1")


def test_what_is_not_in_use_voids_nothing() -> None:
    folder = CASES / "placeholder_reference"
    given = files(folder, "src", {"r": "A", "spare": "ref"}, {"B": "B"})
    given.append("systems.include_references=false")
    warnings = read(*given, "metrics=chrf").warnings()
    (of_spare,) = [w for w in warnings if w.text.startswith("spare: 30 of 40 references")]
    assert not of_spare.voids
    warnings = read(*given, "metrics=chrf", "references=all").warnings()
    assert next(w for w in warnings if w.text == of_spare.text).voids


def test_where_warnings_go(tmp_path: Path) -> None:
    """To who asks before scoring, to run.json, and beside the verdict, whose place they take."""
    told: list[str] = []
    tests = ("system_tests.bootstrap=0", "system_tests.randomisation=0", "claims=data_problems")
    config = compose(*PLACEHOLDER, "metrics=chrf", *tests)
    output = tmp_path / "out"
    started = datetime(2024, 1, 1)
    run(config, output, command=["harness"], started=started, tell=told.append)
    record = json.loads((output / "run.json").read_text("utf-8"))
    assert record["warnings"] == told
    assert told[0].startswith("r: 30 of 40 references are one text")
    assert record["verdict"].startswith(
        "No verdict, because the scores mean nothing until this is mended: r: 30 of 40 references"
    )
    page = (output / "report.html").read_text("utf-8")
    top = page[page.index('<section id="verdict"') : page.index('<section id="systems"')]
    assert "Warning: r: 30 of 40 references are one text" in top
    assert page.count("Warning: r: 30") == 1


def test_the_title_of_a_report() -> None:
    material = read("test_set=article", "metrics=chrf", 'test_set.title="Three engines, May"')
    assert material.test_set.card["title"] == "Three engines, May"
    assert read("test_set=article", "metrics=chrf").test_set.card["title"].startswith("A news")
    for title in ("[a]", "''"):
        with pytest.raises(InputError, match=r"test_set\.title is no text"):
            read("test_set=article", "metrics=chrf", f"test_set.title={title}")

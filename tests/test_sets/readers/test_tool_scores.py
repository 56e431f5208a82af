"""Scores as COMET, MetricX and others write them; a made-up test set of two systems."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import harness as h
from harness.errors import InputError
from harness.metrics.score_files import ScoreFiles
from harness.metrics.stored import Precomputed
from harness.tables import TestSet
from harness.test_sets.readers.assembly import assemble
from harness.test_sets.readers.keyed_scores import read_score_table

SOURCES = ["市开了学校。", "物价上涨。", "雨天。"]
TEXTS = {
    "A": ["The mayor opened it.", "Prices went up.", "Rain."],
    "B": ["Mayor opens.", "Prices rose.", "Rainy days."],
}
SCORES = {"A": [0.8, 0.7, 0.5], "B": [0.75, 0.95, 0.85]}


def small() -> TestSet:
    return assemble(
        "t",
        ids=["1", "2", "3"],
        documents=["d"] * 3,
        domains=["news"] * 3,
        sources=SOURCES,
        references={},
        hypotheses=TEXTS,
    )


def comet_json(name: Callable[[str], str] = "out/{}.txt".format) -> str:
    content = {
        name(system): [
            {"src": s, "mt": t, "COMET": score}
            for s, t, score in zip(SOURCES, TEXTS[system], SCORES[system], strict=True)
        ]
        for system in TEXTS
    }
    return json.dumps(content, ensure_ascii=False, indent=4)


def comet_lines() -> str:
    lines = [
        f"{system}.txt\tSegment {i}\tscore: {score:.4f}"
        for system, own in SCORES.items()
        for i, score in enumerate(own)
    ]
    return "\n".join([*lines, "A.txt\tscore: 0.6667", "B.txt\tscore: 0.8500"]) + "\n"


def metricx(**extra: Callable[[str, int], Any]) -> str:
    return "".join(
        json.dumps(
            {"id": i, "source": SOURCES[i], "hypothesis": TEXTS[system][i], "prediction": score}
            | {key: value(system, i) for key, value in extra.items()}
        )
        + "\n"
        for system, own in SCORES.items()
        for i, score in enumerate(own)
    )


FORMS = {
    "comet json": comet_json(),
    "comet json, other names": comet_json(lambda system: f"run_{system.lower() * 3}"),
    "comet lines": comet_lines(),
    "metricx": metricx(system=lambda s, _: s, segment_id=lambda _, i: str(i + 1)),
    "metricx in order": metricx(system=lambda s, _: s),
    "metricx by text": metricx(),
    "wide": "segment_id,A,B\n2,0.7,0.95\n1,0.8,0.75\n3,0.5,0.85\n",
    "wide in order": "A\tB\n0.8\t0.75\n0.7\t0.95\n0.5\t0.85\n",
    "quoted": '"system"\t"segment_id"\t"score"\n'
    + "".join(f'"{s}"\t"{i + 1}"\t{x}\n' for s, own in SCORES.items() for i, x in enumerate(own)),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_scores(tmp_path: Path, form: str) -> None:
    path = tmp_path / "scores"
    path.write_text(FORMS[form], "utf-8")
    (scores,) = read_score_table(path, small()).values()
    expected = {(s, str(i + 1)): x for s, own in SCORES.items() for i, x in enumerate(own)}
    assert scores == pytest.approx(expected)
    means = h.score(small(), [Precomputed(file=str(path))]).systems["precomputed"].tolist()
    sign = -1 if form.startswith("metricx") else 1
    assert means == pytest.approx([sign * 2 / 3, sign * 0.85])


def test_metricx_is_negated_once_whatever_is_said(tmp_path: Path) -> None:
    path = tmp_path / "metricx.jsonl"
    path.write_text(FORMS["metricx"], "utf-8")
    metric = Precomputed(file=str(path), higher_is_better=False)
    found = h.score(small(), [metric]).table["score"].tolist()
    assert max(found) == -0.5
    assert metric.signature(0) == Precomputed(file=str(path)).signature(0)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (comet_json().replace("Rain.", "Rains."), 13, "this is not the translation of segment 3"),
        (comet_json(lambda s: "X" if s == "A" else s).replace("Rain.", "R."), 2,
         "there is no system 'X'"),
        (comet_json().replace("0.95", "1e99"), 25, "this is no score"),
        (comet_json().replace("0.95", "NaN"), 25, "the file is not valid JSON"),
        (comet_lines().replace("B.txt\tSegment 2\tscore: 0.8500\n", ""), None,
         "the scores of the system 'B' are not as many as the segments"),
        (comet_lines().replace("B.txt\tSegment 2", "B.txt\tSegment 3"), 6,
         "the scores of the system 'B' are not as many as the segments"),
        (comet_lines() + "Done.\n", 9, "the line has another form"),
        (metricx(system=lambda s, _: s, segment_id=lambda _, i: i), 1, "there is no segment '0'"),
        (metricx(system=lambda s, _: s.lower()), 1, "there is no system 'a'"),
        (metricx().replace("Rain.", "Hail."), 3, "the text is no translation of the test set"),
        ("segment_id,A,B\n1,0.1,0.2\n1,0.1,0.2\n", 3, "the segment '1' has two rows"),
        ("segment_id,A,C\n1,0.1,0.2\n", 1, "there is no column 'C'"),
        ("A,B\n0.1,0.2\n", None, "there are not as many rows as segments"),
        ("A,B\n0.1,1e300\n", 2, "this is no score"),
        ('{\n "name": "BLEU",\n "score": 31.2,\n "signature": "nrefs:1"\n}\n', None,
         "this is sacrebleu's JSON, which holds corpus scores"),
    ],
)  # fmt: skip
def test_scores_that_do_not_fit(tmp_path: Path, text: str, line: int | None, message: str) -> None:
    path = tmp_path / "scores"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_score_table(path, small())
    assert caught.value.message.startswith(message)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_several_files_at_once(tmp_path: Path) -> None:
    for name, form in (("a.json", "comet json"), ("b.csv", "wide"), ("c.jsonl", "metricx")):
        (tmp_path / name).write_text(FORMS[form], "utf-8")
    files = [str(tmp_path / name) for name in ("a.json", "b.csv", "c.jsonl")]
    found = h.score(small(), [ScoreFiles(files=files)]).systems
    assert found[["COMET", "b", "c"]].to_numpy().tolist() == [
        pytest.approx([2 / 3, 2 / 3, -2 / 3]),
        pytest.approx([0.85, 0.85, -0.85]),
    ]
    with pytest.raises(InputError, match="given twice"):
        ScoreFiles(files=[files[0]] * 2)

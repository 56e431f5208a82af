"""Scores from a user's file as a metric."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.commands.main import main
from harness.errors import InputError
from harness.metrics import stored
from harness.metrics.stored import Precomputed, with_score_files
from harness.scoring.stage import score, score_test_set
from harness.tables import STORED_SCORES, TestSet, conform
from harness.test_sets.readers.keyed_scores import choose_metric, read_score_table
from harness.test_sets.readers.lines import data_file
from tests.support.small import small

LINES = "".join(
    f"{system}\t{value}\n"
    for system, values in (("good", (0.5, "None", -1, 2e-3)), ("poor", (1, 2, 3, 4)))
    for value in values
)
TABLE = "system,segment_id,score\n" + "".join(
    f"{system},{i},{value}\n"
    for system, values in (("poor", (1, 2, 3, 4)), ("good", (0.5, "", -1, 2e-3)))
    for i, value in reversed(list(enumerate(values, start=1)))
)
EXPECTED = {"good": [0.5, np.nan, -1, 2e-3], "poor": [1, 2, 3, 4]}


def write(folder: Path, text: str | bytes, name: str = "scores.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def columns(*names: str, separator: str = ",") -> str:
    """The table with these columns in this order; d1 holds segments 1 and 2, d2 the others."""
    head, *lines = TABLE.split("\n")[:-1]
    rows = [dict(zip(head.split(","), line.split(","), strict=True)) for line in lines]
    for row in rows:
        row["document"] = "d1" if row["segment_id"] in "12" else "d2"
        row["metric"] = "X"
        row["note"] = "–"
    lines = [separator.join(names), *(separator.join(row[n] for n in names) for row in rows)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        LINES,
        LINES.replace("\n", "\r\n"),
        TABLE,
        "\ufeff" + TABLE,
        TABLE.replace(",,", ",None,"),
        columns("score", "system", "segment_id"),
        columns("note", "score", "segment_id", "system"),
        columns("system", "document", "segment_id", "metric", "score", separator="\t"),
        TABLE.replace("good", '"good"').replace("0.5", '" 0.5"') + "\n,,\n",
        TABLE.replace("system,segment_id,score", " System, SEGMENT_ID ,Score"),
    ],
)
def test_every_form_gives_the_same_scores(tmp_path: Path, text: str) -> None:
    metric = Precomputed(name="mine", file=str(write(tmp_path, text)))
    table = score(small(), {"x": metric}, workers=1)
    segments = table[table["segment_id"].notna()]
    for system, values in EXPECTED.items():
        own = segments[segments["system"] == system]
        assert list(own["segment_id"]) == ["1", "2", "3", "4"]
        np.testing.assert_array_equal(own["score"], values)
    lacking = segments[segments["score"].isna()]
    assert lacking["status"].tolist() == ["missing: no stored score"]
    whole = table[table["segment_id"].isna()].set_index("system")
    assert whole["score"]["poor"] == 2.5
    assert whole["status"]["good"] == "missing: 1 of 4 segments have no score"


def test_lower_is_better_is_negated_once(tmp_path: Path) -> None:
    metric = Precomputed(name="mine", file=str(write(tmp_path, TABLE)), higher_is_better=False)
    test_set = with_score_files(small(), {"x": metric})
    conform(test_set.stored_scores, STORED_SCORES)
    poor = test_set.stored_scores[test_set.stored_scores["system"] == "poor"]
    assert sorted(poor["score"]) == [-4, -3, -2, -1]  # as every table: higher is better
    result = score_test_set(test_set, {"x": metric}, workers=1)
    table = result.scores[result.scores["segment_id"].notna()]
    assert table[table["system"] == "poor"]["score"].tolist() == [-1, -2, -3, -4]
    assert result.counts == {"computed": 7, "reused": 0, "missing": 1, "failed": 0}
    with pytest.raises(InputError, match="higher_is_better"):
        Precomputed(name="mine", file="f", higher_is_better="no")  # type: ignore[arg-type]


def test_the_file_is_named_by_its_hash(tmp_path: Path) -> None:
    path = write(tmp_path, TABLE)
    metric = Precomputed(name="mine", file=str(path))
    digest = data_file(path).sha256
    assert metric.signature(0) == f"precomputed:mine|file:scores.csv|sha256:{digest}"
    assert metric.signature(0, "corpus").endswith(f"{digest}|mean of segments")
    test_set = with_score_files(small(), {"x": metric})
    assert test_set.files == (data_file(path),)
    assert test_set.notes == ("7 of 8 translations have a score of x (scores.csv)",)
    path.write_text(TABLE.replace("0.5", "0.25"), "utf-8")
    assert metric.signature(0) != f"precomputed:mine|file:scores.csv|sha256:{digest}"


def test_several_metrics_of_one_file(tmp_path: Path) -> None:
    text = columns("system", "segment_id", "metric", "score")
    text += "good,1,Y,7\npoor,4,Y,8\n"
    path = str(write(tmp_path, text))
    metrics = {
        "x": Precomputed(name="X", file=path, metric="X"),
        "y": Precomputed(name="Y", file=path, metric="Y"),
        "z": Precomputed(name="Y", file=path, metric="Y", higher_is_better=False),
    }
    table = score(small(), metrics, workers=1)
    good = table[(table["system"] == "good") & (table["segment_id"] == "1")]
    assert good.set_index("metric")["score"].to_dict() == {"x": 0.5, "y": 7, "z": -7}
    with pytest.raises(InputError, match="holds the scores of 2 metrics"):
        score(small(), {"x": Precomputed(name="X", file=path)})
    with pytest.raises(InputError, match="there is no metric 'x'"):
        score(small(), {"x": Precomputed(name="X", file=path, metric="x")})
    alone = write(tmp_path, columns("system", "segment_id", "metric", "score"))
    assert choose_metric(alone, None, read_score_table(alone, small())) == "X"


def test_a_file_of_several_metrics_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = columns("system", "segment_id", "metric", "score") + "good,1,Y,7\n"
    path = str(write(tmp_path, text))
    seen: list[str | Path] = []

    def counted(file: str | Path, test_set: TestSet) -> object:
        seen.append(file)
        return read_score_table(file, test_set)

    monkeypatch.setattr(stored, "read_score_table", counted)
    metrics = {name: Precomputed(name=name, file=path, metric=name) for name in ("X", "Y")}
    assert set(with_score_files(small(), metrics).stored_scores["metric"]) == {"X", "Y"}
    assert seen == [path]


def test_systems_that_the_file_lacks_are_missing(tmp_path: Path) -> None:
    text = "".join(line for line in LINES.splitlines(keepends=True) if line.startswith("poor"))
    metric = Precomputed(name="mine", file=str(write(tmp_path, text)))
    whole = with_score_files(small(), {"x": metric})
    good = score_test_set(whole.with_systems(["good"]), {"x": metric}, workers=1).scores
    assert set(good["status"]) == {
        "missing: no stored score", "missing: 4 of 4 segments have no score"
    }  # fmt: skip
    with pytest.raises(InputError, match="comes with no metric's scores"):
        score_test_set(small(), {"x": metric})  # the file was never read


def test_it_joins_stored_scores(tmp_path: Path) -> None:
    rows = [("small", "good", "1", "mine", "refA", 9.0)]
    own = conform(pd.DataFrame(rows, columns=STORED_SCORES.names), STORED_SCORES)
    metric = Precomputed(name="mine", file=str(write(tmp_path, TABLE)))
    table = score(replace(small(), stored_scores=own), {"x": metric}, workers=1)
    assert table[table["system"] == "good"]["score"].iloc[0] == 0.5


@pytest.mark.parametrize("text", ["0,956", "95.6%"])
def test_numbers_of_a_spreadsheet(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, f'system,segment_id,score\ngood,1,"{text}"\n')
    with pytest.raises(InputError, match="this is no score") as caught:
        read_score_table(path, small())
    assert caught.value.remedy == "write a decimal point, not a comma, and no percent sign"


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("system,segment_id,score\ngood,1,0,956\n", "write a decimal point: 0.956"),
        ("system,segment_id,score\ngood,1,0.9,x\n", None),
        ("system;segment_id;score\ngood;1;0,9\n", "separate the columns by commas or tabs"),
    ],
)
def test_a_decimal_comma_without_quotes(tmp_path: Path, text: str, remedy: str | None) -> None:
    with pytest.raises(InputError) as caught:
        read_score_table(write(tmp_path, text), small())
    assert caught.value.remedy == remedy


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "the file is empty"),
        ("a,b\n", 1, "the first line is neither a header nor a score"),
        ("system,segment_id,score\n", None, "the file holds no scores"),
        ("system,score\ngood,1\n", 1, "the header has no column 'segment_id'"),
        ("system,segment_id,score,Score\n", 1, "the header has two columns 'score'"),
        (TABLE + "good,1\n", 10, "the row has too few fields"),
        (TABLE + "good,1,2,3\n", 10, "the row has too many fields"),
        (TABLE + "godo,1,2\n", 10, "there is no system 'godo'"),
        (TABLE + "good,5,2\n", 10, "there is no segment '5' in the test set"),
        (TABLE + "good,1,2\n", 10, "segment 1 of the system 'good' has two scores"),
        (TABLE.replace(",4,4", ",4,four"), 2, "this is no score"),
        (TABLE.replace(",4,4", ",4,nan"), 2, "this is no score"),
        (TABLE.replace(",4,4", ",4,inf"), 2, "this is no score"),
        (TABLE.replace(",4,4", ",4,1_0"), 2, "this is no score"),
        (TABLE + '"good,1,2\n', 10, "the line is not valid CSV"),
        (TABLE + 'good,"1"x,2\n', 10, "the line is not valid CSV"),
        (TABLE.encode() + b"\xff\n", 10, "the line is not UTF-8"),
        (columns("system", "segment_id", "document", "score").replace("d1", "d2", 1), 4,
         "the segment '2' is not of this document"),
        (LINES + "poor\t5\n", 9, "the system poor has more scores than there are segments"),
        (LINES[:-7], None, "the system poor has fewer scores than there are segments"),
        (LINES.replace("poor", "bad"), 5, "there is no system 'bad'"),
        ("good\tNone\n" * 4, None, "the file holds no score of the metric 'x'"),
    ],
)  # fmt: skip
def test_bad_files(tmp_path: Path, text: str | bytes, line: int | None, message: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        score(small(), {"x": Precomputed(name="mine", file=str(path))}, workers=1)
    assert caught.value.message.startswith(message)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_bad_options(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no file of scores"):
        score(small(), {"x": Precomputed(name="mine")})
    with pytest.raises(InputError, match="no such file"):
        score(small(), {"x": Precomputed(name="mine", file=str(tmp_path / "no"))})
    with pytest.raises(InputError, match="the file names no metrics"):
        score(
            small(), {"x": Precomputed(name="mine", file=str(write(tmp_path, LINES)), metric="X")}
        )


@given(
    st.binary(max_size=60)
    | st.lists(
        st.sampled_from(
            ["system", "segment_id", "score", "metric", "document", "good", "poor", "1", "2",
             "d1", "0.5", "None", "nan", ",", ",", "\t", "\n", "\n", '"', "\r", "\x00", "\u2028"]
        ),
        max_size=25,
    ).map(lambda parts: "".join(parts).encode())
    | st.text(max_size=20).map(lambda t: (TABLE + t).encode("utf-8", "surrogatepass"))
)  # fmt: skip
def test_anything_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = write(tmp_path_factory.mktemp("scores"), content)
    try:
        tables = read_score_table(path, small())
    except InputError:
        return
    assert all(system in ("good", "poor") for own in tables.values() for system, _ in own)


@given(st.dictionaries(st.tuples(st.sampled_from(["good", "poor"]), st.sampled_from("1234")),
                       st.floats(-1e50, 1e50), min_size=1))  # fmt: skip
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, scores: dict[tuple[str, str], float]
) -> None:
    path = tmp_path_factory.mktemp("scores") / "scores.csv"
    frame = pd.DataFrame([(*key, value) for key, value in scores.items()],
                         columns=["system", "segment_id", "score"])  # fmt: skip
    frame.to_csv(path, index=False)
    assert read_score_table(path, small()) == {None: scores}


def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("zh", "甲\n乙\n"), ("en", "A\nB\n"), ("mt", "a\nb\n")):
        (tmp_path / name).write_text(text, "utf-8")
    write(tmp_path, "score,segment_id,system\n1,1,mt\n3,2,mt\n")
    arguments = [
        "test_set=files", "test_set.source=zh", "test_set.references.refA=en",
        "test_set.systems.mt=mt", "metrics=precomputed", "metrics.precomputed.file=scores.csv",
        "metrics.precomputed.name=Mine", "metrics.precomputed.higher_is_better=false",
        "sentinels=none", "plots=none", "injectors=none", "report=none", "output=run",
    ]  # fmt: skip
    assert main(arguments) == 0
    scores = pd.read_csv(tmp_path / "run" / "tables" / "scores.csv")
    assert scores["score"].tolist() == [-1, -3, -2]
    assert set(scores["metric"]) == {"precomputed"}
    metrics = pd.read_csv(tmp_path / "run" / "tables" / "metrics.csv").iloc[0]
    assert (metrics["label"], bool(metrics["higher_is_better"])) == ("Mine", False)
    run = json.loads((tmp_path / "run" / "run.json").read_text("utf-8"))
    assert "scores.csv" in [file["name"] for file in run["data"]]
    assert "2 of 2 translations have a score of precomputed (scores.csv)" in run["notes"]
    assert main([*arguments, "metrics.precomputed.file=zh"]) == 2


@pytest.mark.parametrize("text", ["1e308", "-1e308", "1e51", "nan", "inf"])
@pytest.mark.parametrize(
    "form", ["good\t{}\n" + "good\t1\n" * 3, "system,segment_id,score\ngood,1,{}\n"]
)
def test_numbers_that_cannot_be_reckoned_with(tmp_path: Path, form: str, text: str) -> None:
    path = tmp_path / "scores"
    path.write_text(form.format(text), "utf-8")
    with pytest.raises(InputError, match="this is no score") as caught:
        read_score_table(path, small())
    assert caught.value.line == (1 if "\t" in form else 2)

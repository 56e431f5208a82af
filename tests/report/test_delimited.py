"""Tables as CSV and Markdown: exact where programs read, harmless where people do."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.report import write_csv, write_markdown
from tests.support.examples import examples
from tests.support.report_sample import made_up_tables, made_up_test_set


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file, strict=True))


def test_the_bytes_are_as_the_convention_says(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "system": pd.Series(["-x", 'a "b", c'], dtype="str"),
            "segment_id": pd.Series(["=1", None], dtype="str"),
            "note": pd.Series(["=1+1", ""], dtype="str"),
            "score": [0.1, math.nan],
            "n": pd.Series([3, None], dtype="Int64"),
            "ok": [True, False],
        }
    )
    write_csv(frame, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode() == (
        '"system","segment_id","note","score","n","ok"\n'
        '"-x","=1","\'=1+1",0.1,3,True\n'
        '"a ""b"", c",,"",,,False\n'
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_get_an_apostrophe_except_in_identifiers(tmp_path: Path, start: str) -> None:
    frame = pd.DataFrame({"system": [start + "x"], "label": [start + "x"], "segment_id": ["1"]})
    write_csv(frame, tmp_path / "t.csv")
    assert read(tmp_path / "t.csv")[1] == [start + "x", "'" + start + "x", "1"]
    write_csv(frame, tmp_path / "t.csv", safe=False)
    assert read(tmp_path / "t.csv")[1] == [start + "x", start + "x", "1"]
    write_csv(frame, tmp_path / "t.csv", exact=())
    assert read(tmp_path / "t.csv")[1] == ["'" + start + "x", "'" + start + "x", "1"]


@settings(max_examples=examples(60), deadline=None)
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5),
    number=st.floats(allow_nan=False),
)
def test_everything_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], number: float
) -> None:
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    frame = pd.DataFrame({"label": texts, "score": [number] * len(texts)})
    write_csv(frame, path, safe=False)
    rows = read(path)
    assert [row[0] for row in rows[1:]] == texts
    assert all(float(row[1]) == number for row in rows[1:])


def test_pandas_reads_a_whole_table_back(tmp_path: Path) -> None:
    scores = made_up_tables(made_up_test_set())["scores"]
    write_csv(scores, tmp_path / "scores.csv")
    text = {c: "str" for c in scores.columns if c != "score"}
    back = pd.read_csv(tmp_path / "scores.csv", dtype=text)
    pd.testing.assert_frame_equal(back, scores, check_exact=True, check_dtype=False)


def test_a_lone_surrogate_does_not_stop_the_run(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"label": pd.Series(["a\ud800"], dtype=object)}), tmp_path / "t.csv")
    assert read(tmp_path / "t.csv")[1] == ["a\ufffd"]


def test_an_empty_table_has_a_head(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"a": [], "b": []}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == '"a","b"\n'


def test_markdown_escapes_what_markdown_and_html_act_on(tmp_path: Path) -> None:
    name = "a|b `c` <script>&\n[x](y) *z* \\ \u202e"
    frame = pd.DataFrame({"system": [name], "score": [35.987]})
    write_markdown(frame, tmp_path / "t.md", "Caption | <b>")
    lines = (tmp_path / "t.md").read_text(encoding="utf-8").split("\n")
    assert lines == [
        "Caption \\| &lt;b&gt;",
        "",
        "| system | score |",
        "| --- | ---: |",
        "| a\\|b \\`c\\` &lt;script&gt;&amp;↵\\[x\\](y) \\*z\\* \\\\ \\[U+202E\\] | 35.987 |",
        "",
    ]


def test_markdown_rounds_as_the_report_does(tmp_path: Path) -> None:
    tables = made_up_tables(made_up_test_set(40, 4, 3))

    def cells(name: str, **where: str) -> dict[str, str]:
        write_markdown(tables[name], tmp_path / "t.md", "x")
        lines = (tmp_path / "t.md").read_text(encoding="utf-8").split("\n")
        head = [c.replace("\\", "") for c in lines[2][2:-2].split(" | ")]
        rows = [dict(zip(head, r[2:-2].split(" | "), strict=True)) for r in lines[4:-1]]
        found = [r for r in rows if all(r[k] == v for k, v in where.items())]
        return found[0]

    system = cells("systems", system="SYSTEM-A", metric="bleu")
    assert len(system["score"].split(".")[1]) == 1
    assert len(system["rating"].split(".")[1]) == 2
    assert len(cells("systems", system="SYSTEM-A", metric="comet")["score"].split(".")[1]) == 3
    meta = tables["meta_evaluation"]
    value = float(
        meta[(meta["statistic"] == "pearson") & (meta["level"] == "system")]["value"].iloc[0]
    )
    assert cells("meta_evaluation", statistic="pearson", level="system")["value"] == f"{value:.3f}"
    accuracy = float(meta[meta["statistic"] == "pairwise_accuracy"]["value"].iloc[0])
    shown = cells("meta_evaluation", statistic="pairwise\\_accuracy")
    assert shown["value"] == f"{100 * accuracy:.1f}"
    undefined = cells("meta_evaluation", statistic="kendall", metric="random")
    assert undefined["value"] == undefined["cluster"] == "\N{EN DASH}"
    tests = cells("category_tests")
    assert (tests["difference"], tests["p"]) == ("\N{MINUS SIGN}3.1", "0.040")
    assert cells("metric_tests")["p"] == "&lt;0.001"
    assert cells("categories", kind="metric")["n_eff"] == "640.5"

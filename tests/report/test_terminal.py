"""What a run says when it is done."""

from __future__ import annotations

import pandas as pd
import pytest

from harness.claims.claim import Claim, Evidence
from harness.report.terminal import MOST_ROWS, WIDTH, closing
from tests.support.report_sample import made_up_tables, made_up_test_set

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return made_up_tables(made_up_test_set())


def claim(rule: str, text: str, *, verdict: bool = False) -> Claim:
    evidence = Evidence("metric_tests", {"test_set": "x"}, {"p": 0.01})
    return Claim(rule, "shown", text, "", (evidence,), verdict)


def test_metrics_by_agreement_where_there_are_ratings(tables: Tables) -> None:
    lines = closing("Title", tables, [claim("segment_verdict", "word " * 40, verdict=True)])
    assert lines[:3] == ["", "Title", ""]
    assert max(map(len, lines)) <= WIDTH
    meta = tables["meta_evaluation"]
    meta = meta[(meta["category"] == "all") & (meta["subset"] == "all")]
    listed = tables["metrics"].set_index("metric")
    own = meta[(meta["statistic"] == "acc_eq") & (meta["grouping"] == "item")]
    own = own[own["metric"].map(listed["role"]) == "metric"]
    best = own.sort_values("value").iloc[-1]
    head = next(i for i, line in enumerate(lines) if line.startswith("rank"))
    assert f"{100 * best['value']:.1f}" in lines[head + 1]
    assert str(listed["label"][best["metric"]]) in lines[head + 1]
    assert "  evidence: tables/metric_tests.csv" in lines
    sentinels = listed.index[listed["role"] == "sentinel"]
    assert not [line for line in lines for s in sentinels if f" {s} " in line]


def test_systems_by_metric_where_there_are_none(tables: Tables) -> None:
    bare = {k: v for k, v in tables.items() if k in ("metrics", "systems", "system_intervals")}
    told = claim("systems_told_apart", "Two are told apart.")
    lines = closing("Title", bare, [told, claim("rater_agreement", "Not here.")])
    assert "Two are told apart." in lines
    assert "Not here." not in " ".join(lines)
    systems = bare["systems"]
    for system in systems["system"].unique():
        assert any(line.startswith(system) for line in lines)
    assert not any(line.startswith("rank") for line in lines)
    void = claim("data_problems", "No verdict.", verdict=True)
    lines = closing("Title", bare, [void, told], computed=["bleu"])
    assert "No verdict." in lines
    assert "Two are told apart." not in lines
    assert not lines[-1]


def test_many_rows_are_counted(tables: Tables) -> None:
    more = [f"m{i}" for i in range(20)]
    own = tables["meta_evaluation"]
    own = own[own["metric"] == "bleu"]
    listed = tables["metrics"]
    row = listed[listed["metric"] == "bleu"]
    made = {
        **tables,
        "meta_evaluation": pd.concat([own.assign(metric=m) for m in more]),
        "metrics": pd.concat([row.assign(metric=m, label=m) for m in more]),
    }
    lines = closing("Title", made, [])
    shown = [line for line in lines if any(m in line.split() for m in more)]
    assert len(shown) == MOST_ROWS
    assert f"{20 - MOST_ROWS} more metrics: tables/meta_evaluation.csv" in lines
    order = sorted(more)  # of equal values by name
    chosen = [order[3], order[15]]  # the one has its row anyway
    lines = closing("Title", made, [], focus=chosen)
    assert sum(f"{chosen[0]} " in line for line in lines) == 1
    (row_of,) = [line for line in lines if f"{chosen[1]} " in line]
    assert f"{chosen[1]} (place 16 of 20)" in row_of
    assert f"{20 - MOST_ROWS - 1} more metrics: tables/meta_evaluation.csv" in lines
    assert max(map(len, lines)) <= WIDTH


def test_the_next_step_fits_the_run(tables: Tables) -> None:
    bare = {k: v for k, v in tables.items() if k in ("metrics", "systems")}
    assert closing("T", bare, [], computed=["bleu", "chrf"])[-1].endswith("'metrics=[bleu,chrf]'")
    assert "injection.enabled=true" in closing("T", tables, [], computed=["bleu"])[-1]
    assert not closing("T", tables, [], computed=["bleu"], injected=True)[-1]
    assert not closing("T", tables, [])[-1]


def test_hostile_names_do_not_act_on_the_terminal(tables: Tables) -> None:
    name = "\x1b[31m[bold]x"
    made = {
        **tables,
        "metrics": tables["metrics"].assign(label=name),
    }
    text = "\n".join(closing(name, made, [claim("segment_verdict", name, verdict=True)]))
    assert "\x1b" not in text
    assert "[bold]x" in text
